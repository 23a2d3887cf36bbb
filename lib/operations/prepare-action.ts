// May this action be begun? Stored before it is answered; a repeated key gets the first answer. Actions that come at the same time share a transaction.

import { z } from "zod";
import { prisma, type Transaction } from "../database/database.ts";
import { isDatabaseUnavailable } from "../database/is-database-unavailable.ts";
import type { Bundle } from "../domain/bundle.ts";
import { inputDigest } from "../domain/input-digest.ts";
import { compensationHookSchema, type CompensationHook, type Json } from "../domain/manifest.ts";
import { may } from "../domain/permissions.ts";
import type { Actor } from "../domain/roles.ts";
import { faultOfInput } from "../domain/storable-input.ts";
import { wordOf, type ActionWord } from "../domain/told-action.ts";
import { BadInput, Conflict, isRefusal, NotPermitted, Unavailable, type Refusal } from "../errors.ts";
import { actionFrom, decisionOfAction, entryOfAction, type ActionAsked, type StoredDecision } from "./action-record.ts";
import { appendToLog, type LogRecord } from "./append-to-log.ts";
import { isBegunBy } from "./begun-by.ts";
import { cutsMade, storeCuts, type CutRow } from "./cut-runs.ts";
import { effectiveCompensation } from "./effective-compensation.ts";
import { armOf, countedOf, decideWithin, lockSurroundings, type GateCall, type GateSurroundings } from "./decide-call.ts";
import { gateRead, gateWrite, type GateRead } from "./gate-statements.ts";
import { stopAnswer, type StoredAction } from "./held-action.ts";
import { inGroups } from "./in-groups.ts";
import { inTwoTrips } from "./in-two-trips.ts";
import { notify } from "./operation.ts";
import { askingAgents, isAssigned, questionOf, surroundingsOf } from "./read-surroundings.ts";
import { asRow, storeActions, storeDecisions } from "./store-actions.ts";
import { lockNameOf } from "./usage.ts";

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
  /** The same whenever one attempt to make the call asks again, and unknown to every other. */
  attempt: string | null;
}

export interface PreparedAction extends ActionWord {
  action: StoredAction;
  isRecommendation: boolean;
  /** The key was used before: what is told is where its action stands now. */
  isRepeat: boolean;
  /** Permitted, and begun by whoever asks: at first, or by the same attempt whose answer was lost. */
  mayExecute: boolean;
}

interface Preparing extends Preparation, ActionAsked {
  bundle: Bundle;
  now: Date;
}

/** Whoever decides for an agent locks its counters: a second group would mostly wait for the first, and be smaller for it. */
const AT_ONCE = 1;
/** While one group is stored, the questions of the next are read: with larger ones each would wait for the other. */
const MOST_TOGETHER = 16;

