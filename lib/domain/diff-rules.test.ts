import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { diffEscalation, diffPolicy } from "./diff-rules.ts";

const kinds = (facts: readonly { kind: string }[]): string[] => facts.map((fact) => fact.kind);

describe("a policy", () => {
  test.each<[string, unknown, unknown, string[], string[]]>([
    ["a higher limit", { limits: { refund: 100 } }, { limits: { refund: 200 } }, ["policy_limit_raised"], ["policy_limit_lowered"]],
    ["a limit that is gone", { limits: { refund: 100 } }, { limits: {} }, ["policy_limit_raised"], ["policy_limit_lowered"]],
    ["all limits gone", { limits: { refund: 100, calls: 3 } }, {}, ["policy_limit_raised", "policy_limit_raised"], ["policy_limit_lowered", "policy_limit_lowered"]],
    ["a policy that is gone", { limits: { refund: 0 }, rules: ["No gifts."] }, undefined, ["policy_limit_raised", "policy_rule_removed"], ["policy_limit_lowered", "policy_rule_added"]],
    ["a limit with an inherited name", { limits: {} }, { limits: { constructor: 1 } }, ["policy_limit_lowered"], ["policy_limit_raised"]],
    ["a rule that is gone", { rules: ["a", "b"] }, { rules: ["b"] }, ["policy_rule_removed"], ["policy_rule_added"]],
    ["a rule in other words", { rules: ["At most 100."] }, { rules: ["At most 900."] }, ["policy_rule_removed", "policy_rule_added"], ["policy_rule_removed", "policy_rule_added"]],
    ["rules in another order", { rules: ["a", "b"] }, { rules: ["b", "a"] }, ["policy_changed"], ["policy_changed"]],
    ["rules in another order, and one more", { rules: ["a", "b"] }, { rules: ["b", "a", "c"] }, ["policy_rule_added", "policy_changed"], ["policy_rule_removed", "policy_changed"]],
    ["a rule said twice", { rules: ["a"] }, { rules: ["a", "a"] }, ["policy_changed"], ["policy_changed"]],
    ["another key", { hours: "9-17" }, { hours: "0-24" }, ["policy_changed"], ["policy_changed"]],
    ["a key with an inherited name", {}, { constructor: 1 }, ["policy_changed"], ["policy_changed"]],
    ["limits that are no numbers", { limits: { refund: 1 } }, { limits: "none" }, ["policy_limit_raised", "policy_changed"], ["policy_limit_lowered", "policy_changed"]],
    ["rules that are no texts", { rules: [1] }, { rules: [2] }, ["policy_changed"], ["policy_changed"]],
    ["another text", { cedar: "permit(principal, action, resource);" }, { cedar: "permit(principal, action, resource) when { true };" }, ["policy_text_changed"], ["policy_text_changed"]],
    ["a text with another space", { cedar: "a" }, { cedar: "a " }, ["policy_text_changed"], ["policy_text_changed"]],
    ["a first text", { limits: { a: 1 } }, { limits: { a: 1 }, cedar: "a" }, ["policy_text_changed"], ["policy_text_changed"]],
    ["a policy that is nothing but a text", undefined, { cedar: "a" }, ["policy_text_changed"], ["policy_text_changed"]],
    ["a text that is no text", { cedar: 1 }, { cedar: 2 }, ["policy_changed"], ["policy_changed"]],
    ["a text in place of something else", { cedar: 1 }, { cedar: "a" }, ["policy_text_changed", "policy_changed"], ["policy_text_changed", "policy_changed"]],
    ["the same", { rules: ["a"], limits: { a: 1 }, more: [{}] }, { more: [{}], limits: { a: 1 }, rules: ["a"] }, [], []],
  ])("%s", (_, before, after, forth, back) => {
    expect(kinds(diffPolicy(before, after))).toEqual(forth);
    expect(kinds(diffPolicy(after, before))).toEqual(back);
  });

  test("says the step of a limit, and quotes a rule without letting it break the sentence", () => {
    expect(diffPolicy({ limits: { refund: 100 } }, { limits: { refund: 200 } })[0]).toMatchObject({ component: "policy", subject: "policy", group: "raises", sentence: "Limit `refund`: 100 → 200." });
    const long = `${"a".repeat(156)}😀${"b".repeat(100)}`;
    const { sentence } = diffPolicy({}, { rules: [long] })[0] ?? { sentence: "" };
    expect(sentence.isWellFormed()).toBe(true);
    expect(sentence.length).toBeLessThan(250);
    expect(diffPolicy({}, { rules: ["a\n\u202eb"] })[0]?.sentence).not.toMatch(/[\n\u202e]/);
  });

  test("says what its text does, and that a text that is gone no longer stands in the way", () => {
    const say = (before: unknown, after: unknown) => diffPolicy(before, after).map(({ group, sentence }) => `${group}: ${sentence}`);
    expect(say({ cedar: "a\nb\n" }, { cedar: "a\nc\nd\n" })).toEqual(["changes: The text of the policy says something else: +2 −1 lines. It was not tried on recorded calls."]);
    expect(say({ cedar: "a\nb" }, { cedar: "b\na" })).toEqual(["changes: The text of the policy says the same lines in another order. It was not tried on recorded calls."]);
    expect(say({}, { cedar: "a" })).toEqual(["changes: The policy has a text, which the gate applies to each call."]);
    expect(say({ cedar: "a" }, {})).toEqual(["may_skip: The text of the policy, which the gate applied to each call."]);
  });

  test("with fifty thousand rules is compared in linear time", () => {
    const rules = (word: string): string[] => Array.from({ length: 50_000 }, (_, at) => `${word} ${at}`);
    expect(diffPolicy({ rules: rules("no") }, { rules: rules("never") })).toHaveLength(100_000);
  }, 5_000);
});

describe("escalation", () => {
  test.each<[string, unknown, unknown, string[], string[]]>([
    ["a rule that is gone", { rules: ["Legal words"] }, { rules: [] }, ["escalation_rule_removed"], ["escalation_rule_added"]],
    ["escalation that is gone", { rules: ["Legal words"] }, undefined, ["escalation_rule_removed"], ["escalation_rule_added"]],
    ["another key", { after: 3 }, { after: 30 }, ["escalation_changed"], ["escalation_changed"]],
    ["limits, which only a policy has", {}, { limits: { a: 1 } }, ["escalation_changed"], ["escalation_changed"]],
    ["another order", { rules: ["a", "b"] }, { rules: ["b", "a"] }, ["escalation_changed"], ["escalation_changed"]],
  ])("%s", (_, before, after, forth, back) => {
    expect(kinds(diffEscalation(before, after))).toEqual(forth);
    expect(kinds(diffEscalation(after, before))).toEqual(back);
  });
});

test("a looser policy is never said to be only narrower", () => {
  const policy = fc.record({ limits: fc.dictionary(fc.constantFrom("a", "b", "c"), fc.integer({ min: -2, max: 2 })), rules: fc.uniqueArray(fc.constantFrom("x", "y", "z")) });
  fc.assert(fc.property(policy, policy, (before, after) => {
    const isLooser = before.rules.some((rule) => !after.rules.includes(rule)) || Object.entries(before.limits).some(([name, limit]) => (after.limits[name] ?? Number.POSITIVE_INFINITY) > limit);
    expect(diffPolicy(before, after).some(({ kind }) => kind === "policy_limit_raised" || kind === "policy_rule_removed")).toBe(isLooser);
  }));
});
