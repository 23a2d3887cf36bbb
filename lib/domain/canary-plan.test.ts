import { describe, expect, it } from "vitest";
import { CANARY_METRICS, type CanaryPlan, canaryPlanSchema, defaultCanaryPlan, isGatingIn, marginIn, suitedToRates } from "./canary-plan.ts";

const plan = defaultCanaryPlan("assisted");
const refusalOf = (changed: unknown): string => canaryPlanSchema.safeParse(changed).error?.issues.map(({ message }) => message).join(" ") ?? "";
const withMetric = (part: Partial<CanaryPlan["metrics"][number]>): unknown => ({ ...plan, metrics: plan.metrics.map((metric, index) => (index === 0 ? { ...metric, ...part } : metric)) });
const withStage = (part: Partial<CanaryPlan["stages"][number]>): unknown => ({ ...plan, stages: plan.stages.map((stage, index) => (index === 0 ? { ...stage, ...part } : stage)) });

describe("the plan that stands before anybody edits it", () => {
  it.each(["shadow", "assisted"] as const)("is valid from %s, with every metric and weights that sum to 1", (from) => {
    const made = canaryPlanSchema.parse(defaultCanaryPlan(from));
    expect(made.stages[0]?.stage).toBe(from);
    expect(made.metrics.map(({ metric }) => metric)).toEqual([...CANARY_METRICS]);
    expect(made.metrics.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12);
  });

  it("is another one each time", () => {
    const made = defaultCanaryPlan("shadow");
    made.stages.pop();
    made.metrics.pop();
    expect(defaultCanaryPlan("shadow").stages).toHaveLength(4);
    expect(defaultCanaryPlan("shadow").metrics).toHaveLength(6);
  });
});

describe("a plan that is refused, by name", () => {
  it.each([
    ["a margin of no points", withMetric({ margin: { kind: "points", value: 0 } }), "may conclude nothing"],
    ["a margin of ratio 1", withMetric({ margin: { kind: "ratio", value: 1 } }), "may conclude nothing"],
    ["a stage margin of ratio 1", withStage({ marginRatio: 1 }), "may conclude nothing"],
    ["no control", withStage({ exposures: [0.5, 1] }), "no control is left"],
    ["exposures that fall", withStage({ exposures: [0.5, 0.25] }), "must increase"],
    ["a stage that gets no tasks", withStage({ exposures: [] }), "needs exposures"],
    ["exposures in shadow", withStage({ stage: "shadow" }), "needs exposures"],
    ["stages that fall", { ...plan, stages: plan.stages.toReversed() }, "must rise"],
    ["a metric twice", { ...plan, metrics: [plan.metrics[0], plan.metrics[0]] }, "planned once"],
    ["nothing that decides", { ...plan, metrics: plan.metrics.map((metric) => ({ ...metric, isGating: false })) }, "must decide"],
    ["a band upside down", withMetric({ band: { low: 0.5, high: 0.5 } }), "below its high end"],
    ["points for an amount", withMetric({ metric: "cost", margin: { kind: "points", value: 0.1 } }), "Only a rate"],
    ["a hold that nothing reaches", { ...plan, holdAt: 1_001, rollBackAt: 2_000 }, "nothing would be held in time"],
    ["a rollback that nothing reaches", { ...plan, rollBackAt: 10_001 }, "nothing would be rolled back in time"],
    ["less evidence for the harder step", { ...plan, holdAt: 50, rollBackAt: 20 }, "less evidence"],
  ])("%s", (_, changed, words) => expect(refusalOf(changed)).toContain(words));

  it("and one with no stage, no metric, or a word too many", () => {
    for (const changed of [{ ...plan, stages: [] }, { ...plan, metrics: [] }, { ...plan, isFast: true }]) expect(canaryPlanSchema.safeParse(changed).success).toBe(false);
  });
});

it("asks for the smaller of the metric's ratio and the stage's, and leaves points alone", () => {
  expect(marginIn({ margin: { kind: "ratio", value: 2 } }, { marginRatio: 3 })).toEqual({ kind: "ratio", value: 2 });
  expect(marginIn({ margin: { kind: "ratio", value: 2 } }, { marginRatio: 1.5 })).toEqual({ kind: "ratio", value: 1.5 });
  expect(marginIn({ margin: { kind: "points", value: 0.03 } }, { marginRatio: 1.5 })).toEqual({ kind: "points", value: 0.03 });
});

it("lets success decide only where something takes effect", () => {
  expect(isGatingIn(defaultCanaryPlan("shadow"), { metric: "success", isGating: true }, "shadow")).toBe(false);
  expect(isGatingIn(defaultCanaryPlan("shadow"), { metric: "success", isGating: true }, "assisted")).toBe(true);
  expect(isGatingIn(defaultCanaryPlan("shadow"), { metric: "violations", isGating: true }, "shadow")).toBe(true);
});

it("what is rare gets a margin in points, what is not keeps its ratio, and what is unknown too", () => {
  const whole = defaultCanaryPlan("shadow");
  const marginOf = (rates: Parameters<typeof suitedToRates>[1], metric: string) => suitedToRates(whole, rates).metrics.find((one) => one.metric === metric)?.margin;
  expect(marginOf({ action_errors: 0 }, "action_errors")).toEqual({ kind: "points", value: 0.03 });
  expect(marginOf({ action_errors: 0.04 }, "action_errors")).toEqual({ kind: "ratio", value: 3 });
  expect(marginOf({ action_errors: null }, "action_errors")).toEqual({ kind: "ratio", value: 3 });
  expect(marginOf({}, "escalation")).toEqual({ kind: "ratio", value: 3 });
  expect(marginOf({ latency: 0, cost: 0 }, "cost")).toEqual({ kind: "ratio", value: 3 });
  expect(canaryPlanSchema.safeParse(suitedToRates(whole, { action_errors: 0, escalation: 0 })).success).toBe(true);
});
