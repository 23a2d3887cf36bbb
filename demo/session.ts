// One task being worked on: what the agent says, which tools it calls, how long that takes and how many tokens it costs.

import { ToolFailure } from "./records/tool-failure.ts";
import type { Random } from "./random.ts";
import type { JsonObject, JsonValue, Recipe, ToolSpec } from "./recipe.ts";
import type { SystemOfRecord } from "./system-of-record.ts";

export interface Tool<Args extends JsonObject, Value> {
  spec: ToolSpec;
  /** Throws ToolFailure when the system refuses. */
  run: (args: Args, records: SystemOfRecord, now: number) => Value;
}

export type Answer<Value> =
  | { state: "done"; value: Value }
  | { state: "refused"; code: string; sentence: string }
  /** The agent may not write at the moment: what it would have done is in its words, nothing happened. */
  | { state: "recommended" };

/** What the gate says of a call: `hold` is for a person to decide, `stop` ends the task here. */
export interface Ruling {
  verdict: "go" | "recommend" | "hold" | "stop";
  sentence: string;
  /** What may be done, where a person approved other arguments than were asked for. */
  args?: JsonObject;
}

/** What was ruled and what happened in a task so far, call by call, so that it can be gone through again up to where it stands. */
export interface Course {
  rulings: Ruling[];
  answers: Answer<unknown>[];
  isPrepared: boolean;
}

/** The task has come to a call that the gate has not been asked about; it is made at `atMs`. */
export class AwaitsRuling extends Error {
  override name = "AwaitsRuling";
  readonly tool: string;
  readonly callId: string;
  readonly args: JsonObject;
  /** Why the agent wants to make it. */
  readonly because: string;
  readonly atMs: number;

  constructor({ tool, callId, args, because }: { tool: string; callId: string; args: JsonObject; because: string }, atMs: number) {
    super(`${tool} awaits its ruling`);
    this.tool = tool;
    this.callId = callId;
    this.args = args;
    this.because = because;
    this.atMs = atMs;
  }
}

/** The call was not made; the message says why. */
export class CallHeld extends Error {
  override name = "CallHeld";
}
export class TaskStopped extends Error {
  override name = "TaskStopped";
}

export type Message =
  | { role: "user"; text: string }
  | { role: "assistant"; text: string; call?: { id: string; name: string; args: JsonObject } }
  | { role: "tool"; callId: string; text: string };

interface Timed {
  startMs: number;
  endMs: number;
}
export interface ChatStep extends Timed {
  kind: "chat";
  seen: Message[];
  said: Message;
  tokens: { input: number; output: number; cached: number };
}
export interface ToolStep extends Timed {
  kind: "tool";
  spec: ToolSpec;
  callId: string;
  args: JsonObject;
  result: JsonValue;
  error: { code: string; sentence: string } | null;
}
export type Step = ChatStep | ToolStep;

export type Outcome = "success" | "failure" | null;

export interface SessionOptions {
  recipe: Recipe;
  records: SystemOfRecord;
  random: Random;
  startMs: number;
  request: string;
  /** False while the agent's authority is shadow. */
  mayWrite?: boolean;
  /** Of a task that asks the gate before each call; without it nobody is asked. */
  course?: Course | null;
}

/** Prompt caches work on prefixes from 1,024 tokens on, in steps of 128. */
const CACHE_FROM = 1_024;
const CACHE_STEP = 128;
/** A span shows the end of the conversation; the whole of it again on every call would only repeat. */
const MESSAGES_SHOWN = 8;
const TIMEOUT_SHARE = 0.008;
const HAND_OVER = "transfer_to_human_agents";

const tokensIn = (text: string): number => Math.ceil(text.length / 4);

export class Session {
  readonly recipe: Recipe;
  readonly random: Random;
  readonly steps: Step[] = [];
  nowMs: number;
  isEscalated = false;
  hasPersonIntervened = false;
  hasRecommended = false;
  isInterrupted = false;
  readonly #course: Course | null;
  readonly #records: SystemOfRecord;
  readonly #mayWrite: boolean;
  readonly #messages: Message[];
  readonly #fixedTokens: number;
  #cached = 0;
  #calls = 0;

  constructor({ recipe, records, random, startMs, request, mayWrite = true, course = null }: SessionOptions) {
    this.recipe = recipe;
    this.random = random;
    this.nowMs = startMs;
    this.#records = records;
    this.#mayWrite = mayWrite;
    this.#course = course;
    this.#messages = [{ role: "user", text: request }];
    this.#fixedTokens = tokensIn(recipe.prompt) + tokensIn(JSON.stringify(recipe.tools));
  }

