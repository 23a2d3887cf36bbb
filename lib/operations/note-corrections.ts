// Is something else said now of a task that was judged? Kept with it: the judge weighs what was corrected.

import { Prisma } from "../../generated/prisma/client.ts";
import type { Transaction } from "../database/database.ts";

/** Of this run's task. The lock first: a judgement that is under way has the task's row, and afterwards it is one that was judged. */
export async function noteCorrectionOf(tx: Transaction, runId: string): Promise<void> {
  await tx.$executeRaw`SELECT 1 FROM assignment a JOIN run r ON r.agent_id = a.agent_id AND r.conversation_id = a.task_id WHERE r.id = ${runId} FOR NO KEY UPDATE OF a`;
  await noteCorrections(tx, Prisma.sql`r.id = ${runId}`);
}

/** Of tasks that were judged just now: whatever was said while their rows were waited for. */
export const noteCorrectionsOfJudged = (tx: Transaction, rolloutId: string, taskIds: readonly string[]): Promise<void> =>
  noteCorrections(tx, Prisma.sql`a.rollout_id = ${rolloutId} AND a.task_id = ANY(${[...taskIds]}::text[])`);

/** `corrected` has what is said now of whatever was ever corrected, also where that is again what was judged. What was unknown and becomes known corrects nothing. */
async function noteCorrections(tx: Transaction, which: Prisma.Sql): Promise<void> {
  await tx.$executeRaw`UPDATE assignment kept SET values = kept.values || jsonb_build_object('corrected', coalesce(kept.values->'corrected', '{}') || other.said)
    FROM (
      SELECT a.rollout_id, a.task_id, jsonb_object_agg(metric, now) AS said
      FROM assignment a JOIN run r ON r.agent_id = a.agent_id AND r.conversation_id = a.task_id, LATERAL (VALUES ('success', (r.outcome = 'success')::int), ('escalation', r.is_escalated::int)) AS told(metric, now)
      WHERE ${which} AND a.judged_at IS NOT NULL AND a.exclusion IS NULL AND jsonb_typeof(a.values->metric) = 'number' AND coalesce(a.values->'corrected'->metric, a.values->metric) <> to_jsonb(now)
      GROUP BY 1, 2
    ) other WHERE kept.rollout_id = other.rollout_id AND kept.task_id = other.task_id`;
}
