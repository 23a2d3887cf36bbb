// Of which tasks that are being rolled out did telemetry come in after their outcome? Kept until the judge has looked at them.

import type pg from "pg";
import type { Transaction } from "../database/database.ts";
import { UNDER_WAY_STATES } from "../domain/rollout-state.ts";

/** Of runs that had an outcome before. Within the transaction that changes them: it waits for no judgement, and none for it. */
export async function keepChangedOutcomes(client: pg.PoolClient, runIds: readonly string[]): Promise<void> {
  if (runIds.length === 0) return;
  await client.query({
    name: "keep-changed-outcomes",
    text: `INSERT INTO changed_outcome (rollout_id, task_id)
      SELECT a.rollout_id, a.task_id FROM run r JOIN assignment a ON a.agent_id = r.agent_id AND a.task_id = r.conversation_id JOIN rollout o ON o.id = a.rollout_id
      WHERE r.id = ANY($1::text[]) AND o.state = ANY($2::text[])`,
    values: [runIds, UNDER_WAY_STATES],
  });
}

/** Each once. Those that are not judged yet are judged as they are; what comes in from here on is found the next time. */
export async function takeChangedOutcomes(tx: Transaction, rolloutId: string): Promise<string[]> {
  const taken = await tx.$queryRaw<{ taskId: string }[]>`DELETE FROM changed_outcome WHERE rollout_id = ${rolloutId} RETURNING task_id AS "taskId"`;
  return [...new Set(taken.map(({ taskId }) => taskId))];
}
