// How far is a call that waits for a person as a task? In the words of both revisions.

import { randomUUID } from "node:crypto";
import { own, type JsonObject } from "../lib/domain/json-object.ts";
import { refusedFor } from "./call-result.ts";
import { TASKS, type ClientTraits } from "./client-traits.ts";
import { INVALID_PARAMS, METHOD_NOT_FOUND, type Answer } from "./json-rpc.ts";

const PREFIX = "holdpoint-";
const TTL_MS = 60 * 60_000;
const POLL_EVERY_MS = 2_000;
const RELATED = "io.modelcontextprotocol/related-task";

type State = "working" | "completed" | "failed" | "cancelled";

interface Task {
  id: string;
  principal: string;
  client: ClientTraits;
  status: State;
  sentence: string;
  createdAt: Date;
  updatedAt: Date;
  /** The server has the call, or may have it. */
  isBegun: boolean;
  /** Of the call, once there is one. */
  end: Answer | null;
  ended: PromiseWithResolvers<void>;
  abort: AbortController;
}

export class ApprovalTasks {
  readonly #tasks = new Map<string, Task>();

  /** `run` waits for the approval, says that it begins, and makes the call. Answers the result that stands for the call. */
  begin(client: ClientTraits, principal: string, sentence: string, run: (signal: AbortSignal, begun: () => void) => Promise<Answer>, now = new Date()): JsonObject {
    this.#forgetOld(now);
    const task: Task = {
      id: `${PREFIX}${randomUUID()}`, principal, client, status: "working", sentence: `Waiting for a person: ${sentence}`, createdAt: now, updatedAt: now, isBegun: false, end: null,
      ended: Promise.withResolvers<void>(), abort: new AbortController(),
    };
    this.#tasks.set(task.id, task);
    void run(task.abort.signal, () => (task.isBegun = true)).catch(() => ({ result: refusedFor(client, "not_asked", "The gateway could not make the call.") })).then((end) => this.#finish(task, end));
    return client.isModern ? { resultType: "task", ...shown(task) } : { task: shown(task) };
  }

  /** Null: not a request about one of these tasks, and so the server's affair. */
  answer(method: string, params: JsonObject, principal: string): Promise<Answer> | null {
    const id = own(params, "taskId");
    if (!method.startsWith("tasks/") || typeof id !== "string" || !id.startsWith(PREFIX)) return null;
    const task = this.#tasks.get(id);
    if (!task || task.principal !== principal) return Promise.resolve({ error: { code: INVALID_PARAMS, message: "There is no such task." } });
    return this.#answer(method, task);
  }

  endAll(): void {
    for (const task of this.#tasks.values()) task.abort.abort();
  }

  async #answer(method: string, task: Task): Promise<Answer> {
    const { isModern } = task.client;
    if (method === "tasks/cancel") {
      if (task.status === "working") this.#end(task, "cancelled", null);
      return { result: isModern ? { resultType: "complete" } : shown(task) };
    }
    if (method === "tasks/get") return { result: isModern ? { resultType: "complete", ...shown(task), ...task.end } : shown(task) };
    if (method === "tasks/update") return { result: { resultType: "complete" } };
    if (method !== "tasks/result" || isModern) return { error: { code: METHOD_NOT_FOUND, message: "Method not found" } };
    await task.ended.promise;
    if (task.end === null) return { error: { code: INVALID_PARAMS, message: task.sentence } };
    if ("error" in task.end) return task.end;
    const meta = own(task.end.result, "_meta");
    return { result: { ...task.end.result, _meta: { ...(typeof meta === "object" ? meta : {}), [RELATED]: { taskId: task.id } } } };
  }

  #finish(task: Task, end: Answer): void {
    if (task.status !== "working") return;
    // A legacy client hears of a tool's own error by the state of the task.
    const hasFailed = "error" in end || (!task.client.isModern && own(end.result, "isError") === true);
    this.#end(task, hasFailed ? "failed" : "completed", end);
  }

  #end(task: Task, status: State, end: Answer | null): void {
    Object.assign(task, { status, end, updatedAt: new Date(), sentence: sentenceOfEnd(status, task) });
    task.ended.resolve();
    task.abort.abort();
  }

  #forgetOld(now: Date): void {
    for (const [id, task] of this.#tasks) {
      if (now.getTime() - task.createdAt.getTime() < 2 * TTL_MS) return;
      task.abort.abort();
      this.#tasks.delete(id);
    }
  }
}

function sentenceOfEnd(status: State, { isBegun }: Pick<Task, "isBegun">): string {
  if (status === "cancelled") return isBegun ? "Cancelled; the call was under way, and whether it took effect is not known." : "Cancelled; nothing was done.";
  return status === "completed" ? "Done." : "Not done.";
}

function shown({ id, status, sentence, createdAt, updatedAt, client }: Task): JsonObject {
  const shared = { taskId: id, status, statusMessage: sentence, createdAt: createdAt.toISOString(), lastUpdatedAt: updatedAt.toISOString() };
  return client.isModern ? { ...shared, ttlMs: TTL_MS, pollIntervalMs: POLL_EVERY_MS } : { ...shared, ttl: TTL_MS, pollInterval: POLL_EVERY_MS };
}

/** Clients take a task only from whoever says that there may be some. */
export function announcingTasks(discovered: JsonObject, { isModern, capabilities }: ClientTraits): JsonObject {
  const extensionsOf = (object: JsonObject): JsonObject => (own(object, "extensions") as JsonObject | undefined) ?? {};
  if (!isModern || !Object.hasOwn(extensionsOf(capabilities), TASKS)) return discovered;
  const offered = (own(discovered, "capabilities") as JsonObject | undefined) ?? {};
  return { ...discovered, capabilities: { ...offered, extensions: { ...extensionsOf(offered), [TASKS]: {} } } };
}
