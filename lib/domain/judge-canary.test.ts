import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assisted, covered, historyOf, judged, taskOf, usualValues, verdictOf, well } from "../testing/judged-arms.ts";
import { CANARY_METRICS, type CanaryMetric, type CanaryPlan, defaultCanaryPlan } from "./canary-plan.ts";
import { weightsOf } from "./judge-state.ts";
import { type Arm, beginJudging, beginStage, type CanaryVerdict, firstOfUnits, type JudgedTask, type JudgeState, judgePair, judgeTask, readJudgeState } from "./judge-canary.ts";

describe("a candidate that is no worse", () => {
  it("is promoted once every gating metric shows it, and not before", () => {
    const few = verdictOf(judged(150));
    expect([few.decision, few.because.code]).toEqual(["wait", "too_few_tasks"]);
    const some = verdictOf(judged(400));
    expect([some.decision, some.because.code]).toEqual(["wait", "not_enough_evidence"]);
    const weakest = some.metrics.find(({ metric }) => metric === some.because.metric);
    expect([weakest?.verdict, (weakest?.moreTasks ?? 0) > 0]).toEqual(["cannot_tell", true]);
    const many = verdictOf(judged(4_000));
    expect([many.decision, many.because.code, many.named]).toEqual(["promote", "not_worse", []]);
    expect(many.metrics.map(({ verdict, moreTasks }) => [verdict, moreTasks])).toEqual(CANARY_METRICS.map(() => ["not_worse", null]));
  });

  it("is not promoted again by what it showed in the stage before", () => {
    const state = judged(4_000);
    expect(verdictOf(state, assisted, { ...covered(state), stageIndex: 1 }).because.code).toBe("too_few_tasks");
    beginStage(state, 1);
    const next = verdictOf(state, assisted, { current: { tasks: 2_000, known: 2_000 }, candidate: { tasks: 2_000, known: 2_000 } });
    expect([next.decision, next.because.code]).toEqual(["wait", "too_few_tasks"]);
    expect(next.metrics.every(({ eNotWorse }) => eNotWorse === 1)).toBe(true);
  });
});

describe("a candidate that is worse", () => {
  it.each([
    ["action_errors", { action_errors: 3 }, "up"], ["success", { success: 3 }, "down"], ["escalation", { escalation: 2.5 }, "up"], ["escalation", { escalation: 0.2 }, "down"],
    ["violations", { violations: 8 }, "up"], ["latency", { latency: 1.6 }, "up"], ["cost", { cost: 1.8 }, "up"],
  ] as const)("is rolled back for %s %o", (metric, candidate, direction) => {
    const verdict = verdictOf(judged(2_000, { candidate }));
    expect([verdict.decision, verdict.because, verdict.named]).toEqual(["roll_back", { code: "worse", metric }, [metric]]);
    expect(verdict.metrics.find((one) => one.metric === metric)).toMatchObject({ verdict: "worse", direction, moreTasks: null });
  });

  it("is only held where the plan leaves rolling back to people", () => {
    expect(verdictOf(judged(2_000, { candidate: { action_errors: 4 } }), { ...assisted, onWorse: "hold" }).decision).toBe("hold");
  });

  it("stays so: nothing good that comes later takes it back", () => {
    const state = judged(1_000, { candidate: { action_errors: 4 } });
    expect(verdictOf(state).named).toEqual(["action_errors"]);
    for (let index = 0; index < 4_000; index += 1) judgeTask(state, taskOf({ arm: index % 2 === 0 ? "current" : "candidate", values: usualValues(Math.floor(index / 2)) }));
    expect([verdictOf(state).decision, verdictOf(state).named]).toEqual(["roll_back", ["action_errors"]]);
  });

  it("is better where the arms are the other way round", () => {
    const swapped = verdictOf(judged(2_000, { current: { action_errors: 3, latency: 1.6, success: 3 } }));
    const found = Object.fromEntries(swapped.metrics.map(({ metric, verdict, direction }) => [metric, [verdict, direction]]));
    expect(found).toMatchObject({ action_errors: ["better", "down"], latency: ["better", "down"], success: ["better", "up"] });
    expect(swapped.named).toEqual([]);
  });
});

