import { expect, test } from "vitest";
import { approvalRate, askedSentence, findingOf, isNeverRefused, qualitySentence, seededSentence, type RuleQuality } from "./rule-quality.ts";

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

test("seeded requests are told by how they ended; those that nobody could decide are left out", () => {
  const none = { refused: 0, corrected: 0, approved: 0, expired: 0, ended: 0 };
  expect(seededSentence({ ...none, ended: 2 })).toBe("No seeded request was decided.");
  expect(seededSentence({ ...none, refused: 1, ended: 2 })).toBe("Of 1 seeded request that ought to be refused: 1 refused.");
  expect(seededSentence({ refused: 7, corrected: 1, approved: 2, expired: 1, ended: 0 })).toBe("Of 11 seeded requests that ought to be refused: 7 refused, 1 changed before a yes, 2 approved, 1 decided by nobody in time.");
});

test("a reason for another policy counts what was decided", () => {
  expect([askedSentence(rule(24, 0), 90), askedSentence(rule(8, 1), 90), askedSentence(rule(0, 0), 90)]).toEqual(["Asked 24 times in 90 days, never refused.", "Asked 9 times in 90 days, refused 1 time.", null]);
});
