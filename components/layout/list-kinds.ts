// Which kinds of events move a row of which list?

import { WAITING_KINDS } from "./waiting-kinds.ts";

/** What moves the state or the authority of an agent. */
const STANDING_KINDS = ["authority.", "stage.", "tier.", "override.", "card.", "owners.", "stop.", "points.", "agent.", "change.", "finding.", "version."] as const;

/** Runs move an agent's figures all the time: those are read again with the minute. */
export const LIST_KINDS = {
  agents: STANDING_KINDS,
  risk: STANDING_KINDS,
  changes: ["change.", "version."],
  rollouts: ["rollout.", "change."],
  actions: ["action.", "actions.", "undo."],
  undos: ["undo.", "action.compensated", "action.by_hand"],
  portfolio: WAITING_KINDS,
} as const satisfies Record<string, readonly string[]>;

export type ListName = keyof typeof LIST_KINDS;

/** What moves the pages of one agent, and of what belongs to it. */
export const AGENT_KINDS: readonly string[] = [...STANDING_KINDS, "runs.", ...WAITING_KINDS];
