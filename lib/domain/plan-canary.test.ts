import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CanaryMargin, type CanaryPlan, defaultCanaryPlan, type StagePlan } from "./canary-plan.ts";
import { addNotWorseBets, beginNotWorse, logNotWorse } from "./non-inferiority.ts";
import { estimateCanary } from "./plan-canary.ts";
import { randomFrom } from "./random-from.ts";

const NOW = new Date("2026-11-21T12:00:00Z");
const ratio = (value: number): CanaryMargin => ({ kind: "ratio", value });
const points = (value: number): CanaryMargin => ({ kind: "points", value });

function planOf(margin: CanaryMargin, exposures: number[], stage: Partial<StagePlan> = {}): CanaryPlan {
  return {
    ...defaultCanaryPlan("assisted"),
    metrics: [{ metric: "action_errors", weight: 0.28, isGating: true, margin, band: null }, { metric: "latency", weight: 0.72, isGating: false, margin: ratio(3), band: null }],
    stages: [{ stage: "bounded", exposures, minimumTasks: 1, minimumCoverage: 0.9, approver: "nobody", marginRatio: 10, ...stage }],
  };
}

function metricOf(plan: CanaryPlan, rate: number, tasksPerDay = 100) {
  const found = estimateCanary(plan, { tasksPerDay, rates: { action_errors: rate } }, NOW).stages[0]?.metrics[0];
  if (!found) throw new Error("The plan has no metric.");
  return found;
}

/** As many tasks of the candidate as half of the rollouts need, played with the judge's bets. */
function playedMedian(margin: CanaryMargin, rate: number, exposure: number): number {
  const uniform = randomFrom(20_261_121);
  const ends = Array.from({ length: 201 }, () => {
    const logs = beginNotWorse(margin);
    let tasks = 0;
    while (tasks < 20_000 && logNotWorse(logs, margin) < Math.log(20)) {
      const isCandidate = uniform() < exposure;
      if (isCandidate) tasks += 1;
      addNotWorseBets(logs, margin, rate, uniform() < rate, { probability: exposure, isCandidate });
    }
    return tasks;
  }).toSorted((a, b) => a - b);
  return ends[100] ?? 0;
}

describe("tasks until not worse is shown, if nothing changed", () => {
  test.each([
    [0.04, ratio(2), 0.5, 663], [0.04, ratio(2), 0.2, 336], [0.04, ratio(1.5), 0.5, 2_189], [0.04, ratio(1.5), 0.2, 1_168], [0.04, points(0.03), 0.5, 550], [0.04, points(0.02), 0.5, 1_075],
    [0.12, ratio(1.5), 0.5, 730], [0.12, ratio(1.5), 0.2, 358], [0.12, points(0.05), 0.5, 575], [0.12, points(0.05), 0.2, 350], [0.01, ratio(3), 0.5, 1_036], [0.01, ratio(3), 0.2, 511], [0.01, ratio(2), 0.5, 2_717], [0.01, ratio(2), 0.2, 1_319],
  ])("at a rate of %d, %j and exposure %d about %i were simulated", (rate, margin, exposure, simulated) => {
    const tasks = metricOf(planOf(margin, [exposure]), rate).tasksToConclude ?? 0;
    expect(tasks / simulated).toBeGreaterThan(0.6);
    expect(tasks / simulated).toBeLessThan(1.4);
  });

  test.each([[0.04, points(0.03), 0.2], [0.005, points(0.03), 0.1], [0.04, ratio(2), 0.1]])("more than half of the rollouts that are played with the judge's bets need fewer, but not far fewer: %d, %j, %d", (rate, margin, exposure) => {
    const tasks = metricOf(planOf(margin, [exposure]), rate).tasksToConclude ?? 0;
    const played = playedMedian(margin, rate, exposure);
    expect(tasks / played).toBeGreaterThan(1);
    expect(tasks / played).toBeLessThan(1.9);
  });

  test("the more often it happens and the wider the margin, the fewer tasks; a higher exposure costs the candidate more of them", () => {
    const rates = fc.double({ min: 0.005, max: 0.2, noNaN: true });
    const exposures = fc.double({ min: 0.02, max: 0.5, noNaN: true });
    const margins = fc.double({ min: 1.3, max: 6, noNaN: true });
    fc.assert(fc.property(rates, rates, exposures, exposures, margins, margins, (rate, otherRate, exposure, otherExposure, margin, otherMargin) => {
      const tasks = (r: number, w: number, m: number): number => metricOf(planOf(ratio(m), [w]), r).tasksToConclude ?? Number.POSITIVE_INFINITY;
      const here = tasks(rate, exposure, margin);
      expect(tasks(Math.max(rate, otherRate), exposure, margin)).toBeLessThanOrEqual(here);
      expect(tasks(rate, Math.max(exposure, otherExposure), margin)).toBeGreaterThanOrEqual(here);
      // A relative risk just below the margin is bet on less well than one further off.
      expect(tasks(rate, exposure, Math.max(margin, otherMargin))).toBeLessThanOrEqual(Math.ceil(here * 1.02));
    }), { numRuns: 60 });
  });

  test("twice the traffic takes half the days", () => {
    const [slow, fast] = [metricOf(planOf(ratio(2), [0.2]), 0.04, 50), metricOf(planOf(ratio(2), [0.2]), 0.04, 100)];
    expect(slow.tasksToConclude).toBe(fast.tasksToConclude);
    expect((slow.daysToConclude ?? 0) / (fast.daysToConclude ?? 1)).toBeCloseTo(2);
  });

  test("an exposure that comes first is left after the stage's minimum of tasks", () => {
    const [alone, after] = [metricOf(planOf(ratio(2), [0.5]), 0.04), metricOf(planOf(ratio(2), [0.1, 0.5], { minimumTasks: 100 }), 0.04)];
    expect(after.tasksToConclude ?? 0).toBeLessThan(alone.tasksToConclude ?? 0);
    expect(after.tasksToConclude ?? 0).toBeGreaterThan(metricOf(planOf(ratio(2), [0.1]), 0.04).tasksToConclude ?? 0);
  });
});

