// The questions that a point asks Holdpoint, and what it makes of the answers.

import type { ToolEffect } from "../../lib/domain/manifest.ts";
import { readToldAction, type ToldAction } from "./action-api.ts";
import { readAssignment, type ToldAssignment } from "./assignments.ts";
import type { RehearsalEnd } from "./compensations.ts";
import { fieldsOf, numberIn, parsed, textIn, textsIn } from "./fields.ts";
import type { PublicKey } from "./key-ring.ts";
import type { PointAnswer } from "./point-answer.ts";

const ANSWER_WITHIN_MS = 5_000;
/** Shorter than a lease by far: a lost answer must leave time for another try. */
const CONFIRM_WITHIN_MS = 3_000;
/** A task waits for it, and can go on without. */
const ASSIGN_WITHIN_MS = 2_000;

export type PointKind = "sdk" | "mcp_gateway" | "probe";

export interface PointOptions {
  /** Where Holdpoint is, for instance `https://holdpoint.example.com`. */
  url: string;
  /** With the scope `authority`, for this agent. A function is asked with each request. */
  apiKey: string | (() => string);
  agentId: string;
  /** Tells this process from the agent's others, and stays the same when it starts again: `worker-1 on host-7`. */
  name: string;
  kind?: PointKind;
  /**
   * May tools that are declared as read, and no policy speaks of, go on when Holdpoint was not heard for so long that the lease ran out? `deny` when
   * left out. A stop that is engaged meanwhile reaches them only when Holdpoint is heard again. What has consequences is refused in any case.
   */
  readsWithoutLease?: "deny" | "permit";
}

/** Holdpoint answered, and the answer is no. */
export class AnsweredNo extends Error {
  override name = "AnsweredNo";
  readonly status: number;

  constructor(status: number, sentence: string) {
    super(sentence);
    this.status = status;
  }

  /** Asked again it would be answered the same. */
  get isFinal(): boolean {
    return this.status < 500 && this.status !== 429;
  }

  /** The ids of the question belong to another one. */
  get isConflict(): boolean {
    return this.status === 409;
  }
}

export interface Reading {
  bundle: string;
  token: string;
  rehearsals: string[];
}

export interface Confirmation {
  bundle: string;
  rehearsals: readonly string[];
  refusesProbe: boolean;
  isLeaving: boolean;
}

export interface Confirmed {
  leaseMs: number;
  isBehind: boolean;
}

export interface GateQuestion {
  tool: string;
  input?: unknown;
  conversationId?: string;
  toolCallId?: string;
  onBehalfOf?: { type?: string; id: string };
  segment?: string;
  /** 0 to 1: a policy can hold what the agent is not sure of. */
  confidence?: number;
  /** A held call is answered when a person has decided, or after this time; at most 25,000. */
  waitMs?: number;
}

export interface NewAction {
  tool: string;
  input: unknown;
  /** Counts where it is stricter than what the version declares. */
  effect?: ToolEffect;
  idempotencyKey: string;
  /** Known to this attempt alone, so that Holdpoint tells it from another one under the same key. */
  attempt: string;
  conversationId?: string;
  toolCallId?: string;
  onBehalfOf?: { type?: string; id: string };
  segment?: string;
  justification?: string;
  plan?: string;
  confidence?: number;
}

const MOST_NAMES_CHARACTERS = 2_000;

/** As far as an address has room: with `more` the handlers behind that take back as well, and are not rehearsed. */
function asNames(names: readonly string[]): { handlers: string; more?: "true" } {
  const fitting = names.slice();
  while (encodeURIComponent(JSON.stringify(fitting)).length > MOST_NAMES_CHARACTERS) fitting.pop();
  return { handlers: JSON.stringify(fitting), ...(fitting.length < names.length ? { more: "true" } : {}) };
}

export class HoldpointApi {
  readonly #url: string;
  readonly #options: PointOptions;
  #pinned: string | null = null;
  /** Another process may call itself the same, and is another point. */
  readonly #instance = crypto.randomUUID();

  constructor(options: PointOptions) {
    this.#url = options.url.replace(/\/+$/, "");
    this.#options = options;
  }

