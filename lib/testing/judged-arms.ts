// Two versions that were judged, for tests: tasks by their number, the same in both arms but for what a test says.

import { type CanaryMetric, type CanaryPlan, defaultCanaryPlan } from "../domain/canary-plan.ts";
import { type Arm, beginJudging, type CanaryVerdict, type JudgedTask, type JudgeState, judgeTask, readVerdict, type StageCoverage, type TaskValues } from "../domain/judge-canary.ts";

export const assisted = defaultCanaryPlan("assisted");
export const historyOf = (count: number) => ({ values: Array.from({ length: count }, (_, index): TaskValues => ({ action_errors: index % 25 === 0 ? 1 : 0, success: index % 10 === 0 ? 0 : 1, escalation: index % 8 === 0 ? 1 : 0, violations: index % 100 === 0 ? 1 : 0, latency: 10_000 + (index % 97) * 500, cost: 1e7 + (index % 89) * 1e6 })) });
export const well: TaskValues = { action_errors: 0, success: 1, escalation: 0, violations: 0, latency: 20_000, cost: 4e7 };

export const taskOf = (part: Partial<JudgedTask> = {}): JudgedTask => ({ isFirstOfUnit: true, arm: "current", probability: 0.5, stageIndex: 0, values: well, hasEscapedViolation: false, ...part });

export const covered = ({ stageTasks: [current, candidate] }: JudgeState): StageCoverage => ({ current: { tasks: current, known: current }, candidate: { tasks: candidate, known: candidate } });
export const verdictOf = (state: JudgeState, plan: CanaryPlan = assisted, coverage: StageCoverage = covered(state)): CanaryVerdict => readVerdict(state, plan, coverage);

/** Values of a task by its number: 4 % errors, 12.5 % escalations, 10 % failures, 1 % violations, times what the arm does to them. */
export const usualValues = (index: number, more: Partial<Record<CanaryMetric, number>> = {}): TaskValues => {
  const isEvery = (share: number): number => ((index * 0.618_033_988_75) % 1 < share ? 1 : 0);
  return {
    action_errors: isEvery(0.04 * (more.action_errors ?? 1)), success: 1 - isEvery(0.1 * (more.success ?? 1)), escalation: isEvery(0.125 * (more.escalation ?? 1)), violations: isEvery(0.01 * (more.violations ?? 1)),
    latency: (10_000 + (index % 97) * 500) * (more.latency ?? 1), cost: (1e7 + (index % 89) * 1e6) * (more.cost ?? 1),
  };
};

/** Alternating arms at one half, the same values in both but for what the candidate does. */
export function judged(tasks: number, { plan = assisted, candidate = {}, current = {}, told = (values: TaskValues) => values }: {
  plan?: CanaryPlan; candidate?: Partial<Record<CanaryMetric, number>>; current?: Partial<Record<CanaryMetric, number>>; told?: (values: TaskValues, arm: Arm) => TaskValues;
} = {}): JudgeState {
  const state = beginJudging(plan, historyOf(600));
  for (let index = 0; index < tasks; index += 1) {
    const arm: Arm = index % 2 === 0 ? "current" : "candidate";
    judgeTask(state, taskOf({ arm, values: told(usualValues(Math.floor(index / 2), arm === "candidate" ? candidate : current), arm) }));
  }
  return state;
}
