// Where does an action stand, and where can it go from there?

export const ACTION_STATES = [
  "held", "approved", "started", "committed", "failed", "denied", "rejected", "expired", "withdrawn", "stopped", "compensating", "compensated", "by_hand",
] as const;
export type ActionState = (typeof ACTION_STATES)[number];

/**
 * `held`: waits for a person. `approved`: a person said yes and the agent was not told yet, so it can be taken back. `started`: the agent was
 * told that it may, once. `by_hand`: it could not be taken back by itself, and a person has to. What nobody decided in time is `expired`, never
 * `rejected`; what had begun and was not heard of is `expired` too, and if its end is told late after all, that is believed.
 */
const NEXT: Readonly<Record<ActionState, readonly ActionState[]>> = {
  held: ["approved", "rejected", "expired", "withdrawn", "stopped"],
  approved: ["started", "held", "denied", "expired", "withdrawn", "stopped"],
  started: ["committed", "failed", "expired", "stopped"],
  committed: ["compensating"],
  compensating: ["compensated", "by_hand"],
  by_hand: ["compensated", "compensating"],
  failed: [],
  denied: [],
  rejected: [],
  expired: ["committed", "failed"],
  withdrawn: [],
  stopped: [],
  compensated: [],
};

export const canBecome = (from: ActionState, to: ActionState): boolean => NEXT[from].includes(to);

export const isActionState = (text: string): text is ActionState => (ACTION_STATES as readonly string[]).includes(text);

/** Nothing more happens to it by itself. */
export const isOver = (state: ActionState): boolean => state === "expired" || NEXT[state].length === 0;

export const ACTION_STATE_WORDS: Readonly<Record<ActionState, string>> = {
  held: "Waiting for a person",
  approved: "Approved",
  started: "Under way",
  committed: "Done",
  failed: "Failed",
  denied: "Refused by the gate",
  rejected: "Rejected",
  expired: "Expired",
  withdrawn: "Withdrawn",
  stopped: "Stopped by a kill switch",
  compensating: "Being taken back",
  compensated: "Taken back",
  by_hand: "To be taken back by hand",
};
