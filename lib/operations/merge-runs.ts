// What happens when two runs turn out to be one conversation? The later one's spans and figures go into the other.

import type pg from "pg";
import { mergeRun } from "../domain/fold-run.ts";
import { keepChangedOutcomes } from "./changed-outcomes.ts";
import { lockRuns, storedRun, updateRuns } from "./run-row.ts";

/** A run that was, or is, counted in another hour than it was before. */
export interface MovedRun {
  agentId: string;
  startUs: number;
}

/** The caller holds the locks of the traces of `from`, so no span is added to it meanwhile. Returns where both were counted. */
export async function mergeStoredRuns(client: pg.PoolClient, agentId: string, { from, into }: { from: string; into: string }, now: Date): Promise<MovedRun[]> {
  if (from === into) return [];
  const rows = await lockRuns(client, [from, into]);
  const errors = await firstErrorsOf(client, rows.filter((row) => row.error_sentence !== null).map((row) => row.id));
  const runs = rows.map((row) => storedRun(row, errors.get(row.id) ?? null));
  const source = runs.find((run) => run.id === from);
  const target = runs.find((run) => run.id === into);
  if (!source || !target) throw new Error(`run ${from} or ${into} is missing`);
  const isSourceEarlier = source.facts.startUs < target.facts.startUs;
  const merged = {
    ...target,
    versionId: (isSourceEarlier ? source.versionId : null) ?? target.versionId ?? source.versionId,
    stage: isSourceEarlier ? source.stage : target.stage,
    isUnreviewed: source.isUnreviewed || target.isUnreviewed,
    facts: mergeRun(target.facts, source.facts),
  };
  await client.query("UPDATE span SET run_id = $2 WHERE run_id = $1", [from, into]);
  await client.query("UPDATE trace SET run_id = $2 WHERE run_id = $1", [from, into]);
  await client.query("UPDATE observed_component SET example_run_id = $3 WHERE agent_id = $1 AND example_run_id = $2", [agentId, from, into]);
  // What was reported of the one is true of both together.
  await client.query("UPDATE run SET has_escaped_violation = true WHERE id = $2 AND EXISTS (SELECT FROM run WHERE id = $1 AND has_escaped_violation)", [from, into]);
  await client.query("DELETE FROM run WHERE id = $1", [from]);
  await updateRuns(client, [merged], now);
  if (target.facts.outcome !== null) await keepChangedOutcomes(client, [into]);
  return runs.map((run) => ({ agentId, startUs: run.facts.startUs }));
}

/** When the earliest error of each run ended, from its stored spans. */
export async function firstErrorsOf(client: pg.PoolClient, runIds: readonly string[]): Promise<Map<string, number>> {
  if (runIds.length === 0) return new Map();
  const { rows } = await client.query<{ run_id: string; ended_us: number }>(
    `SELECT run_id, min((extract(epoch FROM started_at) * 1000000)::bigint + duration_us) AS ended_us
     FROM span WHERE run_id = ANY($1::text[]) AND status = 'error' AND kind <> 'transport' GROUP BY run_id`,
    [runIds],
  );
  return new Map(rows.map((row) => [row.run_id, row.ended_us]));
}
