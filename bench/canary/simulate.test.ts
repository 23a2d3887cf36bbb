import { describe, expect, it } from "vitest";
import { randomFrom } from "./random.ts";
import { SCENARIOS } from "./scenarios.ts";
import { interceptFor, simulateRollout, type Rollout } from "./simulate.ts";

const scenarioOf = (name: string) => {
  const scenario = SCENARIOS.find((one) => one.name === name);
  if (!scenario) throw new Error(`no scenario ${name}`);
  return scenario;
};

function meanOf(rollout: Rollout, metric: keyof Rollout["values"], isCandidate: 0 | 1): number {
  let [sum, n] = [0, 0];
  for (let at = 0; at < rollout.length; at++) {
    if (rollout.isCandidate[at] !== isCandidate) continue;
    sum += rollout.values[metric][at] ?? 0;
    n += 1;
  }
  return sum / n;
}

describe("randomFrom", () => {
  it("gives the same numbers for the same seed and others for another", () => {
    const [a, b, c] = [randomFrom("one"), randomFrom("one"), randomFrom("two")];
    const first = Array.from({ length: 5 }, a.uniform);
    expect(Array.from({ length: 5 }, b.uniform)).toEqual(first);
    expect(Array.from({ length: 5 }, c.uniform)).not.toEqual(first);
  });

  it("is uniform and normal to the precision of 100,000 draws", () => {
    const random = randomFrom("moments");
    const draws = Array.from({ length: 100_000 }, random.normal);
    const mean = draws.reduce((sum, x) => sum + x, 0) / draws.length;
    const variance = draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws.length;
    expect(mean).toBeCloseTo(0, 1);
    expect(variance).toBeCloseTo(1, 1);
    expect(Array.from({ length: 100_000 }, random.uniform).filter((u) => u < 0.1).length / 100_000).toBeCloseTo(0.1, 2);
  });
});

describe("simulateRollout", () => {
  it("is the same for the same seed", () => {
    const [one, two] = [simulateRollout(scenarioOf("null"), "s"), simulateRollout(scenarioOf("null"), "s")];
    expect(two).toEqual(one);
  });

  it("gives the candidate its tasks in each step and a paired slice of the same size", () => {
    const rollout = simulateRollout(scenarioOf("null"), "shares");
    const candidate = [0, 0, 0];
    let paired = 0;
    for (let at = 0; at < rollout.length; at++) {
      const stage = rollout.stage[at] ?? 0;
      if (rollout.isCandidate[at] === 1) candidate[stage] = (candidate[stage] ?? 0) + 1;
      paired += rollout.isPaired[at] ?? 0;
    }
    expect(candidate).toEqual([500, 500, 1_000]);
    expect(paired / 2_000).toBeCloseTo(1, 0);
    expect(rollout.length).toBeGreaterThan(8_000);
  });

  it("has the marginal rates it names", () => {
    expect(interceptFor(0.5)).toBeCloseTo(0, 6);
    const rollout = simulateRollout(scenarioOf("err x3"), "rates");
    expect(meanOf(rollout, "action_errors", 0)).toBeCloseTo(0.04, 1.5);
    expect(meanOf(rollout, "action_errors", 1)).toBeCloseTo(0.12, 1.5);
  });

  it("doubles the mean cost where a share of the tasks loops", () => {
    const rollouts = Array.from({ length: 10 }, (_, seed) => simulateRollout(scenarioOf("retry x2"), `retry ${seed}`));
    const ratio = rollouts.reduce((sum, rollout) => sum + meanOf(rollout, "cost", 1) / meanOf(rollout, "cost", 0), 0) / rollouts.length;
    expect(ratio).toBeGreaterThan(1.8);
    expect(ratio).toBeLessThan(2.2);
  });
});
