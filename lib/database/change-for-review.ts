// What of a change does the pure review decision want to know?

import type { Prisma } from "../../generated/prisma/client.ts";
import type { Obligation } from "../domain/review-policy.ts";
import type { ChangeForReview, ReviewRecord, SuiteRecord } from "../domain/review-status.ts";

export const reviewFacts = {
  state: true, authorIds: true, fingerprint: true, expiresAt: true, obligations: true,
  reviews: { select: { id: true, personId: true, personName: true, roles: true, decision: true, comment: true, fingerprint: true, at: true, voidedAt: true, voidedReason: true } },
  suiteResults: { select: { id: true, suite: true, fingerprint: true, passed: true, failed: true, undecided: true, url: true, recordedBy: true, at: true } },
} satisfies Prisma.ChangeSelect;

export type StoredReview = Prisma.ChangeGetPayload<{ select: typeof reviewFacts }>;

export function asChangeForReview(change: StoredReview): ChangeForReview {
  return {
    state: change.state, authorIds: change.authorIds, fingerprint: change.fingerprint, expiresAt: change.expiresAt,
    obligations: change.obligations as unknown as Obligation[],
    approvals: change.reviews.map(({ voidedAt, roles, decision, ...review }) => ({
      ...review, roles: roles as ReviewRecord["roles"], decision: decision as ReviewRecord["decision"], voided: voidedAt !== null,
    })),
    suiteResults: change.suiteResults.map(({ suite, ...result }) => ({ ...result, suite: suite as SuiteRecord["suite"] })),
  };
}
