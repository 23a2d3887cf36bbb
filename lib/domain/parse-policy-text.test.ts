import { describe, expect, it } from "vitest";
import { parsePolicyText } from "./parse-policy-text.ts";
import { defaultReviewPolicy } from "./default-review-policy.ts";

const text = (policy: unknown): string => JSON.stringify(policy, null, 2);
const faults = (value: string) => {
  const parsed = parsePolicyText(value);
  return parsed.ok ? [] : parsed.faults;
};

describe("parsePolicyText", () => {
  it("reads back what it was made from", () => {
    expect(parsePolicyText(text(defaultReviewPolicy))).toEqual({ ok: true, policy: defaultReviewPolicy });
  });

  it.each([
    ['{\n  "rules": [,]\n}', "line 2, column 13"],
    ['{"rules": ', "line 1, column 11"],
  ])("names line and column of what is not JSON: %j", (value, place) => {
    expect(faults(value)).toEqual([{ place, sentence: "This is not JSON from here on." }]);
  });

  it("names a rule by its id", () => {
    const rules = defaultReviewPolicy.rules.map((rule) => (rule.id === "R-07" ? { ...rule, class: "grave" } : rule));
    expect(faults(text({ ...defaultReviewPolicy, rules })).map((fault) => fault.place)).toEqual(["rules, R-07, class"]);
  });

  it("refuses a policy under which a critical change needs nobody", () => {
    const rules = defaultReviewPolicy.rules.map((rule) => ({ ...rule, obligations: [] }));
    expect(faults(text({ ...defaultReviewPolicy, rules }))[0]?.sentence).toBe("a material or critical change needs at least one review");
  });
});
