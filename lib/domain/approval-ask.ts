// Whose yes does a held call need, and whose is missing?

import { z } from "zod";
import { ROLE_NAMES, type Role } from "./roles.ts";

/** More are not asked of one call. */
export const MOST_PERSONS = 5;

const askSchema = z.object({
  /** Such as `role:business_owner` or `person:ana@example.com`; empty: whoever may approve actions. */
  approvers: z.array(z.string()),
  /** So many of them, each another person. */
  persons: z.int().min(1),
});
/** What one policy asks. Of several that hold a call each is met by itself; one person may meet more than one. */
export type ApprovalAsk = Readonly<{ approvers: readonly string[]; persons: number }>;

export interface ActionApprover {
  id: string;
  email: string;
  /** For the agent of the action. */
  roles: readonly Role[];
}

/** Where nothing but the table of authority holds a call. */
export const ANYBODY: ApprovalAsk = { approvers: [], persons: 1 };
const NOBODY: ApprovalAsk = { approvers: ["nobody"], persons: 1 };

/** As an action keeps them, with what lists show of them. */
export const storedAsks = (asks: readonly ApprovalAsk[]) =>
  ({ asks: asks.map(({ approvers, persons }) => ({ approvers: [...approvers], persons })), approvers: allApprovers(asks), approvalsNeeded: Math.max(1, fewestPersons(asks)) });

/** What is not understood is met by nobody. */
export function readAsks(stored: unknown): readonly ApprovalAsk[] {
  const read = z.array(askSchema).min(1).safeParse(stored);
  return read.success ? read.data : [NOBODY];
}

/** Whoever meets `one` has met `other`. */
const implies = (one: ApprovalAsk, other: ApprovalAsk): boolean =>
  one.persons >= other.persons && (other.approvers.length === 0 || (one.approvers.length > 0 && one.approvers.every((approver) => other.approvers.includes(approver))));

/** Without those that another one implies. */
export const strictestAsks = (asks: readonly ApprovalAsk[]): ApprovalAsk[] =>
  asks.filter((ask, index) => !asks.some((other, at) => at !== index && implies(other, ask) && (at < index || !implies(ask, other))));

/** What these people leave open: each ask with as many persons as are missing. */
export const openAsks = (asks: readonly ApprovalAsk[], given: readonly ActionApprover[]): ApprovalAsk[] =>
  asks.map((ask) => ({ ...ask, persons: ask.persons - given.filter((person) => isAsked(person, ask)).length })).filter(({ persons }) => persons > 0);

export const allApprovers = (asks: readonly ApprovalAsk[]): string[] => [...new Set(asks.flatMap(({ approvers }) => approvers))];

/** Fewer never are enough. 0 where nothing is asked. */
export const fewestPersons = (asks: readonly ApprovalAsk[]): number => Math.max(0, ...asks.map(({ persons }) => persons));

/** Who is named in a way that is not understood is nobody. */
export const isAsked = (person: ActionApprover, { approvers }: ApprovalAsk): boolean => approvers.length === 0 || approvers.some((approver) => isNamed(person, approver));

function isNamed({ id, email, roles }: ActionApprover, approver: string): boolean {
  const [kind, name] = split(approver);
  if (kind === "role") return roles.some((role) => role === name);
  return kind === "person" && (name === id || isSamePerson(name, email));
}

export const isSamePerson = (one: string, other: string): boolean => one.trim().toLowerCase() === other.trim().toLowerCase();

/** "the business owner or ana@example.com, and the on-call". */
export function askWords(asks: readonly ApprovalAsk[]): string {
  return asks.map(({ approvers, persons }) => (approvers.length > 0 ? approverWords(approvers) : persons === 1 ? "a person" : `${persons} persons`)).join(", and ");
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
