import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { armOfUnit, faultOfTask, placeOf, shadowTaskOf } from "./assign-arm.ts";

describe("the arm of a unit", () => {
  test("is the same each time, and rising exposure takes the candidate from nobody", () => {
    fc.assert(fc.property(fc.string(), fc.string(), fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (salt, unit, a, b) => {
      const [low, high] = a < b ? [a, b] : [b, a];
      expect(armOfUnit({ salt, unit, exposure: low })).toBe(armOfUnit({ salt, unit, exposure: low }));
      if (armOfUnit({ salt, unit, exposure: low }) === "candidate") expect(armOfUnit({ salt, unit, exposure: high })).toBe("candidate");
      expect(armOfUnit({ salt, unit, exposure: 0 })).toBe("current");
      expect(armOfUnit({ salt, unit, exposure: 1 })).toBe("candidate");
    }));
  });

  test("is HMAC-SHA256 of the unit under the salt, its first 48 bits as a fraction", () => {
    // RFC 4231, test case 2.
    expect(placeOf("Jefe", "what do ya want for nothing?")).toBe(0x5bdcc146bf60 / 2 ** 48);
  });

  test.each([0.1, 0.25, 0.5])("falls to the candidate with the probability %d, whatever the ids look like", (exposure) => {
    const salts = ["one", "two", "three", "four"];
    const units = Array.from({ length: 10_000 }, (_, index) => `T-${index}`);
    const shares = salts.map((salt) => units.filter((unit) => armOfUnit({ salt, unit, exposure }) === "candidate").length / units.length);
    // Five standard deviations.
    for (const share of shares) expect(Math.abs(share - exposure)).toBeLessThan(5 * Math.sqrt((exposure * (1 - exposure)) / units.length));
  });

  test("of one rollout says nothing about that of another", () => {
    const units = Array.from({ length: 10_000 }, (_, index) => `T-${index}`);
    const both = units.filter((unit) => ["one", "two"].every((salt) => armOfUnit({ salt, unit, exposure: 0.5 }) === "candidate"));
    expect(Math.abs(both.length / units.length - 0.25)).toBeLessThan(0.022);
  });
});

describe("the id of a task", () => {
  test.each(["T-1", "conv 7/Q2", "ü".repeat(145), "a".repeat(200), "~shadow-of-a-doubt"])("%s is taken", (task) => {
    expect(faultOfTask(task)).toBeNull();
    expect(faultOfTask(shadowTaskOf(task))).toMatch(/shadow of another|at most/);
  });

  test.each([["", /needs an id/], ["  ", /needs an id/], ["a\u0000b", /cannot be stored/], ["\ud800", /cannot be stored/], ["a".repeat(201), /at most 200/], ["€".repeat(100), /290 bytes/], ["T-1~shadow", /shadow of another/]])("%j is refused", (task, words) => {
    expect(faultOfTask(task)).toMatch(words);
  });
});
