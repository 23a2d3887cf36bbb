// Which messages go through between one client and one server, and which are answered here?

import { randomUUID } from "node:crypto";
import { isJsonObject, own, type JsonObject } from "../lib/domain/json-object.ts";
import { announcingTasks } from "./approval-task.ts";
import { cutShort, refusedFor } from "./call-result.ts";
import { conversationIn, traitsOf } from "./client-traits.ts";
import { serverInfoIn, type Gateway } from "./gateway.ts";
import { answerText, cancelledText, errorText, INTERNAL_ERROR, INVALID_PARAMS, INVALID_REQUEST, isNotification, notificationText, readMessage, resultText, type Answer, type Notification, type Request, type Response } from "./json-rpc.ts";
import type { ServerInfo } from "./report-tools.ts";
import { callOf, type Call, type Permitted, type Ruling, type Waiting } from "./tool-gate.ts";
import { ListedPages } from "./tool-list.ts";

/** What is to be done with the server's answer; says what the client gets, or null for nothing. */
type Pending = (message: JsonObject, text: string) => string | null;

export interface Ends {
  toClient: (text: string) => void;
  toServer: (text: string) => void;
}

const through: Pending = (_, text) => text;

export class StdioSession {
  readonly #gateway: Gateway;
  readonly #ends: Ends;
  readonly #conversationId: string;
  /** Requests of the client that the server has, by their id. */
  readonly #pending = new Map<string, Pending>();
  /** Calls that wait here. */
  readonly #waiting = new Map<string, AbortController>();
  /** The server may still answer these; nobody waits for it. */
  readonly #abandoned = new Set<string>();
  readonly #pages = new ListedPages();
  #server: ServerInfo = { name: "", version: "" };
  #listed: readonly string[] = [];
  #shown = "";
  #isLegacy = false;
  #garbage = 0;

  constructor(gateway: Gateway, ends: Ends, conversationId: string) {
    this.#gateway = gateway;
    this.#ends = ends;
    this.#conversationId = conversationId;
    gateway.point.onChange(() => this.#tellOfOtherTools());
  }

  fromClient(line: string): void {
    const incoming = readMessage(line, "client");
    if (incoming.kind === "unreadable") return this.#ends.toClient(errorText(incoming.id, incoming.code, incoming.sentence));
    if (incoming.kind === "response") return this.#ends.toServer(this.#gateway.responseText(incoming));
    if (incoming.kind === "notification") return this.#notified(incoming);
    if (this.#pending.has(incoming.id) || this.#waiting.has(incoming.id) || this.#abandoned.has(incoming.id)) {
      return this.#ends.toClient(errorText(incoming.id, INVALID_REQUEST, "This id is in use."));
    }
    this.#requested(incoming);
  }

  fromServer(line: string): void {
    const incoming = readMessage(line, "server");
    if (incoming.kind === "unreadable") return this.#heardGarbage(incoming.id);
    // As it was written: what the gateway does not understand is the client's affair.
    if (incoming.kind !== "response") return this.#ends.toClient(line);
    this.#answered(incoming, line);
  }

  /** The server ended: nobody shall wait for it. */
  serverEnded(): void {
    for (const id of [...this.#waiting.keys(), ...this.#pending.keys()]) this.#ends.toClient(errorText(id, INTERNAL_ERROR, "The MCP server has ended."));
    for (const controller of this.#waiting.values()) controller.abort();
    this.#pending.clear();
  }

  #requested(request: Request): void {
    const { id, method, params } = request;
    const task = this.#gateway.answerTask(method, params, "");
    if (task) return void task.then((end) => this.#ends.toClient(answerText(id, end)));
    if (method === "tools/call") return this.#call(request);
    if (method === "initialize") this.#isLegacy = true;
    this.#forward(request.text, id, method === "initialize" || method === "server/discover" ? this.#greeting(params) : method === "tools/list" ? this.#list(id, params) : through);
  }

  #forward(text: string, id: string, pending: Pending): void {
    this.#pending.set(id, pending);
    this.#ends.toServer(text);
  }

  #answered({ id, message }: Response, line: string): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    this.#abandoned.delete(id);
    const text = pending?.(message, line) ?? null;
    if (text !== null) this.#ends.toClient(text);
  }

  #notified(notification: Notification): void {
    const { method, params, text } = notification;
    if (!isNotification(notification)) return;
    if (method === "notifications/cancelled") {
      const waiting = this.#waiting.get(JSON.stringify(own(params, "requestId")));
      if (waiting) return waiting.abort();
    }
    this.#ends.toServer(text);
  }

  #greeting(params: JsonObject): Pending {
    return (message, text) => {
      const result = own(message, "result");
      if (!isJsonObject(result)) return text;
      this.#server = serverInfoIn(result) ?? this.#server;
      return JSON.stringify({ ...message, result: announcingTasks(announcingChanges(result), traitsOf(params)) });
    };
  }

