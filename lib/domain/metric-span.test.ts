import fc from "fast-check";
import { expect, it } from "vitest";
import { METRIC_RANGES, readSpan, spanUntilNow, type MetricRange } from "./metric-span.ts";

const HOUR = 3_600_000;
const RANGES = Object.keys(METRIC_RANGES) as MetricRange[];

it("a range that ended with this hour reads back from an address as it was, hours later too", () => {
  fc.assert(fc.property(fc.constantFrom(...RANGES), fc.integer({ min: 0, max: 2 ** 41 }), (range, at) => {
    const span = spanUntilNow(range, new Date(at));
    expect(span.to.getTime()).toBeGreaterThan(at);
    expect(readSpan(span.from.toISOString(), span.to.toISOString())).toEqual(span);
  }));
});

it("any two moments widen to whole buckets, never beyond 64 of them, and never leave an hour out", () => {
  fc.assert(fc.property(fc.integer({ min: HOUR * 1_000, max: 2 ** 41 }), fc.integer({ min: 1, max: 719 * HOUR }), (first, ms) => {
    const span = readSpan(new Date(first).toISOString(), new Date(first + ms).toISOString());
    if (span === null) throw new Error("it is a range");
    const hours = (span.to.getTime() - span.from.getTime()) / HOUR;
    expect(span.from.getTime()).toBeLessThanOrEqual(first);
    expect(span.to.getTime()).toBeGreaterThanOrEqual(first + ms);
    expect(hours % span.bucketHours).toBe(0);
    expect(hours / span.bucketHours).toBeLessThanOrEqual(64);
  }));
});

it.each([[undefined, undefined], ["2026-11-20T10:00:00Z", undefined], ["2026-11-20T10:00:00Z", "2026-11-20T10:00:00Z"], ["2026-11-21T10:00:00Z", "2026-11-20T10:00:00Z"], ["2026-01-01T00:00:00Z", "2026-11-20T10:00:00Z"], ["soon", ["later"]]])("%s to %s is no range", (from, to) => {
  expect(readSpan(from, to)).toBeNull();
});
