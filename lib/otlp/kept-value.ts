// How much of a long value is kept?

import { setOwn, type Attributes } from "./set-own.ts";
import { storableText } from "./storable-text.ts";
import { isRecord } from "./json-content.ts";

const MAX_TEXT_CHARACTERS = 65_536;
const MAX_ATTRIBUTES = 512;

/** Says in the text itself how much is missing: a reader must not take the beginning for the whole. */
export function keptText(text: string): string {
  if (text.length <= MAX_TEXT_CHARACTERS) return text;
  return `${storableText(text.slice(0, MAX_TEXT_CHARACTERS))}… [cut: the first ${MAX_TEXT_CHARACTERS} of ${text.length} characters were kept]`;
}

/** The same value when nothing has to be cut, which is nearly always, so that nearly nothing is copied. */
export function keptValue(value: unknown): unknown {
  return isTooLong(value) ? cut(value) : (value ?? null);
}

function isTooLong(value: unknown): boolean {
  if (typeof value === "string") return value.length > MAX_TEXT_CHARACTERS;
  if (typeof value !== "object" || value === null) return false;
  return Array.isArray(value) ? value.some(isTooLong) : Object.values(value).some(isTooLong);
}

function cut(value: unknown): unknown {
  if (typeof value === "string") return keptText(value);
  if (Array.isArray(value)) return value.map(cut);
  if (!isRecord(value)) return value ?? null;
  const kept: Attributes = {};
  for (const key of Object.keys(value)) setOwn(kept, key, cut(value[key]));
  return kept;
}

/** The number of attributes that did not fit is left behind as `holdpoint.dropped_attributes`. The same object when nothing has to be cut. */
export function keptAttributes(attributes: Attributes): Attributes {
  const names = Object.keys(attributes);
  if (names.length <= MAX_ATTRIBUTES && !isTooLong(attributes)) return attributes;
  const kept: Attributes = {};
  for (const name of names.slice(0, MAX_ATTRIBUTES)) setOwn(kept, name, keptValue(attributes[name]));
  if (names.length > MAX_ATTRIBUTES) kept["holdpoint.dropped_attributes"] = names.length - MAX_ATTRIBUTES;
  return kept;
}
