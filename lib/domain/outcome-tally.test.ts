import fc from "fast-check";
import { expect, test } from "vitest";
import { mergeTallies, MOST_SLOTS, slotAt, slotSeconds, tallyOf } from "./outcome-tally.ts";

const DAY = 86_400_000;

test("slots cover every span, are never more than a chart has points, and never wider than they have to be", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 120 * DAY }), (spanMs) => {
    const seconds = slotSeconds(spanMs);
    expect(slotAt(spanMs, seconds)).toBeLessThan(MOST_SLOTS);
    if (seconds > 1) expect(slotAt(spanMs, seconds / 2)).toBeGreaterThanOrEqual(MOST_SLOTS);
  }));
});

test("two slots of a span are one slot of the doubled width", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 120 * DAY }), fc.integer({ min: 0, max: 12 }), (sinceMs, power) => {
    expect(slotAt(sinceMs, 2 ** (power + 1))).toBe(Math.floor(slotAt(sinceMs, 2 ** power) / 2));
  }));
  expect(slotAt(-5_000, 1)).toBe(0);
});

const share = fc.constantFrom(0, 1, null);
const amount = fc.option(fc.integer({ min: 0, max: 1_000_000 }), { nil: null });
const values = fc.record({ success: share, action_errors: share, latency: amount, cost: amount }, { requiredKeys: [] });

test("what is tallied in parts is what is tallied at once; what is unknown counts for nothing", () => {
  fc.assert(fc.property(fc.array(values), fc.array(values), (some, others) => {
    expect(mergeTallies(tallyOf(some), tallyOf(others))).toEqual(tallyOf([...some, ...others]));
    expect(tallyOf(some).latency?.n ?? 0).toBe(some.filter(({ latency }) => typeof latency === "number").length);
  }));
});
