import { expect, test } from "vitest";
import { after, reversibleUntilOf } from "./action-window.ts";

test("until when something can be taken back: the earlier of what the agent said and what the tool declares, and no end where neither says one", () => {
  const at = new Date("2026-11-21T10:00:00Z");
  const given = after(at, 5_000);
  expect(reversibleUntilOf({ given, withinHours: 24 }, at)).toEqual(given);
  expect(reversibleUntilOf({ given: after(at, 48 * 3_600_000), withinHours: 24 }, at)).toEqual(after(at, 24 * 3_600_000));
  expect(reversibleUntilOf({ given, withinHours: null }, at)).toEqual(given);
  expect(reversibleUntilOf({ given: null, withinHours: 0.5 }, at)).toEqual(new Date("2026-11-21T10:30:00Z"));
  expect(reversibleUntilOf({ given: null, withinHours: null }, at)).toBeNull();
});
