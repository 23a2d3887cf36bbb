// What did this agent do before this call, and how much of it today?

import { pool } from "../database/database.ts";
import { LOOKED_THROUGH } from "../database/recent-calls.ts";
import { recordArguments, type CallHistory } from "../domain/unusual-call.ts";

interface Call {
  id: string;
  agentId: string;
  tool: string;
  input: unknown;
  inputDigest: string;
  currency: string | null;
  preparedAt: Date;
}

const HISTORY = `
  WITH recent AS MATERIALIZED (
    SELECT tool, currency, amount_minor, input, input_digest, state, ended_at FROM action WHERE agent_id = $1 AND prepared_at <= $2 AND id <> $3 AND NOT is_seeded ORDER BY prepared_at DESC LIMIT ${LOOKED_THROUGH}
  ), passed AS MATERIALIZED (
    SELECT input FROM (SELECT tool, decision, action_id, input FROM gate_decision WHERE agent_id = $1 AND decided_at <= $2 ORDER BY decided_at DESC LIMIT ${LOOKED_THROUGH}) d
    WHERE tool = $4 AND decision = 'permit' AND action_id IS NULL
  ), same AS MATERIALIZED (
    SELECT currency, amount_minor, input, input_digest, state, ended_at FROM recent WHERE tool = $4 UNION ALL SELECT NULL, NULL, input, NULL, NULL, NULL FROM passed
  )
  SELECT (SELECT count(*) FROM recent)::int + (SELECT count(*) FROM passed)::int AS looked_through, count(*)::int AS calls,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY amount_minor::float8) FILTER (WHERE currency = $5) AS median,
         (SELECT array_agg((SELECT count(*) FROM same r WHERE r.input ->> n.name = n.value)::int ORDER BY n.place)
            FROM unnest($6::text[], $7::text[]) WITH ORDINALITY AS n(name, value, place)) AS records,
         max(ended_at) FILTER (WHERE state = 'committed' AND input_digest = $8) AS same_at,
         count(*) FILTER (WHERE state = 'committed') > count(DISTINCT input_digest) FILTER (WHERE state = 'committed') AS repeats
  FROM same`;

/** Of what the agent asked for lately, whatever became of it, and of what the gate let pass without an action. */
export async function readHistory({ id, agentId, tool, input, inputDigest, currency, preparedAt }: Call): Promise<CallHistory> {
  const named = recordArguments(input);
  const { rows: [row] } = await pool().query<{ looked_through: number; calls: number; median: number | null; records: number[] | null; same_at: Date | null; repeats: boolean }>(
    HISTORY, [agentId, preparedAt, id, tool, currency, named.map(({ name }) => name), named.map(({ value }) => value), inputDigest]);
  return {
    lookedThrough: row?.looked_through ?? 0, callsOfTool: row?.calls ?? 0, medianMinor: row?.median ?? null,
    sameDoneAt: row?.same_at ?? null, repeatsItself: row?.repeats ?? false, records: named.map((each, index) => ({ ...each, calls: row?.records?.[index] ?? 0 })),
  };
}

export interface Usage {
  /** Calls of this tool that went ahead since midnight UTC. */
  callsOfToolToday: number;
  /** By this agent, in the currency of the call; null: the call moves no known amount. */
  spentTodayMinor: bigint | null;
  currency: string | null;
}

/** As the counters stand now; the keys are those under which the gate counts. */
export async function readUsage({ agentId, tool, currency }: Pick<Call, "agentId" | "tool" | "currency">, now: Date): Promise<Usage> {
  const day = now.toISOString().slice(0, 10);
  const { rows } = await pool().query<{ scope: string; calls: number; amount_minor: string }>(
    "SELECT scope, calls, amount_minor::text FROM usage_counter WHERE agent_id = $1 AND ((scope = 'day_tool' AND key = $2) OR (scope = 'spent_day' AND key = $3))",
    [agentId, JSON.stringify([day, tool]), JSON.stringify([day, currency])],
  );
  const of = (scope: string) => rows.find((row) => row.scope === scope);
  return { callsOfToolToday: Number(of("day_tool")?.calls ?? 0), spentTodayMinor: currency === null ? null : BigInt(of("spent_day")?.amount_minor ?? 0), currency };
}
