// May this action be begun? Stored before it is answered; a repeated key gets the first answer. Actions that come at the same time share a transaction.

import { z } from "zod";
import { prisma, type Transaction } from "../database/database.ts";
import { isDatabaseUnavailable } from "../database/is-database-unavailable.ts";
import { after, HOLD_MS, START_MS } from "../domain/action-window.ts";
import type { Bundle } from "../domain/bundle.ts";
import { inputDigest } from "../domain/input-digest.ts";
import { compensationHookSchema, type CompensationHook, type Json } from "../domain/manifest.ts";
import { may } from "../domain/permissions.ts";
import type { Actor } from "../domain/roles.ts";
import { faultOfInput } from "../domain/storable-input.ts";
import { wordOf, type ActionWord } from "../domain/told-action.ts";
import { BadInput, Conflict, isRefusal, NotPermitted, Unavailable, type Refusal } from "../errors.ts";
import { newId } from "../new-id.ts";
import { appendToLog, type LogRecord } from "./append-to-log.ts";
import { effectiveCompensation } from "./effective-compensation.ts";
import { armOf, countedOf, decideWithin, lockSurroundings, type DecidedCall, type GateCall, type GateSurroundings } from "./decide-call.ts";
import { stopAnswer, type StoredAction } from "./held-action.ts";
import { inGroups } from "./in-groups.ts";
import { actorName, notify } from "./operation.ts";
import { storeActions, storeDecisions } from "./store-actions.ts";

export const givenCompensationSchema = z.strictObject({
  hook: compensationHookSchema,
  /** Left out: those of the call itself. */
  arguments: z.json().optional(),
});

export interface Preparation {
  call: GateCall;
  /** The same key is the same action, however often it is sent. */
  idempotencyKey: string;
  justification: string | null;
  plan: string | null;
  compensation: { hook: CompensationHook; arguments?: Json | undefined } | null;
  reversibleUntil: Date | null;
}

export interface PreparedAction extends ActionWord {
  action: StoredAction;
  isRecommendation: boolean;
  /** The key was used before: what is told is where its action stands now. */
  isRepeat: boolean;
}

interface Preparing extends Preparation {
  actor: Actor;
  bundle: Bundle;
  digest: string;
  requestDigest: string;
  now: Date;
}

/** Whoever decides for an agent locks its counters: a second group would mostly wait for the first, and be smaller for it. */
const AT_ONCE = 1;
const MOST_TOGETHER = 64;

const prepare = inGroups<Preparing, PreparedAction | Refusal>({
  weigh: () => 1, atOnce: AT_ONCE, worthwhile: 1, most: MOST_TOGETHER, work: prepareTogether, isOfAll: (error) => isDatabaseUnavailable(error),
});

/**
 * Throws `NotPermitted`, `BadInput` for what is no action, `Conflict` when the key was used for something else, and `Unavailable` when the
 * database is away: then the answer is no.
 */
export async function prepareAction(actor: Actor, preparation: Preparation, bundle: Bundle, now = new Date()): Promise<PreparedAction> {
  const answer = may(actor, "action:prepare", preparation.call.agentId);
  if (!answer.ok) throw new NotPermitted(answer.reason);
  const fault = faultOfInput(preparation.call.input);
  if (fault !== null) throw new BadInput(fault);
  try {
    const prepared = await prepare({ ...preparation, actor, bundle, digest: inputDigest(preparation.call.input), requestDigest: requestDigestOf(preparation), now });
    if (prepared instanceof Error) throw prepared;
    return prepared;
  } catch (error) {
    if (isDatabaseUnavailable(error)) throw new Unavailable("The database cannot be reached, so nothing is permitted; ask again in a moment.", { cause: error });
    throw error;
  }
}

/** What an agent says anew each time, such as how sure it is, is no other request. */
function requestDigestOf({ call: { agentId, conversationId, toolCallId, tool, input, onBehalfOf }, compensation, reversibleUntil }: Preparation): string {
  return inputDigest({ agentId, conversationId, toolCallId, tool, input, onBehalfOf, compensation: compensation && { hook: compensation.hook, arguments: compensation.arguments ?? null }, reversibleUntil: reversibleUntil?.toISOString() ?? null });
}

async function prepareTogether(all: readonly Preparing[]): Promise<(PreparedAction | Refusal)[]> {
  const now = all.map((one) => one.now).reduce((a, b) => (a > b ? a : b));
  return prisma().$transaction(async (tx) => {
    const done = new Map<Preparing, PreparedAction | Refusal>();
    const made: Made = { actions: [], decisions: [], entries: [] };
    // In the order of the agents' ids, as their counters are locked.
    for (const [, ofAgent] of [...Map.groupBy(all, ({ call }) => call.agentId)].toSorted(([a], [b]) => (a < b ? -1 : 1))) await prepareAgent(tx, ofAgent, made, done, now);
    await storeActions(tx, made.actions);
    await storeDecisions(tx, made.decisions);
    await appendToLog(tx, made.entries);
    if (made.entries.some(({ kind }) => kind === "action.held")) await notify(tx, { kind: "action.held", subject: "", agentId: null });
    if (made.entries.length > 0) await notify(tx, { kind: "actions.prepared", subject: "", agentId: null });
    return all.map((one) => done.get(one) ?? new Conflict("It was not decided; ask again."));
  }, { maxWait: 5_000, timeout: 15_000 });
}

interface Made {
  actions: StoredAction[];
  decisions: StoredDecision[];
  entries: LogRecord[];
}

