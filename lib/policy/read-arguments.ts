// Are these the arguments that the tool declares? As values of the policy engine, or a sentence that names the one that is wrong.

import { quoted } from "../domain/quote.ts";
import type { CedarValueJson } from "./cedar.ts";
import { decimalText } from "./cedar-literal.ts";
import type { InputType, RecordType } from "./policy-schema.ts";

export type ArgumentsReading = { ok: true; input: Record<string, CedarValueJson> } | { ok: false; sentence: string };

export const MAX_DEPTH = 32;
/** Over all texts and names of a call, in UTF-16 units. */
export const MAX_TEXT = 1_000_000;
export const MAX_VALUES = 20_000;

class Wrong extends Error {}

const wrong = (path: string, says: string): never => {
  throw new Wrong(path === "" ? `The arguments ${says}, so the call is refused.` : `The argument ${quoted(path)} ${says}, so the call is refused.`);
};

/** Never hands the engine what it was not asked to check: undeclared arguments, numbers that it would round, text that it would change. */
export function readArguments(type: RecordType, input: unknown): ArgumentsReading {
  try {
    requirePlainJson(input, "", 1, { text: 0, values: 0 });
    return { ok: true, input: recordValue(type, input, "") };
  } catch (error) {
    if (error instanceof Wrong) return { ok: false, sentence: error.message };
    // An object of the caller's own process can throw when it is read.
    return { ok: false, sentence: "The arguments cannot be read, so the call is refused." };
  }
}

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
};

/** Of what is left out of the schema, too: the tool receives it all. */
function requirePlainJson(value: unknown, path: string, depth: number, used: { text: number; values: number }): void {
  if (++used.values > MAX_VALUES) wrong("", `hold more than ${MAX_VALUES.toLocaleString("en")} values`);
  if (value === null || typeof value === "boolean") return;
  if (typeof value === "string") return requireText(value, path, used);
  if (typeof value === "number") return Number.isFinite(value) ? undefined : wrong(path, "is no number");
  if (typeof value !== "object") return wrong(path, "is no JSON");
  if (depth > MAX_DEPTH) wrong("", `nest deeper than ${MAX_DEPTH}`);
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) requirePlainJson(value[index], `${path}[${index}]`, depth + 1, used);
    return;
  }
  if (!isPlain(value)) wrong(path, "is no plain object");
  for (const [name, member] of Object.entries(value)) {
    const at = path === "" ? name : `${path}.${name}`;
    if (name === "__proto__") wrong(at, "has a name that is not allowed");
    requireText(name, at, used);
    requirePlainJson(member, at, depth + 1, used);
  }
}

function requireText(text: string, path: string, used: { text: number }): void {
  used.text += text.length;
  if (used.text > MAX_TEXT) wrong("", "hold more than 1 MB of text");
  if (!text.isWellFormed()) wrong(path, "is not well-formed Unicode");
}

function recordValue(type: RecordType, value: unknown, path: string): Record<string, CedarValueJson> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return wrong(path, "must be an object");
  if (type.isOpaque) return {};
  const members = new Map<string, CedarValueJson>();
  for (const [name, member] of Object.entries(value)) {
    const at = path === "" ? name : `${path}.${name}`;
    const declared = type.members.get(name);
    if (declared) members.set(name, valueOf(declared.type, member, at));
    else if (!type.unseen.has(name)) wrong(at, "is not declared by the tool");
  }
  for (const [name, { isRequired }] of type.members) if (isRequired && !members.has(name)) wrong(path === "" ? name : `${path}.${name}`, "is missing");
  return Object.fromEntries(members);
}

function valueOf(type: InputType, value: unknown, path: string): CedarValueJson {
  switch (type.kind) {
    case "string":
      return typeof value === "string" ? value : wrong(path, "must be a text");
    case "boolean":
      return typeof value === "boolean" ? value : wrong(path, "must be true or false");
    case "long":
      if (typeof value !== "number" || !Number.isInteger(value)) return wrong(path, "must be a whole number");
      return Number.isSafeInteger(value) ? (Object.is(value, -0) ? 0 : value) : wrong(path, "is too large to be compared exactly");
    case "decimal": {
      if (typeof value !== "number") return wrong(path, "must be a number");
      return { __extn: { fn: "decimal", arg: decimalText(value) ?? wrong(path, "has more than four digits after the point, or is too large to be compared exactly") } };
    }
    case "set":
      return Array.isArray(value) ? value.map((item, index) => valueOf(type.of, item, `${path}[${index}]`)) : wrong(path, "must be a list");
    case "record":
      return recordValue(type, value, path);
  }
}
