// How would past changes have been classified under another policy?

import { classifyChange } from "./classify-change.ts";
import type { Fact } from "./fact.ts";
import type { ReviewPolicy } from "./review-policy.ts";

export interface PastChange {
  id: string;
  title: string;
  proposedAt: string;
  facts: readonly Fact[];
}

export interface Judgement {
  class: string;
  obligations: number;
}

export interface Reclassified {
  id: string;
  title: string;
  proposedAt: string;
  before: Judgement;
  after: Judgement;
}

function judge(facts: readonly Fact[], policy: ReviewPolicy): Judgement {
  const { class: changeClass, obligations } = classifyChange(facts, policy);
  return { class: changeClass, obligations: obligations.length };
}

/** Both sides are computed anew from the stored facts, so that only the policy makes a difference. */
export function reclassifyChanges(changes: readonly PastChange[], inForce: ReviewPolicy, draft: ReviewPolicy): Reclassified[] {
  return changes.map(({ facts, ...change }) => ({ ...change, before: judge(facts, inForce), after: judge(facts, draft) }));
}
