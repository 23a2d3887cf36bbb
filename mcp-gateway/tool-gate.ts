// May this call go to the server? Reading that belongs to no named task is decided here by the enforcement point, everything else by Holdpoint itself.

import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { inputDigest } from "../lib/domain/input-digest.ts";
import { isJsonObject, own, type JsonObject } from "../lib/domain/json-object.ts";
import type { Json } from "../lib/domain/manifest.ts";
import { faultOfInput } from "../lib/domain/storable-input.ts";
import type { EnforcementPoint, GateAnswer } from "../sdk/src/enforcement-point.ts";
import { LONGEST_TURN_MS, NOT_ASKED, type GateClient, type GateVerdict } from "./ask-gate.ts";
import { behalfIn, type Behalf, type Subject } from "./behalf.ts";
import { callAgain, inputRequired, refused, refusedFor } from "./call-result.ts";
import { approvalWay, conversationIn, type ClientTraits } from "./client-traits.ts";
import type { ReadTools } from "./read-tools.ts";
import type { RequestStates } from "./request-state.ts";

/** A client that was sent to the approval's page comes back at once, and waits here instead of asking all the time. */
const AFTER_PAGE_MS = 20_000;
const LONGEST_TASK_MS = 60 * 60_000;
/** Between two turns that were shorter than they should have been. */
const SHORTEST_TURN_MS = 500;
const CALL_AGAIN_GOOD_FOR_MS = 60 * 60_000;
const MOST_NAME = 200;

export interface Call {
  /** Of the JSON-RPC request, as JSON. */
  id: string;
  tool: string;
  input: JsonObject;
  params: JsonObject;
  client: ClientTraits;
  conversationId: string;
  /** Whose call it is, where several clients come through one gateway. */
  principal: string;
}

export interface Waiting {
  signal: AbortSignal;
  /** Said while a person is waited for, so that the client does not give up. */
  progress: (sentence: string) => void;
}

/** What the server's answer is treated by. */
export interface Permitted {
  call: Call;
  digest: string;
  toolCallId: string;
  conversationId: string;
  behalf: Behalf;
  approvalId: string | null;
}

export type Ruling =
  /** `permitted` is null for reading, which leaves no record. */
  | { kind: "forward"; params: JsonObject; permitted: Permitted | null }
  | { kind: "answer"; result: JsonObject }
  /** `resume` ends with one of the other two. */
  | { kind: "task"; sentence: string; resume: (waiting: Waiting) => Promise<Ruling> };

export interface GateParts {
  point: Pick<EnforcementPoint, "decide" | "tellCut">;
  gate: Pick<GateClient, "ask" | "tellDone" | "withdraw">;
  reads: Pick<ReadTools, "isRead">;
  states: RequestStates;
  /** For whom all calls are made; null where each says so itself. */
  subject: Subject;
  /** So long a client that can do nothing else waits for its answer. */
  holdMs: number;
}

interface Asked {
  call: Call;
  digest: string;
  toolCallId: string;
  conversationId: string;
  behalf: Behalf;
  /** The client was here before, about the same call. */
  isResumed: boolean;
  params: JsonObject;
}

/** What makes two calls the same one. */
type Same = Pick<Asked, "call" | "digest" | "behalf">;

/** These hold whatever Holdpoint says to a single call. */
const isEnd = ({ reason }: GateAnswer): boolean => reason === "no_lease" || reason === "kill_switch" || reason === "tool_stopped";

const without = (params: JsonObject, ...names: string[]): JsonObject => Object.fromEntries(Object.entries(params).filter(([name]) => !names.includes(name)));

/** Null when the parameters are none of a tool call. */
export function callOf(id: string, params: JsonObject, more: Pick<Call, "client" | "conversationId" | "principal">): Call | null {
  const [tool, input] = [own(params, "name"), own(params, "arguments") ?? {}];
  return typeof tool === "string" && tool !== "" && tool.length <= MOST_NAME && isJsonObject(input) ? { id, tool, input, params, ...more } : null;
}

export class ToolGate {
  readonly #parts: GateParts;
  /** Calls that were told to be made again, by what has to be the same then. */
  readonly #again = new Map<string, { toolCallId: string; untilMs: number }>();
  readonly #usedNonces = new Map<string, number>();

  constructor(parts: GateParts) {
    this.#parts = parts;
  }

