// What do the outcomes so far say about the candidate: worse, not worse, better, or not enough to tell?

import { type CanaryMetric, type CanaryPlan, isComparedIn } from "./canary-plan.ts";
import type { Recommendation } from "./compare-recommendations.ts";
import { betOnPair, betOnTask, countValue } from "./judge-bets.ts";
import { beginStage, beginState, beginStep, hasBothArms, type JudgeState, knownValue } from "./judge-state.ts";
import type { LoggedAssignment } from "./label-betting.ts";
import { countInRatio } from "./sample-ratio.ts";
import { weighUp } from "./weigh-evidence.ts";

export { type ArmFigures, type CanaryVerdict, type Correction, type Lateness, type MetricVerdict, readVerdict, type ShownAmount, type StageCoverage, VERDICT_CODES, type VerdictCode } from "./canary-verdict.ts";
export { beginStage, type JudgeState, readJudgeState } from "./judge-state.ts";

export type Arm = "current" | "candidate";

export type TaskValues = Partial<Record<CanaryMetric, number | null>>;

/** The outcome of one task. To be judged once, when it is known. */
export interface JudgedTask {
  /** Of a customer or a session: none of its tasks was judged yet. Where each task is drawn by itself it always is. */
  isFirstOfUnit: boolean;
  arm: Arm;
  /** That the unit would go to the candidate, as the router logged it. */
  probability: number;
  stageIndex: number;
  /** Shares 0 or 1 (success: 1 is good); latency in ms; cost in nano-USD. Null or left out: unknown, and no bet. */
  values: TaskValues;
  /** A forbidden action took effect. */
  hasEscapedViolation: boolean;
}

/** One task that both versions did in shadow. */
export interface JudgedPair {
  stageIndex: number;
  current: TaskValues;
  candidate: TaskValues;
  hasEscapedViolation: boolean;
  /** Null or left out: neither would act. */
  recommends?: Recommendation | null;
}

export interface TaskHistory {
  /** Of the current version before the rollout, newest last. */
  values: readonly TaskValues[];
}

export function beginJudging(plan: CanaryPlan, history: TaskHistory): JudgeState {
  return beginState(plan, history.values);
}

/**
 * Changes the state that it is given. Each task once: the arm of a task that has bet is known, and a second bet on it would be a bet on what is
 * known. For the same reason only the first task of a customer or a session bets; the others count in the figures. A metric bets once both arms
 * have shown it: one that an arm does not report would look like a difference. Where the candidate is held back, what that changes does not bet.
 */
export function judgeTask(state: JudgeState, task: JudgedTask): void {
  const isCandidate = task.arm === "candidate";
  const arm = isCandidate ? 1 : 0;
  if (task.stageIndex > state.stageIndex) beginStage(state, task.stageIndex);
  const isOfStage = task.stageIndex === state.stageIndex;
  if (isOfStage && task.probability > state.exposure) beginStep(state, task.probability);
  state.tasks[arm] += 1;
  if (isOfStage) state.stageTasks[arm] += 1;
  if (task.hasEscapedViolation) state.escaped[arm] += 1;
  const stage = state.plan.stages[task.stageIndex];
  const assignment = task.isFirstOfUnit ? assignmentOf(state, task.probability, isCandidate) : null;
  for (const metric of state.metrics) {
    const value = knownValue(metric.metric, task.values[metric.metric]);
    if (value === null) {
      if (assignment && isOfStage) countInRatio(metric.missing, assignment.probability, isCandidate);
      continue;
    }
    if (assignment && hasBothArms(metric.known) && (stage === undefined || isComparedIn(state.plan, metric.metric, stage.stage))) betOnTask(state, metric, value, { ...assignment, isOfStage });
    countValue(metric, value, arm, isOfStage);
  }
  if (assignment) weighUp(state);
}

/** A task that both versions did, the candidate's part without effect. Each pair once. */
export function judgePair(state: JudgeState, pair: JudgedPair): void {
  if (pair.stageIndex > state.stageIndex) beginStage(state, pair.stageIndex);
  const isOfStage = pair.stageIndex === state.stageIndex;
  for (const arm of [0, 1] as const) {
    state.tasks[arm] += 1;
    if (isOfStage) state.stageTasks[arm] += 1;
  }
  if (pair.hasEscapedViolation) state.escaped[1] += 1;
  if (pair.recommends) {
    const [compared, same] = state.recommended ?? [0, 0];
    state.recommended = [compared + 1, same + (pair.recommends === "same" ? 1 : 0)];
  }
  for (const metric of state.metrics) {
    const current = knownValue(metric.metric, pair.current[metric.metric]);
    const candidate = knownValue(metric.metric, pair.candidate[metric.metric]);
    if (current !== null && candidate !== null) betOnPair(state, metric, { current, candidate, isOfStage });
    if (current !== null) countValue(metric, current, 0, isOfStage);
    if (candidate !== null) countValue(metric, candidate, 1, isOfStage);
  }
  weighUp(state);
}

/** Asked of each task once, in the order in which they are judged, by whoever judges all of them again. */
export function firstOfUnits(plan: Pick<CanaryPlan, "unit">): (unit: string) => boolean {
  const seen = new Set<string>();
  return (unit) => {
    if (plan.unit === "task") return true;
    const isFirst = !seen.has(unit);
    seen.add(unit);
    return isFirst;
  };
}

/** Null where the arm could not have been another one: nothing to bet on. */
function assignmentOf(state: JudgeState, probability: number, isCandidate: boolean): LoggedAssignment | null {
  if (probability > 0 && probability < 1) {
    countInRatio(state.ratio, probability, isCandidate);
    return { probability, isCandidate };
  }
  if (isCandidate ? !(probability > 0) : !(probability < 1)) state.impossible += 1;
  return null;
}
