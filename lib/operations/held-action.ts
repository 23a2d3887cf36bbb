// What becomes of a call that waits for a person? It is an action; asked about again, it says how far that is, and an approval is used once.

import type { Transaction } from "../database/database.ts";
import { after, HOLD_MS, START_MS } from "../domain/action-window.ts";
import type { ActionState } from "../domain/action-state.ts";
import { openAsks, storedAsks } from "../domain/approval-ask.ts";
import { decideGate, type GateAnswer } from "../domain/decide-gate.ts";
import { inputDigest } from "../domain/input-digest.ts";
import type { Json } from "../domain/manifest.ts";
import { wordOf, type ToldReason } from "../domain/told-action.ts";
import { newId } from "../new-id.ts";
import { paths } from "../paths.ts";
import type { PolicyFacts } from "../policy/policy-facts.ts";
import type { LogRecord } from "./append-to-log.ts";
import { cutRunsOfActions } from "./cut-runs.ts";
import { armOf, countedOf, decideWithin, type DecidedCall, type GateCall, type GateSurroundings } from "./decide-call.ts";
import { refusalOfRepeat } from "./refusal-of-repeat.ts";
import { standingApprovers } from "./standing-approvals.ts";

export interface ActionAnswer extends Omit<GateAnswer, "reason"> {
  reason: ToldReason;
  approval: { id: string; status: ActionState; url: string; approvers: readonly string[]; expiresAt: string } | null;
}

interface NewHold {
  call: GateCall;
  decided: DecidedCall;
  digest: string;
  /** As the tool declares it: a caller that tells its end through the action can have it taken back. */
  compensation: Json | null;
  /** `key:…`, as the log calls who asks. */
  preparedBy: string;
}

const approvalOf = (id: string, status: ActionState, approvers: readonly string[], expiresAt: Date): NonNullable<ActionAnswer["approval"]> =>
  ({ id, status, url: paths.action(id), approvers, expiresAt: expiresAt.toISOString() });

/** Whoever asks the gate itself does not commit through the action, so its key is made of the call. */
export async function heldActionOf(tx: Transaction, { call, decided, digest, compensation, preparedBy }: NewHold, now: Date): Promise<{ id: string; approval: NonNullable<ActionAnswer["approval"]> }> {
  const { answer, facts, policyDigest, versionId, effect, amount } = decided;
  const id = newId("ac");
  const expiresAt = after(now, HOLD_MS);
  await tx.action.create({
    data: {
      id, agentId: call.agentId, versionId, conversationId: call.conversationId, toolCallId: call.toolCallId, tool: call.tool, effect: effect ?? "write", input: call.input ?? {}, inputDigest: digest,
      idempotencyKey: `check ${JSON.stringify([call.conversationId, call.toolCallId, call.tool])} ${digest}`, requestDigest: digest, origin: "check", state: "held", onBehalfOf: call.onBehalfOf, confidence: call.confidence,
      amountMinor: amount?.minor ?? null, currency: amount?.currency ?? null, reason: answer.reason, sentence: answer.sentence, policies: [...answer.policies], policyDigest,
      epoch: BigInt(answer.epoch ?? 0), facts: JSON.parse(JSON.stringify(facts)) as Record<string, Json>, ...storedAsks(decided.asks),
      ...(compensation === null ? {} : { compensation }), preparedBy, preparedAt: now, expiresAt,
    },
  });
  return { id, approval: approvalOf(id, "held", answer.approvers, expiresAt) };
}

export type StoredAction = Awaited<ReturnType<Transaction["action"]["findUniqueOrThrow"]>>;

interface Question {
  actionId: string;
  call: GateCall;
  around: GateSurroundings;
  /** What was prepared as an action is begun by its starter alone: to the gate, whose caller may be another, it is no permit. */
  by: "gate" | "starter";
}

interface Answered {
  answer: ActionAnswer;
  action: StoredAction;
  /** For the log, when the answer changed something. */
  entry: Pick<LogRecord, "kind" | "subject" | "agentId" | "detail"> | null;
}

export async function lockAction(tx: Transaction, actionId: string): Promise<StoredAction | null> {
  await tx.$executeRaw`SELECT 1 FROM action WHERE id = ${actionId} FOR UPDATE`;
  return tx.action.findUnique({ where: { id: actionId } });
}

/** A stop that covers this call now, whatever the policy would say. */
export function stopAnswer(tool: string, { bundle }: Pick<GateSurroundings, "bundle">): (GateAnswer & { stopId: string }) | null {
  const answer = decideGate({ tool }, { bundle: { ...bundle, policy: null }, leaseUntilMs: Infinity }, 0);
  return answer.stopId === null ? null : { ...answer, stopId: answer.stopId };
}

const MADE_AGAIN = "The same call was made again, and that one is answered instead.";

