// Which approvals no longer count, and why?

import type { Transaction } from "../database/database.ts";

export async function voidReviews(tx: Transaction, changeId: string, reason: string, now: Date): Promise<void> {
  await tx.review.updateMany({ where: { changeId, voidedAt: null }, data: { voidedAt: now, voidedReason: reason } });
}

/** What somebody approved who has no access any more counts no more, as long as it is undecided: it may not have been theirs. Returns of how many changes. */
export async function voidReviewsOf(tx: Transaction, person: { id: string; name: string }, now: Date): Promise<number> {
  const { count } = await tx.review.updateMany({
    where: { personId: person.id, decision: "approve", voidedAt: null, change: { state: "open" } }, data: { voidedAt: now, voidedReason: `The access of ${person.name} was taken away.` },
  });
  return count;
}
