// What goes on in one agent now, by version and by tool?

import { pool } from "../database/database.ts";

/** Seen working this recently counts as a run in progress. */
export const ACTIVE_WITHIN_MS = 5 * 60_000;
/** Runs that began earlier than this are not looked for. */
const LONGEST_RUN_MS = 24 * 3_600_000;

/** Of a run to count: it began after the first, and was heard after the second. */
export const activeSince = (now: Date): [beganAfter: Date, heardAfter: Date] => [new Date(now.getTime() - LONGEST_RUN_MS), new Date(now.getTime() - ACTIVE_WITHIN_MS)];

export interface Work {
  /** As which the gate decides it: a version that is tried, or else the current one, whatever the agent says that it runs. */
  versionId: string | null;
  /** Null of runs. */
  tool: string | null;
  activeRuns: number;
  actionsUnderWay: number;
  actionsWaiting: number;
}

export async function listWork(agentId: string, now: Date): Promise<Work[]> {
  const { rows } = await pool().query<Work>(
    `WITH work AS (
       SELECT version_id, NULL AS tool, count(*) AS runs, 0 AS under_way, 0 AS waiting FROM run WHERE agent_id = $1 AND started_at > $2 AND ended_at > $3 GROUP BY 1
       UNION ALL SELECT version_id, tool, 0, count(*) FILTER (WHERE state = 'started'), count(*) FILTER (WHERE state <> 'started') FROM action
         WHERE agent_id = $1 AND state IN ('held', 'approved', 'started') GROUP BY 1, 2)
     SELECT CASE WHEN EXISTS (SELECT FROM rollout o WHERE o.agent_id = $1 AND o.candidate_id = work.version_id AND o.state <> 'completed') THEN work.version_id ELSE a.current_version_id END AS "versionId",
       work.tool, runs::int AS "activeRuns", under_way::int AS "actionsUnderWay", waiting::int AS "actionsWaiting"
     FROM work JOIN agent a ON a.id = $1`, [agentId, ...activeSince(now)]);
  return rows;
}
