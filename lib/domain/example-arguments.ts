// What could a call of this tool look like? Arguments made up from what its schema declares, for a person to change.

import { isJsonObject, own, type JsonObject } from "./json-object.ts";
import type { Json } from "./manifest.ts";

const MAX_DEPTH = 8;
const MOST_MEMBERS = 50;

/** Every declared argument once, by its first example, default or allowed value where there is one. */
export function exampleArguments(schema: JsonObject): Json {
  const value = exampleOf(schema, 0);
  return isJsonObject(value) ? (value as Json) : {};
}

function exampleOf(schema: unknown, depth: number): Json {
  if (!isJsonObject(schema) || depth > MAX_DEPTH) return null;
  const [given] = [first(own(schema, "examples")), own(schema, "default"), own(schema, "const"), first(own(schema, "enum"))].filter((value) => value !== undefined);
  if (given !== undefined) return given as Json;
  const declared = own(schema, "type");
  const type = Array.isArray(declared) ? declared.find((each) => each !== "null") : declared;
  if (type === "number" || type === "integer") return numberOf(schema, type === "integer");
  if (type === "boolean") return true;
  if (type === "array") return [exampleOf(own(schema, "items"), depth + 1)].filter((item) => item !== null);
  if (type === "string") return "example";
  const members = own(schema, "properties");
  if (!isJsonObject(members)) return type === undefined && depth > 0 ? null : {};
  return Object.fromEntries(Object.entries(members).slice(0, MOST_MEMBERS).filter(([name]) => name !== "__proto__").map(([name, member]) => [name, exampleOf(member, depth + 1)]));
}

const first = (list: unknown): unknown => (Array.isArray(list) ? list[0] : undefined);

function numberOf(schema: JsonObject, isWhole: boolean): number {
  const [low, high] = [own(schema, "minimum"), own(schema, "maximum")].map((value) => (typeof value === "number" && Number.isFinite(value) ? value : undefined));
  const wanted = Math.min(Math.max(1, low ?? 1), high ?? Infinity);
  return isWhole ? Math.ceil(wanted) : wanted;
}
