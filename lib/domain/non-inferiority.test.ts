import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CanaryMargin } from "./canary-plan.ts";
import { addNotWorseBets, addNotWorsePairBets, beginNotWorse, growthOfNotWorse, logNotWorse } from "./non-inferiority.ts";

const inside = fc.double({ min: 0.01, max: 0.99, noNaN: true });
const ratio = fc.double({ min: 1.01, max: 10, noNaN: true }).map((value): CanaryMargin => ({ kind: "ratio", value }));
const points = fc.double({ min: 0.001, max: 0.5, noNaN: true }).map((value): CanaryMargin => ({ kind: "points", value }));

/** Expectation of every stake's factor over arm and outcome, where the arms have these rates. */
function expectedFactors(margin: CanaryMargin, chance: number, probability: number, rates: { current: number; candidate: number }): number[] {
  const sums = beginNotWorse(margin).map(() => 0);
  for (const isCandidate of [true, false]) for (const isBad of [true, false]) {
    const logs = beginNotWorse(margin);
    addNotWorseBets(logs, margin, chance, isBad, { probability, isCandidate });
    const rate = isCandidate ? rates.candidate : rates.current;
    logs.forEach((log, index) => { sums[index] = (sums[index] ?? 0) + (isCandidate ? probability : 1 - probability) * (isBad ? rate : 1 - rate) * Math.exp(log); });
  }
  return sums;
}

describe("never promotes on average where the candidate is worse by the margin or more", () => {
  it("as a ratio", () => {
    fc.assert(fc.property(ratio, inside, inside, inside, fc.double({ min: 1, max: 5, noNaN: true }), (margin, chance, probability, current, more) => {
      const candidate = current * margin.value * more;
      if (candidate > 1) return;
      for (const factor of expectedFactors(margin, chance, probability, { current, candidate })) expect(factor).toBeLessThanOrEqual(1 + 1e-9);
    }), { numRuns: 500 });
  });

  it("in points", () => {
    fc.assert(fc.property(points, inside, inside, inside, fc.double({ min: 0, max: 0.5, noNaN: true }), (margin, chance, probability, current, more) => {
      const candidate = current + margin.value + more;
      if (candidate > 1) return;
      for (const factor of expectedFactors(margin, chance, probability, { current, candidate })) expect(factor).toBeLessThanOrEqual(1 + 1e-9);
    }), { numRuns: 500 });
  });

  it("in pairs, of whatever dependence", () => {
    fc.assert(fc.property(fc.oneof(ratio, points), inside, fc.tuple(inside, inside, inside, inside), (margin, chance, drawn) => {
      const all = drawn.reduce((sum, one) => sum + one, 0);
      const [both = 0, onlyCandidate = 0, onlyCurrent = 0, neither = 0] = drawn.map((one) => one / all);
      const [candidate, current] = [both + onlyCandidate, both + onlyCurrent];
      if (margin.kind === "ratio" ? candidate < margin.value * current : candidate - current < margin.value) return;
      const cells = [[both, true, true], [onlyCandidate, true, false], [onlyCurrent, false, true], [neither, false, false]] as const;
      const sums = beginNotWorse(margin).map(() => 0);
      for (const [share, isCandidateBad, isCurrentBad] of cells) {
        const logs = beginNotWorse(margin);
        addNotWorsePairBets(logs, margin, chance, isCandidateBad, isCurrentBad);
        logs.forEach((log, index) => { sums[index] = (sums[index] ?? 0) + share * Math.exp(log); });
      }
      for (const factor of sums) expect(factor).toBeLessThanOrEqual(1 + 1e-9);
    }), { numRuns: 2_000 });
  });
});

it("is always a number, and says nothing at the start", () => {
  fc.assert(fc.property(fc.oneof(ratio, points), fc.array(fc.tuple(inside, inside, fc.boolean(), fc.boolean()), { maxLength: 50 }), (margin, tasks) => {
    const logs = beginNotWorse(margin);
    expect(logNotWorse(logs, margin)).toBeCloseTo(0, 12);
    for (const [chance, probability, isBad, isCandidate] of tasks) addNotWorseBets(logs, margin, chance, isBad, { probability, isCandidate });
    expect(Number.isFinite(logNotWorse(logs, margin))).toBe(true);
  }));
});

// Simulated medians when nothing changed, candidate's tasks: 663 and 336; 550 and 350.
it.each([[{ kind: "ratio", value: 2 }, 0.5, 663], [{ kind: "ratio", value: 2 }, 0.2, 336], [{ kind: "points", value: 0.03 }, 0.5, 550], [{ kind: "points", value: 0.03 }, 0.2, 350]] as const)(
  "%o at a share of %d takes about %i tasks", (margin, probability, tasks) => {
    const expected = (Math.log(20) / growthOfNotWorse(margin, 0.04, probability)) * probability;
    expect(expected / tasks).toBeGreaterThan(0.7);
    expect(expected / tasks).toBeLessThan(1.2);
  });

it("never grows faster for a narrower margin", () => {
  fc.assert(fc.property(ratio, ratio, inside, inside, (one, other, chance, probability) => {
    const [narrow, wide] = one.value < other.value ? [one, other] : [other, one];
    expect(growthOfNotWorse(narrow, chance, probability)).toBeLessThanOrEqual(growthOfNotWorse(wide, chance, probability) + 1e-12);
  }));
});
