import { expect, test } from "vitest";
import { byConsequence, FACT_KINDS, type Fact } from "./fact.ts";

test("facts are listed from the most to the least consequential, equals as they came", () => {
  const fact = (kind: Fact["kind"], subject: string): Fact => ({ kind, component: "tool", subject, sentence: "x.", group: "changes" });
  const sorted = [fact("prompt_comment", "a"), fact("tool_removed", "b"), fact("tool_added_irreversible", "c"), fact("tool_removed", "d")].toSorted(byConsequence);
  expect(sorted.map(({ subject }) => subject)).toEqual(["c", "b", "d", "a"]);
  expect(new Set(FACT_KINDS).size).toBe(FACT_KINDS.length);
});
