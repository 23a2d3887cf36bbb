import { expect, test } from "vitest";
import { isWithin, NAV_ENTRIES } from "./navigation.ts";

const entriesOf = (pathname: string) => NAV_ENTRIES.filter(({ href }) => isWithin(pathname, href)).map(({ key }) => key);

test.each([
  ["/now", ["now"]], ["/inbox/findings/fi_1", ["inbox"]], ["/actions", ["inbox"]], ["/actions/ac_1", ["inbox"]], ["/actions/undos", ["inbox"]], ["/agents/refund-bot/card", ["agents"]], ["/runsheet", []],
])("%s is under %j", (pathname, keys) => {
  expect(entriesOf(pathname)).toEqual(keys);
});
