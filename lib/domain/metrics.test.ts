import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { histogramOf } from "./latency-histogram.ts";
import { addTotals, deriveMetrics, noTotals, usualRange, wilsonInterval, type MetricTotals } from "./metrics.ts";

const totals: MetricTotals = {
  ...noTotals, runs: 10, successes: 6, failures: 2, escalated: 1, intervened: 3, actionErrors: 4, toolCalls: 40, consequentialCalls: 8,
  costKnownRuns: 3, costNanoUsd: 1_000, inputTokens: 5_000, outputTokens: 500, latency: histogramOf([100, 200, 300]), unreviewedRuns: 5,
};

describe("deriveMetrics", () => {
  const metrics = deriveMetrics(totals);

  test("success is a share of the runs whose outcome is known", () => {
    expect(metrics.successRate).toEqual({ value: 0.75, hits: 6, n: 8 });
  });

  test("cost is a mean over the runs whose cost is known, and says for how many it speaks", () => {
    expect(metrics.costPerTaskNanoUsd).toBe(333);
    expect(metrics.costCoverage).toEqual({ value: 0.3, hits: 3, n: 10 });
  });

  test("the other figures", () => {
    expect(metrics).toMatchObject({
      escalationRate: { value: 0.1 }, interventionRate: { value: 0.3 }, actionErrorRate: { value: 0.1, n: 40 }, writeShare: { value: 0.2 },
      toolCallsPerRun: 4, inputTokensPerRun: 500, outputTokensPerRun: 50, unreviewedShare: { value: 0.5 },
    });
    expect(metrics.latencyMs.p50).toBeCloseTo(200, -1);
  });

  test("where nothing was counted there is no figure", () => {
    const { latencyMs, ...figures } = deriveMetrics(noTotals);
    expect(new Set([...Object.values(figures), ...Object.values(latencyMs)])).toEqual(new Set([null]));
  });

  test("runs without a known cost have no cost, which is not 0", () => {
    expect(deriveMetrics({ ...noTotals, runs: 5 }).costPerTaskNanoUsd).toBeNull();
  });
});

test("totals add up in any order", () => {
  const counts = Object.fromEntries(Object.keys(noTotals).filter((name) => name !== "latency").map((name) => [name, fc.nat(1_000_000)]));
  const some = fc.record({ ...counts, latency: fc.array(fc.nat(100_000)).map(histogramOf) }) as unknown as fc.Arbitrary<MetricTotals>;
  fc.assert(
    fc.property(some, some, some, (a, b, c) => {
      expect(addTotals(a, b)).toEqual(addTotals(b, a));
      expect(addTotals(addTotals(a, b), c)).toEqual(addTotals(a, addTotals(b, c)));
      expect(addTotals(a, noTotals)).toEqual(a);
    }),
  );
});

describe("wilsonInterval", () => {
  // Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
  test.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
    // 23 of 50 tasks of tau2 airline with gpt-4o.
    [23, 50, 0.3297, 0.596],
  ])("%d of %d", (k, n, low, high) => {
    const interval = wilsonInterval(k, n);
    expect(interval?.low).toBeCloseTo(low, 4);
    expect(interval?.high).toBeCloseTo(high, 4);
  });

  test.each([[0, 0], [3, 2], [-1, 5], [Number.NaN, 5], [1, Number.NaN]])("%d of %d has none", (k, n) => {
    expect(wilsonInterval(k, n)).toBeNull();
  });

  test("it holds the share, stays between 0 and 1, and narrows with more of the same", () => {
    fc.assert(
      fc.property(fc.nat(500), fc.integer({ min: 1, max: 500 }), (some, n) => {
        const k = some % (n + 1);
        const interval = wilsonInterval(k, n) ?? { low: Number.NaN, high: Number.NaN };
        const more = wilsonInterval(10 * k, 10 * n) ?? { low: Number.NaN, high: Number.NaN };
        expect(interval.low).toBeGreaterThanOrEqual(0);
        expect(interval.high).toBeLessThanOrEqual(1);
        expect(interval.low).toBeLessThanOrEqual(k / n);
        expect(interval.high).toBeGreaterThanOrEqual(k / n);
        expect(more.high - more.low).toBeLessThan(interval.high - interval.low);
      }),
    );
  });
});

describe("usualRange", () => {
  test("is the mean and 2.66 mean moving ranges either side", () => {
    const range = usualRange([1, 3, 1, 3, 1, 3, 1, 3]);
    expect(range?.low).toBeCloseTo(2 - 5.32);
    expect(range?.mid).toBe(2);
    expect(range?.high).toBeCloseTo(2 + 5.32);
  });

  test("a figure that never moves has no width", () => {
    expect(usualRange([5, 5, 5, 5, 5, 5, 5, 5])).toEqual({ low: 5, mid: 5, high: 5 });
  });

  test.each([[[]], [[1, 2, 3, 4, 5, 6, 7]], [[1, 2, 3, 4, 5, 6, 7, null]], [[1, 2, 3, 4, 5, 6, 7, Number.NaN]]])("%o are too few points", (points) => {
    expect(usualRange(points)).toBeNull();
  });
});
