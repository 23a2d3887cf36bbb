import { expect, test } from "vitest";
import { runTitle } from "./run-title.ts";

const record = (type: string, id: string) => ({ type, id });

test.each([
  [[], "refund-bot", "refund-bot"],
  [[], null, "ru_1"],
  [[record("order", "5512")], "refund-bot", "order 5512"],
  [[record("order", "5512"), record("ticket", "ZD-1")], "refund-bot", "order 5512, ticket ZD-1"],
  [[record("order", "5512"), record("ticket", "ZD-1"), record("customer", "c_1")], null, "order 5512, ticket ZD-1 and 1 more"],
])("the records it was about, then its name, then its id: %j", (records, name, title) => {
  expect(runTitle({ id: "ru_1", name, records })).toBe(title);
});
