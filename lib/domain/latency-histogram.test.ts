import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bucketOf, countOf, GAMMA, histogramOf, mergeHistograms, quantile, RELATIVE_ERROR } from "./latency-histogram.ts";

const durations = fc.array(fc.double({ min: 1, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 200 });

test.each([
  [0, 0], [-5, 0], [0.2, 0], [1, 0], [Number.NaN, 0], [1.01, 1], [1.5, 21], [1_000, 346], [60_000, 551],
])("%d ms fall into bucket %d", (ms, bucket) => {
  expect(bucketOf(ms)).toBe(bucket);
});

test("an endless duration has a bucket", () => {
  expect(Number.isSafeInteger(bucketOf(Number.POSITIVE_INFINITY))).toBe(true);
});

describe("quantile", () => {
  test.each([[{}, 0.5], [{ 3: 0 }, 0.5], [{ 3: 1 }, -0.1], [{ 3: 1 }, 1.1], [{ 3: 1 }, Number.NaN]])("of %o at %d is unknown", (histogram, q) => {
    expect(quantile(histogram, q)).toBeNull();
  });

  test("is within the promised relative error", () => {
    fc.assert(
      fc.property(durations, fc.double({ min: 0, max: 1, noNaN: true }), (values, q) => {
        const exact = values.toSorted((a, b) => a - b)[Math.floor(q * (values.length - 1))] ?? Number.NaN;
        const error = Math.abs((quantile(histogramOf(values), q) ?? Number.NaN) - exact) / exact;
        expect(error).toBeLessThanOrEqual(RELATIVE_ERROR + 1e-9);
      }),
      { numRuns: 500 },
    );
  });

  test("never falls when q rises", () => {
    fc.assert(
      fc.property(durations, fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (values, p, q) => {
        const histogram = histogramOf(values);
        expect(quantile(histogram, Math.min(p, q))).toBeLessThanOrEqual(quantile(histogram, Math.max(p, q)) ?? Number.NaN);
      }),
    );
  });
});

test("merging is counting together, in any order, and survives JSON", () => {
  fc.assert(
    fc.property(durations, durations, (a, b) => {
      const together = histogramOf([...a, ...b]);
      expect(mergeHistograms(histogramOf(a), histogramOf(b))).toEqual(together);
      expect(mergeHistograms(histogramOf(b), JSON.parse(JSON.stringify(histogramOf(a))) as Record<number, number>)).toEqual(together);
      expect(countOf(together)).toBe(a.length + b.length);
    }),
  );
});

test("a bucket is two percent wide", () => {
  expect(GAMMA).toBeCloseTo(1.0202, 4);
});
