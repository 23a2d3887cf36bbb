import { expect, it } from "vitest";
import { type CanaryMetric, type CanaryPlan, defaultCanaryPlan } from "./canary-plan.ts";
import { type Arm, beginJudging, judgeTask, readVerdict } from "./judge-canary.ts";
import { randomFrom } from "./random-from.ts";

const SHARES: readonly CanaryMetric[] = ["action_errors", "escalation", "violations", "success"];
const RATES: Partial<Record<CanaryMetric, number>> = { action_errors: 0.05, escalation: 0.12, violations: 0.02, success: 0.9 };
const base = defaultCanaryPlan("assisted");
const plan: CanaryPlan = { ...base, metrics: base.metrics.filter(({ metric }) => SHARES.includes(metric)).map((metric) => ({ ...metric, isGating: metric.metric === "action_errors", margin: { kind: "ratio", value: 2 } })), stages: base.stages.slice(0, 1).map((stage) => ({ ...stage, marginRatio: 2 })) };

/** Both arms have an outage in the middle, and the exposure rises: what a comparison without a concurrent control falls for. */
function simulate(seed: number, errors: number, tasks: number): { isHeld: boolean; isPromoted: boolean } {
  const random = randomFrom(Math.imul(seed, 0x9e3779b1));
  const draw = (times: number, isOut: boolean) => Object.fromEntries(SHARES.map((metric) => {
    const rate = (RATES[metric] ?? 0) * (metric === "action_errors" ? times : 1);
    return [metric, random() < (isOut && metric !== "success" ? Math.min(1, rate * 3) : rate) ? 1 : 0];
  }));
  const state = beginJudging(plan, { values: Array.from({ length: 400 }, () => draw(1, false)) });
  const counts = { current: 0, candidate: 0 };
  let isPromoted = false;
  for (let task = 0; task < tasks; task += 1) {
    const probability = task < tasks / 3 ? 0.1 : task < (2 * tasks) / 3 ? 0.25 : 0.5;
    const arm: Arm = random() < probability ? "candidate" : "current";
    counts[arm] += 1;
    judgeTask(state, { isFirstOfUnit: true, arm, probability, stageIndex: 0, values: draw(arm === "candidate" ? errors : 1, task > tasks / 2 && task < (tasks * 2) / 3), hasEscapedViolation: false });
    if (task % 10 === 0 && !isPromoted) {
      const { current, candidate } = counts;
      isPromoted = (readVerdict(state, plan, { current: { tasks: current, known: current }, candidate: { tasks: candidate, known: candidate } }).metrics.find(({ metric }) => metric === "action_errors")?.eNotWorse ?? 0) >= 20;
    }
  }
  return { isHeld: state.mostLogWorse >= Math.log(plan.holdAt), isPromoted };
}

const SIMULATIONS = 200;
const shareOf = (errors: number, tasks: number, what: (found: ReturnType<typeof simulate>) => boolean): number =>
  Array.from({ length: SIMULATIONS }, (_, seed) => simulate(seed + 1, errors, tasks)).filter(what).length / SIMULATIONS;

it("holds at most one in twenty rollouts in which nothing changed, over all of its looks", () => {
  expect(shareOf(1, 1_200, ({ isHeld }) => isHeld)).toBeLessThanOrEqual(0.05);
});

it("holds nearly every one in which errors are three times as frequent", () => {
  expect(shareOf(3, 1_200, ({ isHeld }) => isHeld)).toBeGreaterThanOrEqual(0.97);
});

it("takes a candidate at the margin for not worse in at most one in twenty", () => {
  expect(shareOf(2, 1_200, ({ isPromoted }) => isPromoted)).toBeLessThanOrEqual(0.05);
});
