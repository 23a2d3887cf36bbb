// Did this person approve a change whose approval counts no more, and what did they approve?

import { prisma } from "../database/database.ts";

interface OwnReview {
  personId: string;
  decision: string;
  fingerprint: string;
  at: Date;
  voidedAt: Date | null;
  voidedReason: string | null;
}

/** Their last approval where it is void; null where it counts, or there is none. */
export function voidedApproval<Review extends OwnReview>(reviews: readonly Review[], personId: string): Review | null {
  const last = reviews.filter((review) => review.personId === personId && review.decision === "approve").toSorted((a, b) => b.at.getTime() - a.at.getTime())[0];
  return last === undefined || last.voidedAt === null ? null : last;
}

export const whyVoid = (review: OwnReview | null): string | null => (review === null ? null : (review.voidedReason ?? "It is void."));

export interface CameBack {
  why: string;
  approvedAt: Date;
  /** Null: what they approved was no version, or is proposed still. */
  approved: { id: string; number: number } | null;
}

interface Subject {
  agentId: string | null;
  fingerprint: string;
  reviews: readonly OwnReview[];
}

export async function findCameBack({ agentId, fingerprint, reviews }: Subject, personId: string): Promise<CameBack | null> {
  const review = voidedApproval(reviews, personId);
  const why = whyVoid(review);
  if (review === null || why === null) return null;
  const approved = agentId === null || review.fingerprint === fingerprint ? null : await prisma().agentVersion.findUnique({
    where: { agentId_fingerprint: { agentId, fingerprint: review.fingerprint } }, select: { id: true, number: true },
  });
  return { why, approvedAt: review.at, approved };
}
