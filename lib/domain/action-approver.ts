// May this person say yes to a call that waits, and if not, why?

import { isActionState, ACTION_STATE_WORDS } from "./action-state.ts";
import { askWords, isAsked, isSamePerson, type ActionApprover, type ApprovalAsk } from "./approval-ask.ts";

export interface ApprovableAction {
  state: string;
  asks: readonly ApprovalAsk[];
  onBehalfOf: string | null;
  /** Persons who may have sent it: whoever made the key that asked was shown its secret. */
  keyMakerIds: readonly string[];
  expiresAt: Date;
  inputDigest: string;
  reviews: readonly { personId: string; verdict: string; inputDigest: string }[];
}

export type ApproverAnswer = { ok: true } | { ok: false; reason: string };

const no = (reason: string): ApproverAnswer => ({ ok: false, reason });

/** Beside the permission, which is asked first. Whether it is enough then is another question: each ask has to be met. */
export function approverAnswer(person: ActionApprover, action: ApprovableAction, now: Date): ApproverAnswer {
  if (action.state !== "held") return no(`It is decided already: ${isActionState(action.state) ? ACTION_STATE_WORDS[action.state].toLowerCase() : "in a state that is not known"}.`);
  if (action.expiresAt <= now) return no("Its time is over. Nobody decided, so nothing happens.");
  if (isAskedFor(person, action.onBehalfOf)) return no("It is asked on your own behalf; somebody else decides.");
  if (action.keyMakerIds.includes(person.id)) return no("It was asked with a key that you made; somebody else decides.");
  if (!action.asks.some((ask) => isAsked(person, ask))) return no(`The policy asks ${askWords(action.asks)}; you are none of them here.`);
  const hasApproved = action.reviews.some(({ personId, verdict, inputDigest }) => personId === person.id && verdict === "approve" && inputDigest === action.inputDigest);
  return hasApproved ? no("You approved it already; it needs another person.") : { ok: true };
}

const isAskedFor = ({ id, email }: ActionApprover, onBehalfOf: string | null): boolean => onBehalfOf !== null && [id, email].some((each) => isSamePerson(each, onBehalfOf));
