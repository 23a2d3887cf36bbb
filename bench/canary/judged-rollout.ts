// What does our own judge say of a simulated rollout, after every outcome?

import type { CanaryMetric, CanaryPlan } from "../../lib/domain/canary-plan.ts";
import { beginJudging, judgeTask, type JudgedTask, type JudgeState, type TaskValues } from "../../lib/domain/judge-canary.ts";
import { noteHigh, type Highs } from "./highs.ts";
import { SIMULATED_METRICS } from "./scenarios.ts";
import type { Columns, Rollout } from "./simulate.ts";

export const LOG_HOLD = Math.log(20);
export const LOG_ROLL_BACK = Math.log(100);
/** Lines are drawn below: at a true alarm to hold, on a quiet rollout also to roll back. */
const LOG_FOUND = Math.log(50);
const LOG_ENOUGH = Math.log(1_000);

const WEIGHTS: Partial<Record<CanaryMetric, number>> = { action_errors: 0.47, escalation: 0.215, violations: 0.09, latency: 0.12, cost: 0.105 };

/** One exposure alone has no restarts: that is the judge without its restart mixture. */
export function benchPlan(exposures: readonly number[], metrics: readonly CanaryMetric[] = SIMULATED_METRICS): CanaryPlan {
  return {
    unit: "task",
    metrics: metrics.map((metric) => ({ metric, weight: WEIGHTS[metric] ?? 0.1, isGating: true, margin: { kind: "ratio", value: 2 }, band: null })),
    stages: [{ stage: "bounded", exposures: [...exposures], minimumTasks: 1, minimumCoverage: 0, approver: "nobody", marginRatio: 2 }],
    deadlineDays: 30, holdAt: 20, rollBackAt: 100, onWorse: "roll_back", onRollBack: "offer", noDataHours: 24, taskLimits: { maxCalls: null, maxCostNanoUsd: null },
  };
}

export const valuesAt = (columns: Columns, at: number): TaskValues => ({
  action_errors: columns.action_errors[at] ?? 0, escalation: columns.escalation[at] ?? 0, violations: columns.violations[at] ?? 0,
  latency: columns.latency[at] ?? 0, cost: columns.cost[at] ?? 0,
});

export function judgeBefore(rollout: Rollout, plan: CanaryPlan): JudgeState {
  return beginJudging(plan, { values: Array.from(rollout.history.cost, (_, at) => valuesAt(rollout.history, at)) });
}

export const taskAt = (rollout: Rollout, at: number): JudgedTask => ({
  isFirstOfUnit: true, arm: rollout.isCandidate[at] === 1 ? "candidate" : "current", probability: rollout.ramp[rollout.stage[at] ?? 0]?.exposure ?? 0, stageIndex: 0,
  values: valuesAt(rollout.values, at), hasEscapedViolation: false,
});

export interface Judged {
  /** Of the logarithm of the combined e-value. */
  highs: Highs;
  /** What closed testing names when the line to hold is reached, and the metric with the strongest evidence then. */
  atHold: { candidateTasks: number; named: CanaryMetric[]; strongest: CanaryMetric | null } | null;
}

export function judgedRollout(rollout: Rollout, hasRestarts: boolean, isNull: boolean): Judged {
  // The judge restarts where the exposure rises; a ramp that falls has none.
  const rising = rollout.ramp.map(({ exposure }) => exposure).filter((exposure, index, all) => index === 0 || exposure > (all[index - 1] ?? 0));
  const state = judgeBefore(rollout, benchPlan(hasRestarts ? rising : rising.slice(0, 1)));
  const judged: Judged = { highs: [], atHold: null };
  let candidateTasks = 0;
  for (let at = 0; at < rollout.length; at++) {
    judgeTask(state, taskAt(rollout, at));
    candidateTasks += rollout.isCandidate[at] ?? 0;
    if (state.mostLogWorse <= 0) continue;
    noteHigh(judged.highs, candidateTasks, state.mostLogWorse);
    if (state.mostLogWorse >= LOG_HOLD) judged.atHold ??= { candidateTasks, named: [...state.named], strongest: strongestOf(state) };
    if (state.mostLogWorse >= (isNull ? LOG_ENOUGH : LOG_FOUND)) break;
  }
  return judged;
}

function strongestOf({ metrics }: JudgeState): CanaryMetric | null {
  const weighed = metrics.map(({ metric, logWorse }) => ({ metric, log: Math.max(...logWorse) + Math.log(WEIGHTS[metric] ?? 0.1) }));
  return weighed.toSorted((a, b) => b.log - a.log)[0]?.metric ?? null;
}
