import { expect, test } from "vitest";
import { makePressGuard } from "./press-guard.ts";

test("a press counts once, and not before the screen has stood still", () => {
  let now = 1_000;
  const guard = makePressGuard(() => now);
  expect(guard.take()).toBe(false);
  now += 299;
  expect(guard.take()).toBe(false);
  now += 1;
  guard.moved();
  expect(guard.take()).toBe(false);
  now += 300;
  expect([guard.take(), guard.take()]).toEqual([true, false]);
  guard.giveBack();
  expect([guard.take(), guard.take()]).toEqual([true, false]);
});
