// Which tasks did the server make of calls that were let through, so that a stop reaches their work as well?

import { randomUUID } from "node:crypto";
import { isJsonObject, own, type JsonObject } from "../lib/domain/json-object.ts";
import { INVALID_REQUEST, type Answer } from "./json-rpc.ts";
import type { Call } from "./tool-gate.ts";

/** What a task that waits goes on by. How far it is may be asked, and it may be cancelled, whatever is stopped. */
const GOES_ON_BY: ReadonlySet<string> = new Set(["tasks/update", "tasks/result"]);
/** The oldest are over by then. */
const MOST = 1_000;

type StopSentence = (tool: string) => string | null;

interface ServerTask {
  tool: string;
  cancel: () => void;
}

export class ServerTasks {
  readonly #tasks = new Map<string, ServerTask>();

  /** `message` is the server's answer to the call; `send` reaches the server as the client did. */
  note({ tool, params, client }: Call, message: JsonObject, send: (text: string, taskId: string) => void): void {
    const taskId = taskIn(message);
    if (taskId === null) return;
    const _meta = own(params, "_meta");
    const text = JSON.stringify({ jsonrpc: "2.0", id: `holdpoint-${randomUUID()}`, method: "tasks/cancel", params: { taskId, ...(client.isModern && isJsonObject(_meta) ? { _meta } : {}) } });
    this.#tasks.set(taskId, { tool, cancel: () => send(text, taskId) });
    for (const [oldest] of this.#tasks) {
      if (this.#tasks.size <= MOST) return;
      this.#tasks.delete(oldest);
    }
  }

  cancelStopped(stopSentence: StopSentence): void {
    for (const { tool, cancel } of this.#tasks.values()) if (stopSentence(tool) !== null) cancel();
  }

  /** Null: nothing against it. Of a task from before this gateway it is not known whose tool it is: there counts what stops them all. */
  refusal(method: string, params: JsonObject, stopSentence: StopSentence): Answer | null {
    if (!GOES_ON_BY.has(method)) return null;
    const taskId = own(params, "taskId");
    const sentence = stopSentence((typeof taskId === "string" ? this.#tasks.get(taskId)?.tool : undefined) ?? "");
    return sentence === null ? null : { error: { code: INVALID_REQUEST, message: sentence } };
  }
}

/** In the words of both revisions; null: the answer is no task. */
function taskIn(message: JsonObject): string | null {
  const result = own(message, "result");
  if (!isJsonObject(result)) return null;
  const task = own(result, "resultType") === "task" ? result : own(result, "task");
  const taskId = isJsonObject(task) ? own(task, "taskId") : undefined;
  return typeof taskId === "string" ? taskId : null;
}
