// What do the runs of an hour add up to? Every hour in which a run moved is summed anew, from the runs, exactly.

import { GAMMA } from "../domain/latency-histogram.ts";
import { inTransaction } from "../operations/in-transaction.ts";
import type { Sweep } from "./sweep.ts";

const HOURS_AT_ONCE = 20;
const MOST_PER_SWEEP = 5_000;

// A claim is written into the due date, as a date long past that no other claim has. Whoever brings in a run meanwhile dates the hour anew,
// and so does another sweep that claims it: then it is not done, and is summed once more. Claiming waits, in line, for those that have just
// dated the hour, and never for the summing; and a sweep that is killed leaves its hours for the next.
const CLAIM = `
  WITH chosen AS (SELECT agent_id, hour FROM rollup_due WHERE (agent_id, hour) > ($1, $2) ORDER BY agent_id, hour LIMIT ${HOURS_AT_ONCE} FOR UPDATE)
  UPDATE rollup_due d SET due_at = $3 FROM chosen WHERE d.agent_id = chosen.agent_id AND d.hour = chosen.hour RETURNING d.agent_id, d.hour`;

const GIVEN = "unnest($1::text[], $2::timestamptz[]) AS given(agent_id, hour)";
/** Of two sweeps at the same hours one sums; the other leaves them due. */
const LOCK = `SELECT agent_id, hour FROM ${GIVEN} WHERE pg_try_advisory_xact_lock(hashtextextended('rollup ' || agent_id || hour::text, 0))`;
const FORGET = `DELETE FROM rollup r USING ${GIVEN} WHERE r.agent_id = given.agent_id AND r.hour = given.hour`;
const DONE = `DELETE FROM rollup_due d USING ${GIVEN} WHERE d.agent_id = given.agent_id AND d.hour = given.hour AND d.due_at = $3`;

// The bucket is latency-histogram's `bucketOf`; whether a run's cost is known is fold-run's `runCost`.
const SUM_UP = `
  WITH due AS (SELECT * FROM unnest($1::text[], $2::timestamptz[]) AS given(agent_id, hour)),
  counted AS (
    SELECT due.agent_id, due.hour, coalesce(run.version_id, '') AS version_id, run.stage, run.outcome, run.is_escalated, run.is_intervened, run.is_unreviewed,
      run.tool_calls, run.consequential_calls, run.action_errors, run.input_tokens, run.output_tokens, run.cost_nano_usd,
      run.unknown_cost_calls = 0 AND (run.cost_nano_usd <> 0 OR run.inference_calls > 0) AS is_cost_known,
      extract(epoch FROM run.ended_at - run.started_at)::float8 * 1000 AS ms
    FROM due JOIN run ON run.agent_id = due.agent_id AND run.started_at >= due.hour AND run.started_at < due.hour + interval '1 hour'
  ),
  latency AS (
    SELECT agent_id, hour, version_id, stage, jsonb_object_agg(bucket, runs) AS latency
    FROM (
      SELECT agent_id, hour, version_id, stage, CASE WHEN ms > 1 THEN ceil(ln(ms) / ln($3::float8)) ELSE 0 END::int AS bucket, count(*) AS runs
      FROM counted GROUP BY 1, 2, 3, 4, 5
    ) AS buckets GROUP BY 1, 2, 3, 4
  )
  INSERT INTO rollup (agent_id, version_id, stage, hour, runs, successes, failures, escalated, intervened, unreviewed, tool_calls, consequential_calls,
    action_errors, input_tokens, output_tokens, cost_known_runs, cost_nano_usd, latency)
  SELECT agent_id, version_id, stage, hour, count(*), count(*) FILTER (WHERE outcome = 'success'), count(*) FILTER (WHERE outcome = 'failure'),
    count(*) FILTER (WHERE is_escalated), count(*) FILTER (WHERE is_intervened), count(*) FILTER (WHERE is_unreviewed), sum(tool_calls), sum(consequential_calls),
    sum(action_errors), sum(input_tokens), sum(output_tokens), count(*) FILTER (WHERE is_cost_known),
    coalesce(sum(cost_nano_usd) FILTER (WHERE is_cost_known), 0), latency
  FROM counted JOIN latency USING (agent_id, hour, version_id, stage) GROUP BY agent_id, version_id, stage, hour, latency`;

// Runs that showed something unapproved since the finding before it was closed.
const COUNT_FOR_FINDINGS = `
  UPDATE finding f SET run_count = (
    SELECT coalesce(sum(r.unreviewed), 0) FROM rollup r WHERE r.agent_id = f.agent_id AND r.hour >= coalesce(
      (SELECT date_trunc('hour', max(earlier.closed_at), 'UTC') FROM finding earlier WHERE earlier.agent_id = f.agent_id AND earlier.state = 'closed'), '-infinity'))
  WHERE f.state = 'open' AND f.agent_id = ANY($1::text[])`;

interface AgentHour {
  agent_id: string;
  hour: Date;
}

const columns = (hours: readonly AgentHour[]) => [hours.map((row) => row.agent_id), hours.map((row) => row.hour)];

const newClaim = (): string => new Date(Math.floor(Math.random() * 2 ** 44) - 2 ** 45).toISOString();

async function sumUp(claimed: readonly AgentHour[], claim: string): Promise<void> {
  await inTransaction(async (client) => {
    const { rows } = await client.query<AgentHour>(LOCK, columns(claimed));
    if (rows.length === 0) return;
    const hours = columns(rows);
    await client.query(FORGET, hours);
    await client.query(SUM_UP, [...hours, GAMMA]);
    await client.query(COUNT_FOR_FINDINGS, [[...new Set(rows.map((row) => row.agent_id))].toSorted()]);
    // Last, because from here to the commit those that date one of these hours wait.
    await client.query(DONE, [...hours, claim]);
  });
}

/** Returns how many hours were summed. Two may run at once and share the work. */
export async function sumDueRollups(): Promise<number> {
  let summed = 0;
  let last: AgentHour = { agent_id: "", hour: new Date(0) };
  while (summed < MOST_PER_SWEEP) {
    const claim = newClaim();
    const { rows } = await inTransaction((client) => client.query<AgentHour>(CLAIM, [last.agent_id, last.hour, claim]));
    if (rows.length === 0) return summed;
    await sumUp(rows, claim);
    summed += rows.length;
    last = rows.reduce((a, b) => (a.agent_id > b.agent_id || (a.agent_id === b.agent_id && a.hour > b.hour) ? a : b));
  }
  return summed;
}

export const rollupSweep: Sweep = { name: "rollup", everyMs: 1_000, wakesOn: ["runs.moved", "run."], run: sumDueRollups };
