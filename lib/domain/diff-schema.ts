// Does a tool accept more than before, or less? Compares two JSON Schemas as input contracts.

import { isDeepStrictEqualJson, isJsonObject, type JsonObject } from "./json-object.ts";

export interface SchemaChange {
  /** `amount`, `address.street`, `items[]`; empty for the whole input. */
  path: string;
  /** `changed`: not understood, to be treated as widened. `annotation`: says it differently, accepts the same. */
  change: "added" | "removed" | "widened" | "narrowed" | "changed" | "annotation";
  sentence: string;
}

/** They describe, and do not restrict (JSON Schema 2020-12, Validation §9). `default` and `format` are not among them: models act on them. */
const ANNOTATIONS = new Set(["title", "description", "examples", "$comment", "$schema", "$id", "deprecated", "readOnly", "writeOnly"]);

/** Keywords whose rise accepts more, and whose absence accepts anything. */
const UPPER = new Set(["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties", "maxContains"]);
const LOWER = new Set(["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties", "minContains"]);
/** Keywords that only ever restrict: dropping one widens, adding one narrows, changing one is not understood. */
const RESTRICTING = new Set(["pattern", "format", "multipleOf", "uniqueItems", "const", "contentEncoding", "contentMediaType"]);

const MAX_DEPTH = 32;

const TYPES = ["array", "boolean", "integer", "null", "number", "object", "string"] as const;

const at = (path: string): string => (path === "" ? "The input" : `\`${path}\``);
const say = (value: unknown): string => JSON.stringify(value) ?? "nothing";
const join = (path: string, name: string): string => (path === "" ? name : `${path}.${name}`);

/** What is accepted, in one place of the schema. A schema of `true`, or none, accepts anything. */
export function diffSchema(before: unknown, after: unknown, path = "", depth = 0): SchemaChange[] {
  if (isDeepStrictEqualJson(before, after)) return [];
  if (depth > MAX_DEPTH) return [{ path, change: "changed", sentence: `${at(path)} differs deeper than is compared.` }];
  const old = asObject(before);
  const young = asObject(after);
  if (!old || !young) return [{ path, change: "changed", sentence: `${at(path)} is described in a way that cannot be compared.` }];
  const keywords = [...new Set([...Object.keys(old), ...Object.keys(young)])].toSorted();
  return keywords.flatMap((keyword) => (isDeepStrictEqualJson(old[keyword], young[keyword]) ? [] : diffKeyword(keyword, old, young, path, depth)));
}

const asObject = (schema: unknown): JsonObject | null => (schema === true || schema === undefined ? {} : isJsonObject(schema) ? schema : null);

function diffKeyword(keyword: string, old: JsonObject, young: JsonObject, path: string, depth: number): SchemaChange[] {
  const before = old[keyword];
  const after = young[keyword];
  if (ANNOTATIONS.has(keyword)) return [{ path, change: "annotation", sentence: `${at(path)} has another ${keyword}.` }];
  if (UPPER.has(keyword) || LOWER.has(keyword)) return diffBound(keyword, before, after, path);
  if (RESTRICTING.has(keyword)) return diffRestriction(keyword, before, after, path);
  if (keyword === "type") return diffSets("type", typesOf(before), typesOf(after), path);
  if (keyword === "enum") return diffSets("value", valuesOf(before), valuesOf(after), path);
  if (keyword === "required") return diffRequired(before, after, path);
  if (keyword === "properties") return diffProperties(old, young, path, depth);
  if (keyword === "additionalProperties" || keyword === "unevaluatedProperties") return diffAdditional(before, after, path, depth);
  if (keyword === "items" && !Array.isArray(before) && !Array.isArray(after)) return diffSchema(before, after, `${path}[]`, depth + 1);
  return [{ path, change: "changed", sentence: `${at(path)}: \`${keyword}\` changed.` }];
}

function diffBound(keyword: string, before: unknown, after: unknown, path: string): SchemaChange[] {
  const isNumber = (value: unknown): value is number => typeof value === "number";
  if (after === undefined) return [{ path, change: "widened", sentence: `${at(path)} has no ${keyword} any more; it was ${say(before)}.` }];
  if (before === undefined) return [{ path, change: "narrowed", sentence: `${at(path)} has a ${keyword} of ${say(after)} now.` }];
  if (!isNumber(before) || !isNumber(after)) return [{ path, change: "changed", sentence: `${at(path)}: \`${keyword}\` changed.` }];
  const isWider = UPPER.has(keyword) ? after > before : after < before;
  return [{ path, change: isWider ? "widened" : "narrowed", sentence: `${at(path)}: ${keyword} ${before} → ${after}.` }];
}

