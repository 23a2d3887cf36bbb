// `holdpoint mcp --listen <port> --upstream <url>`: a proxy in front of a server that speaks streamable HTTP.

import { createHash, randomUUID } from "node:crypto";
import http, { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { isJsonObject, own, type JsonObject } from "../lib/domain/json-object.ts";
import { announcingTasks } from "./approval-task.ts";
import { cutShort, refusedFor } from "./call-result.ts";
import { ClientAnswer, wholeOf, type Rewrite } from "./client-answer.ts";
import { conversationIn, traitsOf } from "./client-traits.ts";
import { Gateway, serverInfoIn, type GatewayOptions } from "./gateway.ts";
import { headerMismatch, headersNaming, isFromElsewhere } from "./http-headers.ts";
import { answerText, cancelledText, errorText, INTERNAL_ERROR, INVALID_PARAMS, INVALID_REQUEST, isNotification, notificationText, readMessage, resultText, type Answer, type Incoming, type Request } from "./json-rpc.ts";
import type { ServerInfo } from "./report-tools.ts";
import { callOf, type Call, type Permitted, type Ruling, type Waiting } from "./tool-gate.ts";
import { ListedPages } from "./tool-list.ts";
import { responseIn, Upstream } from "./upstream.ts";

const HEADER_MISMATCH = -32_020;

export interface HttpOptions extends GatewayOptions {
  /** On this machine alone; 0 takes any. */
  port: number;
  /** The address of the server's MCP endpoint. */
  upstream: string;
}

const shortHash = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 24);

/** A request on its way, with all that belongs to it. */
interface Exchange {
  request: Request;
  headers: IncomingHttpHeaders;
  answer: ClientAnswer;
  principal: string;
  conversationId: string;
  /** Aborted when the client has gone. */
  gone: AbortController;
}

export class HttpGateway {
  readonly #gateway: Gateway;
  readonly #upstream: Upstream;
  readonly #server: http.Server;
  readonly #pages = new ListedPages();
  /** Of the legacy revisions, by session and id: what a client's own cancellation reaches. */
  readonly #waiting = new Map<string, AbortController>();
  /** For clients that tell no run of theirs. */
  readonly #ownConversation = `mcp-${randomUUID()}`;
  #serverInfo: ServerInfo = { name: "", version: "" };

  private constructor(options: HttpOptions) {
    this.#gateway = new Gateway(options);
    this.#upstream = new Upstream(new URL(options.upstream));
    this.#server = http.createServer((incoming, outgoing) => void this.#handle(incoming, outgoing));
  }

