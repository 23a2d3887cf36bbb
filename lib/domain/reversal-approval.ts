// Who may be the second person that lets a reversal begin?

import type { Answer } from "./permissions.ts";
import { ROLE_NAMES, type PersonActor } from "./roles.ts";

/** The owners who may take actions back. */
export const REVERSAL_APPROVERS = ["business_owner", "technical_owner"] as const;
export type ReversalApprover = (typeof REVERSAL_APPROVERS)[number];

export interface AskedReversal {
  agentId: string;
  startedBy: string;
  /** Whoever asked may still take actions back; Holdpoint itself always may. */
  isStarterStanding: boolean;
  /** The owner without whom it does not begin, as stored; null: any second person. */
  approverRole: string | null;
}

/** Deputies in force count as the owner for whom they stand in. */
export const ownsAs = (person: Pick<PersonActor, "owns">, agentId: string, role: ReversalApprover): boolean =>
  Object.hasOwn(person.owns, agentId) && (person.owns[agentId]?.includes(role) ?? false);

/** Beyond the permission to take actions back. A role that is not known is nobody's. */
export function mayApproveUndo({ agentId, startedBy, isStarterStanding, approverRole }: AskedReversal, person: PersonActor): Answer {
  if (startedBy === person.id) return { ok: false, reason: `You asked for it; ${approverWords(approverRole)} approves.` };
  if (!isStarterStanding) return { ok: false, reason: "Who asked for it may no longer take actions back. Ask for it anew." };
  if (approverRole === null) return { ok: true };
  const role = REVERSAL_APPROVERS.find((known) => known === approverRole);
  return role !== undefined && ownsAs(person, agentId, role) ? { ok: true } : { ok: false, reason: `The card asks for ${approverWords(approverRole)}: only they may approve this.` };
}

/** "a second person", "the agent's business owner". */
export function approverWords(approverRole: string | null): string {
  if (approverRole === null) return "a second person";
  const role = REVERSAL_APPROVERS.find((known) => known === approverRole);
  return role === undefined ? "somebody whom this version does not know" : `the agent's ${ROLE_NAMES[role].toLowerCase()}`;
}