function diffRestriction(keyword: string, before: unknown, after: unknown, path: string): SchemaChange[] {
  if (after === undefined || (keyword === "uniqueItems" && after === false)) return [{ path, change: "widened", sentence: `${at(path)} is no longer bound to the ${keyword} ${say(before)}.` }];
  if (before === undefined || (keyword === "uniqueItems" && before === false)) return [{ path, change: "narrowed", sentence: `${at(path)} is bound to the ${keyword} ${say(after)} now.` }];
  return [{ path, change: "changed", sentence: `${at(path)}: ${keyword} ${say(before)} → ${say(after)}.` }];
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
  return Array.isArray(value) ? new Set(value.map(say)) : "odd";
}

function diffSets(noun: string, before: Set<string> | null | "odd", after: Set<string> | null | "odd", path: string): SchemaChange[] {
  if (before === "odd" || after === "odd") return [{ path, change: "changed", sentence: `${at(path)} has another ${noun}.` }];
  if (before === null && after === null) return [];
  if (after === null) return [{ path, change: "widened", sentence: `${at(path)} takes any ${noun} now.` }];
  if (before === null) return [{ path, change: "narrowed", sentence: `${at(path)} takes only ${[...after].join(", ")} now.` }];
  const gained = [...after].filter((item) => !before.has(item));
  const lost = [...before].filter((item) => !after.has(item));
  return [
    ...(gained.length > 0 ? [{ path, change: "widened" as const, sentence: `${at(path)} also takes ${gained.join(", ")}.` }] : []),
    ...(lost.length > 0 ? [{ path, change: "narrowed" as const, sentence: `${at(path)} no longer takes ${lost.join(", ")}.` }] : []),
  ];
}

function diffRequired(before: unknown, after: unknown, path: string): SchemaChange[] {
  const names = (value: unknown): Set<string> | null => (value === undefined ? new Set() : Array.isArray(value) ? new Set(value.map(String)) : null);
  const old = names(before);
  const young = names(after);
  if (!old || !young) return [{ path, change: "changed", sentence: `${at(path)}: \`required\` changed.` }];
  return [
    ...[...old].filter((name) => !young.has(name)).map((name): SchemaChange => ({ path: join(path, name), change: "widened", sentence: `\`${join(path, name)}\` is no longer required.` })),
    ...[...young].filter((name) => !old.has(name)).map((name): SchemaChange => ({ path: join(path, name), change: "narrowed", sentence: `\`${join(path, name)}\` is required now.` })),
  ];
}

/** Where other properties were refused, a new one widens; where anything was accepted, describing one narrows it. */
function diffProperties(old: JsonObject, young: JsonObject, path: string, depth: number): SchemaChange[] {
  const before = old.properties === undefined ? {} : old.properties;
  const after = young.properties === undefined ? {} : young.properties;
  if (!isJsonObject(before) || !isJsonObject(after)) return [{ path, change: "changed", sentence: `${at(path)}: \`properties\` changed.` }];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name): SchemaChange[] => {
    const place = join(path, name);
    if (!Object.hasOwn(before, name)) return [{ path: place, change: "added", sentence: `\`${place}\` can be given now.` }];
    if (!Object.hasOwn(after, name)) return [{ path: place, change: "removed", sentence: `\`${place}\` is gone.` }];
    return diffSchema(before[name], after[name], place, depth + 1);
  });
}

function diffAdditional(before: unknown, after: unknown, path: string, depth: number): SchemaChange[] {
  const isOpen = (value: unknown): boolean => value === undefined || value === true;
  if (isOpen(before) && isOpen(after)) return [];
  if (isOpen(after)) return [{ path, change: "widened", sentence: `${at(path)} takes properties that nobody described now.` }];
  if (isOpen(before) && after === false) return [{ path, change: "narrowed", sentence: `${at(path)} takes only the described properties now.` }];
  if (before === false) return [{ path, change: "widened", sentence: `${at(path)} takes further properties now.` }];
  if (after === false) return [{ path, change: "narrowed", sentence: `${at(path)} takes only the described properties now.` }];
  if (isOpen(before)) return [{ path, change: "narrowed", sentence: `${at(path)} restricts further properties now.` }];
  return diffSchema(before, after, join(path, "*"), depth + 1);
}
