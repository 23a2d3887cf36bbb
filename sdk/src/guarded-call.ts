// How is one call made under the gate? Reads by what the point holds; what has consequences is prepared, begun, and its end told.

import type { GateAnswer } from "../../lib/domain/decide-gate.ts";
import type { ToolEffect } from "../../lib/domain/manifest.ts";
import { shortKey } from "../../lib/domain/short-key.ts";
import type { ToldAction } from "./action-api.ts";
import type { CompensationHandler, RehearsalHandler } from "./compensations.ts";
import type { CutRuns } from "./cut-runs.ts";
import { ActionRepeated, conflictsDenied, GateDenied, GateHeld, unlessPermitted } from "./gate-refused.ts";
import { AnsweredNo, type HoldpointApi } from "./holdpoint-api.ts";

/** What the agent knows of the call it is about to make. */
export interface CallContext {
  /** The same key is the same action: a call that is tried again after a crash is not made twice. Left out: made of the two ids below, or fresh. */
  idempotencyKey?: string;
  conversationId?: string;
  toolCallId?: string;
  onBehalfOf?: { type?: string; id: string };
  /** Of the people or things that the task is about, such as a market or a tier: a policy can tell them apart. */
  segment?: string;
  /** For the person who decides. */
  justification?: string;
  plan?: string;
  /** 0 to 1. */
  confidence?: number;
  /** Ends the wait for a person, and is handed to the call. */
  signal?: AbortSignal;
}

export interface RunContext {
  /** Aborts when a kill switch covers the tool, or the caller gives up. */
  signal: AbortSignal;
  /** Null for what only reads. */
  actionId: string | null;
  /** To be handed on to the system that the tool calls. */
  idempotencyKey: string | null;
}

export interface GuardOptions {
  /** What the code knows; the stricter of this and what the version declares counts. */
  effect?: ToolEffect;
  /** So long a person may take, in ms; 15 minutes when left out. 0: held calls are refused at once. */
  waitMs?: number;
  /** Of an error: is it certain that nothing happened? Otherwise the end stays unknown, and a person looks. */
  hadNoEffect?: (error: unknown) => boolean;
  /** What takes the effect back; `handler` is the name that the tool's compensation gives as its hook. */
  compensate?: { handler: string; run: CompensationHandler; rehearse?: RehearsalHandler };
}

/** Which call is this, as far as the point itself can tell calls apart? */
export interface LocalCall {
  tool: string;
  /** Says whether the task is the candidate's of a rollout. */
  conversationId?: string | undefined;
  effect?: ToolEffect | undefined;
}

/** What the call needs of its point. */
export interface Gate {
  decide: (call: LocalCall) => GateAnswer;
  /** The one that counts. Null: the version declares no such tool. */
  effectOf: (call: LocalCall) => ToolEffect | null;
  onStop: (listener: () => void) => () => void;
  cutRuns: Pick<CutRuns, "tell" | "forget">;
  api: HoldpointApi;
}

const WAIT_MS = 15 * 60_000;
const TURN_MS = 20_000;
const HEARTBEAT_MS = 60_000;
const TELL_TRIES = 6;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export async function guardedCall<Input, Result>(
  gate: Gate, tool: string, { effect, waitMs = WAIT_MS, hadNoEffect = () => false }: GuardOptions, input: Input, context: CallContext, run: (input: Input, context: RunContext) => Result | Promise<Result>,
): Promise<Result> {
  const call = { tool, conversationId: context.conversationId, effect };
  const decide = (): GateAnswer => {
    const answer = gate.decide(call);
    gate.cutRuns.tell({ tool, input, ...toldOf(context) }, answer);
    return answer;
  };
  const local = decide();
  const isCut = local.reason === "run_cut";
  if (local.decision === "deny" && !isCut) throw new GateDenied(local);
  if (gate.effectOf(call) === "read") {
    if (isCut || local.reason === "policy_unread") unlessPermitted(await conflictsDenied(gate.api.check({ tool, input, ...toldOf(context), waitMs: Math.min(waitMs, TURN_MS) })));
    else unlessPermitted(local);
    if (isCut) gate.cutRuns.forget(context.conversationId, tool);
    return run(input, { signal: context.signal ?? new AbortController().signal, actionId: null, idempotencyKey: null });
  }
  // Nobody would be there to be told of an approval.
  if (waitMs <= 0 && local.decision === "hold" && local.reason !== "policy_unread") throw new GateHeld(local);
  const idempotencyKey = context.idempotencyKey ?? keyOf(tool, context) ?? crypto.randomUUID();
  const ofOne = { ...gate, api: gate.api.ofOneAction() };
  const action = await conflictsDenied(begin(ofOne, { ...call, input, idempotencyKey, context, waitMs }));
  if (isCut) gate.cutRuns.forget(context.conversationId, tool);
  return perform(decide, ofOne, action, { idempotencyKey, hadNoEffect, signal: context.signal, run });
}

/** What a policy may ask for; the rest is for people, and nobody is shown a reading. */
const toldOf = ({ conversationId, toolCallId, onBehalfOf, segment, confidence }: CallContext) => ({
  ...(conversationId === undefined ? {} : { conversationId }), ...(toolCallId === undefined ? {} : { toolCallId }), ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
  ...(segment === undefined ? {} : { segment }), ...(confidence === undefined ? {} : { confidence }),
});

/** Null when nothing names the call. Cut off, two calls of a long conversation would have the same. */
const keyOf = (tool: string, { conversationId, toolCallId }: CallContext): string | null => (toolCallId === undefined ? null : shortKey(`${conversationId ?? ""} ${toolCallId} ${tool}`));

