import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CANARY_METRICS, defaultCanaryPlan } from "./canary-plan.ts";
import { beginJudging, type CanaryVerdict, judgeTask, type MetricVerdict, readVerdict, VERDICT_CODES } from "./judge-canary.ts";
import { CLOCK_HOLD_CODES, ROLLOUT_STATES } from "./rollout-state.ts";
import { verdictMathematics } from "./verdict-mathematics.ts";
import { becauseSentence, evidenceWords, explainMetric, explainVerdict, metricVerdictWords, type ToldVerdict, verdictSentence } from "./verdict-words.ts";

const PLAN = defaultCanaryPlan("assisted");
const UNKNOWN: MetricVerdict = {
  metric: "action_errors", verdict: "cannot_tell", eWorse: 0.4, eBetter: 0.2, eNotWorse: 3.14, direction: null,
  current: { tasks: 640, known: 636, events: 24, rate: 24 / 636, amount: null }, candidate: { tasks: 215, known: 212, events: 17, rate: 17 / 212, amount: null }, moreTasks: 240,
};
const metric = (changes: Partial<MetricVerdict> = {}): MetricVerdict => ({ ...UNKNOWN, ...changes });
const verdict = (changes: Partial<CanaryVerdict> = {}): CanaryVerdict => ({
  decision: "wait", because: { code: "not_enough_evidence", metric: "action_errors" }, eWorse: 1.2, metrics: [metric(), metric({ metric: "escalation", verdict: "not_worse", eNotWorse: 44 })],
  sampleRatio: { e: 0.3, isClean: true }, named: [], escaped: { current: 0, candidate: 0 }, ...changes,
});
const told = (changes: Partial<ToldVerdict> = {}): ToldVerdict => ({ state: "running", plan: PLAN, stageIndex: 1, verdict: verdict(), currentNumber: 18, candidateNumber: 19, tasksPerDay: 480, ...changes });

const amountOf = (value: number, quantile: number): MetricVerdict["current"] => ({ tasks: 9, known: 9, events: null, rate: null, amount: { value, quantile } });

describe("the sentence that stands first", () => {
  test("what is shown, what is missing, and for how long", () => {
    expect(verdictSentence(told())).toEqual({ strong: "Not worse on 1 of 2.", rest: "Not enough data on action errors: about 240 more tasks, roughly 12 h." });
    expect(verdictSentence(told({ tasksPerDay: null })).rest).toBe("Not enough data on action errors: about 240 more tasks.");
    expect(verdictSentence(told({ tasksPerDay: 20 })).rest).toContain("roughly 12 days");
  });

  test("what decides about promotion comes before what does not", () => {
    const metrics = [metric({ metric: "cost", moreTasks: 9_000 }), metric({ metric: "success", moreTasks: 1 })];
    expect(verdictSentence(told({ verdict: verdict({ metrics }), tasksPerDay: null })).rest).toBe("Not enough data on success: about 1 more task.");
    expect(verdictSentence(told({ verdict: verdict({ metrics: [metric({ moreTasks: null })] }) }))).toEqual({ strong: "Cannot tell yet.", rest: "Not enough data on action errors." });
  });

  test("a hold says why, not what else is shown", () => {
    const worse = verdict({ decision: "hold", because: { code: "worse", metric: "action_errors" }, metrics: [metric({ verdict: "worse", direction: "up" })] });
    expect(verdictSentence(told({ state: "held", verdict: worse }))).toEqual({ strong: "Worse on action errors.", rest: "Held: 19 gets no tasks." });
    const split = verdict({ decision: "hold", because: { code: "sample_ratio" }, metrics: [metric({ verdict: "not_worse" })] });
    expect(verdictSentence(told({ state: "held", verdict: split })).strong).toMatch(/^The tasks are not split .* cannot be trusted\.$/);
    expect(verdictSentence(told({ state: "rolled_back", verdict: verdict({ decision: "roll_back", because: { code: "escaped_violation" } }) }))).toEqual({
      strong: "Rolled back to 18.", rest: "A forbidden action of the candidate took effect. 19 gets no tasks.",
    });
  });

  test("a hold for another reason than the metrics names it", () => {
    expect(verdictSentence(told({ state: "held", heldBecause: "Its deadline has passed." }))).toEqual({ strong: "Not worse on 1 of 2.", rest: "Held: 19 gets no tasks. Its deadline has passed." });
    expect(verdictSentence(told({ state: "paused" })).rest).toBe("Paused: 19 gets no tasks.");
  });

  test("all shown", () => {
    const all = verdict({ decision: "promote", because: { code: "not_worse" }, metrics: [metric({ verdict: "better", direction: "down" }), metric({ metric: "escalation", verdict: "not_worse" })] });
    expect(verdictSentence(told({ verdict: all }))).toEqual({ strong: "Not worse on all 2. Better on action errors.", rest: "The stage partial has its evidence." });
  });

  test.each(ROLLOUT_STATES)("%s is told, with a verdict and without", (state) => {
    for (const said of [null, verdict()]) {
      const { strong, rest } = verdictSentence(told({ state, verdict: said }));
      expect(strong).toMatch(/\.$/);
      expect(rest ?? ".").toMatch(/\.$/);
    }
  });
});

