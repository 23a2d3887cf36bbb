import { describe, expect, it } from "vitest";
import { defaultCanaryPlan } from "../../lib/domain/canary-plan.ts";
import { firstAt, peakOf } from "./highs.ts";
import { benchPlan, judgedRollout, LOG_HOLD } from "./judged-rollout.ts";
import { promotedAfter } from "./promotions.ts";
import { upperBound } from "./results.ts";
import { SCENARIOS } from "./scenarios.ts";
import { simulateRollout } from "./simulate.ts";

const judged = (name: string, seed: string) => {
  const scenario = SCENARIOS.find((one) => one.name === name);
  if (!scenario) throw new Error(`no scenario ${name}`);
  return judgedRollout(simulateRollout(scenario, seed), true, scenario.isNull);
};

it("measures the weights that a rollout is judged with, where the simulated errors stand for success too", () => {
  const usual = new Map(defaultCanaryPlan("assisted").metrics.map(({ metric, weight }) => [metric, weight]));
  for (const { metric, weight } of benchPlan([0.5]).metrics) expect(weight, metric).toBeCloseTo((usual.get(metric) ?? 0) + (metric === "action_errors" ? (usual.get("success") ?? 0) : 0), 12);
});

describe("judgedRollout", () => {
  it("is silent on a quiet rollout, and holds and names a threefold error rate", () => {
    expect(peakOf(judged("null", "silent").highs)).toBeLessThan(LOG_HOLD);
    const { highs, atHold } = judged("err x3", "found");
    expect(firstAt(highs, LOG_HOLD)).toBeLessThan(500);
    expect(atHold).toEqual({ candidateTasks: expect.any(Number) as number, named: ["action_errors"], strongest: "action_errors" });
  });

  it("says the same of the same seed", () => {
    expect(judged("viol x3", "again")).toEqual(judged("viol x3", "again"));
  });
});

describe("promotedAfter", () => {
  it("promotes an unchanged candidate and not one three times as bad", () => {
    const one = { name: "", exposure: 0.5, candidateTasks: 2_000 };
    expect(promotedAfter({ ...one, rates: [0.04, 0.04] }, "unchanged")).toBeLessThan(2_000);
    expect(promotedAfter({ ...one, rates: [0.04, 0.12] }, "worse")).toBeNull();
  });
});

describe("upperBound", () => {
  it("lies above the share and comes down with more simulations", () => {
    expect(upperBound(30, 1_000)).toBeCloseTo(0.0403, 3);
    expect(upperBound(6, 200)).toBeGreaterThan(upperBound(30, 1_000));
  });
});
