// Is something else said now of a task that was judged? Kept with it: the judge weighs what was corrected.

import { Prisma } from "../../generated/prisma/client.ts";
import type { Transaction } from "../database/database.ts";
import { actionErrorsOf } from "../database/gate-calls.ts";
import { knownCostOf } from "../database/run-cost.ts";
import { RELATIVE_ERROR } from "../domain/latency-histogram.ts";

/** Of this run's task. The lock first: a judgement that is under way has the task's row, and afterwards it is one that was judged. */
export async function noteCorrectionOf(tx: Transaction, runId: string): Promise<void> {
  await tx.$executeRaw`SELECT 1 FROM assignment a JOIN run r ON r.agent_id = a.agent_id AND r.conversation_id = a.task_id WHERE r.id = ${runId} FOR NO KEY UPDATE OF a`;
  await noteCorrections(tx, Prisma.sql`r.id = ${runId}`);
}

/** Of these tasks: what was said while their rows were waited for, and what telemetry shows that came in since. By whoever holds the rollout's lock; result: of how many. */
export const noteCorrectionsOfTasks = (tx: Transaction, rolloutId: string, taskIds: readonly string[]): Promise<number> =>
  taskIds.length === 0 ? Promise.resolve(0) : noteCorrections(tx, Prisma.sql`a.rollout_id = ${rolloutId} AND a.task_id = ANY(${[...taskIds]}::text[])`);

/**
 * As `taskValuesOf` reads them, where they were known. Whole runs are compared in shadow only where nothing was refused, and of errors those of reading,
 * which is no more to be seen here: of a task in shadow they are left as they were judged.
 */
const TOLD = Prisma.sql`VALUES ('success', (r.outcome = 'success')::int::float8), ('escalation', r.is_escalated::int::float8),
  ('action_errors', CASE WHEN a.shadow_task_id IS NULL THEN (${actionErrorsOf(Prisma.sql`r`)} > 0)::int::float8 END),
  ('latency', CASE WHEN r.ended_at >= r.started_at THEN (extract(epoch FROM r.ended_at) * 1000)::float8 - (extract(epoch FROM r.started_at) * 1000)::float8 END), ('cost', ${knownCostOf(Prisma.sql`r`)})`;

/**
 * `corrected` has what is said now of whatever was ever corrected, also where that is again what was judged. What was unknown and becomes known corrects
 * nothing, and neither does an amount that the figures cannot tell from what was judged.
 */
async function noteCorrections(tx: Transaction, which: Prisma.Sql): Promise<number> {
  return tx.$executeRaw`UPDATE assignment kept SET values = kept.values || jsonb_build_object('corrected', coalesce(kept.values->'corrected', '{}') || other.said)
    FROM (
      SELECT a.rollout_id, a.task_id, jsonb_object_agg(metric, now) AS said
      FROM assignment a JOIN run r ON r.agent_id = a.agent_id AND r.conversation_id = a.task_id, LATERAL (${TOLD}) AS told(metric, now),
        LATERAL (SELECT (coalesce(a.values->'corrected'->metric, a.values->metric) #>> '{}')::float8 AS said WHERE jsonb_typeof(a.values->metric) = 'number') AS judged
      WHERE ${which} AND a.judged_at IS NOT NULL AND a.exclusion IS NULL AND abs(now - said) > ${RELATIVE_ERROR}::float8 * greatest(now, said)
      GROUP BY 1, 2
    ) other WHERE kept.rollout_id = other.rollout_id AND kept.task_id = other.task_id`;
}
