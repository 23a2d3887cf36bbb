import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { differenceOfQuantiles, differenceOfShares, type Interval, quantileSequence, shareSequence } from "./confidence-sequence.ts";
import { bucketOf, histogramOf } from "./latency-histogram.ts";
import { randomFrom } from "./random-from.ts";

const leavesOut = ({ low, high }: Interval, value: number): boolean => (low !== null && value < low) || (high !== null && value > high);
const width = ({ low, high }: Interval): number => (high ?? Number.POSITIVE_INFINITY) - (low ?? Number.NEGATIVE_INFINITY);

const ROLLOUTS = 200;
/** Three standard errors above 5 % of them. */
const MOST_LEFT_OUT = ROLLOUTS * 0.05 + 3 * Math.sqrt(ROLLOUTS * 0.05 * 0.95);

/** How many of the rollouts have an interval that leaves the truth out at any of their looks. */
function everLeftOut(play: (random: () => number) => boolean): number {
  return Array.from({ length: ROLLOUTS }, (_, index) => play(randomFrom(index * 7_919 + 1))).filter(Boolean).length;
}

describe("whoever looks after every tenth task sees the truth left out in at most one rollout of twenty", () => {
  test.each([[0.04, 0.04, 0.25], [0.3, 0.2, 0.5], [0.01, 0.03, 0.1]])("difference of rates %d and %d at exposure %d", (before, after, exposure) => {
    const left = everLeftOut((random) => {
      const [current, candidate] = [{ events: 0, n: 0 }, { events: 0, n: 0 }];
      for (let task = 1; task <= 1_000; task += 1) {
        const isCandidate = random() < exposure;
        const arm = isCandidate ? candidate : current;
        arm.n += 1;
        if (random() < (isCandidate ? after : before)) arm.events += 1;
        if (task % 10 === 0 && leavesOut(differenceOfShares(current, candidate), after - before)) return true;
      }
      return false;
    });
    expect(left).toBeLessThanOrEqual(MOST_LEFT_OUT);
  });

  test("one rate", () => {
    const left = everLeftOut((random) => {
      const arm = { events: 0, n: 0 };
      while (arm.n < 1_000) {
        arm.n += 1;
        if (random() < 0.03) arm.events += 1;
        if (arm.n % 10 === 0 && leavesOut(shareSequence(arm), 0.03)) return true;
      }
      return false;
    });
    expect(left).toBeLessThanOrEqual(MOST_LEFT_OUT);
  });

  test("median of a heavy-tailed amount", () => {
    const left = everLeftOut((random) => {
      const amounts: Record<number, number> = {};
      for (let task = 1; task <= 1_000; task += 1) {
        // Log-logistic around 20,000.
        const uniform = random();
        const bucket = bucketOf(20_000 * (uniform / (1 - uniform)));
        amounts[bucket] = (amounts[bucket] ?? 0) + 1;
        // A histogram knows its values to 1 % only.
        if (task % 20 === 0) {
          const { low, high } = quantileSequence(amounts, 0.5);
          if ((low !== null && low > 20_000 * 1.01) || (high !== null && high < 20_000 * 0.99)) return true;
        }
      }
      return false;
    });
    expect(left).toBeLessThanOrEqual(MOST_LEFT_OUT);
  });
});

test("an interval is useful: a rate of 10 % is known to within three points after 2,000 tasks, a difference to within four", () => {
  expect(width(shareSequence({ events: 200, n: 2_000 }))).toBeLessThan(0.06);
  expect(width(differenceOfShares({ events: 200, n: 2_000 }, { events: 100, n: 1_000 }))).toBeLessThan(0.08);
});

test("more of the same narrows it, and what was seen always lies inside", () => {
  const arm = fc.integer({ min: 1, max: 400 }).chain((n) => fc.integer({ min: 0, max: n }).map((events) => ({ events, n })));
  fc.assert(fc.property(arm, arm, (current, candidate) => {
    const difference = candidate.events / candidate.n - current.events / current.n;
    const seen = differenceOfShares(current, candidate);
    expect(leavesOut(seen, difference)).toBe(false);
    expect(seen.low).toBeGreaterThanOrEqual(-1);
    expect(seen.high).toBeLessThanOrEqual(1);
    const tenfold = ({ events, n }: typeof current) => ({ events: 10 * events, n: 10 * n });
    expect(width(shareSequence(tenfold(current)))).toBeLessThanOrEqual(width(shareSequence(current)));
    expect(width(differenceOfShares(tenfold(current), tenfold(candidate)))).toBeLessThanOrEqual(width(seen));
  }), { numRuns: 200 });
});

test("an event that was never seen is rare, not impossible; without tasks nothing is known", () => {
  const { low, high } = shareSequence({ events: 0, n: 100 });
  expect(low).toBe(0);
  expect(high).toBeGreaterThan(0.05);
  expect(high).toBeLessThan(0.1);
  expect(shareSequence({ events: 0, n: 0 })).toEqual({ low: null, high: null });
  expect(differenceOfShares({ events: 0, n: 0 }, { events: 3, n: 10 })).toEqual({ low: null, high: null });
  expect(quantileSequence({}, 0.5)).toEqual({ low: null, high: null });
});

test("few amounts leave an interval open; a high quantile stays open upwards for longer", () => {
  const some = histogramOf(Array.from({ length: 200 }, (_, index) => 1_000 + index));
  expect(quantileSequence(histogramOf([1_000, 2_000, 3_000]), 0.5)).toEqual({ low: null, high: null });
  expect(quantileSequence(some, 0.5).low).toBeGreaterThan(1_000);
  expect(quantileSequence(some, 0.5).high).toBeLessThan(1_200);
  expect(quantileSequence(some, 0.95).high).toBeNull();
  expect(quantileSequence(some, 0.95).low).not.toBeNull();
  expect(differenceOfQuantiles(some, histogramOf([5, 6]), 0.5).low).toBeNull();
});

test("a median that doubles is seen to differ, by about as much as it grew", () => {
  const amounts = (middle: number) => histogramOf(Array.from({ length: 600 }, (_, index) => middle * (0.7 + (0.6 * index) / 600)));
  const { low, high } = differenceOfQuantiles(amounts(10_000), amounts(20_000), 0.5);
  expect(low).toBeGreaterThan(0);
  expect(low).toBeLessThan(10_000);
  expect(high).toBeGreaterThan(10_000);
});
