// What is an agent told of its action?

import { ACTION_STATE_WORDS, isActionState, type ActionState } from "./action-state.ts";
import type { GateDecision } from "./gate-decision.ts";
import { GATE_REASONS, type GateReason } from "./decide-gate.ts";

export const TOLD_REASONS = [...GATE_REASONS, "rejected", "expired", "withdrawn", "ended"] as const;
export type ToldReason = (typeof TOLD_REASONS)[number];

export interface TellableAction {
  state: string;
  reason: string;
  sentence: string;
  startedAt: Date | null;
  /** Without one it was permitted, and no person was asked. */
  decidedAt: Date | null;
}

export interface ActionWord {
  state: ActionState;
  decision: GateDecision;
  reason: ToldReason;
  sentence: string;
}

const DECISION: Partial<Record<ActionState, GateDecision>> = { held: "hold", approved: "hold", started: "permit", committed: "permit", failed: "permit", compensating: "permit", compensated: "permit", by_hand: "permit" };
const REASON: Partial<Record<ActionState, ToldReason>> = { rejected: "rejected", expired: "expired", withdrawn: "withdrawn", stopped: "kill_switch" };
const APPROVED = "Approved by a person, for exactly these arguments.";

const isGateReason = (reason: string): reason is GateReason => (GATE_REASONS as readonly string[]).includes(reason);

/** What nobody decided is never told as somebody's no. A state that is not known is a no. */
export function wordOf({ state: stored, reason, sentence, startedAt, decidedAt }: TellableAction): ActionWord {
  const state = isActionState(stored) ? stored : "denied";
  const asDecided = isGateReason(reason) ? reason : "ended";
  const decision = DECISION[state] ?? "deny";
  if (decision === "permit") return decidedAt === null ? { state, decision, reason: asDecided, sentence } : { state, decision, reason: "approved", sentence: APPROVED };
  if (state === "approved") return { state, decision, reason: asDecided, sentence: "Approved by a person; it may go ahead in a moment." };
  if (state === "held" || state === "denied") return { state, decision, reason: asDecided, sentence };
  return { state, decision, reason: REASON[state] ?? "ended", sentence: sentenceOfEnd(state, startedAt !== null) };
}

function sentenceOfEnd(state: ActionState, isStarted: boolean): string {
  if (state === "expired") return isStarted ? "Nothing was heard of its end; whether it happened is not known." : "Nobody decided in time; nobody refused it.";
  if (state === "rejected") return "A person rejected it.";
  return state === "withdrawn" ? "It was withdrawn." : `${ACTION_STATE_WORDS[state]}.`;
}

export interface KnownAction extends TellableAction {
  id: string;
  agentId: string;
  tool: string;
  input: unknown;
  askedInput: unknown;
  inputDigest: string;
  policies: string[];
  approvers: string[];
  approvalsNeeded: number;
  stopId: string | null;
  epoch: bigint;
  preparedAt: Date;
  expiresAt: Date;
  dispatchAt: Date | null;
  endedAt: Date | null;
  reversibleUntil: Date | null;
  question: string | null;
  answer: string | null;
  error: string | null;
}

export interface ToldAction extends ActionWord {
  id: string;
  agentId: string;
  tool: string;
  inputDigest: string;
  /** What may be executed: a person may have approved other arguments than were asked for. */
  input: unknown;
  isEdited: boolean;
  policies: string[];
  approvers: string[];
  approvalsNeeded: number;
  stopId: string | null;
  epoch: number;
  preparedAt: string;
  expiresAt: string;
  /** An approval is not used before this moment. */
  dispatchAt: string | null;
  startedAt: string | null;
  endedAt: string | null;
  reversibleUntil: string | null;
  question: string | null;
  answer: string | null;
  error: string | null;
}

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

export function tellAction(action: KnownAction): ToldAction {
  const { id, agentId, tool, inputDigest, input, policies, stopId, question, answer, error } = action;
  const word = wordOf(action);
  const isHeld = word.state === "held";
  return {
    id, agentId, tool, ...word, inputDigest, input, isEdited: action.askedInput !== null, policies, approvers: isHeld ? action.approvers : [], approvalsNeeded: isHeld ? action.approvalsNeeded : 0, stopId,
    epoch: Number(action.epoch), preparedAt: action.preparedAt.toISOString(), expiresAt: action.expiresAt.toISOString(), dispatchAt: iso(action.dispatchAt), startedAt: iso(action.startedAt),
    endedAt: iso(action.endedAt), reversibleUntil: iso(action.reversibleUntil), question, answer, error,
  };
}
