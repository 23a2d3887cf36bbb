// Can these arguments be kept exactly as they were given?

import { isShallow } from "./json-depth.ts";

export const DEEPEST = 64;
/** As JSON text: a person has to be able to read what is asked. */
export const MOST_INPUT_CHARACTERS = 1_100_000;

/** A sentence, or null. What would be dropped or changed on the way to the database is refused, because another call would be decided than is made. */
export function faultOfInput(input: unknown): string | null {
  if (!isShallow(input, DEEPEST)) return `Arguments are nested at most ${DEEPEST} deep.`;
  const fault = faultWithin(input);
  if (fault !== null) return fault;
  return JSON.stringify(input).length > MOST_INPUT_CHARACTERS ? `Arguments are at most ${MOST_INPUT_CHARACTERS.toLocaleString("en")} characters of JSON.` : null;
}

function faultWithin(value: unknown): string | null {
  if (typeof value === "string") return value.isWellFormed() && !value.includes("\u0000") ? null : "An argument holds a text that cannot be stored.";
  if (typeof value === "number") return Number.isFinite(value) ? null : "An argument is no number of JSON.";
  if (typeof value !== "object" || value === null) return null;
  for (const [name, member] of Object.entries(value)) {
    const fault = name === "__proto__" ? "An argument has a name that is not allowed." : (faultWithin(name) ?? faultWithin(member));
    if (fault !== null) return fault;
  }
  return null;
}
