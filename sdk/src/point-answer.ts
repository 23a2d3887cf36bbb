// What is a point told of a call? The gate's own answer, or a no that is about the question itself.

import type { GateAnswer } from "../../lib/domain/decide-gate.ts";
import type { ToldReason } from "../../lib/domain/told-action.ts";

/**
 * `conflict`: under the same ids Holdpoint was asked about something else before, such as the same tool call for another user or segment, or the same
 * idempotency key for other arguments. Asking again changes nothing; a call of its own needs ids of its own.
 */
export type PointReason = ToldReason | "conflict";

export interface PointAnswer extends Omit<GateAnswer, "reason"> {
  reason: PointReason;
}

/** A no that Holdpoint's gate never came to say. */
export const noFor = (reason: "no_lease" | "conflict", sentence: string): PointAnswer => ({ decision: "deny", reason, sentence, isRecommendation: false, stopId: null, epoch: null, policies: [], approvers: [], approvalsNeeded: 0 });
