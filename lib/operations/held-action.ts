// What becomes of a call that waits for a person? It is an action; asked about again, it says how far that is, and an approval is used once.

import type { Transaction } from "../database/database.ts";
import { ACTION_STATE_WORDS, isActionState, type ActionState } from "../domain/action-state.ts";
import { decideGate, type GateAnswer } from "../domain/decide-gate.ts";
import type { Json } from "../domain/manifest.ts";
import { newId } from "../new-id.ts";
import { paths } from "../paths.ts";
import type { LogRecord } from "./append-to-log.ts";
import { countedOf, decideWithin, type DecidedCall, type GateCall, type GateSurroundings } from "./decide-call.ts";

/** So long a person has to decide. */
export const HOLD_MS = 15 * 60_000;
/** So long a permitted action may be under way without a word. */
export const START_MS = 10 * 60_000;

export interface ActionAnswer extends Omit<GateAnswer, "reason"> {
  reason: GateAnswer["reason"] | "rejected" | "expired" | "withdrawn" | "ended";
  approval: { id: string; status: ActionState; url: string; approvers: readonly string[]; expiresAt: string } | null;
}

interface NewHold {
  call: GateCall;
  decided: DecidedCall;
  digest: string;
  /** `key:…`, as the log calls who asks. */
  preparedBy: string;
}

const approvalOf = (id: string, status: ActionState, approvers: readonly string[], expiresAt: Date): NonNullable<ActionAnswer["approval"]> =>
  ({ id, status, url: paths.action(id), approvers, expiresAt: expiresAt.toISOString() });

/** Whoever asks the gate itself does not commit through the action, so its key is made of the call. */
export async function heldActionOf(tx: Transaction, { call, decided, digest, preparedBy }: NewHold, now: Date): Promise<{ id: string; approval: NonNullable<ActionAnswer["approval"]> }> {
  const { answer, facts, policyDigest, versionId, effect, amount } = decided;
  const id = newId("ac");
  const expiresAt = new Date(now.getTime() + HOLD_MS);
  await tx.action.create({
    data: {
      id, agentId: call.agentId, versionId, conversationId: call.conversationId, toolCallId: call.toolCallId, tool: call.tool, effect: effect ?? "write", input: call.input ?? {}, inputDigest: digest,
      idempotencyKey: `check ${call.conversationId} ${call.toolCallId} ${digest}`, requestDigest: digest, origin: "check", state: "held", onBehalfOf: call.onBehalfOf, confidence: call.confidence,
      amountMinor: amount?.minor ?? null, currency: amount?.currency ?? null, reason: answer.reason, sentence: answer.sentence, policies: [...answer.policies], policyDigest,
      epoch: BigInt(answer.epoch ?? 0), facts: JSON.parse(JSON.stringify(facts)) as Record<string, Json>, approvers: [...answer.approvers], approvalsNeeded: Math.max(1, answer.approvalsNeeded),
      preparedBy, preparedAt: now, expiresAt,
    },
  });
  return { id, approval: approvalOf(id, "held", answer.approvers, expiresAt) };
}

/** All of an action's row that its answer depends on. */
interface AskedAction {
  id: string;
  state: string;
  policyDigest: string | null;
  versionId: string | null;
  approvers: string[];
  approvalsNeeded: number;
  policies: string[];
  sentence: string;
  reason: string;
  epoch: bigint;
  expiresAt: Date;
  dispatchAt: Date | null;
  stopId: string | null;
}

interface Question {
  actionId: string;
  call: GateCall;
  around: GateSurroundings;
}

interface Answered {
  answer: ActionAnswer;
  /** For the log, when the answer changed something. */
  entry: Pick<LogRecord, "kind" | "subject" | "agentId" | "detail"> | null;
}

