// What does everybody who asks the gate hear, in whichever protocol?

import type { GateDecision } from "./gate-decision.ts";

export interface CheckedAnswer {
  /** Of the record; empty when there was no database to record it in. */
  evaluationId: string;
  decision: GateDecision;
  reason: string;
  sentence: string;
  policies: readonly string[];
  approval: { id: string; expiresAt: string } | null;
}
