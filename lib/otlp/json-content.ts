// When is text that an attribute carries really JSON? Libraries send messages, arguments and results as JSON in a string, or as they are.

import { MAX_VALUE_DEPTH } from "./decode-budget.ts";
import { setOwn, type Attributes } from "./set-own.ts";
import { storableText } from "./storable-text.ts";

const QUOTE = 34, BACKSLASH = 92, OPEN_LIST = 91, CLOSE_LIST = 93, OPEN_MAP = 123, CLOSE_MAP = 125;

/** Looked at before parsing, because parsing a hostile body of brackets takes seconds, and writing it again overflows the stack. */
export function isDeeperThan(json: string, maxDepth: number): boolean {
  if (hasAtMost(json, "[", maxDepth / 2) && hasAtMost(json, "{", maxDepth / 2)) return false;
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (quoted) {
      if (code === BACKSLASH) at++;
      else if (code === QUOTE) quoted = false;
    } else if (code === QUOTE) quoted = true;
    else if (code === OPEN_LIST || code === OPEN_MAP) {
      if (++depth > maxDepth) return true;
    } else if (code === CLOSE_LIST || code === CLOSE_MAP) depth--;
  }
  return false;
}

function hasAtMost(text: string, character: string, most: number): boolean {
  let at = -1;
  for (let count = 0; count <= most; count++) if ((at = text.indexOf(character, at + 1)) < 0) return true;
  return false;
}

/** The same of bytes in UTF-8, of which no byte of a longer character looks like a bracket: half as long as looking at the text. */
export function areBytesDeeperThan(json: Uint8Array, maxDepth: number): boolean {
  let depth = 0;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at] as number;
    if (byte === QUOTE) at = endOfText(json, at + 1);
    else if (byte >= OPEN_LIST) {
      if (byte === OPEN_MAP || byte === OPEN_LIST) {
        if (++depth > maxDepth) return true;
      } else if (byte === CLOSE_MAP || byte === CLOSE_LIST) depth--;
    }
  }
  return false;
}

function endOfText(json: Uint8Array, start: number): number {
  let at = start;
  for (; at < json.length; at++) {
    const byte = json[at];
    if (byte === QUOTE) break;
    if (byte === BACKSLASH) at++;
  }
  return at;
}

/** The parsed value of a JSON object, list or string; every other text, and every other value, stays what it is. */
export function parseContent(content: unknown): unknown {
  if (typeof content !== "string") return content;
  const first = content.charCodeAt(0);
  if (first !== OPEN_LIST && first !== OPEN_MAP && first !== QUOTE) return content;
  if (isDeeperThan(content, MAX_VALUE_DEPTH)) return content;
  try {
    const parsed: unknown = JSON.parse(content);
    // Only an escape can bring in what decoding already took out of plain text.
    return content.includes("\\u") ? storableValue(parsed) : parsed;
  } catch {
    return content;
  }
}

/** Parsed JSON with every text in it made storable. */
export function storableValue(value: unknown): unknown {
  if (typeof value === "string") return storableText(value);
  if (Array.isArray(value)) return value.map(storableValue);
  if (!isRecord(value)) return value;
  const result: Attributes = {};
  for (const key of Object.keys(value)) setOwn(result, storableText(key), storableValue(value[key]));
  return result;
}

export function isRecord(value: unknown): value is Attributes {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The own property, never an inherited one such as `constructor`. */
export function ownValue(value: unknown, key: string): unknown {
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}
