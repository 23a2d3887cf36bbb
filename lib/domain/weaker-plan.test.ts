import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CanaryPlan, canaryPlanSchema, defaultCanaryPlan, type MetricPlan, type StagePlan } from "./canary-plan.ts";
import { faultOfAuthor, weakerSentence, weakerThan } from "./weaker-plan.ts";

const usual = defaultCanaryPlan("shadow");
const withStage = (name: string, part: Partial<StagePlan>): CanaryPlan => ({ ...usual, stages: usual.stages.map((stage) => (stage.stage === name ? { ...stage, ...part } : stage)) });
const withMetric = (name: string, part: Partial<MetricPlan>): CanaryPlan => ({ ...usual, metrics: usual.metrics.map((metric) => (metric.metric === name ? { ...metric, ...part } : metric)) });

describe("a plan is weaker than the usual one", () => {
  it.each<[string, CanaryPlan, string]>([
    ["where nobody promotes", withStage("partial", { approver: "nobody" }), "lets partial promote itself"],
    ["where anybody promotes", withStage("bounded", { approver: "any_reviewer" }), "lets somebody else than the business owner promote out of bounded"],
    ["without a stage", { ...usual, stages: usual.stages.slice(0, 3) }, "leaves out the stage bounded"],
    ["with fewer tasks", withStage("bounded", { minimumTasks: 1 }), "asks for 1 tasks in bounded instead of 300"],
    ["with less coverage", withStage("assisted", { minimumCoverage: 0.5 }), "asks for 50 % known outcomes in assisted instead of 90 %"],
    ["with more tasks at once", withStage("assisted", { exposures: [0.5] }), "begins assisted with 50 % of the tasks instead of 10 %"],
    ["with more tasks in the end", withStage("assisted", { exposures: [0.1, 0.9] }), "goes up to 90 % of the tasks in assisted instead of 50 %"],
    ["with a wider ratio in a stage", withStage("bounded", { marginRatio: 3 }), "has a wider margin, or one of another kind, for action errors"],
    ["with a wider margin of a metric", withMetric("success", { margin: { kind: "points", value: 0.5 } }), "has a wider margin, or one of another kind, for success"],
    ["with a margin of another kind", withMetric("escalation", { margin: { kind: "points", value: 0.001 } }), "has a wider margin, or one of another kind, for escalation rate"],
    ["where a metric does not decide", withMetric("violations", { isGating: false }), "does not let violations attempted decide"],
    ["without a metric", { ...usual, metrics: usual.metrics.filter(({ metric }) => metric !== "latency") }, "does not compare latency"],
    ["where another metric weighs more", withMetric("cost", { weight: 100 }), "gives action errors less weight"],
    ["where a rise is no fault", withMetric("latency", { tolerance: 0.4 }), "lets latency rise further"],
    ["that holds late", { ...usual, holdAt: 90 }, "holds at 90 instead of 20"],
    ["that rolls back late", { ...usual, rollBackAt: 1_000 }, "rolls back at 1,000 instead of 100"],
    ["that never rolls back", { ...usual, onWorse: "hold" }, "holds where it would be rolled back"],
    ["that recommends what it likes", { ...usual, leastSame: 0 }, "asks for 0 % recommendations that are what was done instead of 80 %"],
    ["that waits long", { ...usual, noDataHours: 48 }, "waits 48 h for an outcome instead of 24"],
  ])("%s", (_, plan, phrase) => expect(weakerThan(canaryPlanSchema.parse(plan), usual)).toContain(phrase));

  it("and where it lets go of a band or of a limit of one task", () => {
    const strict: CanaryPlan = { ...withMetric("escalation", { band: { low: 0.1, high: 0.4 } }), taskLimits: { maxCalls: 50, maxCostNanoUsd: 1_000 } };
    expect(weakerThan(usual, strict)).toEqual(["has a wider band, or none, for escalation rate", "lets one task do more"]);
    expect(weakerThan(strict, usual)).toEqual([]);
  });
});

it("is not weaker as it was made, nor in what is stricter or only another choice", () => {
  const strict: CanaryPlan = { ...usual, holdAt: 10, rollBackAt: 20, noDataHours: 6, deadlineDays: 90, onRollBack: "compensate", countedOutcomes: "reported", unit: "customer" };
  for (const plan of [usual, strict, withStage("shadow", { approver: "business_owner" }), withStage("bounded", { minimumTasks: 900, marginRatio: 1.2 }), withMetric("cost", { isGating: true })]) expect(weakerThan(plan, usual)).toEqual([]);
  expect([weakerSentence([]), faultOfAuthor([])]).toEqual([null, null]);
});

it("is not weaker as a form gives it back, in percent", () => {
  const retyped = (share: number): number => Number(String(Math.round(share * 100 * 1e6) / 1e6)) / 100;
  const thousandth = fc.integer({ min: 1, max: 499 }).map((count) => count / 1_000);
  fc.assert(fc.property(thousandth, thousandth, (low, width) => {
    const [own, typed] = [low, retyped(low)].map((from, index): CanaryPlan => ({
      ...withMetric("escalation", { band: { low: from, high: index === 0 ? low + width : retyped(low + width) }, margin: { kind: "points", value: from } }), leastSame: from,
    }));
    expect(own && typed && [weakerThan(typed, own), weakerThan(own, typed)]).toEqual([[], []]);
  }));
});

it("stays as weak when more is asked for elsewhere", () => {
  const stricter = fc.record({ holdAt: fc.integer({ min: 2, max: 20 }), minimumTasks: fc.integer({ min: 300, max: 5_000 }), marginRatio: fc.double({ min: 1.1, max: 1.5, noNaN: true }) });
  fc.assert(fc.property(stricter, fc.constantFrom(...usual.stages.map(({ stage }) => stage)), ({ holdAt, minimumTasks, marginRatio }, free) => {
    const plan: CanaryPlan = { ...usual, holdAt, stages: usual.stages.map((stage) => ({ ...stage, minimumTasks, marginRatio, ...(stage.stage === free ? { approver: "nobody" } : {}) })) };
    expect(weakerThan(plan, usual)).toEqual([`lets ${free} promote itself`]);
  }));
});
