import { expect, test } from "vitest";
import { isList, listOf } from "./list-of.ts";

test.each([
  ["/changes/ch_1", "/changes"], ["/actions/ac_1", "/actions"], ["/actions/undos/un_1", "/actions/undos"], ["/inbox/findings/fi_1", "/inbox"], ["/runs/ru_1", "/runs"], ["/rollouts/ro_1", "/rollouts"],
  ["/stops/st_1", "/stops"], ["/agents/refund-bot", "/agents"], ["/agents/refund-bot/versions/3", "/agents/refund-bot/versions"],
  ["/agents/new", null], ["/agents/refund-bot/card", null], ["/agents/refund-bot/versions", null], ["/agents/refund-bot/versions/new", null], ["/changes", null], ["/changes/quality", null], ["/actions/quality", null],
  ["/actions/undos", null], ["/inbox/findings", null], ["/settings/me", null], ["/risk/refund-bot", null], ["/", null],
])("from %s back to %s", (pathname, list) => {
  expect(listOf(pathname)).toBe(list);
  if (list !== null) expect(isList(list)).toBe(true);
});

test("a page of one item is no list, nor is a page that is written on", () => {
  for (const pathname of ["/changes/ch_1", "/agents/refund-bot", "/agents/new", "/settings", "/settings/keys"]) expect(isList(pathname)).toBe(false);
});
