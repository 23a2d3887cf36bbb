// What does the gate answer when the agent has a policy text? The stricter of the two, but for what the policy calls low risk.

import type { AuthorityLevel } from "../domain/authority-level.ts";
import type { GateAnswer, GateReason } from "../domain/decide-gate.ts";
import type { ToolEffect } from "../domain/manifest.ts";
import type { PolicyAnswer } from "./decide-by-policy.ts";

export interface PolicyGateAnswer extends Omit<GateAnswer, "reason"> {
  /** `policy`: a policy decided; `policy_error`: it could not be applied. */
  reason: GateReason | "policy" | "policy_error";
  policies: PolicyAnswer["policies"];
  approvers: string[];
}

export interface CallUnderPolicy {
  level: AuthorityLevel;
  effect: ToolEffect;
}

/**
 * Kill switches, lease and authority are decided first, and no policy lifts what they refuse. `policy` null: the version has no policy text.
 * A hold of the table is lifted in one place only: at `assisted`, for a write that a policy permits as low risk. Limits that a person may
 * lift are policies that ask; a plain forbid is a denial at every level.
 */
export function gateByPolicy(table: GateAnswer, policy: PolicyAnswer | null, { level, effect }: CallUnderPolicy): PolicyGateAnswer {
  const byTable = { ...table, policies: policy?.policies ?? [], approvers: [] };
  if (table.decision === "deny" || policy === null) return { ...byTable, policies: [] };
  const byPolicy = { ...byTable, decision: policy.decision, reason: policy.error ? ("policy_error" as const) : ("policy" as const), sentence: policy.sentence, approvers: policy.approvers };
  if (policy.decision !== "permit") return byPolicy;
  const isLowRiskWrite = policy.isLowRisk && level === "assisted" && effect === "write" && table.reason === "needs_person";
  return table.decision === "hold" && isLowRiskWrite ? byPolicy : byTable;
}