describe("what rolls back at once, and what does not", () => {
  it("is a violation of the candidate that took effect, whatever the plan says", () => {
    const state = beginJudging({ ...assisted, onWorse: "hold" }, historyOf(0));
    judgeTask(state, taskOf({ arm: "current", hasEscapedViolation: true }));
    expect(verdictOf(state).decision).toBe("wait");
    judgeTask(state, taskOf({ arm: "candidate", hasEscapedViolation: true, values: {} }));
    expect(verdictOf(state)).toMatchObject({ decision: "roll_back", because: { code: "escaped_violation" }, escaped: { current: 1, candidate: 1 } });
  });

  it("comes before a sample ratio that is off", () => {
    const state = judged(1_000, { candidate: { action_errors: 4 } });
    for (let index = 0; index < 200; index += 1) judgeTask(state, taskOf({ arm: "candidate", values: {} }));
    expect(verdictOf(state)).toMatchObject({ decision: "roll_back", sampleRatio: { isClean: false } });
  });
});

describe("what the router does", () => {
  it("holds on arms that do not get their shares", () => {
    const state = beginJudging(assisted, historyOf(600));
    for (let index = 0; index < 400; index += 1) judgeTask(state, taskOf({ probability: 0.1, arm: index % 10 === 0 ? "current" : "candidate", values: {} }));
    expect(verdictOf(state)).toMatchObject({ decision: "hold", because: { code: "sample_ratio" }, sampleRatio: { isClean: false } });
  });

  it("holds on a task in an arm that it had no chance to be in, and bets nothing where there was no other", () => {
    const state = beginJudging(assisted, historyOf(600));
    for (let index = 0; index < 300; index += 1) judgeTask(state, taskOf({ arm: "candidate", probability: 1, values: { ...well, action_errors: 1 } }));
    expect(verdictOf(state)).toMatchObject({ decision: "wait", eWorse: 1, sampleRatio: { e: 1, isClean: true } });
    judgeTask(state, taskOf({ arm: "current", probability: 1 }));
    expect(verdictOf(state).because.code).toBe("sample_ratio");
  });

  it("lets a customer bet once, and counts all of its tasks", () => {
    const plan: CanaryPlan = { ...assisted, unit: "customer" };
    const [once, often] = [beginJudging(plan, historyOf(600)), beginJudging(plan, historyOf(600))];
    for (const state of [once, often]) for (const arm of ["current", "candidate"] as const) judgeTask(state, taskOf({ arm }));
    const isFirst = firstOfUnits(plan);
    for (const unit of ["a", "b", "__proto__", "constructor"]) for (const [state, times] of [[once, 1], [often, 20]] as const) {
      for (let count = 0; count < times; count += 1) judgeTask(state, taskOf({ isFirstOfUnit: state === once || isFirst(unit), arm: "candidate", values: { action_errors: 1 } }));
    }
    expect(["a", "c", "c"].map(isFirst)).toEqual([false, true, false]);
    expect(["a", "a"].map(firstOfUnits(assisted))).toEqual([true, true]);
    expect(often.metrics.map(({ up }) => up)).toEqual(once.metrics.map(({ up }) => up));
    expect(once.metrics[0]?.up.sums.every((sum) => sum > 0)).toBe(true);
    expect([often.ratio, often.tasks]).toEqual([once.ratio, [1, 81]]);
    expect(verdictOf(often).metrics[0]?.candidate).toMatchObject({ known: 81, events: 80 });
  });

  it("takes an outcome of an earlier stage as evidence against, not for", () => {
    const state = judged(10);
    beginStage(state, 1);
    const before = structuredClone(state.metrics);
    judgeTask(state, taskOf({ arm: "candidate", stageIndex: 0, values: { action_errors: 1 } }));
    expect(state.metrics[0]?.notWorse).toEqual(before[0]?.notWorse);
    expect(state.metrics[0]?.up.sums).not.toEqual(before[0]?.up.sums);
    expect(state.stageTasks).toEqual([0, 0]);
  });

  it("restarts some bets with every step of a short plan, and with every stage of a long one", () => {
    const short: CanaryPlan = { ...assisted, stages: assisted.stages.slice(0, 1) };
    const states = [beginJudging(short, historyOf(600)), beginJudging(assisted, historyOf(600))];
    for (const state of states) for (const probability of [0.1, 0.25, 0.1, 0.5]) judgeTask(state, taskOf({ probability }));
    expect(states.map(({ restarts, restartShares }) => [restarts, restartShares.length])).toEqual([[2, 3], [0, 3]]);
    for (const state of states) expect(state.restartShares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    for (const stageIndex of [1, 2, 3, 99]) judgeTask(states[1] ?? beginJudging(short, historyOf(0)), taskOf({ stageIndex }));
    expect(states[1]).toMatchObject({ restarts: 2, stageIndex: 2 });
  });
});

describe("an absolute band", () => {
  const banded: CanaryPlan = { ...assisted, metrics: assisted.metrics.map((metric) => (metric.metric === "escalation" ? { ...metric, band: { low: 0.05, high: 0.3 } } : metric)) };

  it.each([[4, "up"], [0.1, "down"]] as const)("counts against a candidate that leaves it together with the current version (times %d)", (times, direction) => {
    const verdict = verdictOf(judged(3_000, { plan: banded, candidate: { escalation: times }, current: { escalation: times } }), banded);
    expect(verdict.named).toEqual(["escalation"]);
    expect(verdict.metrics.find(({ metric }) => metric === "escalation")?.direction).toBe(direction);
    expect(verdictOf(judged(3_000, { candidate: { escalation: times }, current: { escalation: times } })).named).toEqual([]);
  });

  it("says nothing while both stay in it", () => expect(verdictOf(judged(3_000, { plan: banded }), banded).named).toEqual([]));
});

describe("in shadow, where both do the same task", () => {
  const plan = defaultCanaryPlan("shadow");
  const paired = (pairs: number, candidate: Partial<Record<CanaryMetric, number>> = {}): JudgeState => {
    const state = beginJudging(plan, historyOf(600));
    for (let index = 0; index < pairs; index += 1) {
      // Every pair comes both ways round.
      const [one, other] = index % 2 === 0 ? [index, index + 13] : [index + 12, index - 1];
      const { success: _, ...shadow } = usualValues(other, candidate);
      judgePair(state, { stageIndex: 0, current: usualValues(one), candidate: shadow, hasEscapedViolation: false });
    }
    return state;
  };

  it("finds the worse one, and promotes one that is not, without asking for successes that nothing can have", () => {
    expect(verdictOf(paired(1_200, { action_errors: 4 }), plan)).toMatchObject({ decision: "roll_back", named: ["action_errors"] });
    const same = verdictOf(paired(3_000), plan);
    expect([same.decision, same.named]).toEqual(["promote", []]);
    expect(same.metrics.find(({ metric }) => metric === "success")?.verdict).toBe("cannot_tell");
  });

  it("bets on nothing that both or neither have", () => {
    const strict: CanaryPlan = { ...plan, metrics: plan.metrics.map((one) => ({ ...one, tolerance: 0 })) };
    const [state, tolerant] = [beginJudging(strict, historyOf(600)), beginJudging(plan, historyOf(600))];
    for (const each of [state, tolerant]) for (let index = 0; index < 50; index += 1) judgePair(each, { stageIndex: 0, current: well, candidate: well, hasEscapedViolation: false });
    expect(state.metrics.flatMap(({ up, down }) => [...up.sums, ...down.sums]).every((sum) => Math.abs(sum) < 1e-12)).toBe(true);
    // Less than what nobody minds speaks against "worse".
    expect(tolerant.metrics.flatMap(({ up }) => up.sums).every((sum) => sum < 1e-12)).toBe(true);
    expect(tolerant.metrics.flatMap(({ down }) => down.sums).every((sum) => Math.abs(sum) < 1e-12)).toBe(true);
  });
});

const anyValue = fc.oneof(fc.constantFrom(0, 1, 2, -1, 0.5, null, Number.NaN, Number.POSITIVE_INFINITY, Number.MAX_VALUE, Number.MIN_VALUE), fc.double());
const anyTask: fc.Arbitrary<JudgedTask> = fc.record({
  isFirstOfUnit: fc.boolean(), arm: fc.constantFrom<Arm>("current", "candidate"), probability: fc.constantFrom(0, 1e-9, 0.1, 0.25, 0.5, 0.999, 1, Number.NaN), stageIndex: fc.integer({ min: -1, max: 4 }),
  values: fc.dictionary(fc.constantFrom(...CANARY_METRICS), anyValue), hasEscapedViolation: fc.boolean(),
});

describe("whatever comes", () => {
  const exact: CanaryPlan = { ...assisted, metrics: assisted.metrics.map((one) => ({ ...one, tolerance: 0 })) };
  it.each([["fair", exact], ["at most fair", assisted]] as const)("is a game %s where the arms do not differ: the next task is worth nothing on average, whatever its outcome", (word, plan) => {
    const combined = (state: JudgeState): number => state.metrics.reduce((sum, { logWorse: [up, down] }, index) => {
      const planned = state.plan.metrics[index];
      const [ofUp, ofDown] = planned ? weightsOf(planned, 1) : [0, 0];
      return sum + ofUp * Math.exp(up) + ofDown * Math.exp(down);
    }, 0);
    const values = fc.record({
      action_errors: fc.constantFrom(0, 1), success: fc.constantFrom(0, 1), escalation: fc.constantFrom(0, 1), violations: fc.constantFrom(0, 1, null), latency: fc.double({ min: 0, max: 1e7, noNaN: true }), cost: fc.double({ min: 0, max: 1e12, noNaN: true }),
    });
    fc.assert(fc.property(fc.integer({ min: 2, max: 120 }), fc.constantFrom(0.05, 0.25, 0.5, 0.9), values, fc.integer({ min: 0, max: 2 }), (tasks, probability, next, stageIndex) => {
      const before = judged(tasks, { plan, candidate: { action_errors: 2 } });
      const after = (arm: Arm): number => {
        const state = structuredClone(before);
        judgeTask(state, taskOf({ arm, probability, values: next, stageIndex }));
        return combined(state);
      };
      const worth = (probability * after("candidate") + (1 - probability) * after("current")) / combined(before);
      if (word === "fair") expect(worth).toBeCloseTo(1, 7);
      else expect(worth).toBeLessThan(1 + 1e-7);
    }), { numRuns: 60 });
  });

  it("stores only numbers, and reads the same verdict from what was stored", () => {
    fc.assert(fc.property(fc.array(anyTask, { maxLength: 60 }), fc.constantFrom(0, 50, 600), fc.constantFrom<CanaryPlan["unit"]>("task", "customer"), (tasks, known, unit) => {
      const plan: CanaryPlan = { ...assisted, unit };
      const state = beginJudging(plan, historyOf(known));
      tasks.forEach((task) => judgeTask(state, task));
      const read = readJudgeState(JSON.parse(JSON.stringify(state)));
      expect(read).toEqual(state);
      const verdict = verdictOf(state, plan);
      expect(JSON.parse(JSON.stringify(verdict))).toEqual(verdict);
      for (const { eWorse, eBetter, eNotWorse } of verdict.metrics) for (const e of [eWorse, eBetter, eNotWorse, verdict.eWorse, verdict.sampleRatio.e]) expect(Number.isFinite(e) && e >= 0).toBe(true);
      expect(verdict.decision).not.toBe("promote");
    }), { numRuns: 200 });
  });

  it("goes on from what was stored as if it had never stopped", () => {
    const [whole, halved] = [judged(400), judged(400)];
    const read = readJudgeState(JSON.parse(JSON.stringify(halved)));
    if (!read) throw new Error("not read");
    for (const state of [whole, read]) for (let index = 0; index < 200; index += 1) judgeTask(state, taskOf({ arm: index % 2 === 0 ? "current" : "candidate", values: usualValues(index, { action_errors: 3 }) }));
    expect(read).toEqual(whole);
  });

  it("does not read a state of another version or another shape", () => {
    const state = judged(10);
    const [first, ...others] = state.metrics;
    const broken: unknown[] = [null, {}, [], "state", { ...state, version: 0 }, { ...state, metrics: others }, { ...state, stageIndex: 7 }, { ...state, mostLogWorse: null }, first ? { ...state, metrics: [{ ...first, up: { sums: [], restarts: [] } }, ...others] } : {}];
    for (const stored of broken) expect(readJudgeState(stored)).toBeNull();
  });

  it("judges amounts without any history once the current version has shown a hundred", () => {
    const state = beginJudging(assisted, { values: [] });
    for (let index = 0; index < 1_600; index += 1) judgeTask(state, taskOf({ arm: index % 2 === 0 ? "current" : "candidate", values: usualValues(Math.floor(index / 2), index % 2 === 0 ? {} : { latency: 2 }) }));
    expect(verdictOf(state).named).toEqual(["latency"]);
  });
});

describe("a rise that is nobody's business", () => {
  /** Costs that hardly differ, so that the smallest rise of all of them shows. */
  const even = (factor: number, tolerance: number): CanaryVerdict => {
    const plan: CanaryPlan = { ...assisted, metrics: assisted.metrics.map((one) => (one.metric === "cost" ? { ...one, tolerance } : one)) };
    const cost = (index: number): number => [1e7, 1.2e7, 1.5e7, 2.2e7][index % 4] ?? 1e7;
    const state = beginJudging(plan, { values: Array.from({ length: 600 }, (_, index) => ({ ...well, cost: cost(index) })) });
    for (let index = 0; index < 800; index += 1) {
      const isCandidate = index % 2 === 1;
      judgeTask(state, taskOf({ arm: isCandidate ? "candidate" : "current", values: { ...well, cost: cost(Math.floor(index / 2)) * (isCandidate ? factor : 1) } }));
    }
    return verdictOf(state, plan);
  };

  it("is worse where the plan tolerates nothing, and not where it tolerates more than that", () => {
    expect(even(1.005, 0).named).toEqual(["cost"]);
    expect(even(1.005, 0.02)).toMatchObject({ named: [], decision: expect.not.stringMatching(/hold|roll_back/) as string });
  });

  it("does not hide what is more than that", () => {
    expect(even(1.3, 0.02).named).toEqual(["cost"]);
  });

  it.each([[1.015, 0, ["cost"]], [1.015, 0.02, []], [1.3, 0.02, ["cost"]]] as const)("is none of a task that both did in shadow either: %f times as dear, at a tolerance of %f", (factor, tolerance, named) => {
    const plan: CanaryPlan = { ...defaultCanaryPlan("shadow"), metrics: assisted.metrics.map((one) => (one.metric === "cost" ? { ...one, tolerance } : one)) };
    const cost = (index: number): number => 1e7 + (index % 7) * 1e5;
    const state = beginJudging(plan, { values: Array.from({ length: 600 }, (_, index) => ({ cost: cost(index) })) });
    for (let index = 0; index < 2_000; index += 1) judgePair(state, { stageIndex: 0, current: { cost: cost(index) }, candidate: { cost: cost(index) * factor }, hasEscapedViolation: false });
    expect(state.named).toEqual(named);
  });
});

describe("a candidate that is held back where the current version acts", () => {
  const actsAt = "bounded" as const;
  const plan: CanaryPlan = { ...assisted, actsAt };
  const slowAndAsking = { latency: 3, escalation: 3 };

  it("is not blamed for waiting and for handing over, nor praised, nor asked to show that it does neither", () => {
    expect(verdictOf(judged(2_000, { candidate: slowAndAsking })).decision).toBe("roll_back");
    for (const candidate of [slowAndAsking, { latency: 0.4, escalation: 0.2 }]) {
      const verdict = verdictOf(judged(4_000, { plan, candidate }), plan);
      expect([verdict.decision, verdict.because.code, verdict.named]).toEqual(["promote", "not_worse", []]);
      for (const metric of ["latency", "escalation"] as const) expect(verdict.metrics.find((one) => one.metric === metric)).toMatchObject({ verdict: "cannot_tell", eWorse: 1, eNotWorse: 1, moreTasks: null });
    }
  });

  it("is judged on everything else all the same", () => {
    for (const [metric, times] of [["action_errors", 3], ["success", 3], ["violations", 8], ["cost", 1.8]] as const) {
      expect(verdictOf(judged(2_000, { plan, candidate: { [metric]: times } }), plan).because).toEqual({ code: "worse", metric });
    }
  });

  it("shows both from the stage on at which both act alike", () => {
    const state = judged(1_000, { plan: { ...assisted, actsAt: "partial" }, candidate: slowAndAsking });
    expect(verdictOf(state, state.plan).named).toEqual([]);
    for (let index = 0; index < 1_600; index += 1) {
      const arm: Arm = index % 2 === 0 ? "current" : "candidate";
      judgeTask(state, taskOf({ arm, stageIndex: 1, values: usualValues(Math.floor(index / 2), arm === "candidate" ? slowAndAsking : {}) }));
    }
    expect([verdictOf(state, state.plan).decision, [...verdictOf(state, state.plan).named].toSorted()]).toEqual(["roll_back", ["escalation", "latency"]]);
  });

  it("shows both in the last stage, though it is held back there too: nothing becomes current uncompared", () => {
    const last: CanaryPlan = { ...plan, stages: plan.stages.slice(0, 1) };
    expect(verdictOf(judged(2_000, { plan: last, candidate: slowAndAsking }), last).decision).toBe("roll_back");
    expect(verdictOf(judged(4_000, { plan: last }), last).metrics.every(({ verdict }) => verdict === "not_worse")).toBe(true);
  });

  it("is judged as ever where it is not known at which stage the other acts, or where both act alike", () => {
    for (const alike of [assisted, { ...assisted, actsAt: "assisted" as const }, { ...assisted, actsAt: "shadow" as const }]) {
      expect(judged(500, { plan: alike, candidate: slowAndAsking }).metrics).toEqual(judged(500, { candidate: slowAndAsking }).metrics);
    }
  });
});
