import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concerns, isStale, liveStatus, reconnectWait } from "./live-status.ts";

const heard = { lastHeardMs: 100_000, isOnline: true, isPaused: false };

describe("liveStatus", () => {
  it.each([
    [heard, 109_999, "live"], [heard, 110_000, "delayed"], [heard, 129_999, "delayed"], [heard, 130_000, "offline"],
    [{ ...heard, isOnline: false }, 100_001, "offline"], [{ ...heard, isPaused: true }, 100_001, "paused"], [{ ...heard, isPaused: true, isOnline: false }, 100_001, "offline"],
  ] as const)("%j at %i is %s", (facts, nowMs, status) => expect(liveStatus(facts, nowMs)).toBe(status));
});

describe("isStale", () => {
  it.each([
    [heard, 114_999, false], [heard, 115_000, true], [{ ...heard, isOnline: false }, 100_001, true], [{ ...heard, isPaused: true }, 100_001, true],
  ] as const)("%j at %i: %s", (facts, nowMs, expected) => expect(isStale(facts, nowMs)).toBe(expected));

  it("is true whenever the page calls itself offline or paused", () => {
    fc.assert(fc.property(fc.nat(100_000), fc.boolean(), fc.boolean(), (silentMs, isOnline, isPaused) => {
      const facts = { lastHeardMs: 0, isOnline, isPaused };
      if (["offline", "paused"].includes(liveStatus(facts, silentMs))) expect(isStale(facts, silentMs)).toBe(true);
      if (liveStatus(facts, silentMs) === "live") expect(isStale(facts, silentMs)).toBe(false);
    }));
  });
});

describe("reconnectWait", () => {
  it("never waits for longer than a quarter of a minute and a bit, and never hammers", () => {
    fc.assert(fc.property(fc.nat(50), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, random) => {
      const wait = reconnectWait(attempt, random);
      expect(wait).toBeGreaterThanOrEqual(250);
      expect(wait).toBeLessThanOrEqual(15_250);
    }));
  });
});

describe("concerns", () => {
  it.each([
    [["stop."], ["stop.engaged"], true], [["stop."], ["stops.x"], false], [["runs.moved"], ["runs.moved", "x"], true], [["runs.moved"], ["runs.moved_on"], false], [[], ["x"], false],
  ])("%j of %j: %s", (patterns, kinds, isOne) => expect(concerns(patterns, kinds)).toBe(isOne));
});
