import { describe, expect, it } from "vitest";
import { assisted, historyOf, judged, taskOf, verdictOf } from "../testing/judged-arms.ts";
import { CANARY_METRICS } from "./canary-plan.ts";
import { beginJudging, type JudgeState, judgeTask } from "./judge-canary.ts";

/** A linear congruence is good enough here, and the same everywhere. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

describe("no data never promotes", () => {
  it("waits when nothing was ever heard, whatever is claimed of coverage", () => {
    const verdict = verdictOf(beginJudging(assisted, historyOf(600)), assisted, { current: { tasks: 9_000, known: 9_000 }, candidate: { tasks: 9_000, known: 9_000 } });
    expect([verdict.decision, verdict.because.code]).toEqual(["wait", "too_few_tasks"]);
  });

  it("holds when all outcomes are late", () => {
    expect(verdictOf(beginJudging(assisted, historyOf(600)), assisted, { current: { tasks: 500, known: 0 }, candidate: { tasks: 500, known: 0 } }).because.code).toBe("coverage_low");
  });

  it("holds when outcomes stay away more from one arm", () => {
    const known = { current: { tasks: 2_000, known: 1_990 }, candidate: { tasks: 2_000, known: 1_900 } };
    const late = [{ current: { tasks: 2_000, late: 10 }, candidate: { tasks: 2_000, late: 100 }, groups: [{ probability: 0.5, candidate: 100, tasks: 110 }] }];
    const state = judged(4_000);
    expect(verdictOf(state, assisted, { ...known, late })).toMatchObject({ decision: "hold", because: { code: "coverage_differs" } });
    expect(verdictOf(state, assisted, known).decision).toBe("promote");
  });

  it("waits where writes wait for people, until as much is known of one arm as of the other, and minds two points no more", () => {
    const [heldBack, state] = [{ ...assisted, actsAt: "bounded" as const }, judged(4_000)];
    const coverage = (known: number) => ({ current: { tasks: 2_000, known: 2_000 }, candidate: { tasks: 2_000, known } });
    expect(verdictOf(state, heldBack, coverage(1_959))).toMatchObject({ decision: "wait", because: { code: "coverage_differs" } });
    expect([verdictOf(state, heldBack, coverage(1_961)).decision, verdictOf(state, { ...heldBack, actsAt: "assisted" }, coverage(1_959)).decision]).toEqual(["promote", "promote"]);
  });

  it("minds no difference of late outcomes that is too small to matter", () => {
    const late = [{ current: { tasks: 90_000, late: 90 }, candidate: { tasks: 90_000, late: 900 }, groups: [{ probability: 0.5, candidate: 900, tasks: 990 }] }];
    expect(verdictOf(judged(4_000), assisted, { current: { tasks: 2_000, known: 2_000 }, candidate: { tasks: 2_000, known: 2_000 }, late }).decision).toBe("promote");
  });

  it("holds when outcomes are corrected more often for one arm, whatever became of them since", () => {
    const known = { current: { tasks: 2_000, known: 2_000 }, candidate: { tasks: 2_000, known: 2_000 } };
    const corrected = (candidate: number) => [{ metric: "success" as const, current: { tasks: 2_000, late: 60 }, candidate: { tasks: 2_000, late: candidate }, groups: [{ probability: 0.5, candidate, tasks: candidate + 60 }] }];
    const state = judged(4_000);
    expect(verdictOf(state, assisted, { ...known, corrected: corrected(600) })).toMatchObject({ decision: "hold", because: { code: "corrections_differ", metric: "success" } });
    for (const same of [55, 60, 90]) expect(verdictOf(state, assisted, { ...known, corrected: corrected(same) }).decision).toBe("promote");
  });

  it("hardly ever holds two versions that are corrected alike, looked at after every correction, while the exposure rises", () => {
    const random = randomFrom(11);
    const state = beginJudging(assisted, historyOf(0));
    const rollouts = 300;
    let held = 0;
    for (let rollout = 0; rollout < rollouts; rollout += 1) {
      const groups = [0.1, 0.25, 0.5].map((probability) => ({ probability, candidate: 0, tasks: 0 }));
      const isHeld = groups.some((group) => Array.from({ length: 60 }).some(() => {
        group.tasks += 1;
        if (random() < group.probability) group.candidate += 1;
        // As if every difference mattered.
        const corrected = [{ metric: "success" as const, current: { tasks: 1, late: 0 }, candidate: { tasks: 1, late: 1 }, groups }];
        return verdictOf(state, assisted, { current: { tasks: 1, known: 1 }, candidate: { tasks: 1, known: 1 }, corrected }).because.code === "corrections_differ";
      }));
      if (isHeld) held += 1;
    }
    expect(held / rollouts).toBeLessThanOrEqual(0.01);
  });

  it("looks every five minutes at outcomes that take a while, and hardly ever holds two versions that are the same", () => {
    const random = randomFrom(7);
    const state = beginJudging(assisted, historyOf(0));
    const rollouts = 300;
    let held = 0;
    for (let rollout = 0; rollout < rollouts; rollout += 1) {
      // A task a minute and a half, for 17 hours; its outcome takes 40 minutes on average, so that one of five is late.
      const tasks = Array.from({ length: 680 }, (_, index) => ({ assigned: index * 1.5, isCandidate: random() < 0.1, takes: -40 * Math.log(1 - random()) }));
      const isHeldAt = (minute: number): boolean => {
        const of = (isCandidate: boolean) => {
          const old = tasks.filter((task) => task.isCandidate === isCandidate && task.assigned + 60 <= minute);
          return { tasks: old.length, late: old.filter(({ takes }) => takes > 60).length };
        };
        const [current, candidate] = [of(false), of(true)];
        const late = [{ current, candidate, groups: [{ probability: 0.1, candidate: candidate.late, tasks: current.late + candidate.late }] }];
        return verdictOf(state, assisted, { current: { tasks: 0, known: 0 }, candidate: { tasks: 0, known: 0 }, late }).decision === "hold";
      };
      for (let minute = 60; minute < 1_080; minute += 5) {
        if (!isHeldAt(minute)) continue;
        held += 1;
        break;
      }
    }
    expect(held / rollouts).toBeLessThanOrEqual(0.02);
  });

  it("does not mind a few that are under way", () => {
    expect(verdictOf(judged(4_000), assisted, { current: { tasks: 2_020, known: 2_000 }, candidate: { tasks: 2_025, known: 2_000 } }).decision).toBe("promote");
  });

  it.each(["candidate", "current"] as const)("holds when a gating metric is missing on the %s arm, though the bets look well", (missing) => {
    const state = judged(4_000, { told: (values, arm) => (arm === missing ? { ...values, action_errors: null } : values) });
    expect(verdictOf(state)).toMatchObject({ decision: "hold", because: { code: "metric_missing", metric: "action_errors" } });
  });

  it("holds when the candidate tells of its failures less often", () => {
    const state = judged(4_000, { candidate: { success: 4 }, told: (values, arm) => (arm === "candidate" && values.success === 0 ? { ...values, success: null } : values) });
    expect(verdictOf(state)).toMatchObject({ decision: "hold", because: { code: "coverage_differs", metric: "success" } });
  });

  it("does not let an unknown value change anything but the count of tasks", () => {
    const [state, same] = [judged(300), judged(300)];
    judgeTask(state, taskOf({ arm: "candidate", probability: 0.5, values: { action_errors: null, latency: null } }));
    const bets = ({ metrics }: JudgeState) => metrics.map(({ missing: _missing, ...rest }) => rest);
    expect(bets(state)).toEqual(bets(same));
    expect(state.metrics.map(({ missing }) => missing.length)).toEqual(CANARY_METRICS.map(() => 1));
    expect(state.mostLogWorse).toBe(same.mostLogWorse);
    expect(state.tasks).toEqual([150, 151]);
  });
});
