import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { classifyChange, passesByItself } from "./classify-change.ts";
import { FACT_KINDS, type Fact, type FactKind } from "./fact.ts";
import { defaultReviewPolicy } from "./default-review-policy.ts";
import { CHANGE_CLASSES, reviewPolicySchema, type ChangeClass, type Obligation, type ReviewPolicy } from "./review-policy.ts";

const factOf = (kind: FactKind): Fact => ({ kind, component: "tool", subject: "x", sentence: "x.", group: "changes" });
const classify = (kinds: readonly FactKind[], policy: ReviewPolicy = defaultReviewPolicy) => classifyChange(kinds.map(factOf), policy);
const words = (obligations: readonly Obligation[]): string[] => obligations.map(wordOf).toSorted();
const wordOf = (obligation: Obligation): string => (obligation.kind === "review" ? obligation.role : obligation.kind === "suite" ? obligation.suite : `canary ${obligation.from}`);
const rank = (changeClass: ChangeClass): number => CHANGE_CLASSES.indexOf(changeClass);
const rule = defaultReviewPolicy.rules[0] as ReviewPolicy["rules"][number];

const OWNERS = ["business_owner", "canary shadow", "red_team", "technical_owner"];
const OWNERS_LATER = ["business_owner", "canary assisted", "red_team", "technical_owner"];
const TABLE: [string, FactKind[], ChangeClass, string[]][] = [
  ["only spacing and punctuation", ["prompt_whitespace", "tool_description_punctuation"], "harmless", []],
  ["a comment that the model reads", ["prompt_comment"], "harmless", ["any_reviewer"]],
  ["the prompt's words", ["prompt_wording", "prompt_added", "prompt_removed"], "material", ["canary assisted", "model_steward", "red_team", "regression"]],
  ["the model", ["model_changed", "model_parameters"], "material", ["canary shadow", "golden", "model_steward", "red_team", "regression", "technical_owner"]],
  ["more to read", ["tool_added_read", "retrieval_added", "retrieval_changed"], "material", ["regression", "technical_owner"]],
  ["more to do", ["tool_added_write", "tool_added_irreversible", "tool_effect_raised", "tool_schema_widened", "tool_schema_changed", "external_system_added"], "critical", OWNERS],
  ["a wider policy", ["policy_limit_raised", "policy_rule_removed", "policy_text_widened", "policy_text_mixed", "policy_text_changed", "policy_changed"], "critical", OWNERS_LATER],
  ["looser escalation", ["escalation_rule_removed", "escalation_changed"], "critical", OWNERS_LATER],
  ["no way back", ["compensation_removed", "compensation_changed"], "critical", ["business_owner", "technical_owner"]],
  ["narrower", ["policy_limit_lowered", "policy_rule_added", "policy_text_narrowed", "escalation_rule_added", "tool_removed", "tool_effect_lowered", "tool_schema_narrowed", "external_system_removed", "retrieval_removed"], "harmless", ["any_reviewer", "regression"]],
  ["memory", ["memory_changed"], "material", ["canary assisted", "model_steward", "regression"]],
  ["workflow", ["workflow_changed"], "material", ["regression", "technical_owner"]],
  ["what a tool says of itself", ["tool_description", "tool_output_changed"], "material", ["model_steward", "regression"]],
  ["a way back", ["compensation_added"], "harmless", ["any_reviewer"]],
];

describe("the default policy", () => {
  test.each(TABLE.flatMap(([title, kinds, changeClass, asked]) => kinds.map((kind) => [kind, title, changeClass, asked] as const)))("%s: %s", (kind, _, changeClass, asked) => {
    const found = classify([kind]);
    expect(found.class).toBe(changeClass);
    expect(words(found.obligations)).toEqual(asked);
    expect(passesByItself(found)).toBe(asked.length === 0);
  });

  test("names every kind of fact, and the table above every kind too", () => {
    expect(new Set(defaultReviewPolicy.rules.flatMap(({ facts }) => facts))).toEqual(new Set(FACT_KINDS));
    expect(new Set(TABLE.flatMap(([, kinds]) => kinds))).toEqual(new Set(FACT_KINDS));
    expect(reviewPolicySchema.parse(defaultReviewPolicy)).toEqual(defaultReviewPolicy);
  });

  test("adds obligations up, keeps each once, and lets a named owner stand for any reviewer", () => {
    const found = classify(["tool_removed", "prompt_wording", "tool_added_write", "external_system_added"]);
    expect(found.class).toBe("critical");
    expect(words(found.obligations)).toEqual(["business_owner", "canary shadow", "model_steward", "red_team", "regression", "technical_owner"]);
    expect(found.obligations.map(({ kind }) => kind)).toEqual(["review", "review", "review", "suite", "suite", "canary"]);
    expect(found.rules.map(({ id }) => id)).toEqual(["R-05", "R-08", "R-02", "R-12"]);
    expect(found.rules[0]?.facts.map(({ kind }) => kind)).toEqual(["tool_added_write"]);
  });

  test("lets nothing that changed nothing wait", () => {
    expect(passesByItself(classify([]))).toBe(true);
  });
});

