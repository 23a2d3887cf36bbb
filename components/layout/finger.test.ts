import fc from "fast-check";
import { expect, it } from "vitest";
import { makeFinger } from "./finger.ts";

it("is there while it is down, and for two seconds after, however often it comes back", () => {
  fc.assert(fc.property(fc.array(fc.nat(3_000), { minLength: 1 }), (pauses) => {
    let now = 0;
    const finger = makeFinger(() => now);
    expect(finger.isHere()).toBe(false);
    for (const pause of pauses) {
      finger.down();
      now += pause;
      expect(finger.isHere()).toBe(true);
      finger.lifted();
      now += pause;
      expect(finger.isHere()).toBe(pause < 2_000);
    }
  }));
});

it("presses what it saw, unless rows have moved right before", () => {
  let now = 5_000;
  const finger = makeFinger(() => now);
  expect(finger.isSteady()).toBe(true);
  finger.rowsMoved();
  now += 299;
  expect(finger.isSteady()).toBe(false);
  now += 1;
  expect(finger.isSteady()).toBe(true);
});

it("is a mouse's matter only where the page was made anew: otherwise a mouse holds its rows", () => {
  let now = 5_000;
  const finger = makeFinger(() => now);
  finger.rowsMoved();
  expect([finger.isSteady(), finger.isMouseSteady()]).toEqual([false, true]);
  finger.rowsMade();
  now += 299;
  expect([finger.isSteady(), finger.isMouseSteady()]).toEqual([false, false]);
  now += 1;
  expect([finger.isSteady(), finger.isMouseSteady()]).toEqual([true, true]);
});
