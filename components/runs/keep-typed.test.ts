import { expect, test } from "vitest";
import { keepTyped } from "./keep-typed.ts";

test("a filter chosen while an earlier one loads is kept", () => {
  expect(keepTyped({ agent: "refund-bot", outcome: "failure" }, { agent: "refund-bot", outcome: "" }, { agent: "refund-bot" })).toEqual({ agent: "refund-bot", outcome: "failure" });
});

test("a filter that came some other way, such as Clear, replaces what nobody touched", () => {
  expect(keepTyped({ agent: "refund-bot", errors: "1" }, { agent: "refund-bot", errors: "1" }, {})).toEqual({ agent: "", errors: "" });
});

test("what was understood differently is shown as it was understood", () => {
  expect(keepTyped({ record: " 5498 " }, { record: " 5498 " }, { record: "5498" })).toEqual({ record: "5498" });
});
