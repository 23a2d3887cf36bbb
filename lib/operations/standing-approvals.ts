// Who has said yes to exactly these arguments, and may still say it?

import type { Transaction } from "../database/database.ts";
import { loadPersonActors } from "../database/person-actors.ts";
import type { ActionApprover } from "../domain/approval-ask.ts";
import { may } from "../domain/permissions.ts";
import { rolesHeld } from "../domain/roles-held.ts";

/** By what they are now: whoever was disabled, or lost the role since, counts no more. Each person once. */
export async function standingApprovers(tx: Transaction, { id, agentId, inputDigest }: { id: string; agentId: string; inputDigest: string }, now: Date): Promise<ActionApprover[]> {
  const reviews = await tx.actionReview.findMany({ where: { actionId: id, voidedAt: null, verdict: "approve", inputDigest }, select: { personId: true } });
  const people = await loadPersonActors(tx, reviews.map(({ personId }) => personId), now);
  return people.filter(({ actor }) => may(actor, "action:approve", agentId).ok).map(({ actor, email }) => ({ id: actor.id, email, roles: rolesHeld(actor, agentId) }));
}
