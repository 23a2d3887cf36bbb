// What does a policy say to a call? Decided by the policy engine, applied by the gate.

import type { ApprovalAsk } from "./approval-ask.ts";
import type { GateDecision } from "./gate-decision.ts";

export interface PolicyVerdict {
  decision: GateDecision;
  /** Those that decided, in the order of the text; none when nothing permits. */
  policies: readonly { id: string; effect: "permit" | "forbid" }[];
  /** Of a held call, what each of its policies asks; empty otherwise. */
  asks: readonly ApprovalAsk[];
  /** Permitted, by at least one policy that says so. */
  isLowRisk: boolean;
  sentence: string;
  /** Why it could not be decided; then it is denied. */
  error?: "tool_unknown" | "arguments" | "facts" | "evaluation" | "engine";
}
