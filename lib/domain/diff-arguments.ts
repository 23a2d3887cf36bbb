// What is different between the arguments that were asked and those that a person made of them?

import { isDeepStrictEqualJson, isJsonObject } from "./json-object.ts";

export interface ArgumentChange {
  /** Dotted, with indexes in brackets: `payment.lines[2].amount`; empty for the arguments as a whole. */
  path: string;
  /** JSON text; null where there was, or is, nothing. */
  before: string | null;
  after: string | null;
}

const textOf = (value: unknown): string | null => (value === undefined ? null : (JSON.stringify(value) ?? null));

/** Deeper than this a part is compared as a whole. */
const DEEPEST = 12;

/** In the order of the first, then what was added. */
export function diffArguments(before: unknown, after: unknown, path = "", depth = 0): ArgumentChange[] {
  if (isDeepStrictEqualJson(before, after)) return [];
  const isList = Array.isArray(before) && Array.isArray(after);
  if (depth >= DEEPEST || !(isList || (isJsonObject(before) && isJsonObject(after)))) return [{ path, before: textOf(before), after: textOf(after) }];
  const [one, other] = [entriesOf(before), entriesOf(after)];
  const names = [...new Set([...one.keys(), ...other.keys()])];
  return names.flatMap((name) => diffArguments(one.get(name), other.get(name), isList ? `${path}[${name}]` : path === "" ? name : `${path}.${name}`, depth + 1));
}

/** A map, because `__proto__` is an argument like any other. */
const entriesOf = (value: unknown): Map<string, unknown> => new Map(typeof value === "object" && value !== null ? Object.entries(value) : []);