async function prepareAgent(tx: Transaction, all: readonly Preparing[], made: Made, done: Map<Preparing, PreparedAction | Refusal>, now: Date): Promise<void> {
  const bundle = all.map((one) => one.bundle).reduce((a, b) => (b.epoch > a.epoch ? b : a));
  // The lock of the counters comes before the look for the key: so no key is used twice.
  const around = await lockSurroundings(tx, bundle, all.map(({ call }) => call), now);
  const known = await tx.action.findMany({ where: { agentId: bundle.agentId, idempotencyKey: { in: all.map(({ idempotencyKey }) => idempotencyKey) } } });
  const byKey = new Map(known.map((action) => [action.idempotencyKey, action]));
  for (const one of all) {
    const before = byKey.get(one.idempotencyKey);
    if (before) {
      done.set(one, repeated(one, before, around));
      continue;
    }
    try {
      const prepared = prepareOne(one, around, made, now);
      byKey.set(one.idempotencyKey, prepared.action);
      done.set(one, prepared);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      done.set(one, error);
    }
  }
  await around.usage.store(tx, now);
}

/** A permit is repeated only as long as no stop covers the call: what may be under way then must not be begun. */
function repeated({ requestDigest, call }: Preparing, action: StoredAction, around: GateSurroundings): PreparedAction | Refusal {
  if (action.requestDigest !== requestDigest) return new Conflict("This idempotency key was used for another request of this agent.");
  const word = wordOf(action);
  const stop = word.decision === "deny" || action.endedAt !== null ? null : stopAnswer(call.tool, armOf(call, around));
  const said = stop === null ? word : { ...word, decision: stop.decision, reason: stop.reason, sentence: stop.sentence };
  return { ...said, action: stop === null ? action : { ...action, stopId: stop.stopId }, isRecommendation: false, isRepeat: true };
}

const STATE = { permit: "started", hold: "held", deny: "denied" } as const;

function prepareOne(one: Preparing, around: GateSurroundings, made: Made, now: Date): PreparedAction {
  const decided = decideWithin(one.call, around, now);
  if (decided.effect === "read") throw new BadInput("Reading is no action: ask the gate.");
  const compensation = effectiveCompensation(one.compensation, one.call, armOf(one.call, around).rules);
  if (decided.answer.decision === "permit") around.usage.add(countedOf(one.call, armOf(one.call, around).rules), now);
  const action = rowOf(one, decided, compensation, now);
  made.actions.push(action);
  made.decisions.push(decisionOf(action, one.call.input, decided));
  made.entries.push(entryOf(action, decided, actorName(one.actor), now));
  return { ...wordOf(action), action, isRecommendation: decided.answer.isRecommendation, isRepeat: false };
}

const factsOf = ({ facts }: DecidedCall): Record<string, Json> => JSON.parse(JSON.stringify(facts)) as Record<string, Json>;

function rowOf(one: Preparing, decided: DecidedCall, compensation: Json | null, now: Date): StoredAction {
  const { call } = one;
  const { answer, effect, amount, policyDigest, versionId } = decided;
  const isPermitted = answer.decision === "permit";
  return {
    id: newId("ac"), agentId: call.agentId, versionId, conversationId: call.conversationId, toolCallId: call.toolCallId, tool: call.tool, effect: effect ?? "write",
    input: call.input ?? {}, inputDigest: one.digest, askedInput: null, idempotencyKey: one.idempotencyKey, requestDigest: one.requestDigest, origin: "prepare", state: STATE[answer.decision],
    onBehalfOf: call.onBehalfOf, justification: one.justification, plan: one.plan, confidence: call.confidence, amountMinor: amount?.minor ?? null, currency: amount?.currency ?? null,
    reason: answer.reason, sentence: answer.sentence, policies: [...answer.policies], policyDigest, epoch: BigInt(answer.epoch ?? 0), facts: factsOf(decided), compensation, result: null, downstream: null,
    approvers: [...answer.approvers], approvalsNeeded: Math.max(1, answer.approvalsNeeded), question: null, answer: null, preparedBy: actorName(one.actor), preparedAt: now,
    expiresAt: after(now, isPermitted ? START_MS : HOLD_MS), decidedAt: null, dispatchAt: null, startedAt: isPermitted ? now : null, heartbeatAt: isPermitted ? now : null,
    endedAt: answer.decision === "deny" ? now : null, error: null, reversibleUntil: one.reversibleUntil, compensatedAt: null, stopId: answer.stopId, isSeeded: false,
  };
}

type StoredDecision = Awaited<ReturnType<Transaction["gateDecision"]["findUniqueOrThrow"]>>;

const MOST_KEPT_CHARACTERS = 20_000;

const decisionOf = ({ id, agentId, versionId, conversationId, toolCallId, tool, inputDigest: digest, sentence, reason, policies, policyDigest, epoch, preparedAt }: StoredAction, input: Json, decided: DecidedCall): StoredDecision => ({
  id: newId("gd"), agentId, versionId, conversationId, toolCallId, tool, inputDigest: digest, input: JSON.stringify(input).length <= MOST_KEPT_CHARACTERS ? input : null,
  decision: decided.answer.decision, reason, sentence, policies, policyDigest, epoch, facts: factsOf(decided), isRecommendation: decided.answer.isRecommendation, actionId: id, decidedAt: preparedAt,
});

const entryOf = (action: StoredAction, { answer, policyDigest }: DecidedCall, actor: string, now: Date): LogRecord => ({
  kind: `action.${action.state}`, actor, subject: action.id, agentId: action.agentId, at: now,
  detail: {
    tool: action.tool, decision: answer.decision, reason: answer.reason, policies: [...answer.policies], inputDigest: action.inputDigest, policyDigest, epoch: answer.epoch, stopId: answer.stopId,
    amountMinor: action.amountMinor === null ? null : String(action.amountMinor), currency: action.currency,
  },
});
