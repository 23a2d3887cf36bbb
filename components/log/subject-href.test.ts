import { expect, test } from "vitest";
import { subjectHref } from "./subject-href.ts";

test.each([
  ["ac_1", "/actions/ac_1"], ["ro_1", "/rollouts/ro_1"], ["un_1", "/actions/undos/un_1"], ["st_1", "/stops/st_1"], ["ch_1", "/changes/ch_1"], ["fi_1", "/inbox/findings/fi_1"], ["ru_1", "/runs/ru_1"],
  ["key_1", "/settings/keys?q=key_1"], ["pe_1", "/settings/people?q=pe_1"], ["refund-bot", "/agents/refund-bot"], ["review_policy", null], ["constructor_1", null], ["", null],
])("an entry about %j leads to %j", (subject, href) => expect(subjectHref(subject, "refund-bot")).toBe(href));

test("an agent that is called like an id leads to the agent", () => expect(subjectHref("st_bot", "st_bot")).toBe("/agents/st_bot"));
