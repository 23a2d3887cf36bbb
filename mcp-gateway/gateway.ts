// What do both doors of the gateway, the pipe and HTTP, work with?

import { setTimeout as pause } from "node:timers/promises";
import { isJsonObject, own, type JsonObject } from "../lib/domain/json-object.ts";
import { EnforcementPoint, type PointOptions } from "../sdk/src/enforcement-point.ts";
import { ApprovalTasks } from "./approval-task.ts";
import { GateClient, type Holdpoint } from "./ask-gate.ts";
import type { Subject } from "./behalf.ts";
import { CallsInFlight } from "./calls-in-flight.ts";
import { errorText, INVALID_REQUEST, type Answer, type Response } from "./json-rpc.ts";
import { ReadTools } from "./read-tools.ts";
import { ToolReports, type ServerInfo } from "./report-tools.ts";
import { RequestStates } from "./request-state.ts";
import { ServerTasks } from "./server-tasks.ts";
import { ToolGate } from "./tool-gate.ts";
import { shownTools, type ListedPages } from "./tool-list.ts";

/** Clients give up after 60 s. */
const HOLD_MS = 45_000;
/** So long the first call waits for the first bundle; without one it is refused. */
const READY_WITHIN_MS = 5_000;

export interface GatewayOptions extends Holdpoint {
  /** Of the enforcement point. */
  name: string;
  /** Of all calls that come through it; each may say its own where this says none. */
  subject?: Subject;
  holdMs?: number;
  /** Sentences of our own, for whoever operates it; nothing that came from outside. */
  log: (sentence: string) => void;
}

export class Gateway {
  readonly point: EnforcementPoint;
  readonly tools: ToolGate;
  readonly tasks = new ApprovalTasks();
  readonly inFlight = new CallsInFlight();
  readonly serverTasks = new ServerTasks();
  readonly log: (sentence: string) => void;
  readonly #reports: ToolReports;
  #isReady = false;
  readonly #starting: Promise<void>;

  constructor({ name, subject = { user: null, segment: null }, holdMs = HOLD_MS, log, url, apiKey, agentId }: GatewayOptions) {
    const holdpoint: Holdpoint = { url, apiKey, agentId };
    const options: PointOptions = { ...holdpoint, name, kind: "mcp_gateway" };
    this.log = log;
    this.point = new EnforcementPoint(options);
    this.tools = new ToolGate({ point: this.point, gate: new GateClient(holdpoint), reads: new ReadTools(options), states: new RequestStates(), subject, holdMs });
    this.#reports = new ToolReports(holdpoint, log);
    this.point.onStop(() => {
      this.inFlight.endStopped(this.#stopSentence, (call) => this.tools.tellCut(call));
      this.serverTasks.cancelStopped(this.#stopSentence);
    });
    this.#starting = Promise.race([this.point.start(), pause(READY_WITHIN_MS, undefined, { ref: false })]).then(() => {
      this.#isReady = true;
      if (this.point.state.state === "closed") log("Holdpoint was not heard of yet; calls of tools are refused until it is.");
    });
  }

  /** Null: there is nothing to wait for. */
  ready(): Promise<void> | null {
    return this.#isReady ? null : this.#starting;
  }

  /** Null: not a request about a task that is answered here, and so the server's affair. */
  answerTask(method: string, params: JsonObject, principal: string): Promise<Answer> | null {
    const refusal = this.serverTasks.refusal(method, params, this.#stopSentence);
    return this.tasks.answer(method, params, principal) ?? (refusal && Promise.resolve(refusal));
  }

  /** What the server asked in the middle of its work, it shall not go on with while everything is stopped. */
  responseText({ id, text }: Pick<Response, "id" | "text">): string {
    const sentence = this.#stopSentence("");
    return sentence === null ? text : errorText(id, INVALID_REQUEST, sentence);
  }

  readonly #stopSentence = (tool: string): string | null => this.tools.stopSentence(tool);

  /** Filters a result of `tools/list`, and tells Holdpoint of the tools in it. */
  list(result: JsonObject, { pages, cursor, server, conversationId }: { pages: ListedPages; cursor: unknown; server: ServerInfo; conversationId: string }): { result: JsonObject; whole: readonly string[] | null } {
    const listed = own(result, "tools");
    const all = shownTools(Array.isArray(listed) ? listed : [], () => true);
    const shown = all.filter(({ name }) => this.tools.mayBeCalled(name));
    const whole = pages.add(cursor, all, own(result, "nextCursor"));
    if (whole) void this.#reports.seen({ all: whole, shown: whole.filter(({ name }) => this.tools.mayBeCalled(name)) }, server, conversationId);
    // What may be called changes from one moment to the next.
    const kept = Object.hasOwn(result, "ttlMs") ? { ttlMs: 0, cacheScope: "private" } : {};
    return { result: { ...result, ...kept, tools: shown }, whole: whole?.map(({ name }) => name) ?? null };
  }

  async close(): Promise<void> {
    this.tasks.endAll();
    await this.point.close();
  }
}

/** Of an answer to `initialize` or `server/discover`. */
export function serverInfoIn(result: JsonObject): ServerInfo | null {
  const meta = own(result, "_meta");
  const info = own(result, "serverInfo") ?? (isJsonObject(meta) ? own(meta, "io.modelcontextprotocol/serverInfo") : undefined);
  if (!isJsonObject(info)) return null;
  const [name, version] = [own(info, "name"), own(info, "version")];
  return { name: typeof name === "string" ? name : "", version: typeof version === "string" ? version : "" };
}