/** Locks the action. An approval whose time to take it back has passed is used here: decided anew, by the stops and the policy of this moment. */
export async function answerOfAction(tx: Transaction, { actionId, call, around, by }: Question, now: Date): Promise<Answered> {
  const action = await lockAction(tx, actionId);
  if (!action) throw new Error("an action that a decision names is not there");
  // Whoever made the call again took it over: one approval, one call.
  if (action.toolCallId !== call.toolCallId) return { answer: { ...answerFrom(action), decision: "deny", reason: "ended", sentence: MADE_AGAIN }, action, entry: null };
  const { state } = wordOf(action);
  const isOpen = state === "held" || state === "approved";
  if (isOpen && action.expiresAt <= now) return changed(tx, action, "expired", { endedAt: now }, now);
  const stop = stopAnswer(call.tool, armOf(call, around));
  if (stop !== null && !["committed", "failed"].includes(state)) {
    await cutRunsOfActions(tx, [actionId], stop.stopId, now);
    if (isOpen) return changed(tx, action, "stopped", { stopId: stop.stopId, sentence: stop.sentence, endedAt: now }, now);
    return { answer: { ...stop, approval: approvalOf(actionId, state, [], action.expiresAt) }, action, entry: null };
  }
  if (state === "approved" && (by === "starter" || action.origin === "check") && action.dispatchAt !== null && action.dispatchAt <= now) return useApproval(tx, action, { call, around }, now);
  return { answer: by === "gate" ? answerToGate(action, { call, around }, now) : answerFrom(action), action, entry: null };
}

const rulesOf = ({ rules, bundle }: Pick<GateSurroundings, "bundle" | "rules">) => ({ policyDigest: rules?.policyDigest ?? null, versionId: bundle.version?.id ?? null });

const isUnder = (action: StoredAction, { policyDigest, versionId }: ReturnType<typeof rulesOf>): boolean => action.policyDigest === policyDigest && action.versionId === versionId;

/** An approval is for these arguments, under this policy, of this version: under another one a person has to look again. */
async function useApproval(tx: Transaction, action: StoredAction, { call, around }: Pick<Question, "call" | "around">, now: Date): Promise<Answered> {
  if (inputDigest(call.input) !== action.inputDigest) return { answer: { ...answerFrom(action), decision: "deny", reason: "ended", sentence: "The approval is for other arguments." }, action, entry: null };
  const rules = rulesOf(armOf(call, around));
  const isSameRules = isUnder(action, rules);
  const asked = decideWithin(call, around, now);
  const { answer } = isSameRules && asked.answer.decision !== "deny" ? decideWithin({ ...call, approval: { granted: true } }, around, now) : asked;
  const epoch = BigInt(answer.epoch ?? 0);
  if (answer.decision === "deny") return changed(tx, action, "denied", { ...rules, epoch, sentence: answer.sentence, reason: answer.reason, policies: [...answer.policies], endedAt: now }, now);
  // Whoever approved approved what was asked at that time: a limit reached since, or a second rule, may ask somebody else.
  if (!isSameRules || answer.decision === "hold" || openAsks(asked.asks, await standingApprovers(tx, action, now)).length > 0) {
    const { decision, policies, reason, sentence: why } = asked.answer;
    const asks = decision === "hold" ? { ...storedAsks(asked.asks), policies: [...policies], reason } : {};
    const sentence = isSameRules ? why : "The version or its policy changed after the approval, so a person has to look again.";
    return changed(tx, action, "held", { ...rules, ...asks, epoch, sentence, decidedAt: null, dispatchAt: null, expiresAt: after(now, HOLD_MS) }, now);
  }
  around.usage.add(countedOf(call, armOf(call, around).rules), now);
  return changed(tx, action, "started", { epoch, startedAt: now, heartbeatAt: now, expiresAt: after(now, START_MS) }, now);
}

type Changes = Parameters<Transaction["action"]["update"]>[0]["data"];

async function changed(tx: Transaction, before: StoredAction, state: ActionState, data: Changes, now: Date): Promise<Answered> {
  if (state === "held") await tx.actionReview.updateMany({ where: { actionId: before.id, voidedAt: null }, data: { voidedAt: now } });
  const action = await tx.action.update({ where: { id: before.id }, data: { ...data, state } });
  const { sentence, inputDigest: digest, policyDigest, epoch, stopId } = action;
  return { answer: answerFrom(action), action, entry: { kind: `action.${state}`, subject: before.id, agentId: before.agentId, detail: { before: before.state, sentence, inputDigest: digest, policyDigest, epoch: Number(epoch), stopId } } };
}

/** What another call may have begun, or what is over, is repeated to nobody as a permit; an approval that was used is repeated as any permit is. */
function answerToGate(action: StoredAction, { call, around }: Pick<Question, "call" | "around">, now: Date): ActionAnswer {
  const answer = answerFrom(action);
  if (answer.decision !== "permit") return answer;
  const sentence = action.origin === "prepare" ? "This tool call was prepared as an action, and whoever prepared it makes it; another call needs a tool call id of its own."
    : action.endedAt === null ? null : "What was approved has been done already; an approval is good for one call.";
  if (sentence !== null) return { ...answer, decision: "deny", reason: "ended", sentence };
  const approval = { granted: isUnder(action, rulesOf(armOf(call, around))) };
  // From its start, which no heartbeat moves.
  return { ...answer, ...refusalOfRepeat({ ...call, approval }, around, { facts: action.facts as unknown as PolicyFacts, givenMs: action.startedAt?.getTime() ?? 0 }, now) };
}

function answerFrom(action: StoredAction): ActionAnswer {
  const { state, decision, reason, sentence } = wordOf(action);
  const isHeld = state === "held";
  return {
    decision, reason, sentence, isRecommendation: false, stopId: action.stopId, epoch: Number(action.epoch), policies: action.policies,
    approvers: isHeld ? action.approvers : [], approvalsNeeded: isHeld ? action.approvalsNeeded : 0, approval: approvalOf(action.id, state, action.approvers, action.expiresAt),
  };
}