  /** At once where the point can tell; `waiting` is for the others. */
  decide(call: Call, waiting: Waiting): Ruling | Promise<Ruling> {
    const local = this.#parts.point.decide(call.tool, call.conversationId);
    if (isEnd(local)) {
      this.tellCut(call);
      return { kind: "answer", result: refused(call.client, local) };
    }
    // A task that is named may be a candidate's, with tools and stops that only Holdpoint knows.
    if (local.decision === "permit" && conversationIn(call.params) === null && this.#parts.reads.isRead(call.tool, local.epoch) && !this.#parts.states.isOurs(own(call.params, "requestState"))) {
      return { kind: "forward", params: call.params, permitted: null };
    }
    return this.#ask(call, waiting);
  }

  /** Of a call that a stop refused or ended: its conversation stays cut after the release, also for whoever comes with it another way. */
  tellCut({ conversationId, tool, input, params }: Call): void {
    if (faultOfInput(tool) !== null || faultOfInput(input) !== null) return;
    const { user, segment } = behalfIn(params, this.#parts.subject);
    this.#parts.point.tellCut({ tool, input, conversationId, ...(user === null ? {} : { onBehalfOf: { id: user } }), ...(segment === null ? {} : { segment }) });
  }

  mayBeCalled(tool: string): boolean {
    return this.#parts.point.decide(tool).decision !== "deny";
  }

  /** Null: no stop covers it. */
  stopSentence(tool: string): string | null {
    const { reason, sentence } = this.#parts.point.decide(tool);
    return reason === "kill_switch" || reason === "tool_stopped" ? sentence : null;
  }

  /** What the server answered to a permitted call, as the client gets it. */
  answered(permitted: Permitted, message: JsonObject): JsonObject {
    const result = own(message, "result");
    if (isJsonObject(result) && own(result, "resultType") === "input_required") {
      const upstream = own(result, "requestState");
      const requestState = this.#seal(permitted, permitted.approvalId, { upstream: typeof upstream === "string" ? upstream : null });
      return { ...message, result: { ...result, requestState } };
    }
    if (permitted.approvalId !== null && isJsonObject(result) && own(result, "isError") !== true) void this.#parts.gate.tellDone(permitted.approvalId, result);
    return message;
  }

  async #ask(call: Call, waiting: Waiting): Promise<Ruling> {
    const nowMs = Date.now();
    const fault = faultOfInput(call.tool) ?? faultOfInput(call.input);
    if (fault !== null) return { kind: "answer", result: refusedFor(call.client, "bad_input", fault) };
    const digest = inputDigest({ tool: call.tool, input: call.input as Json });
    const said = behalfIn(call.params, this.#parts.subject);
    const state = own(call.params, "requestState");
    if (!this.#parts.states.isOurs(state)) return this.#rule({ call, digest, conversationId: call.conversationId, behalf: said, params: call.params, ...this.#newOrAgain({ call, digest, behalf: said }, nowMs) }, waiting);
    const opened = this.#open(state, { digest, principal: call.principal }, nowMs);
    if (opened === null) return { kind: "answer", result: refusedFor(call.client, "bad_state", "This continues no call that waits; call the tool anew.") };
    const { conversationId, toolCallId, permitted } = opened;
    if (permitted === null && isDeclined(call.params)) {
      if (opened.approvalId !== null) void this.#parts.gate.withdraw(opened.approvalId);
      return { kind: "answer", result: refusedFor(call.client, "declined", "The request for an approval was declined where the agent runs.") };
    }
    const params = permitted === null ? without(call.params, "requestState", "inputResponses") : { ...without(call.params, "requestState"), ...(permitted.upstream === null ? {} : { requestState: permitted.upstream }) };
    // Whoever names another user now is asked about as another call, and the gate says so.
    const behalf = { ...said, user: said.user ?? opened.user, segment: said.segment ?? opened.segment };
    return this.#rule({ call, digest, conversationId, toolCallId, behalf, isResumed: true, params }, waiting);
  }

  async #rule(asked: Asked, waiting: Waiting): Promise<Ruling> {
    const way = approvalWay(asked.call.client, asked.call.params);
    const waitMs = way === "wait" ? this.#parts.holdMs : way === "input_required" && asked.isResumed ? AFTER_PAGE_MS : 0;
    const verdict = await this.#verdict(asked, waitMs, waiting);
    // Nothing was done under this id yet, whatever became of the question.
    if (verdict.reason === NOT_ASKED) this.#remember(asked);
    if (verdict.decision !== "hold") return this.#ruled(asked, verdict);
    if (way === "task") {
      return { kind: "task", sentence: verdict.sentence, resume: (later) => this.#resume(asked, verdict.approval?.id ?? null, later) };
    }
    if (way === "input_required" && verdict.approval) return { kind: "answer", result: inputRequired(verdict.sentence, verdict.approval.url, this.#seal(asked, verdict.approval.id, null)) };
    this.#remember(asked);
    return { kind: "answer", result: callAgain(asked.call.client, verdict) };
  }

  async #resume(asked: Asked, approvalId: string | null, waiting: Waiting): Promise<Ruling> {
    const verdict = await this.#verdict(asked, LONGEST_TASK_MS, waiting);
    // People shall not decide about what nobody wants any more.
    if (waiting.signal.aborted && approvalId !== null) void this.#parts.gate.withdraw(approvalId);
    return this.#ruled(asked, verdict);
  }

  /** Asks until a person decided or the time is over. */
  async #verdict({ call, conversationId, toolCallId, behalf }: Asked, waitMs: number, { signal, progress }: Waiting): Promise<GateVerdict> {
    const untilMs = performance.now() + waitMs;
    for (let turnMs = 0; ; turnMs = Math.max(0, Math.min(LONGEST_TURN_MS, Math.round(untilMs - performance.now())))) {
      const startMs = performance.now();
      const verdict = await this.#parts.gate.ask({ conversationId, toolCallId, tool: call.tool, input: call.input, ...behalf, waitMs: turnMs }, signal);
      if (verdict.decision !== "hold" || signal.aborted || performance.now() >= untilMs) return verdict;
      progress(verdict.sentence);
      if (turnMs > 0 && performance.now() - startMs < SHORTEST_TURN_MS) await pause(SHORTEST_TURN_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  #ruled({ call, digest, conversationId, toolCallId, behalf, params }: Asked, verdict: GateVerdict): Ruling {
    if (verdict.decision === "hold") return { kind: "answer", result: refusedFor(call.client, "expired", "Nobody decided in time; nobody refused it.") };
    if (verdict.decision === "deny") return { kind: "answer", result: refused(call.client, verdict) };
    // A stop may have come while Holdpoint was asked.
    const local = this.#parts.point.decide(call.tool);
    if (isEnd(local)) return { kind: "answer", result: refused(call.client, local) };
    return { kind: "forward", params, permitted: { call, digest, toolCallId, conversationId, behalf, approvalId: verdict.approval?.id ?? null } };
  }

  #remember({ toolCallId, ...same }: Asked): void {
    this.#again.set(this.#keyOf(same), { toolCallId, untilMs: Date.now() + CALL_AGAIN_GOOD_FOR_MS });
  }

  /** Taken out: two calls that are made at the same time are two calls. */
  #newOrAgain(same: Same, nowMs: number): Pick<Asked, "toolCallId" | "isResumed"> {
    forgetOld(this.#again, ({ untilMs }) => untilMs <= nowMs);
    const key = this.#keyOf(same);
    const before = this.#again.get(key);
    this.#again.delete(key);
    // A client may use an id twice, and gets no second go out of one approval by it.
    return before ? { toolCallId: before.toolCallId, isResumed: true } : { toolCallId: `${same.call.id.slice(0, 200)} ${randomUUID()}`, isResumed: false };
  }

  #keyOf = ({ call: { conversationId, principal }, digest, behalf: { user, segment } }: Same): string => JSON.stringify([conversationId, principal, digest, user, segment]);

  #seal({ call, digest, toolCallId, conversationId, behalf: { user, segment } }: Omit<Permitted, "approvalId">, approvalId: string | null, permitted: { upstream: string | null } | null): string {
    return this.#parts.states.seal({ conversationId, toolCallId, digest, user, segment, principal: call.principal, nonce: randomUUID(), approvalId, permitted }, Date.now());
  }

  #open(text: string, of: { digest: string; principal: string }, nowMs: number) {
    forgetOld(this.#usedNonces, (untilMs) => untilMs <= nowMs);
    const state = this.#parts.states.open(text, of, nowMs);
    if (state === null || this.#usedNonces.has(state.nonce)) return null;
    this.#usedNonces.set(state.nonce, state.expiresAtMs);
    return state;
  }
}

/** In the order of their coming, so the first one that is not old ends it. */
function forgetOld<Value>(map: Map<string, Value>, isOld: (value: Value) => boolean): void {
  for (const [key, value] of map) {
    if (!isOld(value)) return;
    map.delete(key);
  }
}

/** Opening the page is no approval, and says nothing; turning away from it is a no. */
function isDeclined(params: JsonObject): boolean {
  const responses = own(params, "inputResponses");
  const approval = isJsonObject(responses) ? own(responses, "approval") : undefined;
  return isJsonObject(approval) && own(approval, "action") !== "accept";
}
