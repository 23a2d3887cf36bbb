// How is a tool contract, a policy or any other component written as lines that a person can read?

import type { Entry } from "./lay-out-entry-diff.ts";
import type { Json, ToolComponent } from "./manifest.ts";

/** A schema that nests deeper, or has more lines, is cut; nobody reads further, and its facts are still complete. */
const MAX_DEPTH = 12;
const MAX_ENTRIES = 2_000;

const isObject = (value: unknown): value is Record<string, Json> => typeof value === "object" && value !== null && !Array.isArray(value);
const short = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** Scalars by their path. The items of a list of scalars share one label, so that an insertion does not shift the rest. */
export function entriesOfJson(value: Json, path = "", depth = 0): Entry[] {
  if (!isObject(value) && !Array.isArray(value)) return [{ label: path || "value", text: short(value) }];
  if (depth >= MAX_DEPTH) return [{ label: path, text: JSON.stringify(value) }];
  if (Array.isArray(value)) {
    if (value.length === 0) return [{ label: path || "value", text: "empty list" }];
    const isScalars = value.every((item) => item === null || typeof item !== "object");
    return isScalars
      ? value.map((item) => ({ label: path || "value", text: short(item) }))
      : value.flatMap((item, index) => entriesOfJson(item, `${path}[${isObject(item) && typeof item.name === "string" ? item.name : index}]`, depth + 1)).slice(0, MAX_ENTRIES);
  }
  const keys = Object.keys(value).toSorted();
  if (keys.length === 0) return [{ label: path || "value", text: "empty" }];
  return keys.flatMap((key) => entriesOfJson(value[key] ?? null, path ? `${path}.${key}` : key, depth + 1)).slice(0, MAX_ENTRIES);
}

/** Keywords that are structure, or are written on lines of their own. */
const OWN_LINES = new Set(["type", "properties", "required", "items", "description", "title", "$schema"]);

function typeOf(schema: Record<string, Json>): string {
  const { type } = schema;
  if (typeof type === "string") return type;
  if (Array.isArray(type)) return type.map(short).join(" or ");
  return "enum" in schema || "const" in schema ? "" : "any";
}

function constraintsOf(schema: Record<string, Json>): string[] {
  return Object.keys(schema).filter((key) => !OWN_LINES.has(key)).toSorted().map((key) => {
    const value = schema[key];
    if (key === "enum" && Array.isArray(value)) return `one of ${value.map(short).join(", ")}`;
    if (key === "additionalProperties" && value === false) return "no other parameters";
    return `${key} ${short(value)}`;
  });
}

/** A line for each parameter, "type, required, constraints", and one for its description. */
export function entriesOfSchema(schema: Json | undefined, path = "", depth = 1): Entry[] {
  if (!isObject(schema) || depth > MAX_DEPTH) return [];
  const required = new Set(Array.isArray(schema.required) ? schema.required.map(short) : []);
  const properties = isObject(schema.properties) ? schema.properties : {};
  const own = path === "" ? constraintsOf(schema).map((text) => ({ label: "input", text, depth })) : [];
  const nested = Object.keys(properties).flatMap((name) => {
    const child = properties[name];
    const label = path ? `${path}.${name}` : name;
    if (!isObject(child)) return [{ label, text: short(child), depth }];
    const text = [typeOf(child), required.has(name) ? "required" : "optional", ...constraintsOf(child)].filter(Boolean).join(", ");
    const says = typeof child.description === "string" && child.description ? [{ label: `${label}: says`, text: child.description, depth }] : [];
    return [{ label, text, depth }, ...says, ...entriesOfSchema(child, label, depth + 1), ...itemsOf(child, label, depth)];
  });
  return [...own, ...nested].slice(0, MAX_ENTRIES);
}

function itemsOf(schema: Record<string, Json>, label: string, depth: number): Entry[] {
  if (!isObject(schema.items)) return [];
  const text = [typeOf(schema.items), ...constraintsOf(schema.items)].filter(Boolean).join(", ");
  return [{ label: `${label}[]`, text, depth }, ...entriesOfSchema(schema.items, `${label}[]`, depth + 1)];
}

/** The tool's own line, what it says of itself, then its parameters. */
export function entriesOfTool(tool: ToolComponent): Entry[] {
  const { compensation } = tool;
  const hours = compensation?.withinHours;
  const undo = compensation ? `undo: ${compensation.description}${hours === undefined ? "" : ` within ${hours} h`}` : tool.effect === "read" ? "" : "no undo";
  const facts = [tool.effect, tool.system ? `reaches ${tool.system}` : "", undo].filter(Boolean).join(", ");
  const says = tool.description ? [{ label: "says", text: tool.description, depth: 1 }] : [];
  const output = tool.outputSchema ? entriesOfSchema(tool.outputSchema).map((entry) => ({ ...entry, label: `returns ${entry.label}` })) : [];
  return [{ label: tool.name, text: facts }, ...says, ...entriesOfSchema(tool.inputSchema), ...output];
}
