// What does an operation see of a change? The whole of it, locked, so that two decisions never pass each other.

import type { Transaction } from "../database/database.ts";
import type { Obligation } from "../domain/review-policy.ts";
import type { ChangeForReview, ReviewRecord, SuiteRecord } from "../domain/review-status.ts";
import { NotFound } from "../errors.ts";

/** Locks the agent first, then the change: the same order everywhere, so that nobody waits in a circle. */
export async function lockChange(tx: Transaction, changeId: string) {
  await tx.$executeRaw`SELECT 1 FROM agent WHERE id = (SELECT agent_id FROM change WHERE id = ${changeId}) FOR UPDATE`;
  await tx.$executeRaw`SELECT 1 FROM change WHERE id = ${changeId} FOR UPDATE`;
  const change = await tx.change.findUnique({ where: { id: changeId }, include: { reviews: true, suiteResults: true } });
  if (!change) throw new NotFound("There is no such change.");
  return change;
}

export type LockedChange = Awaited<ReturnType<typeof lockChange>>;

/** As the pure decision wants it. */
export function changeForReview(change: LockedChange): ChangeForReview {
  return {
    state: change.state, authorId: change.authorId, fingerprint: change.fingerprint, expiresAt: change.expiresAt,
    obligations: change.obligations as unknown as Obligation[],
    approvals: change.reviews.map(({ voidedAt, roles, decision, ...review }) => ({
      ...review, roles: roles as ReviewRecord["roles"], decision: decision as ReviewRecord["decision"], voided: voidedAt !== null,
    })),
    suiteResults: change.suiteResults.map(({ suite, ...result }) => ({ ...result, suite: suite as SuiteRecord["suite"] })),
  };
}
