// What becomes of an open proposal for a higher stage or tier when that moved meanwhile?

import type { Transaction } from "../database/database.ts";

/** Nobody decided about it, and nobody can any more: it was asked from where the agent no longer stands. The caller holds the agent's row lock. */
export async function supersedeRaises(tx: Transaction, { agentId, kind, reason }: { agentId: string; kind: "stage" | "tier"; reason: string }, now: Date): Promise<void> {
  await tx.change.updateMany({ where: { agentId, kind, state: "open" }, data: { state: "superseded", decidedAt: now, decidedBy: "system:holdpoint", decidedReason: reason } });
}
