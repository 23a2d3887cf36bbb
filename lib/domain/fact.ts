// What can be said of the step from one recipe to another?

import type { ComponentKind } from "./manifest.ts";

/** From the most to the least consequential; facts are listed in this order. */
export const FACT_KINDS = [
  "tool_added_irreversible", "tool_effect_raised", "tool_added_write", "external_system_added", "tool_schema_widened", "tool_schema_changed",
  "policy_limit_raised", "policy_rule_removed", "policy_text_widened", "policy_text_mixed", "policy_text_changed", "policy_changed", "escalation_rule_removed", "escalation_changed", "compensation_removed", "compensation_changed",
  "model_changed", "model_parameters", "prompt_wording", "prompt_added", "prompt_removed", "tool_added_read", "retrieval_added", "retrieval_changed",
  "memory_changed", "workflow_changed", "tool_description", "tool_output_changed",
  "compensation_added", "tool_schema_narrowed", "tool_effect_lowered", "tool_removed", "external_system_removed", "retrieval_removed",
  "policy_limit_lowered", "policy_rule_added", "policy_text_narrowed", "escalation_rule_added",
  "tool_description_punctuation", "prompt_whitespace", "prompt_comment",
] as const;
export type FactKind = (typeof FACT_KINDS)[number];

export const FACT_GROUPS = ["gains", "widens", "raises", "may_skip", "changes", "narrows", "loses"] as const;
export type FactGroup = (typeof FACT_GROUPS)[number];

export interface Fact {
  kind: FactKind;
  component: ComponentKind;
  /** The tool, prompt or source it is about; the kind itself where there is only one. */
  subject: string;
  /** What a reviewer reads first. Names stand in backticks. */
  sentence: string;
  group: FactGroup;
}

export const byConsequence = (a: Fact, b: Fact): number => FACT_KINDS.indexOf(a.kind) - FACT_KINDS.indexOf(b.kind);
