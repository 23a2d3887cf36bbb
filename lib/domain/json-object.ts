// What is an object in JSON, and when are two values equal?

export type JsonObject = Record<string, unknown>;

export const isJsonObject = (value: unknown): value is JsonObject => typeof value === "object" && value !== null && !Array.isArray(value);

/** Equal as JSON: the order of members does not matter, and a member that is undefined is not there. */
export function isDeepStrictEqualJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, index) => isDeepStrictEqualJson(item, b[index]));
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return names.every((name) => isDeepStrictEqualJson(own(a, name), own(b, name)));
}

/** Never what an object inherits: `constructor` and `__proto__` are names like any other. */
export const own = (object: JsonObject, name: string): unknown => (Object.hasOwn(object, name) ? object[name] : undefined);
