// How many tasks did each version of a rollout get in each stage, how many of them were judged, and how many count for nothing?

import { pool } from "../database/database.ts";
import { JUDGED_TASKS } from "../database/judged-tasks.ts";
import type { Arm } from "../domain/judge-canary.ts";

/** Tasks of one arm in one stage, without those that count for nothing. */
export interface StageTasks {
  stageIndex: number;
  arm: Arm;
  given: number;
  known: number;
}

export interface RolloutTasks {
  tasks: StageTasks[];
  /** How many outcomes count for nothing, by why. */
  excluded: { crossed: number; early: number; moved_unit: number };
}

interface Counted extends StageTasks { crossed: number; early: number; moved: number }

/** What was judged is read as it was kept; only tasks that are still open are counted, and every task of a rollout that was over before counts were kept. */
export async function readRolloutTasks(rolloutId: string): Promise<RolloutTasks> {
  const { rows } = await pool().query<Counted>(
    `SELECT stage_index AS "stageIndex", arm, sum(known + open)::int AS given, sum(known)::int AS known, sum(crossed)::int AS crossed, sum(early)::int AS early, sum(moved_unit)::int AS moved
     FROM (
       SELECT stage_index, arm, known, crossed, early, moved_unit, 0 AS open FROM rollout_task_count WHERE rollout_id = $1
       UNION ALL
       SELECT stage_index, arm, known, crossed, early, moved_unit, 0 FROM (${JUDGED_TASKS}) judged WHERE NOT EXISTS (SELECT FROM rollout_task_count WHERE rollout_id = $1)
       UNION ALL
       SELECT stage_index, arm, 0, 0, 0, 0, count(*)::int FROM assignment WHERE rollout_id = $1 AND judged_at IS NULL AND exclusion IS NULL GROUP BY 1, 2
     ) task GROUP BY 1, 2 ORDER BY 1, 2`,
    [rolloutId],
  );
  const sum = (read: (row: Counted) => number): number => rows.reduce((total, row) => total + read(row), 0);
  return {
    tasks: rows.filter(({ given }) => given > 0).map(({ stageIndex, arm, given, known }) => ({ stageIndex, arm, given, known })),
    excluded: { crossed: sum(({ crossed }) => crossed), early: sum(({ early }) => early), moved_unit: sum(({ moved }) => moved) },
  };
}
