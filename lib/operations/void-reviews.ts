// Which approvals no longer count, and why?

import type { Transaction } from "../database/database.ts";

export async function voidReviews(tx: Transaction, changeId: string, reason: string, now: Date): Promise<void> {
  await tx.review.updateMany({ where: { changeId, voidedAt: null }, data: { voidedAt: now, voidedReason: reason } });
}
