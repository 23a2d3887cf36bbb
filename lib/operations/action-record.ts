// What is kept of an action that was asked for: the action itself, the gate's decision and the entry in the log.

import type { Transaction } from "../database/database.ts";
import { after, HOLD_MS, START_MS } from "../domain/action-window.ts";
import { storedAsks } from "../domain/approval-ask.ts";
import type { Json } from "../domain/manifest.ts";
import type { Actor } from "../domain/roles.ts";
import { newId } from "../new-id.ts";
import type { LogRecord } from "./append-to-log.ts";
import type { DecidedCall, GateCall } from "./decide-call.ts";
import type { StoredAction } from "./held-action.ts";
import { attemptForLog } from "./begun-by.ts";
import { actorName } from "./operation.ts";

export interface ActionAsked {
  actor: Actor;
  call: GateCall;
  /** Of the arguments. */
  digest: string;
  /** Of everything that was asked under the key. */
  requestDigest: string;
  idempotencyKey: string;
  justification: string | null;
  plan: string | null;
  reversibleUntil: Date | null;
}

const STATE = { permit: "started", hold: "held", deny: "denied" } as const;

const factsOf = ({ facts }: DecidedCall): Record<string, Json> => JSON.parse(JSON.stringify(facts)) as Record<string, Json>;

export function actionFrom(one: ActionAsked, decided: DecidedCall, compensation: Json | null, now: Date): StoredAction {
  const { call } = one;
  const { answer, effect, amount, policyDigest, versionId } = decided;
  const isPermitted = answer.decision === "permit";
  return {
    id: newId("ac"), agentId: call.agentId, versionId, conversationId: call.conversationId, toolCallId: call.toolCallId, tool: call.tool, effect: effect ?? "write",
    input: call.input ?? {}, inputDigest: one.digest, askedInput: null, idempotencyKey: one.idempotencyKey, requestDigest: one.requestDigest, origin: "prepare", state: STATE[answer.decision],
    onBehalfOf: call.onBehalfOf, justification: one.justification, plan: one.plan, confidence: call.confidence, amountMinor: amount?.minor ?? null, currency: amount?.currency ?? null,
    reason: answer.reason, sentence: answer.sentence, policies: [...answer.policies], policyDigest, epoch: BigInt(answer.epoch ?? 0), facts: factsOf(decided), compensation, result: null, downstream: null,
    ...storedAsks(decided.asks), question: null, answer: null, preparedBy: actorName(one.actor), preparedAt: now,
    expiresAt: after(now, isPermitted ? START_MS : HOLD_MS), decidedAt: null, dispatchAt: null, startedAt: isPermitted ? now : null, heartbeatAt: isPermitted ? now : null,
    endedAt: answer.decision === "deny" ? now : null, error: null, reversibleUntil: one.reversibleUntil, compensatedAt: null, stopId: answer.stopId, isSeeded: false,
  };
}

export type StoredDecision = Awaited<ReturnType<Transaction["gateDecision"]["findUniqueOrThrow"]>>;

const MOST_KEPT_CHARACTERS = 20_000;

export const decisionOfAction = ({ id, agentId, versionId, conversationId, toolCallId, tool, inputDigest: digest, sentence, reason, policies, policyDigest, epoch, preparedAt }: StoredAction, input: Json, decided: DecidedCall): StoredDecision => ({
  id: newId("gd"), agentId, versionId, conversationId, toolCallId, tool, inputDigest: digest, input: JSON.stringify(input).length <= MOST_KEPT_CHARACTERS ? input : null,
  decision: decided.answer.decision, reason, sentence, policies, policyDigest, epoch, facts: factsOf(decided), isRecommendation: decided.answer.isRecommendation, actionId: id, decidedAt: preparedAt,
});

export const entryOfAction = (action: StoredAction, { answer, policyDigest }: DecidedCall, { actor, attempt }: Pick<ActionAsked, "actor"> & { attempt: string | null }, now: Date): LogRecord => ({
  kind: `action.${action.state}`, actor: actorName(actor), subject: action.id, agentId: action.agentId, at: now,
  detail: {
    tool: action.tool, decision: answer.decision, reason: answer.reason, policies: [...answer.policies], inputDigest: action.inputDigest, policyDigest, epoch: answer.epoch, stopId: answer.stopId,
    amountMinor: action.amountMinor === null ? null : String(action.amountMinor), currency: action.currency, ...(action.state === "started" ? attemptForLog(attempt) : {}),
  },
});
