// Which change needs what? The re-review policy: rules as data that an operator can read, and that change only by review.

import { z } from "zod";
import { AUTHORITY_LEVELS } from "./authority-level.ts";
import { FACT_KINDS, type FactKind } from "./fact.ts";
import { OWNER_ROLES } from "./roles.ts";

export const CHANGE_CLASSES = ["harmless", "material", "critical"] as const;
export type ChangeClass = (typeof CHANGE_CLASSES)[number];

export const SUITES = ["golden", "regression", "red_team"] as const;
export type Suite = (typeof SUITES)[number];

/** The stage in which a canary begins, the stricter one first. */
export const CANARY_STARTS = ["shadow", "assisted"] as const;
export type CanaryStart = (typeof CANARY_STARTS)[number];

export const REVIEW_ROLES = [...OWNER_ROLES, "any_reviewer"] as const;
/** `any_reviewer`: any of the agent's owners. */
export type ReviewRole = (typeof REVIEW_ROLES)[number];

export const obligationSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("review"), role: z.enum(REVIEW_ROLES) }),
  z.strictObject({ kind: z.literal("suite"), suite: z.enum(SUITES) }),
  // After the approval: the version reaches production in stages, beside the one that it replaces.
  z.strictObject({ kind: z.literal("canary"), from: z.enum(CANARY_STARTS) }),
]);
export type Obligation = z.infer<typeof obligationSchema>;

export const reviewRuleSchema = z.strictObject({
  id: z.string().regex(/^R-\d{2,3}$/, "A rule is named like R-07."),
  /** One sentence. */
  title: z.string().trim().min(3).max(200),
  facts: z.array(z.enum(FACT_KINDS)).min(1),
  class: z.enum(CHANGE_CLASSES),
  obligations: z.array(obligationSchema).max(20),
});
export type ReviewRule = z.infer<typeof reviewRuleSchema>;

const capSchema = z.strictObject({ running: z.enum(AUTHORITY_LEVELS).nullable() });

export const reviewPolicySchema = z
  .strictObject({
    rules: z.array(reviewRuleSchema).min(1).max(200),
    /** For a fact that no rule names. Fixed: what nobody thought of is critical. */
    unmatchedClass: z.literal("critical"),
    /** How far the running version may go while a change of that class is open; null: it keeps its level. */
    caps: z.strictObject({ material: capSchema, critical: capSchema }),
    unreviewedChangeCap: z.enum(["stopped", "shadow", "assisted"]),
    /** One in so many changes that pass by themselves is looked at by a person. */
    spotCheckOneIn: z.int().min(1).max(1_000),
    expiresAfterDays: z.int().min(1).max(90),
  })
  .refine(({ rules }) => new Set(rules.map((rule) => rule.id)).size === rules.length, "two rules have the same id")
  .refine(
    ({ rules }) => rules.every((rule) => rule.class === "harmless" || rule.obligations.some((obligation) => obligation.kind === "review")),
    "a material or critical change needs at least one review",
  );
export type ReviewPolicy = z.infer<typeof reviewPolicySchema>;

const review = (role: ReviewRole): Obligation => ({ kind: "review", role });
const suite = (name: Suite): Obligation => ({ kind: "suite", suite: name });
const canary = (from: CanaryStart): Obligation => ({ kind: "canary", from });
const ALL_SUITES = SUITES.map(suite);

function rule(id: string, title: string, facts: FactKind[], klass: ChangeClass, obligations: Obligation[]): ReviewRule {
  return { id, title, facts, class: klass, obligations };
}

const OWNERS_AND_RED_TEAM = [review("business_owner"), review("technical_owner"), suite("red_team"), canary("shadow")];
const ONE_REVIEWER_AND_REGRESSION = [review("any_reviewer"), suite("regression")];

/** The first policy of an installation. */
export const defaultReviewPolicy: ReviewPolicy = {
  rules: [
    rule("R-01", "Whitespace and the punctuation of descriptions change nothing.", ["prompt_whitespace", "tool_description_punctuation"], "harmless", []),
    rule("R-02", "Words of a prompt change what the agent does.", ["prompt_wording", "prompt_added", "prompt_removed"], "material", [review("model_steward"), suite("regression"), suite("red_team"), canary("assisted")]),
    rule("R-03", "Another model, or other parameters, is another agent.", ["model_changed", "model_parameters"], "material", [review("model_steward"), review("technical_owner"), ...ALL_SUITES, canary("shadow")]),
    rule("R-04", "A new tool that only reads, or a new source, widens what the agent knows.", ["tool_added_read", "retrieval_added", "retrieval_changed"], "material", [review("technical_owner"), suite("regression")]),
    rule("R-05", "A new tool that writes, or a raised effect, widens what the agent can do.", ["tool_added_write", "tool_effect_raised"], "critical", OWNERS_AND_RED_TEAM),
    rule("R-06", "A new tool whose effect cannot be taken back.", ["tool_added_irreversible"], "critical", OWNERS_AND_RED_TEAM),
    rule("R-07", "A tool's input schema was widened, or changed in a way that is not understood.", ["tool_schema_widened", "tool_schema_changed"], "critical", OWNERS_AND_RED_TEAM),
    rule("R-08", "An external system comes within reach.", ["external_system_added"], "critical", OWNERS_AND_RED_TEAM),
    rule("R-09", "The policy was widened, a limit raised, or a rule changed.", ["policy_limit_raised", "policy_rule_removed", "policy_text_changed", "policy_changed"], "critical", [review("business_owner"), review("technical_owner"), suite("red_team"), canary("assisted")]),
    rule("R-10", "Escalation was loosened or changed.", ["escalation_rule_removed", "escalation_changed"], "critical", [review("business_owner"), review("technical_owner"), suite("red_team"), canary("assisted")]),
    rule("R-11", "A way to take an effect back was lost or changed.", ["compensation_removed", "compensation_changed"], "critical", [review("business_owner"), review("technical_owner")]),
    rule("R-12", "The policy or escalation was narrowed, a tool removed, a limit lowered: safer, but may hurt success.",
      ["policy_limit_lowered", "policy_rule_added", "escalation_rule_added", "tool_removed", "tool_effect_lowered", "tool_schema_narrowed", "external_system_removed", "retrieval_removed"], "harmless", ONE_REVIEWER_AND_REGRESSION),
    rule("R-13", "Another memory strategy changes what the agent carries along.", ["memory_changed"], "material", [review("model_steward"), suite("regression"), canary("assisted")]),
    rule("R-14", "Another workflow changes the order of steps.", ["workflow_changed"], "material", [review("technical_owner"), suite("regression")]),
    rule("R-15", "What a tool is said to do, or gives back, steers the model.", ["tool_description", "tool_output_changed"], "material", [review("model_steward"), suite("regression")]),
    rule("R-16", "A way to take an effect back was added.", ["compensation_added"], "harmless", [review("any_reviewer")]),
    // A comment is no instruction to its author, but the model reads it: nothing passes by itself that could be one.
    rule("R-17", "A comment in a prompt reaches the model.", ["prompt_comment"], "harmless", [review("any_reviewer")]),
  ],
  unmatchedClass: "critical",
  caps: { material: { running: null }, critical: { running: "assisted" } },
  unreviewedChangeCap: "shadow",
  spotCheckOneIn: 10,
  expiresAfterDays: 7,
};

export const CLASS_NAMES: Record<ChangeClass, string> = { harmless: "Harmless", material: "Material", critical: "Critical" };
export const SUITE_NAMES: Record<Suite, string> = { golden: "Golden suite", regression: "Regression suite", red_team: "Red-team suite" };
