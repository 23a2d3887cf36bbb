// May this person say yes to a call that waits, and if not, why?

import { isActionState, ACTION_STATE_WORDS } from "./action-state.ts";
import { ROLE_NAMES, type Role } from "./roles.ts";

export interface ActionApprover {
  id: string;
  email: string;
  /** For the agent of the action. */
  roles: readonly Role[];
}

export interface ApprovableAction {
  state: string;
  /** Such as `role:business_owner` or `person:ana@example.com`; empty: whoever may approve actions. */
  approvers: readonly string[];
  onBehalfOf: string | null;
  expiresAt: Date;
  inputDigest: string;
  reviews: readonly { personId: string; verdict: string; inputDigest: string }[];
}

export type ApproverAnswer = { ok: true } | { ok: false; reason: string };

const no = (reason: string): ApproverAnswer => ({ ok: false, reason });

/** Beside the permission, which is asked first. Fails closed: who is named in a way that is not understood is nobody. */
export function approverAnswer(person: ActionApprover, action: ApprovableAction, now: Date): ApproverAnswer {
  if (action.state !== "held") return no(`It is decided already: ${isActionState(action.state) ? ACTION_STATE_WORDS[action.state].toLowerCase() : "in a state that is not known"}.`);
  if (action.expiresAt <= now) return no("Its time is over. Nobody decided, so nothing happens.");
  if (isAskedFor(person, action.onBehalfOf)) return no("It is asked on your own behalf; somebody else decides.");
  const isListed = action.approvers.length === 0 || action.approvers.some((approver) => isNamed(person, approver));
  if (!isListed) return no(`The policy asks ${approverWords(action.approvers)}; you are none of them here.`);
  const hasApproved = action.reviews.some(({ personId, verdict, inputDigest }) => personId === person.id && verdict === "approve" && inputDigest === action.inputDigest);
  return hasApproved ? no("You approved it already; it needs another person.") : { ok: true };
}

const isSame = (one: string, other: string): boolean => one.trim().toLowerCase() === other.trim().toLowerCase();

const isAskedFor = ({ id, email }: ActionApprover, onBehalfOf: string | null): boolean => onBehalfOf !== null && [id, email].some((each) => isSame(each, onBehalfOf));

function isNamed({ id, email, roles }: ActionApprover, approver: string): boolean {
  const [kind, name] = split(approver);
  if (kind === "role") return roles.some((role) => role === name);
  return kind === "person" && (name === id || isSame(name, email));
}

/** "the business owner, a person on call or ana@example.com". */
export function approverWords(approvers: readonly string[]): string {
  const words = approvers.map((approver) => {
    const [kind, name] = split(approver);
    if (kind !== "role") return name;
    return Object.hasOwn(ROLE_NAMES, name) ? `the ${ROLE_NAMES[name as Role].toLowerCase()}` : `the role ${name}`;
  });
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

function split(approver: string): [kind: string, name: string] {
  const colon = approver.indexOf(":");
  return colon < 0 ? ["", approver] : [approver.slice(0, colon), approver.slice(colon + 1)];
}
