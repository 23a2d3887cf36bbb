// How do outcomes reach the judge, and what is kept with each task that was judged?

import type { Prisma } from "../../generated/prisma/client.ts";
import type { Transaction } from "../database/database.ts";
import type { CanaryPlan } from "../domain/canary-plan.ts";
import type { Recommendation } from "../domain/compare-recommendations.ts";
import { beginJudging, firstOfUnits, judgePair, judgeTask, type Arm, type TaskValues } from "../domain/judge-canary.ts";
import { readJudgeState, type JudgeState } from "../domain/judge-state.ts";
import type { CountedTask } from "../domain/progress-tally.ts";
import type { SegmentedOutcome } from "../domain/segment-tally.ts";
import { exclusionOf, type Exclusion } from "../domain/task-values.ts";
import { keepMarks, keepSegments, type StagedOutcome } from "./keep-segments.ts";
import { keepTally } from "./keep-tally.ts";
import { keepTaskCounts } from "./keep-task-counts.ts";
import type { LockedRollout } from "./lock-rollout.ts";
import { noteCorrectionsOfTasks } from "./note-corrections.ts";
import { readTaskHistory, type Escape, type TaskOutcome } from "./task-outcomes.ts";

/** With the values where the candidate, or in the current version's task that one, did what must never be done, and of what was corrected since, what is said now. */
type StoredValues = TaskValues & { hasEscapedViolation?: true; corrected?: TaskValues };

/** Beside the values: whether the candidate recommended what was done, where either would act. */
type StoredShadow = TaskValues & { recommends?: Recommendation };

interface Judged {
  arm: Arm;
  isFirstOfUnit: boolean;
  probability: number;
  stageIndex: number;
  values: StoredValues;
  shadowValues: StoredShadow | null;
}

function fold(state: JudgeState, { arm, isFirstOfUnit, probability, stageIndex, values: { hasEscapedViolation: escaped, ...values }, shadowValues }: Judged): void {
  const hasEscapedViolation = escaped === true;
  if (shadowValues === null) return judgeTask(state, { arm, isFirstOfUnit, probability, stageIndex, values, hasEscapedViolation });
  const { recommends = null, ...candidate } = shadowValues;
  judgePair(state, { stageIndex, current: values, candidate, hasEscapedViolation, recommends });
}

/** What another version of the judge has learned is learned again, from what is kept of every task. */
export async function loadJudgeState(tx: Transaction, rollout: LockedRollout, plan: CanaryPlan): Promise<JudgeState> {
  const stored = readJudgeState(rollout.judgeState);
  if (stored) return stored;
  const { id, agentId, currentId, startedAt, plannedAt } = rollout;
  const state = beginJudging(plan, { values: await readTaskHistory(tx, { agentId, versionId: currentId, before: startedAt ?? plannedAt, countedOutcomes: plan.countedOutcomes }) });
  const judged = await tx.assignment.findMany({
    where: { rolloutId: id, judgedAt: { not: null }, exclusion: null }, orderBy: [{ judgedAt: "asc" }, { taskId: "asc" }],
    select: { arm: true, unit: true, probability: true, stageIndex: true, values: true, shadowValues: true },
  });
  const isFirst = firstOfUnits(plan);
  for (const { unit, ...one } of judged) fold(state, { ...one, isFirstOfUnit: one.shadowValues === null && isFirst(unit), arm: one.arm === "candidate" ? "candidate" : "current", values: (one.values ?? {}) as StoredValues, shadowValues: one.shadowValues as StoredShadow | null });
  return state;
}

