import fc from "fast-check";
import { expect, test } from "vitest";
import { reconnectDelay } from "./reconnect-delay.ts";

test("grows to five seconds and no further, and is spread over the whole of it", () => {
  expect([0, 1, 2, 3, 4, 5, 60].map((attempt) => reconnectDelay(attempt, 0.999_999_999))).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000].map((ms) => expect.closeTo(ms, 3) as number));
  expect(reconnectDelay(9, 0)).toBe(0);
});

test("is never negative and never longer than five seconds", () => {
  fc.assert(fc.property(fc.integer(), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (attempt, random) => {
    const delay = reconnectDelay(attempt, random);
    expect(delay >= 0 && delay < 5_000).toBe(true);
  }));
});
