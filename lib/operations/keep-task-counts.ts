// How do judged tasks get into the counts of their stage and arm?

import type { Transaction } from "../database/database.ts";
import { JUDGED_TASKS } from "../database/judged-tasks.ts";
import type { Arm } from "../domain/judge-canary.ts";
import type { CountedTask } from "../domain/progress-tally.ts";
import type { Exclusion } from "../domain/task-values.ts";

type Counted = Record<"known" | Exclusion, number>;

/** After these tasks, at least one, were stored as judged, by whoever holds the rollout's lock. */
export async function keepTaskCounts(tx: Transaction, rolloutId: string, tasks: readonly CountedTask[]): Promise<void> {
  const isKept = (await tx.rolloutTaskCount.count({ where: { rolloutId } })) > 0;
  // Judged before they were kept.
  if (!isKept) {
    await tx.$executeRawUnsafe(`INSERT INTO rollout_task_count (rollout_id, stage_index, arm, known, crossed, early, moved_unit) SELECT $1::text, counted.* FROM (${JUDGED_TASKS}) counted`, rolloutId);
    return;
  }
  await tx.$executeRaw`INSERT INTO rollout_task_count AS kept (rollout_id, stage_index, arm, known, crossed, early, moved_unit)
    SELECT ${rolloutId}, stage_index, arm, known, crossed, early, moved_unit
    FROM jsonb_to_recordset(${JSON.stringify(countTasks(tasks))}::jsonb) AS given(stage_index int, arm text, known int, crossed int, early int, moved_unit int)
    ON CONFLICT (rollout_id, stage_index, arm) DO UPDATE SET known = kept.known + excluded.known, crossed = kept.crossed + excluded.crossed, early = kept.early + excluded.early, moved_unit = kept.moved_unit + excluded.moved_unit`;
}

function countTasks(tasks: readonly CountedTask[]): (Counted & { stage_index: number; arm: Arm })[] {
  const counts = new Map<string, Counted & { stage_index: number; arm: Arm }>();
  const add = (stageIndex: number, arm: Arm, as: keyof Counted): void => {
    const key = `${stageIndex} ${arm}`;
    const counted = counts.get(key) ?? { stage_index: stageIndex, arm, known: 0, crossed: 0, early: 0, moved_unit: 0 };
    counted[as] += 1;
    counts.set(key, counted);
  };
  for (const { stageIndex, arm, exclusion, isShadowed } of tasks) {
    add(stageIndex, arm, exclusion ?? "known");
    if (isShadowed && exclusion === null) add(stageIndex, "candidate", "known");
  }
  return [...counts.values()];
}
