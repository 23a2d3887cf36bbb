// Does a tool accept more than before, or less? Compares two JSON Schemas as input contracts.

import { isDeepStrictEqualJson, isJsonObject, own, type JsonObject } from "./json-object.ts";
import { listed, quoted, shortValue } from "./quote.ts";

export interface SchemaChange {
  /** `amount`, `address.street`, `items[]`; empty for the whole input. */
  path: string;
  /** `changed`: not understood, to be treated as widened. `annotation`: says it differently, accepts the same. */
  change: "added" | "removed" | "widened" | "narrowed" | "changed" | "annotation";
  sentence: string;
}

/** They describe, and do not restrict (JSON Schema 2020-12, Validation §9). `default` and `format` are not among them: models act on them. */
const ANNOTATIONS = new Set(["title", "description", "examples", "$comment", "$schema", "deprecated", "readOnly", "writeOnly"]);

/** Keywords whose rise accepts more, and whose absence accepts anything. Not minContains: its absence means 1, so adding 0 accepts more. */
const UPPER = new Set(["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties", "maxContains"]);
const LOWER = new Set(["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"]);
/** Keywords that only ever restrict: dropping one widens, adding one narrows, changing one is not understood. */
const RESTRICTING: Readonly<Record<string, "string" | "number" | "boolean" | null>> = {
  pattern: "string", format: "string", multipleOf: "number", uniqueItems: "boolean", const: null, contentEncoding: "string", contentMediaType: "string",
};
/** They look at what the other keywords leave over, so a narrower keyword beside them may accept more. */
const LEFTOVERS = ["unevaluatedProperties", "unevaluatedItems"];

const MAX_DEPTH = 32;

const TYPES = ["array", "boolean", "integer", "null", "number", "object", "string"] as const;

const at = (path: string): string => (path === "" ? "The input" : quoted(path));
/** To compare, with members in one order. */
const textOf = (value: unknown): string => JSON.stringify(value, (_, member: unknown) => (isJsonObject(member) ? Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1))) : member)) ?? "nothing";
/** To read. */
const say = (value: unknown): string => shortValue(typeof value === "string" ? JSON.stringify(value) : value);
const join = (path: string, name: string): string => (path === "" ? name : `${path}.${name}`);

/** What is accepted, in one place of the schema. A schema of `true`, or none, accepts anything. */
export function diffSchema(before: unknown, after: unknown, path = "", depth = 0): SchemaChange[] {
  if (isDeepStrictEqualJson(before, after)) return [];
  if (depth > MAX_DEPTH) return [{ path, change: "changed", sentence: `${at(path)} differs deeper than is compared.` }];
  const old = asObject(before);
  const young = asObject(after);
  if (!old || !young) return [{ path, change: "changed", sentence: `${at(path)} is described in a way that cannot be compared.` }];
  const keywords = [...new Set([...Object.keys(old), ...Object.keys(young)])].toSorted();
  return keywords.filter((keyword) => !isDeepStrictEqualJson(own(old, keyword), own(young, keyword))).flatMap((keyword) => {
    const found = diffKeyword(keyword, old, young, path, depth);
    return found.length > 0 ? found : [{ path, change: "annotation", sentence: `${at(path)} says its ${quoted(keyword)} differently and accepts the same.` }];
  });
}

const asObject = (schema: unknown): JsonObject | null => (schema === true || schema === undefined ? {} : isJsonObject(schema) ? schema : null);

function diffKeyword(keyword: string, old: JsonObject, young: JsonObject, path: string, depth: number): SchemaChange[] {
  const before = own(old, keyword);
  const after = own(young, keyword);
  const hasLeftovers = LEFTOVERS.some((name) => Object.hasOwn(old, name) || Object.hasOwn(young, name));
  if (ANNOTATIONS.has(keyword)) return [{ path, change: "annotation", sentence: `${at(path)} has another ${keyword}.` }];
  if (UPPER.has(keyword) || LOWER.has(keyword)) return diffBound(keyword, before, after, path);
  if (Object.hasOwn(RESTRICTING, keyword)) return diffRestriction(keyword, before, after, path);
  if (keyword === "type") return diffSets("type", typesOf(before), typesOf(after), path);
  if (keyword === "enum") return diffSets("value", valuesOf(before), valuesOf(after), path);
  if (keyword === "required") return diffRequired(before, after, path);
  if (keyword === "properties") return diffProperties(old, young, path, depth);
  if (keyword === "additionalProperties" && !hasLeftovers) return diffAdditional(before, after, path, depth);
  if (keyword === "items" && !hasLeftovers && !Array.isArray(before) && !Array.isArray(after)) return diffSchema(before, after, `${path}[]`, depth + 1);
  return notUnderstood(keyword, before, after, path);
}

function notUnderstood(keyword: string, before: unknown, after: unknown, path: string): SchemaChange[] {
  return [{ path, change: "changed", sentence: `${at(path)}: ${quoted(keyword)} ${say(before)} → ${say(after)}.` }];
}

function diffBound(keyword: string, before: unknown, after: unknown, path: string): SchemaChange[] {
  const isNumber = (value: unknown): value is number => typeof value === "number";
  if ([before, after].some((value) => value !== undefined && !isNumber(value))) return notUnderstood(keyword, before, after, path);
  if (after === undefined) return [{ path, change: "widened", sentence: `${at(path)} has no ${keyword} any more; it was ${say(before)}.` }];
  if (before === undefined) return [{ path, change: "narrowed", sentence: `${at(path)} has a ${keyword} of ${say(after)} now.` }];
  if (!isNumber(before) || !isNumber(after)) return notUnderstood(keyword, before, after, path);
  const isWider = UPPER.has(keyword) ? after > before : after < before;
  return [{ path, change: isWider ? "widened" : "narrowed", sentence: `${at(path)}: ${keyword} ${before} → ${after}.` }];
}

