import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concerns, dataAge, isStale, liveStatus, reconnectWait, type ReadData } from "./live-status.ts";

const heard = { lastHeardMs: 100_000, isOnline: true, isPaused: false, isSignedOut: false };

describe("liveStatus", () => {
  it.each([
    [heard, 109_999, "live"], [heard, 110_000, "delayed"], [heard, 129_999, "delayed"], [heard, 130_000, "offline"],
    [{ ...heard, isOnline: false }, 100_001, "offline"], [{ ...heard, isPaused: true }, 100_001, "paused"], [{ ...heard, isPaused: true, isOnline: false }, 100_001, "offline"],
    [{ ...heard, isSignedOut: true, isPaused: true }, 100_001, "signed_out"], [{ ...heard, isSignedOut: true }, 190_000, "signed_out"],
  ] as const)("%j at %i is %s", (facts, nowMs, status) => expect(liveStatus(facts, nowMs)).toBe(status));
});

describe("isStale", () => {
  it.each([
    [heard, 114_999, false], [heard, 115_000, true], [{ ...heard, isOnline: false }, 100_001, true], [{ ...heard, isPaused: true }, 100_001, true], [{ ...heard, isSignedOut: true }, 100_001, true],
  ] as const)("%j at %i: %s", (facts, nowMs, expected) => expect(isStale(facts, nowMs)).toBe(expected));

  it("is true whenever the page calls itself offline, paused or signed out", () => {
    fc.assert(fc.property(fc.nat(100_000), fc.boolean(), fc.boolean(), fc.boolean(), (silentMs, isOnline, isPaused, isSignedOut) => {
      const facts = { lastHeardMs: 0, isOnline, isPaused, isSignedOut };
      if (["offline", "paused", "signed_out"].includes(liveStatus(facts, silentMs))) expect(isStale(facts, silentMs)).toBe(true);
      if (liveStatus(facts, silentMs) === "live") expect(isStale(facts, silentMs)).toBe(false);
    }));
  });
});

it("what was read when the house was last heard is old, if it tells of stops, from the moment on in which the page no longer calls itself live", () => {
  fc.assert(fc.property(fc.nat(60_000), (silentMs) => {
    const status = liveStatus({ lastHeardMs: 0, isOnline: true, isPaused: false, isSignedOut: false }, silentMs);
    expect(dataAge({ status, readAtMs: 0, hasFailed: false, isWatched: true, saysStops: true }, silentMs) === null).toBe(status === "live");
  }));
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

const READ: ReadData = { status: "live", readAtMs: 0, hasFailed: false, isWatched: true };

it.each<[string, ReadData, number, number | null]>([
  ["what is watched is current while the house is heard, however long nothing moved", READ, 60_000, null],
  ["but not for ever", READ, 91_000, 91_000],
  ["an answer that failed counts, whatever the connection says", { ...READ, hasFailed: true }, 16_000, 16_000],
  ["one failure right after an answer is nothing yet", { ...READ, hasFailed: true }, 14_999, null],
  ["what tells of stops is old sooner", { ...READ, status: "delayed", saysStops: true }, 10_000, 10_000],
  ["also where only its own answer failed", { ...READ, hasFailed: true, saysStops: true }, 10_000, 10_000],
  ["and not before", { ...READ, status: "delayed", saysStops: true }, 9_999, null],
  ["while the house is heard it is current, of stops too", { ...READ, saysStops: true }, 60_000, null],
  ["delayed for longer than it should be", { ...READ, status: "delayed" }, 20_000, 20_000],
  ["paused is old after a while", { ...READ, status: "paused" }, 16_000, 16_000],
  ["signed out at once, as nothing comes any more", { ...READ, status: "signed_out" }, 1_000, 1_000],
  ["offline at once", { ...READ, status: "offline" }, 1_000, 1_000],
  ["what nothing reads again is old after its own time", { ...READ, isWatched: false, oldestMs: 3_600_000 }, 3_600_001, 3_600_001],
  ["and not before, though the connection is delayed", { ...READ, isWatched: false, oldestMs: 3_600_000, status: "delayed" }, 60_000, null],
  ["a clock that runs behind makes nothing younger than new", READ, -5_000, null],
])("the age of data: %s", (_, data, nowMs, age) => expect(dataAge(data, nowMs)).toBe(age));