interface Beginning extends Pick<LocalCall, "tool" | "effect"> {
  input: unknown;
  idempotencyKey: string;
  context: CallContext;
  waitMs: number;
}

/** Ends with an action that this call, and no other, may perform. */
async function begin({ api }: Gate, { tool, effect, input, idempotencyKey, context, waitMs }: Beginning): Promise<ToldAction> {
  const { signal, ...more } = context;
  // Whoever else has the key makes another one: only by this can a lost answer be told from a call that somebody else is making.
  const by = { idempotencyKey, attempt: crypto.randomUUID() };
  const prepared = await again(() => api.prepare({ ...more, tool, input, ...(effect === undefined ? {} : { effect }), ...by }), signal);
  if (prepared.decision === "permit") {
    if (prepared.isRepeat && !prepared.mayExecute) throw new ActionRepeated(prepared);
    return prepared;
  }
  if (prepared.decision === "deny") unlessPermitted(prepared);
  const start = () => again(() => api.startAction(prepared.id, by), signal);
  const started = await awaitStart(api, prepared, { untilMs: performance.now() + waitMs, signal, start }).catch(async (error: unknown) => {
    // Nobody is there any more to make it, so nobody should be asked to approve it.
    if (error instanceof GateHeld) await api.withdrawAction(prepared.id, "The agent does not wait any longer.").catch(() => undefined);
    throw error;
  });
  unlessPermitted(started);
  if (!started.mayExecute) throw new ActionRepeated(started);
  return started;
}

interface Patience {
  untilMs: number;
  signal: AbortSignal | undefined;
  /** Uses the approval, as far as its time has come. */
  start: () => Promise<ToldAction>;
}

/**
 * Ends with what the use of the approval was answered with; throws `GateDenied` for every other end, and `GateHeld` when the time or the caller's
 * patience is over. Whether an approval can be used yet is for Holdpoint's clock to say, never for this machine's.
 */
async function awaitStart(api: HoldpointApi, prepared: ToldAction, { untilMs, signal, start }: Patience): Promise<ToldAction> {
  let action = prepared;
  for (;;) {
    if (action.decision === "permit" || action.state === "approved") action = await start();
    if (action.decision === "permit") return action;
    if (action.decision === "deny") throw new GateDenied(action);
    const leftMs = untilMs - performance.now();
    if (leftMs <= 0 || signal?.aborted) unlessPermitted(action);
    const before = performance.now();
    action = await again(() => api.readAction(action.id, Math.max(0, Math.min(leftMs, TURN_MS))), signal);
    // Answered at once without an end: a person asks something, which somebody else has to answer, or two of Holdpoint's processes are not of one time.
    if (performance.now() - before < 500 && action.decision === "hold") await pause(action.state === "held" ? 1_000 : 250);
  }
}

/** What Holdpoint did not answer is asked again: each question here can be repeated. What it answered with a no stays a no. */
export async function again<Answer>(ask: () => Promise<Answer>, signal?: AbortSignal, tries = TELL_TRIES): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask();
    } catch (error) {
      if ((error instanceof AnsweredNo && error.isFinal) || attempt >= tries || signal?.aborted) throw error;
      await pause(Math.min(8_000, 250 * 2 ** attempt) * (0.5 + Math.random()));
    }
  }
}

interface Performance<Input, Result> {
  idempotencyKey: string;
  hadNoEffect: (error: unknown) => boolean;
  signal: AbortSignal | undefined;
  run: (input: Input, context: RunContext) => Result | Promise<Result>;
}

async function perform<Input, Result>(decide: () => GateAnswer, { api, onStop }: Gate, action: ToldAction, { idempotencyKey, hadNoEffect, signal, run }: Performance<Input, Result>): Promise<Result> {
  const ending = new AbortController();
  // A stop that came while a person decided.
  const now = decide();
  if (now.decision === "deny") {
    await again(() => api.failAction(action.id, `Not begun: ${now.sentence}`)).catch(() => undefined);
    throw new GateDenied(now);
  }
  const noLonger = onStop(() => {
    const answer = decide();
    if (answer.decision === "deny") ending.abort(new GateDenied(answer));
  });
  const heartbeat = setInterval(() => void api.heartbeat(action.id).then((stopId) => stopId !== null && ending.abort(), () => undefined), HEARTBEAT_MS);
  heartbeat.unref();
  try {
    const result = await run(action.input as Input, { signal: signal ? AbortSignal.any([signal, ending.signal]) : ending.signal, actionId: action.id, idempotencyKey });
    // The effect is there, whether Holdpoint hears of it or not: a lost report ends as unknown, and a person looks.
    await again(() => api.commitAction(action.id, tellable(result))).catch(() => undefined);
    return result;
  } catch (error) {
    if (hadNoEffect(error)) await again(() => api.failAction(action.id, error instanceof Error ? error.message : String(error))).catch(() => undefined);
    throw error;
  } finally {
    clearInterval(heartbeat);
    noLonger();
  }
}

const MOST_RESULT_CHARACTERS = 20_000;

/** What JSON cannot say, or says at length, is left out of the report. */
function tellable(result: unknown): unknown {
  try {
    const text = JSON.stringify(result) as string | undefined;
    return text === undefined || text.length > MOST_RESULT_CHARACTERS ? null : (JSON.parse(text) as unknown);
  } catch {
    return null;
  }
}