function diffRestriction(keyword: string, before: unknown, after: unknown, path: string): SchemaChange[] {
  const type = RESTRICTING[keyword] ?? null;
  if (type !== null && [before, after].some((value) => value !== undefined && typeof value !== type)) return notUnderstood(keyword, before, after, path);
  // `uniqueItems: false` says the same as nothing.
  const isThere = (value: unknown): boolean => value !== undefined && !(keyword === "uniqueItems" && value === false);
  if (!isThere(before) && !isThere(after)) return [];
  if (!isThere(after)) return [{ path, change: "widened", sentence: `${at(path)} is no longer bound to the ${keyword} ${say(before)}.` }];
  if (!isThere(before)) return [{ path, change: "narrowed", sentence: `${at(path)} is bound to the ${keyword} ${say(after)} now.` }];
  return notUnderstood(keyword, before, after, path);
}

/** Null: everything is accepted. A number accepts every integer. */
function typesOf(value: unknown): Set<string> | null | "odd" {
  if (value === undefined) return null;
  const list = Array.isArray(value) ? value : [value];
  if (!list.every((type) => TYPES.some((known) => known === type))) return "odd";
  return new Set((list as string[]).flatMap((type) => (type === "number" ? ["number", "integer"] : [type])));
}

function valuesOf(value: unknown): Set<string> | null | "odd" {
  if (value === undefined) return null;
  return Array.isArray(value) ? new Set(value.map(textOf)) : "odd";
}

function diffSets(noun: string, before: Set<string> | null | "odd", after: Set<string> | null | "odd", path: string): SchemaChange[] {
  if (before === "odd" || after === "odd") return [{ path, change: "changed", sentence: `${at(path)} has another ${noun}.` }];
  if (before === null && after === null) return [];
  if (after === null) return [{ path, change: "widened", sentence: `${at(path)} takes any ${noun} now.` }];
  if (before === null) return [{ path, change: "narrowed", sentence: `${at(path)} takes only ${listed([...after].map(shortValue))} now.` }];
  const gained = [...after].filter((item) => !before.has(item));
  const lost = [...before].filter((item) => !after.has(item));
  return [
    ...(gained.length > 0 ? [{ path, change: "widened" as const, sentence: `${at(path)} also takes ${listed(gained.map(shortValue))}.` }] : []),
    ...(lost.length > 0 ? [{ path, change: "narrowed" as const, sentence: `${at(path)} no longer takes ${listed(lost.map(shortValue))}.` }] : []),
  ];
}

function diffRequired(before: unknown, after: unknown, path: string): SchemaChange[] {
  const names = (value: unknown): Set<string> | null =>
    value === undefined ? new Set() : Array.isArray(value) && value.every((name) => typeof name === "string") ? new Set(value) : null;
  const old = names(before);
  const young = names(after);
  if (!old || !young) return notUnderstood("required", before, after, path);
  return [
    ...[...old].filter((name) => !young.has(name)).map((name): SchemaChange => ({ path: join(path, name), change: "widened", sentence: `${at(join(path, name))} is no longer required.` })),
    ...[...young].filter((name) => !old.has(name)).map((name): SchemaChange => ({ path: join(path, name), change: "narrowed", sentence: `${at(join(path, name))} is required now.` })),
  ];
}

const isOpen = (schema: unknown): boolean => schema === undefined || schema === true;

/** Whether a property that is not described would be accepted. */
const takesOthers = (schema: JsonObject): boolean => schema.additionalProperties !== false || own(schema, "patternProperties") !== undefined;

/**
 * A property that is described now counts as added even where anything was accepted before, because the model learns of it. One that is
 * gone is refused only where others are; elsewhere its restrictions fall, and any value is accepted under its name.
 */
function diffProperties(old: JsonObject, young: JsonObject, path: string, depth: number): SchemaChange[] {
  const before = old.properties ?? {};
  const after = young.properties ?? {};
  if (!isJsonObject(before) || !isJsonObject(after)) return notUnderstood("properties", before, after, path);
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name): SchemaChange[] => {
    const place = join(path, name);
    if (!Object.hasOwn(before, name)) return [{ path: place, change: "added", sentence: `${at(place)} can be given now.` }];
    if (!Object.hasOwn(after, name)) {
      return takesOthers(young)
        ? [{ path: place, change: "widened", sentence: `${at(place)} is no longer described, so any value is accepted for it.` }]
        : [{ path: place, change: "removed", sentence: `${at(place)} is gone.` }];
    }
    return diffSchema(before[name], after[name], place, depth + 1);
  });
}

function diffAdditional(before: unknown, after: unknown, path: string, depth: number): SchemaChange[] {
  const isKnown = (value: unknown): boolean => isOpen(value) || value === false || isJsonObject(value);
  if (!isKnown(before) || !isKnown(after)) return notUnderstood("additionalProperties", before, after, path);
  if (isOpen(before) && isOpen(after)) return [];
  if (isOpen(after)) return [{ path, change: "widened", sentence: `${at(path)} takes properties that nobody described now.` }];
  if (isOpen(before) && after === false) return [{ path, change: "narrowed", sentence: `${at(path)} takes only the described properties now.` }];
  if (before === false) return [{ path, change: "widened", sentence: `${at(path)} takes further properties now.` }];
  if (after === false) return [{ path, change: "narrowed", sentence: `${at(path)} takes only the described properties now.` }];
  if (isOpen(before)) return [{ path, change: "narrowed", sentence: `${at(path)} restricts further properties now.` }];
  return diffSchema(before, after, join(path, "*"), depth + 1);
}
