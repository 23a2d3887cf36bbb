// Who has said yes to exactly these arguments, and may still say it?

import type { Transaction } from "../database/database.ts";
import { stillPermitted } from "../database/still-permitted.ts";
import type { ActionApprover } from "../domain/approval-ask.ts";
import { rolesHeld } from "../domain/roles-held.ts";

/** Each person once. */
export async function standingApprovers(tx: Transaction, { id, agentId, inputDigest }: { id: string; agentId: string; inputDigest: string }, now: Date): Promise<ActionApprover[]> {
  const reviews = await tx.actionReview.findMany({ where: { actionId: id, voidedAt: null, verdict: "approve", inputDigest }, select: { personId: true } });
  const people = await stillPermitted(tx, reviews.map(({ personId }) => personId), "action:approve", agentId, now);
  return people.map(({ actor, email }) => ({ id: actor.id, email, roles: rolesHeld(actor, agentId) }));
}