test("every reason has its sentence, with a metric and without", () => {
  for (const code of [...VERDICT_CODES, ...CLOCK_HOLD_CODES]) {
    expect(becauseSentence({ code })).toMatch(/^[A-Z].*\.$/);
    for (const one of CANARY_METRICS) expect(becauseSentence({ code, metric: one })).not.toContain("null");
  }
});

test.each([
  [metric(), "cannot tell yet (about 240 more tasks)"], [metric({ moreTasks: null }), "cannot tell yet"], [metric({ verdict: "worse", direction: "down" }), "worse, it fell"],
  [metric({ verdict: "not_worse" }), "not worse"], [metric({ verdict: "better", direction: "down" }), "better"],
])("%#", (one, words) => {
  expect(metricVerdictWords(one)).toBe(words);
});

describe("explained with numbers", () => {
  test("not known yet", () => {
    expect(explainMetric(metric(), PLAN, 1)).toEqual([
      "Action errors: the candidate 17 of 212 tasks (8 %), the current version 24 of 636 tasks (3.8 %).",
      '"Not worse" means here: not 2 times as frequent or more.',
      "The evidence for that is 3.1 and 20 is needed. If nothing changed, about 240 more tasks of the candidate will show it.",
    ]);
  });

  test("worse, not worse and better", () => {
    expect(explainMetric(metric({ verdict: "worse", direction: "up", eWorse: 132.9 }), PLAN, 1)[1]).toBe("It rose. If nothing had changed, at most one rollout in 132 would ever show evidence this strong (132).");
    expect(explainMetric(metric({ metric: "success", verdict: "not_worse", eNotWorse: 25 }), PLAN, 1).slice(1)).toEqual([
      '"Not worse" means here: not lower by 5 percentage points or more.', "If it were, at most one rollout in 25 would ever show evidence this strong (25).",
    ]);
    expect(explainMetric(metric({ verdict: "better", eBetter: 1e9 }), PLAN, 1)[1]).toContain("one rollout in a million");
  });

  test("amounts by the quantile that is drawn; nothing known is said", () => {
    const amounts = metric({ metric: "latency", current: amountOf(8_812, 0.95), candidate: { tasks: 3, known: 0, events: null, rate: null, amount: null } });
    expect(explainMetric(amounts, PLAN, 1)[0]).toBe("Latency: the candidate nothing known, the current version 8.81 s as the p95 of 9 tasks.");
    expect(explainMetric(metric({ metric: "cost", current: amountOf(2e9, 0.5), candidate: amountOf(3e9, 0.5) }), PLAN, 1)[0]).toBe("Cost per task: the candidate 3 USD as the median of 9 tasks, the current version 2 USD as the median of 9 tasks.");
  });

  test("an amount that changed is judged by all its tasks, and the words say so", () => {
    const [rose, fell] = (["worse", "better"] as const).map((one) => explainMetric(metric({ metric: "latency", verdict: one, eWorse: 40, eBetter: 40, current: amountOf(900, 0.95), candidate: amountOf(900, 0.95) }), PLAN, 1)[1]);
    expect(rose).toMatch(/^Judged by all its tasks and not by that one figure: they lie higher: .* A rise by less than 2 % counts as none\. If nothing had changed,/);
    expect(fell).toMatch(/^Judged by all its tasks and not by that one figure: they lie lower: .* If nothing had changed,/);
  });

  test("what nothing waits for in shadow, because only a whole run shows it", () => {
    const shadow = defaultCanaryPlan("shadow");
    expect(explainMetric(metric({ metric: "latency", current: amountOf(900, 0.95), candidate: amountOf(900, 0.95) }), shadow, 0)[1]).toMatch(/^In shadow it is known only of tasks in which nothing was refused/);
    expect(explainMetric(metric(), shadow, 0)).toHaveLength(3);
  });

  test("the whole", () => {
    const words = explainVerdict(verdict({ decision: "roll_back", because: { code: "escaped_violation" }, escaped: { current: 0, candidate: 2 } }), PLAN);
    expect(words).toContain("2 forbidden actions of the candidate took effect. One is enough to roll back.");
    expect(words[1]).toContain("At 20 the rollout is held, at 100 it is rolled back.");
  });
});