/** Locks the action. An approval whose time to take it back has passed is used here: decided anew, by the stops and the policy of this moment. */
export async function answerOfAction(tx: Transaction, { actionId, call, around }: Question, now: Date): Promise<Answered> {
  await tx.$executeRaw`SELECT 1 FROM action WHERE id = ${actionId} FOR UPDATE`;
  const action = await tx.action.findUniqueOrThrow({ where: { id: actionId } });
  const state = isActionState(action.state) ? action.state : "denied";
  if ((state === "held" || state === "approved") && action.expiresAt <= now) return changed(tx, action, call.agentId, "expired", {}, now);
  const stop = decideGate({ tool: call.tool }, { bundle: { ...around.bundle, policy: null }, leaseUntilMs: Infinity }, 0);
  if (stop.stopId !== null && !["committed", "failed"].includes(state)) {
    if (state === "held" || state === "approved") await tx.action.update({ where: { id: actionId }, data: { state: "stopped", stopId: stop.stopId, endedAt: now } });
    return { answer: { ...stop, approval: approvalOf(actionId, "stopped", [], action.expiresAt) }, entry: null };
  }
  if (state === "approved" && action.dispatchAt !== null && action.dispatchAt <= now) return useApproval(tx, action, { call, around }, now);
  return { answer: standing(action, state), entry: null };
}

async function useApproval(tx: Transaction, action: AskedAction, { call, around }: Omit<Question, "actionId">, now: Date): Promise<Answered> {
  const isSameRules = action.policyDigest === (around.rules?.policyDigest ?? null) && action.versionId === (around.bundle.version?.id ?? null);
  if (!isSameRules) return changed(tx, action, call.agentId, "held", { sentence: "The version or its policy changed after the approval, so a person has to look again.", decidedAt: null, dispatchAt: null }, now);
  const { answer } = decideWithin({ ...call, approval: { granted: true } }, around, now);
  if (answer.decision === "deny") return changed(tx, action, call.agentId, "denied", { sentence: answer.sentence, reason: answer.reason, endedAt: now }, now);
  if (answer.decision === "hold") return changed(tx, action, call.agentId, "held", { sentence: answer.sentence, decidedAt: null, dispatchAt: null }, now);
  around.usage.add(countedOf(call, around.rules), now);
  return changed(tx, action, call.agentId, "started", { startedAt: now, heartbeatAt: now, expiresAt: new Date(now.getTime() + START_MS) }, now);
}

type Changes = Parameters<Transaction["action"]["update"]>[0]["data"];

async function changed(tx: Transaction, action: AskedAction, agentId: string, state: ActionState, data: Changes, now: Date): Promise<Answered> {
  if (state === "held") await tx.actionReview.updateMany({ where: { actionId: action.id, voidedAt: null }, data: { voidedAt: now } });
  const stored = await tx.action.update({ where: { id: action.id }, data: { ...data, state, ...(state === "expired" ? { endedAt: now } : {}) } });
  return { answer: standing(stored, state), entry: { kind: `action.${state}`, subject: action.id, agentId, detail: { before: action.state, sentence: stored.sentence } } };
}

const DECISION: Partial<Record<ActionState, GateAnswer["decision"]>> = { held: "hold", approved: "hold", started: "permit", committed: "permit" };
const REASON: Partial<Record<ActionState, ActionAnswer["reason"]>> = { started: "approved", committed: "approved", rejected: "rejected", expired: "expired", withdrawn: "withdrawn", stopped: "kill_switch" };
const SENTENCE: Partial<Record<ActionState, string>> = {
  approved: "Approved by a person; it may go ahead in a moment.", started: "Approved by a person, for exactly these arguments.", committed: "Approved by a person, for exactly these arguments.",
  rejected: "A person rejected it.", expired: "Nobody decided in time; nobody refused it.", withdrawn: "The agent withdrew it.",
};

/** What nobody decided is never told as somebody's no. */
function standing(action: AskedAction, state: ActionState): ActionAnswer {
  return {
    decision: DECISION[state] ?? "deny", reason: REASON[state] ?? (state === "held" || state === "approved" || state === "denied" ? (action.reason as GateAnswer["reason"]) : "ended"),
    sentence: SENTENCE[state] ?? (state === "held" || state === "denied" ? action.sentence : `${ACTION_STATE_WORDS[state]}.`), isRecommendation: false, stopId: action.stopId, epoch: Number(action.epoch),
    policies: action.policies, approvers: state === "held" ? action.approvers : [], approvalsNeeded: state === "held" ? action.approvalsNeeded : 0,
    approval: approvalOf(action.id, state, action.approvers, action.expiresAt),
  };
}
