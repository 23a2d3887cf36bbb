import fc from "fast-check";
import { expect, it } from "vitest";
import { silentSlots } from "./silent-slots.ts";

/** So many tasks came in each slot. */
function totalsOf(counts: readonly number[]): number[] {
  let sum = 0;
  return counts.map((count) => (sum += count));
}

const drawn = (counts: readonly number[]): string => silentSlots(totalsOf(counts)).map((isSilent) => (isSilent ? "x" : ".")).join("");

it("a busy version that stops is silent from the first slot on in which nothing came, until it goes on", () => {
  expect(drawn([9, 9, 9, 0, 0, 9, 9])).toBe("...xx..");
  expect(drawn([9, 9, 9, 9, 0, 0, 0])).toBe("....xxx");
  // The last slot has just begun.
  expect(drawn([9, 9, 9, 9, 0])).toBe(".....");
});

it("of a version that brings few tasks only a long time without one says something", () => {
  expect(drawn([1, 0, 1, 0, 0, 1, 0, 1])).toBe("........");
  expect(drawn([2, 1, 0, 2, 1, ...Array.from({ length: 10 }, () => 0)])).toBe(`.....${"x".repeat(10)}`);
});

it("nothing had begun before the first task", () => {
  expect(drawn([0, 0, 0, 0, 9, 9])).toBe("......");
  expect(drawn([0, 0])).toBe("..");
  expect(drawn([])).toBe("");
});

it("no slot that brought a task is ever silent", () => {
  fc.assert(fc.property(fc.array(fc.nat({ max: 20 }), { maxLength: 48 }), (counts) => {
    const silent = silentSlots(totalsOf(counts));
    expect(silent).toHaveLength(counts.length);
    expect(counts.every((count, slot) => count === 0 || !silent[slot])).toBe(true);
  }));
});
