import { expect, test } from "vitest";
import { approvalRate, findingOf, isNeverRefused, qualitySentence, type RuleQuality } from "./rule-quality.ts";

const rule = (approved: number, rejected: number): RuleQuality => ({ agentId: "a", rule: "large", isPolicy: true, approved, rejected, expired: 3, medianMs: 1 });

test("never refused counts from ten decisions on, and expired ones are nobody's refusal", () => {
  expect([isNeverRefused(rule(10, 0)), isNeverRefused(rule(9, 0)), isNeverRefused(rule(10, 1))]).toEqual([true, false, false]);
  expect([rule(10, 0), rule(8, 2), rule(0, 10), rule(9, 0), rule(0, 0)].map(findingOf)).toEqual(["never_refused", "both_ways", "both_ways", "too_few", "nobody"]);
  expect([approvalRate(rule(3, 1)), approvalRate(rule(0, 0))]).toEqual([0.75, null]);
});

test("the sentence says when it cannot tell", () => {
  expect(qualitySentence([rule(5, 0)])).toMatch(/^Too few/);
  expect(qualitySentence([rule(20, 0), rule(20, 1)])).toBe("1 rule was never refused: asking there protects nobody.");
  expect(qualitySentence([rule(20, 1)])).toBe("People refuse now and then under the rule that asks often enough.");
});