  /** Of the event stream. */
  streamAddress(): { url: URL; headers: Record<string, string> } {
    return { url: new URL(`${this.#url}/v1/stream?${this.#asQuery()}`), headers: { accept: "text/event-stream", "cache-control": "no-cache", authorization: this.#key() } };
  }

  async keys(): Promise<PublicKey[]> {
    const { keys } = fieldsOf(await this.#ask("GET", "/v1/keys"));
    return (Array.isArray(keys) ? keys : []).map(fieldsOf).filter(({ kty, crv }) => kty === "OKP" && crv === "Ed25519").map((key) => ({ kid: textIn(key, "kid"), x: textIn(key, "x") }));
  }

  async bundle(): Promise<Reading> {
    const fields = fieldsOf(await this.#ask("GET", `/v1/bundle?${this.#asQuery()}`));
    const rehearsals = Array.isArray(fields.rehearsals) ? fields.rehearsals.filter((id) => typeof id === "string") : [];
    return { bundle: textIn(fields, "bundle"), token: textIn(fields, "token"), rehearsals };
  }

  /** The token saves Holdpoint the look at the key; without one the key says who this is. */
  async confirm(token: string | null, confirmation: Confirmation, withinMs = CONFIRM_WITHIN_MS): Promise<Confirmed> {
    const { agentId: agent, name: point, kind = "sdk", readsWithoutLease = "deny" } = this.#options;
    const body = token === null ? { ...confirmation, agent, point, instance: this.#instance, kind, readsWithoutLease } : confirmation;
    const fields = fieldsOf(await this.#ask("POST", "/v1/points/confirm", { body, withinMs, ...(token === null ? {} : { authorization: `Bearer ${token}` }) }));
    return { leaseMs: numberIn(fields, "leaseMs"), isBehind: fields.isBehind === true };
  }

  async check({ tool, ...more }: GateQuestion): Promise<PointAnswer> {
    const fields = fieldsOf(await this.#ask("POST", "/v1/gate/check", { body: { agent: { id: this.#options.agentId }, tool: { name: tool }, ...more }, withinMs: ANSWER_WITHIN_MS + (more.waitMs ?? 0) }));
    const { decision } = fields;
    if (decision !== "permit" && decision !== "hold" && decision !== "deny") throw new Error("Holdpoint's answer is not understood.");
    return {
      decision, reason: textIn(fields, "reason") as PointAnswer["reason"], sentence: textIn(fields, "sentence"), isRecommendation: fields.isRecommendation === true,
      stopId: textIn(fields, "stopId") || null, epoch: typeof fields.epoch === "number" ? fields.epoch : null,
      policies: textsIn(fields, "policies"), approvers: textsIn(fields, "approvers"), approvalsNeeded: numberIn(fields, "approvalsNeeded"),
    };
  }

  async assign(task: string, unit: string | null): Promise<ToldAssignment> {
    return readAssignment(await this.#ask("POST", "/v1/assignments", { body: { agent: { id: this.#options.agentId }, task, unit }, withinMs: ASSIGN_WITHIN_MS }));
  }

  async prepare({ tool, ...more }: NewAction): Promise<ToldAction> {
    return readToldAction(await this.#ask("POST", "/v1/actions", { body: { agent: { id: this.#options.agentId }, tool: { name: tool }, ...more } }));
  }

  async readAction(id: string, waitMs: number): Promise<ToldAction> {
    return readToldAction(await this.#ask("GET", `/v1/actions/${encodeURIComponent(id)}?waitMs=${Math.round(waitMs)}`, { withinMs: waitMs + ANSWER_WITHIN_MS }));
  }

  async startAction(id: string, by: Pick<NewAction, "idempotencyKey" | "attempt">): Promise<ToldAction> {
    return readToldAction(await this.#tell(id, "start", by));
  }

  async commitAction(id: string, result: unknown): Promise<void> {
    await this.#tell(id, "commit", { result });
  }

  async failAction(id: string, error: string): Promise<void> {
    await this.#tell(id, "fail", { error: error.slice(0, 20_000) || "It failed." });
  }

  async withdrawAction(id: string, reason: string): Promise<void> {
    await this.#tell(id, "withdraw", { reason });
  }

  /** The stop that covers it by now, if one does. */
  async heartbeat(id: string): Promise<string | null> {
    return textIn(fieldsOf(await this.#tell(id, "heartbeat", {})), "stopId") || null;
  }

  nextSteps(waitMs: number, handlers: readonly string[]): Promise<unknown> {
    return this.#ask("GET", `/v1/undos/next?${new URLSearchParams({ agent: this.#options.agentId, waitMs: String(waitMs), ...asNames(handlers) }).toString()}`, { withinMs: waitMs + ANSWER_WITHIN_MS });
  }

  endRehearsal(rehearsalId: string, end: RehearsalEnd): Promise<unknown> {
    return this.#ask("POST", `/v1/hooks/rehearsals/${encodeURIComponent(rehearsalId)}`, { body: end });
  }

  endStep(stepId: string, end: { attempt: number; response: unknown } | { attempt: number; error: string }): Promise<unknown> {
    return this.#ask("POST", `/v1/undos/steps/${encodeURIComponent(stepId)}/${"error" in end ? "failed" : "done"}`, { body: end });
  }

  #tell(id: string, what: string, body: unknown): Promise<unknown> {
    return this.#ask("POST", `/v1/actions/${encodeURIComponent(id)}/${what}`, { body });
  }

  /** For one action, from the question to its end: the key that prepared it tells how it ended, also when another one is handed out meanwhile, and that one only once the first is not taken any more. */
  ofOneAction(): HoldpointApi {
    const api = new HoldpointApi(this.#options);
    api.#pinned = this.#keyOfNow();
    return api;
  }

  #keyOfNow(): string {
    const { apiKey } = this.#options;
    return typeof apiKey === "string" ? apiKey : apiKey();
  }

  #key(): string {
    return `Bearer ${this.#pinned ?? this.#keyOfNow()}`;
  }

  /** False: there is no other key. */
  #takeNewKey(): boolean {
    if (this.#pinned === null || this.#pinned === this.#keyOfNow()) return false;
    this.#pinned = this.#keyOfNow();
    return true;
  }

  #asQuery(): string {
    const { agentId, name, kind = "sdk", readsWithoutLease = "deny" } = this.#options;
    return new URLSearchParams({ agent: agentId, point: name, instance: this.#instance, kind, readsWithoutLease }).toString();
  }

  async #ask(method: "GET" | "POST", path: string, { body, authorization = this.#key(), withinMs = ANSWER_WITHIN_MS }: { body?: unknown; authorization?: string; withinMs?: number } = {}): Promise<unknown> {
    const response = await fetch(this.#url + path, {
      method, headers: { authorization, ...(body === undefined ? {} : { "content-type": "application/json" }) }, signal: AbortSignal.timeout(withinMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = parsed(await response.text());
    if (response.status === 401 && this.#takeNewKey()) return this.#ask(method, path, { body, withinMs });
    if (!response.ok) throw new AnsweredNo(response.status, textIn(fieldsOf(answer), "message") || `Holdpoint answered ${response.status}.`);
    return answer;
  }
}