  /** The model decides to call a tool, the tool runs, its result goes back into the conversation. */
  call<Args extends JsonObject, Value>(tool: Tool<Args, Value>, args: Args, because: string): Answer<Value> {
    this.#calls += 1;
    const callId = `call_${this.#calls}`;
    if (tool.spec.effect !== "read" && !this.#mayWrite) {
      this.hasRecommended = true;
      this.#say({ role: "assistant", text: `${because} Recommended, not done: ${tool.spec.name} ${JSON.stringify(args)}.` });
      return { state: "recommended" };
    }
    this.#say({ role: "assistant", text: because, call: { id: callId, name: tool.spec.name, args } });
    const ruling = this.#rulingOn({ tool: tool.spec.name, callId, args, because });
    if (ruling.verdict !== "go") return { state: "recommended" };
    const startMs = this.nowMs;
    const made = (ruling.args ?? args) as Args;
    const answer = this.#run(tool, made);
    this.nowMs += Math.round(answer.state === "refused" && answer.code === "timeout" ? 10_000 : this.random.between(40, tool.spec.effect === "read" ? 420 : 1_300));
    const error = answer.state === "refused" ? { code: answer.code, sentence: answer.sentence } : null;
    const result = answer.state === "done" ? toJson(answer.value) : { error: error?.code ?? "", message: error?.sentence ?? "" };
    this.steps.push({ kind: "tool", spec: tool.spec, callId, args: made, result, error, startMs, endMs: this.nowMs });
    this.#messages.push({ role: "tool", callId, text: JSON.stringify(result) });
    if (tool.spec.name === HAND_OVER || tool.spec.name === "page_on_call") this.isEscalated ||= answer.state === "done";
    return answer;
  }

  /** The last words of the run. */
  answer(text: string): void {
    this.#say({ role: "assistant", text });
  }

  /** A colleague changes the result before it goes out. */
  personIntervenes(): void {
    this.hasPersonIntervened = true;
    this.nowMs += Math.round(this.random.between(8_000, 45_000));
  }

  limit(name: string): number {
    const value = this.recipe.policy.limits[name];
    if (value === undefined) throw new Error(`The recipe ${this.recipe.label} has no limit ${name}.`);
    return value;
  }

  /** `go`, or `recommend`. Throws when the call may not be made at all, or when nobody has been asked yet. */
  #rulingOn(call: { tool: string; callId: string; args: JsonObject; because: string }): Ruling {
    if (!this.#course) return { verdict: "go", sentence: "" };
    const ruling = this.#course.rulings[this.#calls - 1];
    if (!ruling) throw new AwaitsRuling(call, this.nowMs);
    if (ruling.verdict === "go") return ruling;
    this.#messages.push({ role: "tool", callId: call.callId, text: ruling.sentence });
    if (ruling.verdict === "hold") throw new CallHeld(ruling.sentence);
    if (ruling.verdict === "stop") throw new TaskStopped(ruling.sentence);
    this.hasRecommended = true;
    return ruling;
  }

  #run<Args extends JsonObject, Value>(tool: Tool<Args, Value>, args: Args): Answer<Value> {
    const isTooSlow = this.random.chance(TIMEOUT_SHARE);
    const known = this.#course?.answers[this.#calls - 1];
    // Gone through again, or made elsewhere: what the call did is not done a second time.
    if (known) return structuredClone(known) as Answer<Value>;
    if (isTooSlow) return { state: "refused", code: "timeout", sentence: `${tool.spec.system ?? tool.spec.name} did not answer in 10 s.` };
    const answer = this.#do(tool, args);
    if (this.#course) this.#course.answers[this.#calls - 1] = structuredClone(answer);
    return answer;
  }

  #do<Args extends JsonObject, Value>(tool: Tool<Args, Value>, args: Args): Answer<Value> {
    try {
      return { state: "done", value: tool.run(args, this.#records, this.nowMs) };
    } catch (error) {
      if (error instanceof ToolFailure) return { state: "refused", code: error.code, sentence: error.message };
      throw error;
    }
  }

  #say(said: Extract<Message, { role: "assistant" }>): void {
    const input = this.#fixedTokens + this.#messages.reduce((sum, message) => sum + tokensOfMessage(message), 0);
    const output = tokensOfMessage(said) + 6;
    const cached = this.#cached >= CACHE_FROM ? Math.floor(this.#cached / CACHE_STEP) * CACHE_STEP : 0;
    const startMs = this.nowMs;
    this.nowMs += Math.round(280 + input * 0.04 + output * this.random.between(9, 17));
    this.steps.push({ kind: "chat", seen: this.#messages.slice(-MESSAGES_SHOWN), said, tokens: { input, output, cached: Math.min(cached, input) }, startMs, endMs: this.nowMs });
    this.#messages.push(said);
    this.#cached = input;
  }
}

function tokensOfMessage(message: Message): number {
  const call = message.role === "assistant" && message.call ? tokensIn(JSON.stringify(message.call)) : 0;
  return 4 + tokensIn(message.text) + call;
}

const toJson = (value: unknown): JsonValue => JSON.parse(JSON.stringify(value ?? null)) as JsonValue;