  static async open(options: HttpOptions): Promise<HttpGateway> {
    const opened = new HttpGateway(options);
    await new Promise<void>((resolve, reject) => opened.#server.once("error", reject).listen(options.port, "127.0.0.1", resolve));
    return opened;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${this.#upstream.url.pathname}`;
  }

  async close(): Promise<void> {
    await this.#gateway.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    this.#upstream.close();
  }

  async #handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const answer = new ClientAnswer(outgoing);
    const gone = new AbortController();
    outgoing.on("close", () => gone.abort());
    try {
      if (isFromElsewhere(incoming.headers)) return answer.end(errorText("null", INTERNAL_ERROR, "Only programs on this machine may use this gateway."), 403);
      if (incoming.method === "GET" || incoming.method === "DELETE") return await this.#pass(incoming, answer, gone.signal);
      if (incoming.method !== "POST") return answer.end(errorText("null", INVALID_REQUEST, "This takes POST, GET and DELETE."), 405);
      await this.#receive(readMessage((await wholeOf(incoming)).toString("utf8"), "client"), incoming.headers, answer, gone);
    } catch (error) {
      answer.fail(failureText("null", error), error instanceof RangeError ? 413 : 502);
    }
  }

  /** The stream of a legacy client, and the end of its session. A list that is sent there anew is filtered as well. */
  async #pass({ method = "GET", headers }: IncomingMessage, answer: ClientAnswer, signal: AbortSignal): Promise<void> {
    const conversationId = this.#conversationOf(headers);
    await answer.relay(await this.#upstream.send(method, headers, null, signal), ({ message }) => {
      const result = own(message, "result");
      return isJsonObject(result) && Array.isArray(own(result, "tools")) ? JSON.stringify({ ...message, result: this.#listed(result, {}, conversationId) }) : null;
    });
  }

  async #receive(message: Incoming, headers: IncomingHttpHeaders, answer: ClientAnswer, gone: AbortController): Promise<void> {
    if (message.kind === "unreadable") return answer.end(errorText(message.id, message.code, message.sentence), 400);
    if (message.kind !== "response") {
      const mismatch = headerMismatch(headers, message);
      if (mismatch !== null) return answer.end(errorText(message.kind === "request" ? message.id : "null", HEADER_MISMATCH, mismatch), 400);
    }
    const principal = shortHash(headers.authorization ?? "");
    if (message.kind === "request") {
      const exchange: Exchange = { request: message, headers, answer, principal, conversationId: conversationIn(message.params) ?? this.#conversationOf(headers), gone };
      return this.#requested(exchange).catch((error: unknown) => answer.fail(failureText(message.id, error), 502));
    }
    if (message.kind === "notification" && !isNotification(message)) return answer.end(errorText("null", INVALID_REQUEST, "This is no notification; send it with an id."), 400);
    if (message.kind === "notification" && message.method === "notifications/cancelled") this.#waiting.get(this.#waitingKey(headers, JSON.stringify(own(message.params, "requestId"))))?.abort();
    await answer.relay(await this.#upstream.send("POST", headers, message.kind === "response" ? this.#gateway.responseText(message) : message.text, gone.signal), null);
  }

  async #requested(exchange: Exchange): Promise<void> {
    const { request, headers, answer, principal, gone } = exchange;
    const { id, method, params } = request;
    const task = this.#gateway.answerTask(method, params, principal);
    if (task) return answer.end(answerText(id, await task));
    if (method === "tools/call") return this.#call(exchange);
    await answer.relay(await this.#upstream.send("POST", headers, request.text, gone.signal), this.#rewriteFor(exchange));
  }

  #rewriteFor({ request: { method, params }, conversationId }: Exchange): Rewrite | null {
    if (method === "initialize" || method === "server/discover") {
      return ({ message }) => {
        const result = own(message, "result");
        if (!isJsonObject(result)) return null;
        this.#serverInfo = serverInfoIn(result) ?? this.#serverInfo;
        return JSON.stringify({ ...message, result: announcingTasks(result, traitsOf(params)) });
      };
    }
    if (method !== "tools/list") return null;
    return async ({ message }) => {
      const result = own(message, "result");
      if (!isJsonObject(result)) return null;
      await this.#gateway.ready();
      return JSON.stringify({ ...message, result: this.#listed(result, params, conversationId) });
    };
  }

  #listed(result: JsonObject, params: JsonObject, conversationId: string): JsonObject {
    return this.#gateway.list(result, { pages: this.#pages, cursor: own(params, "cursor"), server: serverInfoIn(result) ?? this.#serverInfo, conversationId }).result;
  }

  async #call(exchange: Exchange): Promise<void> {
    const { request, headers, answer, principal, conversationId, gone } = exchange;
    const client = traitsOf(request.params);
    const call = callOf(request.id, request.params, { client, conversationId, principal });
    if (!call) return answer.end(errorText(request.id, INVALID_PARAMS, "A call has the name of a tool, and arguments that are an object."), 400);
    await this.#gateway.ready();
    const [abort, key] = [new AbortController(), this.#waitingKey(headers, call.id)];
    const signal = AbortSignal.any([abort.signal, gone.signal]);
    this.#waiting.set(key, abort);
    const leave = this.#gateway.inFlight.add({
      call,
      end: (sentence) => {
        answer.end(resultText(call.id, refusedFor(client, "kill_switch", sentence)));
        abort.abort();
      },
    });
    const ruling = await this.#gateway.tools.decide(call, waitingOf(exchange, signal));
    leave();
    this.#waiting.delete(key);
    if (signal.aborted) return answer.end(errorText(call.id, INTERNAL_ERROR, "The request was cancelled."));
    if (ruling.kind === "answer") return answer.end(resultText(call.id, ruling.result));
    if (ruling.kind === "task") return answer.end(resultText(call.id, this.#gateway.tasks.begin(client, principal, ruling.sentence, (taskSignal, begun) => this.#runTask(exchange, call, ruling, { signal: taskSignal, begun }))));
    await this.#forward(exchange, call, ruling);
  }

  async #forward(exchange: Exchange, call: Call, { params, permitted }: Extract<Ruling, { kind: "forward" }>): Promise<void> {
    const { request, headers, answer, gone } = exchange;
    const stopped = new AbortController();
    const leave = this.#gateway.inFlight.add({
      call,
      end: (sentence) => {
        answer.end(resultText(call.id, cutShort(call.client, sentence)));
        stopped.abort();
        this.#tellCancelled(call, headers, sentence);
      },
    });
    try {
      const text = params === request.params ? request.text : JSON.stringify({ ...request.message, params });
      const rewrite: Rewrite | null = permitted && (({ message }) => JSON.stringify(this.#answered(permitted, headers, message)));
      await answer.relay(await this.#upstream.send("POST", headers, text, AbortSignal.any([gone.signal, stopped.signal])), rewrite);
    } catch (error) {
      if (!stopped.signal.aborted) throw error;
    } finally {
      leave();
    }
  }

  /** The client has its answer; the call is made for the task, and its answer kept. */
  async #runTask({ request, headers }: Exchange, call: Call, ruling: Extract<Ruling, { kind: "task" }>, { signal, begun }: { signal: AbortSignal; begun: () => void }): Promise<Answer> {
    const made = await ruling.resume({ signal, progress: () => undefined });
    if (made.kind !== "forward") return { result: made.kind === "answer" ? made.result : {} };
    if (signal.aborted) return { result: refusedFor(call.client, "cancelled", "The task was cancelled; nothing was done.") };
    const { task: _, ...params } = made.params;
    const stopped = new AbortController();
    let end: Answer = { error: { code: INTERNAL_ERROR, message: "The MCP server gave no answer." } };
    const leave = this.#gateway.inFlight.add({
      call,
      end: (sentence) => {
        end = { result: cutShort(call.client, sentence) };
        stopped.abort();
        this.#tellCancelled(call, headers, sentence);
      },
    });
    const cancel = () => this.#tellCancelled(call, headers, "The task was cancelled.");
    signal.addEventListener("abort", cancel, { once: true });
    begun();
    try {
      const incoming = await this.#upstream.send("POST", headers, JSON.stringify({ ...request.message, params }), AbortSignal.any([signal, stopped.signal]));
      const message = await responseIn(incoming);
      const answered = message && made.permitted ? this.#answered(made.permitted, headers, message) : message;
      const [result, error] = answered ? [own(answered, "result"), own(answered, "error")] : [];
      return isJsonObject(result) ? { result } : isJsonObject(error) ? { error } : end;
    } catch {
      return end;
    } finally {
      // What has ended is not cancelled: every task's signal is raised in the end.
      signal.removeEventListener("abort", cancel);
      leave();
    }
  }

  #answered(permitted: Permitted, headers: IncomingHttpHeaders, message: JsonObject): JsonObject {
    this.#gateway.serverTasks.note(permitted.call, message, (text, taskId) => this.#tell(headersNaming(headers, "tasks/cancel", taskId), text));
    return this.#gateway.tools.answered(permitted, message);
  }

  /** Whatever the server says to it. */
  #tell(headers: IncomingHttpHeaders, text: string): void {
    void this.#upstream.send("POST", headers, text, AbortSignal.timeout(5_000)).then((incoming) => incoming.resume(), () => undefined);
  }

  /** In the later revision the end of the connection says it. */
  #tellCancelled({ client, id }: Call, headers: IncomingHttpHeaders, sentence: string): void {
    if (!client.isModern) this.#tell(headers, cancelledText(id, sentence));
  }

  /** The session id opens the session to whoever knows it, so it is not told to anybody. */
  #conversationOf(headers: IncomingHttpHeaders): string {
    const session = headers["mcp-session-id"];
    return typeof session === "string" ? `mcp-${shortHash(session)}` : this.#ownConversation;
  }

  #waitingKey = (headers: IncomingHttpHeaders, id: string): string => JSON.stringify([headers.authorization ?? "", headers["mcp-session-id"] ?? "", id]);
}

const failureText = (id: string, error: unknown): string => errorText(id, INTERNAL_ERROR, error instanceof RangeError ? error.message : "The MCP server cannot be reached.");

function waitingOf({ request: { params }, headers, answer }: Exchange, signal: AbortSignal): Waiting {
  const meta = own(params, "_meta");
  const progressToken = isJsonObject(meta) ? own(meta, "progressToken") : undefined;
  const isTold = progressToken !== undefined && /text\/event-stream/i.test(headers.accept ?? "");
  let progress = 0;
  return {
    signal,
    progress: (sentence) => {
      if (isTold && !signal.aborted) answer.say(notificationText("notifications/progress", { progressToken, progress: ++progress, message: `Waiting for a person: ${sentence}` }));
    },
  };
}