const prepare = inGroups<Preparing, PreparedAction | Refusal>({
  weigh: () => 1, atOnce: AT_ONCE, worthwhile: 1, most: MOST_TOGETHER, gathersTurn: true, work: prepareTogether, isOfAll: (error) => isDatabaseUnavailable(error),
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
function requestDigestOf({ call: { agentId, conversationId, toolCallId, tool, input, onBehalfOf, segment = null, effect }, compensation, reversibleUntil }: Preparation): string {
  return inputDigest({ agentId, conversationId, toolCallId, tool, input, onBehalfOf, ...(segment === null ? {} : { segment }), ...(effect === undefined ? {} : { effect }), compensation: compensation && { hook: compensation.hook, arguments: compensation.arguments ?? null }, reversibleUntil: reversibleUntil?.toISOString() ?? null });
}

async function prepareTogether(all: readonly Preparing[]): Promise<(PreparedAction | Refusal)[]> {
  const now = all.map((one) => one.now).reduce((a, b) => (a > b ? a : b));
  const done = await prepareInTwoTrips(all, now);
  const others = all.filter((one) => !done.has(one));
  if (others.length > 0) for (const [one, prepared] of await prepareAtLength(others, now)) done.set(one, prepared);
  return all.map((one) => done.get(one) ?? new Conflict("It was not decided; ask again."));
}

type Done = Map<Preparing, PreparedAction | Refusal>;

interface Made {
  actions: StoredAction[];
  decisions: StoredDecision[];
  cuts: CutRow[];
  entries: LogRecord[];
}

function eventsOf({ entries }: Made): { kind: string; subject: string; agentId: null }[] {
  const kinds = [...(entries.some(({ kind }) => kind === "action.held") ? ["action.held"] : []), ...(entries.length > 0 ? ["actions.prepared"] : [])];
  return kinds.map((kind) => ({ kind, subject: "", agentId: null }));
}

/** Leaves out what takes more than to be decided and stored: a key that was used before, a task that a rollout assigned, a version that changed in this moment. */
async function prepareInTwoTrips(all: readonly Preparing[], now: Date): Promise<Done> {
  const agents = await askingAgents(all);
  return inTwoTrips<GateRead, Done>({
    // The lock of the counters comes before the look for the key: so no key is used twice.
    locks: [...agents.keys()].map(lockNameOf),
    read: gateRead({ ...questionOf(agents, now), decisions: [], keys: all.map(({ call, idempotencyKey }) => [call.agentId, idempotencyKey] as const) }),
    decide: ([read]) => {
      if (!read) throw new Error("the gate read nothing");
      const surroundings = surroundingsOf(agents, read);
      const made: Made = { actions: [], decisions: [], cuts: [], entries: [] };
      const done = prepareKeyed(all, { surroundings, isOfRollout: isAssigned(read), used: new Set(read.keys.map((key) => JSON.stringify(key))) }, made, now);
      if (made.actions.length === 0) return { write: null, result: done };
      const usages = [...surroundings.values()].map(({ usage }) => usage);
      return { write: gateWrite("prepare", { ...made, usages, actions: made.actions.map(asRow), decisions: made.decisions.map(asRow), events: eventsOf(made) }, now), result: done };
    },
  });
}

interface Around {
  surroundings: ReadonlyMap<string, GateSurroundings>;
  isOfRollout: (call: GateCall) => boolean;
  /** Agent and key, as JSON. */
  used: Set<string>;
}

function prepareKeyed(all: readonly Preparing[], { surroundings, isOfRollout, used }: Around, made: Made, now: Date): Done {
  const done: Done = new Map();
  for (const one of all) {
    const key = JSON.stringify([one.call.agentId, one.idempotencyKey]);
    const around = surroundings.get(one.call.agentId);
    if (!around || used.has(key) || isOfRollout(one.call)) continue;
    const prepared = prepareOrRefuse(one, around, made, now);
    if (!(prepared instanceof Error)) used.add(key);
    done.set(one, prepared);
  }
  return done;
}

async function prepareAtLength(all: readonly Preparing[], now: Date): Promise<Done> {
  return prisma().$transaction(async (tx) => {
    const done: Done = new Map();
    const made: Made = { actions: [], decisions: [], cuts: [], entries: [] };
    // In the order of the agents' ids, as their counters are locked.
    for (const [, ofAgent] of [...Map.groupBy(all, ({ call }) => call.agentId)].toSorted(([a], [b]) => (a < b ? -1 : 1))) await prepareAgent(tx, ofAgent, made, done, now);
    await storeActions(tx, made.actions);
    await storeDecisions(tx, made.decisions);
    await storeCuts(tx, made.cuts);
    await appendToLog(tx, made.entries);
    await notify(tx, ...eventsOf(made));
    return done;
  }, { maxWait: 5_000, timeout: 15_000 });
}

async function prepareAgent(tx: Transaction, all: readonly Preparing[], made: Made, done: Done, now: Date): Promise<void> {
  const bundle = all.map((one) => one.bundle).reduce((a, b) => (b.epoch > a.epoch ? b : a));
  // The lock of the counters comes before the look for the key: so no key is used twice.
  const around = await lockSurroundings(tx, bundle, all.map(({ call }) => call), now);
  const known = await tx.action.findMany({ where: { agentId: bundle.agentId, idempotencyKey: { in: all.map(({ idempotencyKey }) => idempotencyKey) } } });
  const byKey = new Map(known.map((action) => [action.idempotencyKey, action]));
  /** Of these the log says nothing yet. */
  const ofGroup = new Map<StoredAction, Preparing>();
  for (const one of all) {
    const before = byKey.get(one.idempotencyKey);
    if (before) {
      const beginner = ofGroup.get(before);
      const isBeginner = beginner ? one.attempt !== null && beginner.attempt === one.attempt : await isBegunBy(tx, before.id, one.attempt);
      const answer = repeated(one, before, { around, isBeginner });
      if (!(answer instanceof Error)) made.cuts.push(...cutsMade(answer, one, armOf(one.call, around).bundle, now));
      done.set(one, answer);
      continue;
    }
    const prepared = prepareOrRefuse(one, around, made, now);
    if (!(prepared instanceof Error)) {
      byKey.set(one.idempotencyKey, prepared.action);
      ofGroup.set(prepared.action, one);
    }
    done.set(one, prepared);
  }
  await around.usage.store(tx, now);
}

function prepareOrRefuse(one: Preparing, around: GateSurroundings, made: Made, now: Date): PreparedAction | Refusal {
  try {
    return prepareOne(one, around, made, now);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return error;
  }
}

/** A permit is repeated only as long as no stop covers the call: what may be under way then must not be begun. */
function repeated({ requestDigest, call }: Preparing, action: StoredAction, { around, isBeginner }: { around: GateSurroundings; isBeginner: boolean }): PreparedAction | Refusal {
  if (action.requestDigest !== requestDigest) return new Conflict("This idempotency key was used for another request of this agent.");
  const word = wordOf(action);
  const stop = word.decision === "deny" || action.endedAt !== null ? null : stopAnswer(call.tool, armOf(call, around));
  const said = stop === null ? word : { ...word, decision: stop.decision, reason: stop.reason, sentence: stop.sentence };
  return {
    ...said, action: stop === null ? action : { ...action, stopId: stop.stopId }, isRecommendation: false, isRepeat: true,
    mayExecute: isBeginner && said.decision === "permit" && said.state === "started",
  };
}

function prepareOne(one: Preparing, around: GateSurroundings, made: Made, now: Date): PreparedAction {
  const decided = decideWithin(one.call, around, now);
  if (decided.effect === "read") throw new BadInput("Reading is no action: ask the gate, or say with `effect` that this call does more than read.");
  if (one.reversibleUntil !== null && one.reversibleUntil <= now) throw new BadInput("reversibleUntil is over already: leave it out, or name a time to come.");
  const compensation = effectiveCompensation(one.compensation, one.call, armOf(one.call, around).rules);
  if (decided.answer.decision === "permit") around.usage.add(countedOf(one.call, armOf(one.call, around).rules), now);
  const action = actionFrom(one, decided, compensation, now);
  made.actions.push(action);
  made.decisions.push(decisionOfAction(action, one.call.input, decided));
  made.cuts.push(...cutsMade(decided.answer, one, armOf(one.call, around).bundle, now));
  made.entries.push(entryOfAction(action, decided, one, now));
  const word = wordOf(action);
  return { ...word, action, isRecommendation: decided.answer.isRecommendation, isRepeat: false, mayExecute: word.decision === "permit" };
}
