// What did the other side send? One JSON-RPC 2.0 message, or a sentence about why it is none.

import { isJsonObject, own, type JsonObject } from "../lib/domain/json-object.ts";
import { isShallow } from "../lib/domain/json-depth.ts";
import { hasInexactNumber } from "../lib/domain/json-numbers.ts";

export const INVALID_REQUEST = -32_600;
export const METHOD_NOT_FOUND = -32_601;
export const INVALID_PARAMS = -32_602;
export const INTERNAL_ERROR = -32_603;
const PARSE_ERROR = -32_700;
/** Deeper than any honest message; what follows may recurse. */
const DEEPEST = 128;

interface Readable {
  message: JsonObject;
  /** A client's message is written anew: of a name that stands twice only what was read here is in it. A server's is as it came. */
  text: string;
}

export interface Request extends Readable {
  kind: "request";
  /** As JSON, so that 1 and "1" differ. */
  id: string;
  method: string;
  params: JsonObject;
}

export interface Notification extends Readable {
  kind: "notification";
  method: string;
  params: JsonObject;
}

export interface Response extends Readable {
  kind: "response";
  id: string;
}

export interface Unreadable {
  kind: "unreadable";
  /** As JSON; `null` where none can be told. */
  id: string;
  code: number;
  sentence: string;
}

export type Incoming = Request | Notification | Response | Unreadable;

const unreadable = (sentence: string, { code = INVALID_REQUEST, id = "null" } = {}): Unreadable => ({ kind: "unreadable", id, code, sentence });

/** `from`: a client's message is decided about, so it has to be forwarded exactly as it was understood. */
export function readMessage(line: string, from: "client" | "server"): Incoming {
  let message: unknown;
  try {
    message = JSON.parse(line);
  } catch {
    return unreadable("This is no JSON.", { code: PARSE_ERROR });
  }
  if (Array.isArray(message)) return unreadable("Batches are not taken; send one message at a time.");
  if (!isJsonObject(message)) return unreadable("A message is a JSON object.");
  const id = idText(own(message, "id"));
  if (!isShallow(message, DEEPEST)) return unreadable(`A message is nested at most ${DEEPEST} deep.`, { id });
  if (own(message, "jsonrpc") !== "2.0") return unreadable("A message says jsonrpc 2.0.", { id });
  if (from === "server") return classified(message, line);
  return hasInexactNumber(line) ? unreadable("A number in it is too long to be forwarded exactly; send it as text.", { id }) : classified(message, JSON.stringify(message));
}

const isLegalId = (id: unknown): boolean => typeof id === "string" || typeof id === "number";
const idText = (id: unknown): string => (isLegalId(id) ? JSON.stringify(id) : "null");

function classified(message: JsonObject, text: string): Incoming {
  const [method, id, params] = [own(message, "method"), own(message, "id"), own(message, "params") ?? {}];
  const hasId = Object.hasOwn(message, "id");
  const known = idText(id);
  if (method === undefined) {
    if (!Object.hasOwn(message, "result") && !Object.hasOwn(message, "error")) return unreadable("A message has a method, a result or an error.");
    return isLegalId(id) || id === null ? { kind: "response", id: known, message, text } : unreadable("A response has the id of its request.");
  }
  if (typeof method !== "string") return unreadable("A method is a name.", { id: known });
  if (hasId && !isLegalId(id)) return unreadable("An id is a text or a number.");
  if (!isJsonObject(params)) return unreadable("Parameters are given by name.", { id: known });
  return hasId ? { kind: "request", id: known, method, params, message, text } : { kind: "notification", method, params, message, text };
}

/** A call without an id is no notification, and a server may still make it. */
export const isNotification = ({ method }: Notification): boolean => method.startsWith("notifications/");

export const resultText = (id: string, result: JsonObject): string => `{"jsonrpc":"2.0","id":${id},"result":${JSON.stringify(result)}}`;
export const errorText = (id: string, code: number, sentence: string): string => `{"jsonrpc":"2.0","id":${id},"error":${JSON.stringify({ code, message: sentence })}}`;
export type Answer = { result: JsonObject } | { error: JsonObject };
export const answerText = (id: string, answer: Answer): string => ("result" in answer ? resultText(id, answer.result) : `{"jsonrpc":"2.0","id":${id},"error":${JSON.stringify(answer.error)}}`);
export const notificationText = (method: string, params: JsonObject): string => JSON.stringify({ jsonrpc: "2.0", method, params });
/** Whether the server has begun is its own affair; it is told that nobody waits any more. */
export const cancelledText = (id: string, sentence: string): string =>
  `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":${id},"reason":${JSON.stringify(sentence)}}}`;