  #list(id: string, params: JsonObject): Pending {
    const filter = (message: JsonObject, result: JsonObject): string => {
      const conversationId = conversationIn(params) ?? this.#conversationId;
      const listed = this.#gateway.list(result, { pages: this.#pages, cursor: own(params, "cursor"), server: this.#server, conversationId });
      if (listed.whole) this.#listed = listed.whole;
      this.#shown = this.#visible();
      return JSON.stringify({ ...message, result: listed.result });
    };
    return (message, text) => {
      const result = own(message, "result");
      if (!isJsonObject(result)) return text;
      const wait = this.#gateway.ready();
      if (!wait) return filter(message, result);
      this.#pending.set(id, through);
      void wait.then(() => this.#pending.delete(id) && this.#ends.toClient(filter(message, result)));
      return null;
    };
  }

  #call(request: Request): void {
    const client = traitsOf(request.params);
    const call = callOf(request.id, request.params, { client, conversationId: conversationIn(request.params) ?? this.#conversationId, principal: "" });
    if (!call) return this.#ends.toClient(errorText(request.id, INVALID_PARAMS, "A call has the name of a tool, and arguments that are an object."));
    const abort = new AbortController();
    const waiting = this.#waitingFor(call, abort.signal);
    const ruling = this.#gateway.ready()?.then(() => this.#gateway.tools.decide(call, waiting)) ?? this.#gateway.tools.decide(call, waiting);
    if (!(ruling instanceof Promise)) return this.#ruled(request, call, ruling);
    this.#waiting.set(call.id, abort);
    let isStopped = false;
    const leave = this.#gateway.inFlight.add({
      call,
      end: (sentence) => {
        isStopped = true;
        this.#ends.toClient(resultText(call.id, refusedFor(client, "kill_switch", sentence)));
        abort.abort();
      },
    });
    void ruling.then((made) => {
      leave();
      this.#waiting.delete(call.id);
      // Whoever cancelled a request gets no answer to it.
      if (!isStopped && !abort.signal.aborted) this.#ruled(request, call, made);
    });
  }

  #waitingFor({ params }: Call, signal: AbortSignal): Waiting {
    const meta = own(params, "_meta");
    const progressToken = isJsonObject(meta) ? own(meta, "progressToken") : undefined;
    let progress = 0;
    return {
      signal,
      progress: (sentence) => {
        if (progressToken !== undefined && !signal.aborted) this.#ends.toClient(notificationText("notifications/progress", { progressToken, progress: ++progress, message: `Waiting for a person: ${sentence}` }));
      },
    };
  }

  #ruled(request: Request, call: Call, ruling: Ruling): void {
    if (ruling.kind === "answer") return this.#ends.toClient(resultText(call.id, ruling.result));
    if (ruling.kind === "task") {
      const result = this.#gateway.tasks.begin(call.client, "", ruling.sentence, (signal, begun) => this.#runTask(request, call, ruling, { signal, begun }));
      return this.#ends.toClient(resultText(call.id, result));
    }
    this.#send(request, call, ruling, (text) => this.#ends.toClient(text));
  }

  async #runTask(request: Request, call: Call, ruling: Extract<Ruling, { kind: "task" }>, { signal, begun }: { signal: AbortSignal; begun: () => void }): Promise<Answer> {
    const made = await ruling.resume({ signal, progress: () => undefined });
    if (made.kind !== "forward") return { result: made.kind === "answer" ? made.result : {} };
    if (signal.aborted) return { result: refusedFor(call.client, "cancelled", "The task was cancelled; nothing was done.") };
    const { task: _, ...params } = made.params;
    // Its own id: the client has the answer to the request, and may use the id again.
    const message = { ...request.message, id: `holdpoint-${randomUUID()}` };
    const id = JSON.stringify(message.id);
    signal.addEventListener("abort", () => this.#abandon(id, "The task was cancelled."), { once: true });
    begun();
    return new Promise((resolve) => {
      this.#send({ ...request, id, message }, { ...call, id }, { ...made, params }, (text) => {
        const answer = JSON.parse(text) as JsonObject;
        const [result, error] = [own(answer, "result"), own(answer, "error")];
        resolve(isJsonObject(result) ? { result } : { error: isJsonObject(error) ? error : {} });
      });
    });
  }

  #send(request: Request, call: Call, { params, permitted }: Extract<Ruling, { kind: "forward" }>, deliver: (text: string) => void): void {
    const { id } = call;
    const leave = this.#gateway.inFlight.add({
      call,
      end: (sentence) => {
        if (!this.#abandon(id, sentence)) return;
        deliver(resultText(id, cutShort(call.client, sentence)));
      },
    });
    this.#forward(params === request.params ? request.text : JSON.stringify({ ...request.message, params }), id, (message, text) => {
      leave();
      deliver(this.#afterwards(permitted, message, text));
      return null;
    });
  }

  /** False when the server has answered already. */
  #abandon(id: string, sentence: string): boolean {
    if (!this.#pending.delete(id)) return false;
    this.#abandoned.add(id);
    this.#ends.toServer(cancelledText(id, sentence));
    return true;
  }

  #afterwards(permitted: Permitted | null, message: JsonObject, text: string): string {
    if (permitted === null) return text;
    this.#gateway.serverTasks.note(permitted.call, message, this.#ends.toServer);
    const answer = this.#gateway.tools.answered(permitted, message);
    return answer === message ? text : JSON.stringify(answer);
  }

  #visible(): string {
    return JSON.stringify(this.#listed.filter((name) => this.#gateway.tools.mayBeCalled(name)));
  }

  #tellOfOtherTools(): void {
    const visible = this.#visible();
    // A client of the later revision asks for such news, and its lists are marked as good for no time at all.
    if (!this.#isLegacy || visible === this.#shown || this.#listed.length === 0) return;
    this.#shown = visible;
    this.#ends.toClient(notificationText("notifications/tools/list_changed", {}));
  }

  #heardGarbage(id: string): void {
    if (this.#pending.delete(id)) this.#ends.toClient(errorText(id, INTERNAL_ERROR, "The MCP server's answer is not understood."));
    this.#garbage += 1;
    if (this.#garbage === 1) this.#gateway.log("The server writes what is no JSON-RPC message; it is dropped.");
  }
}

/** The gateway itself has reasons to change the list. */
function announcingChanges(result: JsonObject): JsonObject {
  const capabilities = own(result, "capabilities");
  const tools = isJsonObject(capabilities) ? own(capabilities, "tools") : undefined;
  return isJsonObject(capabilities) && isJsonObject(tools) ? { ...result, capabilities: { ...capabilities, tools: { ...tools, listChanged: true } } } : result;
}
