// In which tasks of shadow did the candidate recommend something else than was done, and what?

import { pool, prisma } from "../database/database.ts";
import { callsPutForward, type PutForward } from "../database/recommended-calls.ts";

export interface DifferingTask {
  taskId: string;
  judgedAt: Date;
  /** Null: the run is gone. */
  runId: string | null;
  shadowRunId: string | null;
  done: PutForward[];
  recommended: PutForward[];
}

const SHOWN = 20;

interface Row { taskId: string; shadowTaskId: string; judgedAt: Date; runId: string | null; shadowRunId: string | null }

/** The newest first. */
export async function readDifferingTasks({ id, agentId }: { id: string; agentId: string }): Promise<DifferingTask[]> {
  const { rows } = await pool().query<Row>(
    `SELECT a.task_id AS "taskId", a.shadow_task_id AS "shadowTaskId", a.judged_at AS "judgedAt", r.id AS "runId", s.id AS "shadowRunId"
     FROM assignment a LEFT JOIN run r ON r.agent_id = a.agent_id AND r.conversation_id = a.task_id LEFT JOIN run s ON s.agent_id = a.agent_id AND s.conversation_id = a.shadow_task_id
     WHERE a.rollout_id = $1 AND a.judged_at IS NOT NULL AND a.exclusion IS NULL AND a.shadow_values ->> 'recommends' = 'other' ORDER BY a.judged_at DESC, a.task_id LIMIT ${SHOWN}`,
    [id],
  );
  const calls = await callsPutForward(prisma(), agentId, rows.flatMap(({ taskId, shadowTaskId }) => [taskId, shadowTaskId]));
  return rows.map(({ taskId, shadowTaskId, ...row }) => ({ taskId, ...row, done: calls.get(taskId) ?? [], recommended: calls.get(shadowTaskId) ?? [] }));
}
