import { isActionState, type ActionState } from "@/lib/domain/action-state.ts";

const MEANINGS: Record<ActionState, string> = {
  held: "Nobody has decided yet.",
  approved: "The agent is told when it asks next. Stops and policy are checked again then.",
  started: "The agent was told that it may, once. It has not said yet how it ended.",
  committed: "The agent says that it is done.",
  failed: "The agent says that it failed.",
  denied: "The gate refused it. No person did.",
  rejected: "The agent was told no, with the reason.",
  expired: "Nobody decided in time, or nothing was heard of its end. No person refused it.",
  withdrawn: "It is no longer wanted. No person refused it.",
  stopped: "A kill switch ended it. No person refused it.",
  compensating: "Its effect is being taken back in the real system.",
  compensated: "Its effect was taken back in the real system.",
  by_hand: "Its effect could not be taken back by itself; a person has to do it.",
};

export const meaningOf = (state: string): string => (isActionState(state) ? MEANINGS[state] : "This state is not known.");
