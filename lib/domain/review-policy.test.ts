import { describe, expect, test } from "vitest";
import { defaultReviewPolicy } from "./default-review-policy.ts";
import { CHANGE_CLASSES, CLASS_NAMES, reviewPolicySchema, SUITE_NAMES, SUITES, type ReviewPolicy } from "./review-policy.ts";

const rule = (more: Record<string, unknown> = {}) => ({ id: "R-01", title: "Some rule", facts: ["prompt_wording"], class: "material", obligations: [{ kind: "review", role: "model_steward" }], ...more });
const accepts = (more: Record<string, unknown>): boolean => reviewPolicySchema.safeParse({ ...defaultReviewPolicy, ...more }).success;

describe("a policy that can be stored", () => {
  test.each<[string, Record<string, unknown>, boolean]>([
    ["the default one", {}, true],
    ["one rule", { rules: [rule()] }, true],
    ["no rules", { rules: [] }, false],
    ["a material rule without a review", { rules: [rule({ obligations: [{ kind: "suite", suite: "golden" }] })] }, false],
    ["a critical rule without a review", { rules: [rule({ class: "critical", obligations: [] })] }, false],
    ["a critical rule with any reviewer", { rules: [rule({ class: "critical", obligations: [{ kind: "review", role: "any_reviewer" }] })] }, true],
    ["a harmless rule without a review", { rules: [rule({ class: "harmless", obligations: [] })] }, true],
    ["two rules of one id", { rules: [rule(), rule()] }, false],
    ["an odd id", { rules: [rule({ id: "rule 1" })] }, false],
    ["a rule without facts", { rules: [rule({ facts: [] })] }, false],
    ["a fact that nobody finds", { rules: [rule({ facts: ["prompt_mood"] })] }, false],
    ["an unknown class", { rules: [rule({ class: "fine" })] }, false],
    ["an unknown role", { rules: [rule({ obligations: [{ kind: "review", role: "viewer" }] })] }, false],
    ["an unknown key of a rule", { rules: [rule({ unless: "urgent" })] }, false],
    ["another class for the unknown", { unmatchedClass: "harmless" }, false],
    ["a cap that is no level", { caps: { material: { running: "free" }, critical: { running: null } } }, false],
    ["an unreviewed change that may act", { unreviewedChangeCap: "bounded" }, false],
    ["no spot check", { spotCheckOneIn: 0 }, false],
    ["no time", { expiresAfterDays: 0 }, false],
    ["too much time", { expiresAfterDays: 91 }, false],
    ["an unknown key", { bypass: true }, false],
  ])("%s", (_, more, isAccepted) => {
    expect(accepts(more)).toBe(isAccepted);
  });

  test("caps nobody below what an open change needs by default", () => {
    const { caps, unreviewedChangeCap }: ReviewPolicy = defaultReviewPolicy;
    expect({ caps, unreviewedChangeCap }).toEqual({ caps: { material: { running: null }, critical: { running: "assisted" } }, unreviewedChangeCap: "shadow" });
  });
});

test("classes and suites have names", () => {
  expect(Object.keys(CLASS_NAMES)).toEqual([...CHANGE_CLASSES]);
  expect(Object.keys(SUITE_NAMES)).toEqual([...SUITES]);
});
