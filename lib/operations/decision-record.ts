// What is kept of a decision of the gate, and what is answered when the same call is asked about again?

import type { GateAnswer } from "../domain/decide-gate.ts";
import { GATE_DECISIONS } from "../domain/gate-decision.ts";
import type { Json } from "../domain/manifest.ts";
import type { Actor } from "../domain/roles.ts";
import { Conflict, type Refusal } from "../errors.ts";
import type { LogRecord } from "./append-to-log.ts";
import type { DecidedCall, GateCall, GateSurroundings } from "./decide-call.ts";
import type { KnownDecision } from "./gate-statements.ts";
import type { ActionAnswer } from "./held-action.ts";
import { actorName } from "./operation.ts";
import { refusalOfRepeat } from "./refusal-of-repeat.ts";

export interface Check {
  actor: Actor;
  call: GateCall;
  digest: string;
}

export interface CheckedCall extends Omit<GateAnswer, "reason"> {
  evaluationId: string;
  reason: GateAnswer["reason"] | ActionAnswer["reason"];
  inputDigest: string;
  /** The request for an approval that a held call waits for. */
  approval: ActionAnswer["approval"] | null;
}

/** In the words of the table: the rows of a group go in as one parameter. */
export interface DecisionRow {
  id: string;
  agent_id: string;
  version_id: string | null;
  conversation_id: string;
  tool_call_id: string;
  tool: string;
  input_digest: string;
  input: Json | null;
  decision: string;
  reason: string;
  sentence: string;
  policies: readonly string[];
  policy_digest: string | null;
  epoch: number | null;
  facts: DecidedCall["facts"];
  is_recommendation: boolean;
  action_id: string | null;
  decided_at: string;
}

export type CheckAnswers = Map<Check, CheckedCall | Refusal>;

/** Longer arguments are decided, and only their digest is kept. */
const MOST_INPUT_CHARACTERS = 20_000;

const isShort = (input: Json): boolean => JSON.stringify(input).length <= MOST_INPUT_CHARACTERS;

/** Under which there is one record. */
export const keyOfCheck = ({ call, digest }: Pick<Check, "call" | "digest">): string => JSON.stringify([call.agentId, call.conversationId, call.toolCallId, call.tool, digest]);

export const keyOfDecision = (row: Pick<DecisionRow, "agent_id" | "conversation_id" | "tool_call_id" | "tool" | "input_digest">): string =>
  JSON.stringify([row.agent_id, row.conversation_id, row.tool_call_id, row.tool, row.input_digest]);

type Subject = Pick<KnownDecision, "user" | "segment">;

/** Decided in the same group, for whoever asks the same in it. */
export interface MadeCheck {
  subject: Subject;
  answer: CheckedCall;
}

export const subjectOf = ({ onBehalfOf, segment = null }: Pick<GateCall, "onBehalfOf" | "segment">): Subject => ({ user: onBehalfOf, segment });

/** What was decided, counted and approved for one person is no answer about another; null: it is about the same. */
export function faultOfRepeat(call: GateCall, before: Subject): Conflict | null {
  const { user, segment } = subjectOf(call);
  if (user === before.user && segment === before.segment) return null;
  return new Conflict(`This tool call was asked about before ${user === before.user ? "for another segment" : "on behalf of somebody else"}; a call of its own needs a tool call id of its own.`);
}

export function rowOf(id: string, { call, digest }: Check, { answer, facts, policyDigest, versionId }: DecidedCall, actionId: string | null, now: Date): DecisionRow {
  return {
    id, agent_id: call.agentId, version_id: versionId, conversation_id: call.conversationId, tool_call_id: call.toolCallId, tool: call.tool, input_digest: digest, input: isShort(call.input) ? call.input : null,
    decision: answer.decision, reason: answer.reason, sentence: answer.sentence, policies: answer.policies, policy_digest: policyDigest, epoch: answer.epoch, facts, is_recommendation: answer.isRecommendation,
    action_id: actionId, decided_at: now.toISOString(),
  };
}

/** Reading what is permitted leaves its record and no entry: the log is about what has consequences and about what was refused. */
export function entriesOf(evaluationId: string, { actor, call, digest }: Check, { answer, effect, policyDigest }: DecidedCall, action: { id: string; isNew: boolean } | null, now: Date): LogRecord[] {
  if (effect === "read" && answer.decision === "permit") return [];
  const made = {
    kind: "decision.made", actor: actorName(actor), subject: evaluationId, agentId: call.agentId, at: now,
    detail: { tool: call.tool, decision: answer.decision, reason: answer.reason, policies: [...answer.policies], inputDigest: digest, policyDigest, epoch: answer.epoch, stopId: answer.stopId, actionId: action?.id ?? null },
  };
  return action?.isNew !== true ? [made] : [made, { ...made, kind: "action.held", subject: action.id, detail: { tool: call.tool, inputDigest: digest, evaluationId } }];
}

/** A permit is repeated while its call may be under way, and only as long as it would still be given. */
export function answerFromRecord(one: Check, before: Omit<KnownDecision, "epoch"> & { epoch: bigint | number | null }, around: GateSurroundings, now: Date): CheckedCall {
  const decision = GATE_DECISIONS.find((name) => name === before.decision) ?? "deny";
  const recorded = {
    evaluationId: before.id, inputDigest: one.digest, approval: null, decision, reason: before.reason as GateAnswer["reason"], sentence: before.sentence, isRecommendation: before.is_recommendation, stopId: null,
    epoch: before.epoch === null ? null : Number(before.epoch), policies: before.policies, approvers: [], approvalsNeeded: 0,
  };
  return decision === "permit" ? { ...recorded, ...refusalOfRepeat(one.call, around, { facts: before.facts, givenMs: before.decided_ms }, now) } : recorded;
}
