// How does a value from outside become text that a jsonb column takes?

const UNSTORABLE = /\\u(?:0000|d[89a-f])/i;

/** PostgreSQL refuses NUL and half surrogate pairs inside JSON; null stays null. */
export function jsonText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  const text = JSON.stringify(value);
  if (text === undefined || !text.includes("\\u") || !UNSTORABLE.test(text)) return text ?? null;
  return JSON.stringify(storable(value)) ?? null;
}

function storable(value: unknown): unknown {
  if (typeof value === "string") return value.toWellFormed().replaceAll("\u0000", "");
  if (Array.isArray(value)) return value.map(storable);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [storable(name), storable(part)]));
}
