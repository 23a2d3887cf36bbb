// The arguments of a call as fields of a form, and back.

import { hasInexactNumber } from "@/lib/domain/json-numbers.ts";

export interface ArgumentField {
  name: string;
  kind: "text" | "number" | "switch" | "json";
  /** As it stands in the field. */
  text: string;
}

function fieldOf([name, value]: [string, unknown]): ArgumentField {
  if (typeof value === "string") return { name, kind: "text", text: value };
  if (typeof value === "number") return { name, kind: "number", text: String(value) };
  if (typeof value === "boolean") return { name, kind: "switch", text: String(value) };
  return { name, kind: "json", text: JSON.stringify(value, null, 2) };
}

export const argumentFields = (input: Record<string, unknown>): ArgumentField[] => Object.entries(input).map(fieldOf);

export type Edited = { ok: true; input: Record<string, unknown> } | { ok: false; errors: Record<string, string> };

/** Each field keeps its kind: a number stays a number. */
export function readArguments(fields: readonly ArgumentField[]): Edited {
  const errors = new Map<string, string>();
  const entries = fields.map(({ name, kind, text }): [string, unknown] => {
    if (kind === "text") return [name, text];
    try {
      const value: unknown = JSON.parse(text.trim());
      if (hasInexactNumber(text)) {
        errors.set(name, "A number has more digits than can be kept exactly.");
        return [name, null];
      }
      if (kind === "json" || typeof value === (kind === "switch" ? "boolean" : "number")) return [name, value];
    } catch {
      // Said below.
    }
    errors.set(name, kind === "json" ? "This is not JSON." : kind === "number" ? "A number." : "true or false.");
    return [name, null];
  });
  return errors.size > 0 ? { ok: false, errors: Object.fromEntries(errors) } : { ok: true, input: Object.fromEntries(entries) };
}