test.each([[0.5, 783], [0.25, 493], [0.1, 396], [0.05, 370]])("a rate of 0.04 that doubles is seen at exposure %d after about %i tasks", (exposure, planned) => {
  const tasks = metricOf(planOf(ratio(2), [exposure]), 0.04).tasksToSeeDoubling ?? 0;
  expect(Math.abs(tasks / planned - 1)).toBeLessThan(0.3);
});

describe("refusals", () => {
  const rates = { action_errors: 0.04, success: 0.9, escalation: 0.1, violations: 0.01 };

  test("an agent with enough tasks can conclude", () => {
    const estimate = estimateCanary(defaultCanaryPlan("shadow"), { tasksPerDay: 2_000, rates }, NOW);
    expect(estimate.refusals).toEqual([]);
    expect(estimate.canConclude).toBe(true);
    expect(estimate.days).toBeLessThan(30);
    expect(estimate.endsAt?.getTime()).toBeCloseTo(NOW.getTime() + (estimate.days ?? 0) * 86_400_000, -1);
    expect(estimate.stages.map(({ stage }) => stage)).toEqual(["shadow", "assisted", "partial", "bounded"]);
  });

  test("one with too few is told which stage takes how long", () => {
    const estimate = estimateCanary(planOf(ratio(2), [0.2], { stage: "partial" }), { tasksPerDay: 12, rates }, NOW);
    expect(estimate.canConclude).toBe(false);
    expect(estimate.refusals).toEqual([expect.stringMatching(/^At 12 tasks a day the stage partial needs about \d+ days; the deadline is 30\.$/)]);
  });

  test("stages that only together take too long are refused too", () => {
    const plan = { ...defaultCanaryPlan("shadow"), deadlineDays: 35 };
    const estimate = estimateCanary(plan, { tasksPerDay: 200, rates }, NOW);
    expect(estimate.stages.every(({ canConclude }) => canConclude)).toBe(true);
    expect(estimate.canConclude).toBe(false);
    expect(estimate.refusals).toEqual([expect.stringMatching(/^At 200 tasks a day all stages together need about \d+ days; the deadline is 35\.$/)]);
  });

  test.each<[string, CanaryPlan, RegExp]>([
    ["margin 0", planOf(points(0), [0.1]), /margin of 0 can never/],
    ["margin of ratio 1", planOf(ratio(1), [0.1]), /ratio 1 can never/],
    ["everything to the candidate", planOf(ratio(2), [0.5, 1]), /100 %: no control is left/],
    ["nothing to the candidate", planOf(ratio(2), [0]), /0 %: it shows nothing/],
    ["no exposures", planOf(ratio(2), []), /gives the candidate no tasks/],
    ["no stages", { ...planOf(ratio(2), [0.1]), stages: [] }, /no stage/],
    ["nothing decides", { ...planOf(ratio(2), [0.1]), metrics: planOf(ratio(2), [0.1]).metrics.map((metric) => ({ ...metric, isGating: false })) }, /No metric decides/],
  ])("%s, in one sentence", (_, plan, sentence) => {
    const estimate = estimateCanary(plan, { tasksPerDay: 1_000, rates }, NOW);
    expect(estimate.canConclude).toBe(false);
    expect(estimate.refusals).toEqual([expect.stringMatching(sentence)]);
    expect(estimate.days === null || plan.stages.length === 0).toBe(true);
  });

  test("an agent of which nothing is known, and a multiple of nothing", () => {
    const plan = planOf(ratio(2), [0.1]);
    expect(estimateCanary(plan, { tasksPerDay: 0, rates }, NOW).refusals).toEqual(["No task is known of this agent's last days: nothing could be compared."]);
    expect(estimateCanary(plan, { tasksPerDay: 100, rates: {} }, NOW).refusals).toEqual(["Action errors: no rate is known of the current version."]);
    expect(estimateCanary(plan, { tasksPerDay: 100, rates: { action_errors: 0 } }, NOW).refusals).toEqual([expect.stringContaining("a multiple of nothing shows nothing")]);
    expect(estimateCanary(planOf(points(0.03), [0.1]), { tasksPerDay: 1_000, rates: { action_errors: 0 } }, NOW).canConclude).toBe(true);
  });

  test("customers and sessions take as long as new ones take to come: each counts once", () => {
    const plan = { ...planOf(ratio(2), [0.2], { stage: "partial" }), unit: "customer" as const };
    const facts = { tasksPerDay: 2_000, rates };
    const [unknown, few, many] = [estimateCanary(plan, facts, NOW), estimateCanary({ ...plan, newUnitsPerDay: 12 }, facts, NOW), estimateCanary({ ...plan, newUnitsPerDay: 9_000 }, facts, NOW)];
    expect([unknown.canConclude, unknown.days, unknown.refusals]).toEqual([false, null, [expect.stringContaining("say how many new customers a day there are")]]);
    expect(few.refusals).toEqual([expect.stringMatching(/^At 12 new customers a day the stage partial needs about \d+ days; the deadline is 30\.$/)]);
    // More customers than tasks cannot come.
    expect(many).toEqual(estimateCanary({ ...plan, unit: "task" }, facts, NOW));
    const inShadow = { ...plan, stages: planOf(ratio(2), [], { stage: "shadow" }).stages };
    expect(estimateCanary(inShadow, facts, NOW).canConclude).toBe(true);
  });

  test("outcomes that stay away", () => {
    const plan = planOf(ratio(2), [0.2], { stage: "partial" });
    const refusalsAt = (coverage: number | null, changes: Partial<CanaryPlan> = {}) => estimateCanary({ ...plan, ...changes }, { tasksPerDay: 2_000, rates, coverage }, NOW).refusals;
    expect([refusalsAt(null), refusalsAt(0.9)]).toEqual([[], []]);
    expect(refusalsAt(0.8999)).toEqual(["Of its older tasks 89.9 % have an outcome; the stage partial asks for 90 %."]);
    expect(refusalsAt(0, { countedOutcomes: "reported" })).toEqual(["Of its older tasks 0 % have an outcome from the system of record; the stage partial asks for 90 %."]);
  });
});

test("shadow takes as long as tasks that act take to come: only those show what a candidate recommends", () => {
  const shadow: CanaryPlan = { ...planOf(points(0.5), [], { stage: "shadow" }) };
  const daysAt = (plan: CanaryPlan, acting: number | null) => estimateCanary(plan, { tasksPerDay: 100, rates: { action_errors: 0.04 }, acting }, NOW).stages[0]?.days ?? null;
  expect([daysAt(shadow, 0.1), daysAt({ ...shadow, leastSame: 0.9 }, 0.1), daysAt({ ...shadow, leastSame: 0 }, 0.1) === daysAt(shadow, null), daysAt(shadow, 0) === daysAt(shadow, null)]).toEqual([2, 4.3, true, true]);
  expect(estimateCanary(shadow, { tasksPerDay: 100, rates: { action_errors: 0.04 }, acting: 0.001 }, NOW).refusals.join(" ")).toMatch(/shadow needs about 200 days/);
});
