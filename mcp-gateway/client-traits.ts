// What can this client do, and so how is it told that a call waits for a person?

import { shortKey } from "../lib/domain/short-key.ts";
import { isJsonObject, own, type JsonObject } from "../lib/domain/json-object.ts";

export const MODERN_REVISION = "2026-07-28";
const VERSION = "io.modelcontextprotocol/protocolVersion";
const CAPABILITIES = "io.modelcontextprotocol/clientCapabilities";
export const TASKS = "io.modelcontextprotocol/tasks";

export interface ClientTraits {
  /** Of the revision 2026-07-28 or later: each request says by itself what its client can do. */
  isModern: boolean;
  /** Before that revision a client said so once; then it says per call whether it takes a task, and nothing else is asked of it. */
  capabilities: JsonObject;
}

const objectIn = (object: JsonObject, name: string): JsonObject => {
  const value = own(object, name);
  return isJsonObject(value) ? value : {};
};
const has = (object: JsonObject, name: string): boolean => isJsonObject(own(object, name));

/** Null: the request says none, as up to the revision 2025-11-25. */
export function revisionOf(params: JsonObject): string | null {
  const version = own(objectIn(params, "_meta"), VERSION);
  return typeof version === "string" ? version : null;
}

export function traitsOf(params: JsonObject): ClientTraits {
  return revisionOf(params) === null ? { isModern: false, capabilities: {} } : { isModern: true, capabilities: objectIn(objectIn(params, "_meta"), CAPABILITIES) };
}

export type ApprovalWay = "task" | "input_required" | "wait";

/** A task where the client takes one, else the page of the approval, else the call is held for a while. */
export function approvalWay({ isModern, capabilities }: ClientTraits, params: JsonObject): ApprovalWay {
  if (!isModern) return has(params, "task") ? "task" : "wait";
  if (has(objectIn(capabilities, "extensions"), TASKS)) return "task";
  return has(objectIn(capabilities, "elicitation"), "url") ? "input_required" : "wait";
}

/** The name of the run, where the request tells one: what is counted per run is counted by it. Whatever is said there is a name, by its digest where it is long: a task that is named never counts as one that is not. */
export function conversationIn(params: JsonObject): string | null {
  const meta = objectIn(params, "_meta");
  const said = own(meta, "holdpoint/conversationId") ?? "";
  const named = typeof said === "string" ? said : JSON.stringify(said);
  if (named !== "") return shortKey(named);
  const parent = own(meta, "traceparent");
  return typeof parent === "string" ? (/^[0-9a-f]{2}-([0-9a-f]{32})-/.exec(parent)?.[1] ?? null) : null;
}