test("evidence is written plainly", () => {
  expect([1e300, 132.7, 20, 3.14, 0.2, 1e-300, 0].map(evidenceWords)).toEqual(["more than a million", "132", "20", "3.1", "0.2", "below 0.01", "below 0.01"]);
});

test("what the judge really says is told without a hole, and the mathematics agrees with the verdict", () => {
  const outcomes = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 15 }), fc.integer({ min: 1, max: 90_000 })), { maxLength: 300 });
  fc.assert(fc.property(outcomes, fc.boolean(), (drawn, isBroken) => {
    const state = beginJudging(PLAN, { values: [] });
    for (const [isCandidate, bits, latency] of drawn) {
      const has = (bit: number): number => (bits >> bit) & 1;
      judgeTask(state, {
        isFirstOfUnit: true, arm: isCandidate ? "candidate" : "current", probability: 0.5, stageIndex: 0, hasEscapedViolation: false,
        values: { action_errors: isBroken && isCandidate ? 1 : has(0), success: has(1), escalation: has(2), violations: has(3), latency, cost: null },
      });
    }
    const said = readVerdict(state, PLAN, { current: { tasks: 300, known: 300 }, candidate: { tasks: 300, known: 300 } });
    const { strong, rest } = verdictSentence(told({ verdict: said, stageIndex: 0 }));
    const lines = verdictMathematics(said, PLAN, 0);
    const all = [strong, rest ?? "", ...explainVerdict(said, PLAN), ...said.metrics.flatMap((one) => explainMetric(one, PLAN, 0)), ...lines.flatMap(({ name, formula, value, line }) => [name, formula, value, line ?? ""])];
    for (const text of all) expect(text).not.toMatch(/undefined|null|NaN|Infinity|\[object/);
    expect(lines).toHaveLength(2 + 3 * said.metrics.length);
    for (const one of said.metrics) {
      const reached = lines.filter(({ name, isReached }) => isReached && CANARY_METRICS.some((known) => known === one.metric) && name.startsWith(titleOf(one.metric))).map(({ name }) => name.split(": ")[1]);
      if (one.verdict !== "cannot_tell") expect(reached).toContain(one.verdict.replace("_", " "));
    }
  }), { numRuns: 60 });
});

const titleOf = (one: MetricVerdict["metric"]): string => explainMetric(metric({ metric: one }), PLAN, 0)[0]?.split(":")[0] ?? "";
