/**
 * What moves with the decisions that wait: the navigation's count, the page Now, the inbox. Of actions only what begins or ends a wait, or
 * changes what is asked: each call that is simply made is an event as well. Spot checks fall due and are recorded as changes.
 * Who has what waits is part of it.
 */
export const WAITING_KINDS = [
  "action.held", "action.approved", "action.approval_taken_back", "action.edited", "action.rejected", "action.expired", "action.withdrawn", "action.stopped", "action.asked", "action.answered",
  "change.", "rollout.", "finding.", "version.", "item.",
] as const;
