// Which call that waits is said yes to only on its own page, because there is more to it than a row of a list shows?

import { FINAL_ALONE, whyNotTogether } from "./alike-actions.ts";
import type { Json } from "./manifest.ts";
import { maskArguments } from "./secret-argument.ts";
import { isOutlier } from "./unusual-call.ts";

/** What a row of the inbox has of an action that may be approved there: everything that is approved. */
export interface ListedApproval {
  inputDigest: string;
  input: Json;
  /** Why the gate asks. */
  because: string;
  justification: string | null;
  reversibility: "automatic" | "by_hand" | "none";
  tool: string;
  versionId: string | null;
  policies: string[];
  currency: string | null;
  /** An integer in digits: JSON has no other that large. */
  amountMinor: string | null;
  usualMinor: number | null;
}

export interface ListedCall {
  /** Of the agent; null: nobody set one. */
  tier: number | null;
  effect: string;
  approvalsNeeded: number;
  question: string | null;
  /** Null: too long to be read in a list. */
  input: unknown;
  amountMinor: bigint | null;
}

/** Arguments as JSON, in characters, that are seen whole under a row. */
const MOST_SHOWN = 600;

/** A sentence, or null. `usualMinor`: the middle amount of what the agent did before with that tool. */
export function whyReadFirst({ tier, effect, approvalsNeeded, question, input, amountMinor }: ListedCall, usualMinor: number | null): string | null {
  if (tier === null) return "The agent has no tier; read it first.";
  const alone = whyNotTogether(tier);
  if (alone !== null) return alone;
  if (effect !== "write" && effect !== "read") return FINAL_ALONE;
  if (approvalsNeeded > 1) return "More than one person has to say yes; read it first.";
  if (question !== null) return "There is a question about it; read it first.";
  if (input === null || input === undefined || JSON.stringify(input).length > MOST_SHOWN) return "Its arguments do not fit in a list; read it first.";
  if (maskArguments(input).count > 0) return "A value in it is hidden; read it first.";
  return amountMinor !== null && isOutlier(amountMinor, usualMinor) ? "Its amount is more than three times what this agent usually moves; look at it by itself." : null;
}
