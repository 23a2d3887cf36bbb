// What does a policy say to a call? Decided by the policy engine, applied by the gate.

import type { GateDecision } from "./gate-decision.ts";

export interface PolicyVerdict {
  decision: GateDecision;
  /** Those that decided, in the order of the text; none when nothing permits. */
  policies: readonly { id: string; effect: "permit" | "forbid" }[];
  /** Whom a held call asks; empty when the policies name nobody. */
  approvers: readonly string[];
  /** How many of them, each another person. */
  approvalsNeeded: number;
  /** Permitted, by at least one policy that says so. */
  isLowRisk: boolean;
  sentence: string;
  /** Why it could not be decided; then it is denied. */
  error?: "tool_unknown" | "arguments" | "facts" | "evaluation" | "engine";
}