/** Changes the state. Each outcome is judged once: from here on it is one that is judged. */
export async function foldOutcomes(tx: Transaction, { rollout, plan, state, outcomes }: { rollout: LockedRollout; plan: CanaryPlan; state: JudgeState; outcomes: readonly TaskOutcome[] }, now: Date): Promise<CountedTask[]> {
  if (outcomes.length === 0) return [];
  const arms = plan.unit === "task" ? new Map<string, Arm>() : await armsOfUnits(tx, rollout.id, outcomes);
  const tasks: CountedTask[] = [];
  const judged: StagedOutcome[] = [];
  const marks = await keepMarks(tx, rollout, state, now);
  const rows = outcomes.map((outcome) => {
    const exclusion = whyExcluded(rollout, outcome, arms);
    const hasEscaped = outcome.shadow ? outcome.shadow.hasEscapedViolation : outcome.hasEscapedViolation;
    const values: StoredValues = { ...outcome.values, ...(hasEscaped && exclusion === null ? { hasEscapedViolation: true } : {}) };
    const shadowValues = outcome.shadow?.values ?? null;
    const storedShadow: StoredShadow | null = shadowValues && { ...shadowValues, ...(outcome.shadow?.recommends ? { recommends: outcome.shadow.recommends } : {}) };
    if (exclusion === null) {
      fold(state, { ...outcome, isFirstOfUnit: !arms.has(outcome.unit), values, shadowValues: storedShadow });
      judged.push({ segments: outcome.segments, arm: outcome.arm, probability: outcome.probability, stageIndex: outcome.stageIndex, values: outcome.values, shadowValues });
      if (plan.unit !== "task" && outcome.shadow === null && !arms.has(outcome.unit)) arms.set(outcome.unit, outcome.arm);
    }
    tasks.push({ stageIndex: outcome.stageIndex, exposureIndex: outcome.exposureIndex, arm: outcome.arm, exclusion, isShadowed: shadowValues !== null });
    return { task_id: outcome.taskId, run_id: outcome.runId, values, shadow_values: storedShadow, segments: outcome.segments, exclusion };
  });
  await tx.$executeRaw`UPDATE assignment a SET judged_at = ${now}::timestamptz, run_id = given.run_id, values = given.values, shadow_values = given.shadow_values, segments = given.segments, exclusion = given.exclusion
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS given(task_id text, run_id text, values jsonb, shadow_values jsonb, segments jsonb, exclusion text)
    WHERE a.rollout_id = ${rollout.id} AND a.task_id = given.task_id`;
  await noteCorrectionsOfTasks(tx, rollout.id, outcomes.map(({ taskId }) => taskId));
  await keepTally(tx, rollout, valuesByArm(judged), now);
  await keepSegments(tx, { rolloutId: rollout.id, plan, marks }, judged);
  await keepTaskCounts(tx, rollout.id, tasks);
  return tasks;
}

const valuesByArm = (judged: readonly SegmentedOutcome[]): Record<Arm, TaskValues[]> => ({
  current: judged.flatMap(({ arm, values }) => (arm === "current" ? [values] : [])),
  candidate: judged.flatMap(({ arm, values, shadowValues }) => [...(arm === "candidate" ? [values] : []), ...(shadowValues === null ? [] : [shadowValues])]),
});

function whyExcluded({ currentId, candidateId }: LockedRollout, outcome: TaskOutcome, arms: ReadonlyMap<string, Arm>): Exclusion | null {
  const { assignedAt, receivedAt, versionId, arm, unit, shadow } = outcome;
  const known = arms.get(unit);
  const own = exclusionOf({ assignedAt, receivedAt, versionId, expectedVersionId: arm === "candidate" ? candidateId : currentId, hasMovedUnit: shadow === null && known !== undefined && known !== arm });
  return own ?? (shadow ? exclusionOf({ assignedAt, receivedAt: shadow.receivedAt, versionId: shadow.versionId, expectedVersionId: candidateId, hasMovedUnit: false }) : null);
}

/** With which version each customer or session was judged first; of others none of them was. In shadow both versions do everything, which moves nobody. */
async function armsOfUnits(tx: Transaction, rolloutId: string, outcomes: readonly TaskOutcome[]): Promise<Map<string, Arm>> {
  const rows = await tx.$queryRaw<{ unit: string; arm: Arm }[]>`
    SELECT DISTINCT ON (unit) unit, arm FROM assignment
    WHERE rollout_id = ${rolloutId} AND unit = ANY(${[...new Set(outcomes.map(({ unit }) => unit))]}::text[]) AND judged_at IS NOT NULL AND exclusion IS NULL AND shadow_task_id IS NULL
    ORDER BY unit, judged_at, task_id`;
  return new Map(rows.map(({ unit, arm }) => [unit, arm]));
}

/** Told beside the outcomes: the state and the task learn it now, once. */
export async function noteLateEscapes(tx: Transaction, { id }: Pick<LockedRollout, "id">, state: JudgeState, escapes: readonly Escape[]): Promise<void> {
  if (escapes.length === 0) return;
  for (const { arm } of escapes) state.escaped[arm === "candidate" ? 1 : 0] += 1;
  await tx.$executeRaw`UPDATE assignment SET values = coalesce(values, '{}') || '{"hasEscapedViolation": true}' WHERE rollout_id = ${id} AND task_id = ANY(${escapes.flatMap(({ taskId }) => taskId ?? [])}::text[])`;
}

export const stateAsStored = (state: JudgeState): Prisma.InputJsonObject => state as unknown as Prisma.InputJsonObject;
