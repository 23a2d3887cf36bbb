// A rollout is over before its end: does its candidate still get anything, and what becomes of the tasks that it had?

import { pool } from "../database/database.ts";
import type { RolloutDetail } from "./rollout-detail.ts";

/** Since the end. */
export interface RolloutAftermath {
  /** Tasks of the candidate, in shadow too. */
  given: number;
  /** That it had and of which no end is known. */
  underWay: number;
  /** Consequential calls in them. */
  refused: number;
  letThrough: number;
}

const WITHDRAWN_STATES = ["aborted", "rolled_back", "superseded"];

/** Null: it goes on, was never begun, or its candidate is in effect. Only tasks that were never judged are read: no others are under way. */
export async function readAftermath({ id, agentId, state, startedAt, endedAt }: RolloutDetail): Promise<RolloutAftermath | null> {
  if (startedAt === null || endedAt === null || !WITHDRAWN_STATES.includes(state)) return null;
  const { rows } = await pool().query<RolloutAftermath>(
    `WITH task AS (
       SELECT arm, assigned_at, CASE WHEN arm = 'candidate' THEN task_id ELSE shadow_task_id END AS conversation_id FROM assignment
       WHERE rollout_id = $1 AND judged_at IS NULL AND (arm = 'candidate' OR shadow_task_id IS NOT NULL)
     )
     SELECT (SELECT count(*) FROM task WHERE assigned_at > $3)::int AS given,
       (SELECT count(*) FROM task LEFT JOIN run r ON r.agent_id = $2 AND r.conversation_id = task.conversation_id WHERE task.arm = 'candidate' AND r.outcome IS NULL)::int AS "underWay",
       (SELECT count(*) FROM task JOIN gate_decision g ON g.agent_id = $2 AND g.conversation_id = task.conversation_id AND g.decided_at > $3 AND g.decision = 'deny')::int AS refused,
       (SELECT count(*) FROM task JOIN action a ON a.agent_id = $2 AND a.conversation_id = task.conversation_id AND a.started_at > $3)::int AS "letThrough"`,
    [id, agentId, endedAt],
  );
  return rows[0] ?? null;
}
