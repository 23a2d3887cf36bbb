import { ACTION_STATE_WORDS, isActionState } from "@/lib/domain/action-state.ts";

/** What a page was made from, and what is asked again. */
export interface ActionPulse {
  readAt: string;
  state: string;
  inputDigest: string;
  expiresAt: string;
  /** Words of people, questions, answers and steps of a reversal so far. */
  events: number;
  decidedBy: string | null;
}

export const MOVES_WITH = ["action.", "undo.", "stop."];

export interface Meanwhile {
  title: string;
  detail: string;
  /** Nothing can be decided from the page that was read before it. */
  isDecided: boolean;
  /** What is approved was not all seen. */
  hidesSomething: boolean;
}

export const UNKNOWN_NOW = "It can be approved again when the console says that this is still current.";

/** Why nobody should approve from what the page shows; null while it is current. */
export function whyNotNow(meanwhile: Meanwhile | "unknown" | null): string | null {
  if (meanwhile === "unknown") return UNKNOWN_NOW;
  return meanwhile?.hidesSomething ? `${meanwhile.title} Show it as it is now first.` : null;
}

const BY_A_PERSON: ReadonlySet<string> = new Set(["approved", "rejected"]);

/** Null: the page is as current as what was asked last. */
export function whatHappened(seen: ActionPulse, now: ActionPulse): Meanwhile | null {
  // After a decision of one's own the page is newer than what was asked last.
  if (now.readAt <= seen.readAt) return null;
  if (now.state !== seen.state) {
    const word = isActionState(now.state) ? ACTION_STATE_WORDS[now.state] : "It moved on";
    const who = BY_A_PERSON.has(now.state) && now.decidedBy !== null ? ` by ${now.decidedBy}` : "";
    return { title: `${word}${who}, just now.`, detail: "This page shows the action as it was before that.", isDecided: true, hidesSomething: true };
  }
  if (now.inputDigest !== seen.inputDigest) return { title: "The arguments are others now.", detail: "Approvals given before are void. Look at them again before you decide.", isDecided: true, hidesSomething: true };
  if (now.events !== seen.events) return { title: "Something happened since you opened this.", detail: "Somebody said a word about it, or the agent answered.", isDecided: false, hidesSomething: true };
  if (now.expiresAt !== seen.expiresAt) return { title: "It has more time now.", detail: "The countdown here is older than that.", isDecided: false, hidesSomething: false };
  return null;
}
