// Which re-review policy does a new installation begin with?

import type { FactKind } from "./fact.ts";
import { SUITES, type CanaryStart, type ChangeClass, type Obligation, type ReviewPolicy, type ReviewRole, type ReviewRule, type Suite } from "./review-policy.ts";

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
    rule("R-09", "The policy was widened, a limit raised, or a rule changed.", ["policy_limit_raised", "policy_rule_removed", "policy_text_widened", "policy_text_mixed", "policy_text_changed", "policy_changed"], "critical", [review("business_owner"), review("technical_owner"), suite("red_team"), canary("assisted")]),
    rule("R-10", "Escalation was loosened or changed.", ["escalation_rule_removed", "escalation_changed"], "critical", [review("business_owner"), review("technical_owner"), suite("red_team"), canary("assisted")]),
    rule("R-11", "A way to take an effect back was lost or changed.", ["compensation_removed", "compensation_changed"], "critical", [review("business_owner"), review("technical_owner")]),
    rule("R-12", "The policy or escalation was narrowed, a tool removed, a limit lowered: safer, but may hurt success.",
      ["policy_limit_lowered", "policy_rule_added", "policy_text_narrowed", "escalation_rule_added", "tool_removed", "tool_effect_lowered", "tool_schema_narrowed", "external_system_removed", "retrieval_removed"], "harmless", ONE_REVIEWER_AND_REGRESSION),
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
