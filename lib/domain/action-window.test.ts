import { expect, test } from "vitest";
import { after, reversibleUntilOf } from "./action-window.ts";

test("until when something can be taken back: what the agent said, else what the tool declares, else no end is known", () => {
  const at = new Date("2026-11-21T10:00:00Z");
  const given = after(at, 5_000);
  expect(reversibleUntilOf({ given, withinHours: 24 }, at)).toEqual(given);
  expect(reversibleUntilOf({ given: null, withinHours: 0.5 }, at)).toEqual(new Date("2026-11-21T10:30:00Z"));
  expect(reversibleUntilOf({ given: null, withinHours: null }, at)).toBeNull();
});