test("a fact that no rule names is critical and needs both owners", () => {
  const found = classify(["prompt_wording"], { ...defaultReviewPolicy, rules: [rule] });
  expect(found).toMatchObject({ class: "critical", rules: [{ id: "unmatched" }] });
  expect(words(found.obligations)).toEqual(OWNERS);
  expect(classify(["unheard_of" as FactKind]).class).toBe("critical");
});

test("a policy of before the kinds of a tried text calls each of them critical", () => {
  const TRIED: readonly FactKind[] = ["policy_text_widened", "policy_text_mixed", "policy_text_narrowed"];
  const older = { ...defaultReviewPolicy, rules: defaultReviewPolicy.rules.map((each) => ({ ...each, facts: each.facts.filter((kind) => !TRIED.includes(kind)) })) };
  expect(reviewPolicySchema.parse(older)).toEqual(older);
  for (const kind of TRIED) {
    const found = classify([kind], older);
    expect(found).toMatchObject({ class: "critical", rules: [{ id: "unmatched" }] });
    expect(words(found.obligations)).toEqual(OWNERS);
  }
});

const obligation: fc.Arbitrary<Obligation> = fc.oneof(
  fc.constantFrom<Obligation>(...(["business_owner", "technical_owner", "model_steward", "any_reviewer"] as const).map((role): Obligation => ({ kind: "review", role }))),
  fc.constantFrom<Obligation>(...(["golden", "regression", "red_team"] as const).map((suite): Obligation => ({ kind: "suite", suite }))),
);
const policy = fc.array(fc.record({ facts: fc.subarray([...FACT_KINDS], { minLength: 1 }), class: fc.constantFrom(...CHANGE_CLASSES), obligations: fc.array(obligation, { maxLength: 4 }) }), { minLength: 1, maxLength: 6 })
  .map((rules): ReviewPolicy => ({ ...defaultReviewPolicy, rules: rules.map((part, at) => ({ ...part, id: `R-${10 + at}`, title: "Some rule" })) }));
const kinds = fc.array(fc.constantFrom(...FACT_KINDS), { maxLength: 6 });

describe("under every policy", () => {
  test("more facts never lower the class, nor take away what was asked", () => {
    fc.assert(fc.property(policy, kinds, kinds, (rules, some, more) => {
      const [few, all] = [classify(some, rules), classify([...some, ...more], rules)];
      expect(rank(all.class)).toBeGreaterThanOrEqual(rank(few.class));
      const asked = words(all.obligations);
      for (const word of words(few.obligations)) {
        const isCovered = asked.includes(word) || (word === "any_reviewer" && asked.some((other) => other.endsWith("owner") || other === "model_steward"));
        expect(isCovered).toBe(true);
      }
      if (passesByItself(all)) expect(passesByItself(few)).toBe(true);
    }));
  });

  test("every fact is answered by a rule", () => {
    fc.assert(fc.property(policy, kinds, (rules, some) => {
      const answered = classify(some, rules).rules.flatMap(({ facts }) => facts.map(({ kind }) => kind));
      for (const kind of some) expect(answered).toContain(kind);
    }));
  });

  test("that can be stored, a material or critical change waits for a person", () => {
    fc.assert(fc.property(policy, kinds, (rules, some) => {
      if (!reviewPolicySchema.safeParse(rules).success) return;
      const found = classify(some, rules);
      if (found.class !== "harmless") expect(found.obligations.some(({ kind }) => kind === "review")).toBe(true);
    }));
  });
});
