// Which arguments can a policy speak of? The tools of a version as a Cedar schema: each tool is an action with typed arguments.

import { isJsonObject, own, type JsonObject } from "../domain/json-object.ts";
import type { ToolComponent, ToolEffect } from "../domain/manifest.ts";
import type { SchemaJson, Type, TypeOfAttribute } from "./cedar.ts";
import type { ContextReads } from "./context-reads.ts";
import { FACT_TYPES } from "./policy-facts.ts";

export type InputType = { kind: "string" | "long" | "decimal" | "boolean" } | { kind: "set"; of: InputType } | RecordType;

export interface RecordType {
  kind: "record";
  members: ReadonlyMap<string, { type: InputType; isRequired: boolean }>;
  /** Declared, but of no type that Cedar has: such an argument may be given, and no policy sees it. */
  unseen: ReadonlySet<string>;
  /** The tool does not declare its arguments by name at all: none of them is seen. */
  isOpaque: boolean;
}

export interface ToolType {
  name: string;
  effect: ToolEffect;
  input: RecordType;
}

/** Of one tool alone: the engine walks through every action of a schema at each decision. */
export interface EngineSchema {
  schema: SchemaJson<string>;
}

export interface LeftOut {
  tool: string;
  /** For instance `customer.address`; empty for all arguments. */
  path: string;
  why: string;
}

export interface PolicySchema {
  tools: ReadonlyMap<string, ToolType>;
  /** Of all tools; a policy is validated against it. */
  schema: SchemaJson<string>;
  leftOut: readonly LeftOut[];
}

const MAX_DEPTH = 16;
/** Names that mean something to the engine or to JavaScript wherever they stand. */
const UNUSABLE = new Set(["__proto__", "__entity", "__extn", "__expr"]);
const SCALARS: Readonly<Record<string, InputType>> = { string: { kind: "string" }, integer: { kind: "long" }, number: { kind: "decimal" }, boolean: { kind: "boolean" } };

export function policySchemaOf(tools: readonly Pick<ToolComponent, "name" | "inputSchema" | "effect">[]): PolicySchema {
  const leftOut: LeftOut[] = [];
  const types = tools.map(({ name, inputSchema, effect }): ToolType => {
    const input = argumentsOf(inputSchema, (path, why) => leftOut.push({ tool: name, path, why }));
    return { name, effect, input };
  });
  return { tools: new Map(types.map((type) => [type.name, type])), schema: schemaOf(types), leftOut };
}

type LeaveOut = (path: string, why: string) => void;

function argumentsOf(schema: JsonObject, leaveOut: LeaveOut): RecordType {
  const isNamed = isJsonObject(own(schema, "properties")) || (!("$ref" in schema) && unionOf(schema) === null);
  if (isNamed) return recordOf(schema, "", leaveOut, 0);
  leaveOut("", "the arguments are not declared by name");
  return { kind: "record", members: new Map(), unseen: new Set(), isOpaque: true };
}

const UNIONS = ["anyOf", "oneOf", "allOf", "$ref", "$dynamicRef", "$recursiveRef"] as const;
const unionOf = (schema: JsonObject): string | null => UNIONS.find((keyword) => Object.hasOwn(schema, keyword)) ?? null;

function recordOf(schema: JsonObject, path: string, leaveOut: LeaveOut, depth: number): RecordType {
  const required = own(schema, "required");
  const properties = own(schema, "properties");
  const members = new Map<string, { type: InputType; isRequired: boolean }>();
  const unseen = new Set<string>();
  for (const [name, declared] of Object.entries(isJsonObject(properties) ? properties : {})) {
    const at = path === "" ? name : `${path}.${name}`;
    const type = UNUSABLE.has(name) || !name.isWellFormed() ? "a name that cannot be used" : typeOf(declared, at, leaveOut, depth + 1);
    if (typeof type === "string") {
      leaveOut(at, type);
      unseen.add(name);
    } else members.set(name, { type, isRequired: Array.isArray(required) && required.includes(name) });
  }
  return { kind: "record", members, unseen, isOpaque: false };
}

/** A text says why there is none. */
function typeOf(schema: unknown, path: string, leaveOut: LeaveOut, depth: number): InputType | string {
  if (!isJsonObject(schema)) return "any value is allowed";
  if (depth > MAX_DEPTH) return "nested too deeply";
  const union = unionOf(schema);
  if (union !== null) return `declared by ${union}`;
  if (own(schema, "nullable") === true) return "may be null";
  const listed = own(schema, "enum") ?? (Object.hasOwn(schema, "const") ? [own(schema, "const")] : undefined);
  const type = nameOfType(own(schema, "type"), listed);
  if (type === null) return "several types, or none";
  const scalar = own(SCALARS as JsonObject, type) as InputType | undefined;
  if (scalar) return Array.isArray(listed) && !listed.every((value) => isOf(scalar, value)) ? "several types, or none" : scalar;
  if (type === "array") {
    const item = typeOf(own(schema, "items"), `${path}[]`, leaveOut, depth + 1);
    return typeof item === "string" ? `a list of: ${item}` : Object.hasOwn(schema, "prefixItems") ? "a list with places" : { kind: "set", of: item };
  }
  if (type !== "object") return "may be null";
  return isJsonObject(own(schema, "properties")) ? recordOf(schema, path, leaveOut, depth) : "its members are not declared";
}

function nameOfType(type: unknown, listed: unknown): string | null {
  const names = Array.isArray(type) ? type : [type];
  if (names.length !== 1) return null;
  if (typeof names[0] === "string") return names[0];
  if (type !== undefined || !Array.isArray(listed) || listed.length === 0) return null;
  return ["string", "integer", "boolean"].find((name) => listed.every((value) => isOf(SCALARS[name] as InputType, value))) ?? null;
}

function isOf({ kind }: InputType, value: unknown): boolean {
  if (kind === "long") return Number.isSafeInteger(value);
  return typeof value === (kind === "decimal" ? "number" : kind);
}

/** With what is looked at, and nothing else. */
export function schemaReading({ name, input }: ToolType, { facts, args }: ContextReads): EngineSchema {
  const members = new Map([...input.members].filter(([member]) => args === null || args.has(member)));
  return { schema: schemaOf([{ name, input: args?.size === 0 ? null : { ...input, members } }], facts) };
}

function schemaOf(tools: readonly { name: string; input: RecordType | null }[], facts: ContextReads["facts"] = null): SchemaJson<string> {
  const factTypes = Object.fromEntries(Object.entries(FACT_TYPES).filter(([name]) => facts === null || facts.has(name)));
  const actions = tools.map(({ name, input }) => [name, {
    appliesTo: { principalTypes: ["Agent"], resourceTypes: ["Tool"], context: { type: "Record" as const, attributes: { ...factTypes, ...(input === null ? {} : { input: cedarType(input) }) } } },
  }]);
  const names = tools.map(({ name }) => name);
  return { "": { entityTypes: { Agent: {}, Tool: names.length === 0 ? {} : { enum: names } }, actions: Object.fromEntries(actions) } };
}

function cedarType(type: InputType): Type<string> {
  switch (type.kind) {
    case "string":
      return { type: "String" };
    case "long":
      return { type: "Long" };
    case "boolean":
      return { type: "Boolean" };
    case "decimal":
      return { type: "Extension", name: "decimal" };
    case "set":
      return { type: "Set", element: cedarType(type.of) };
    case "record":
      return { type: "Record", attributes: Object.fromEntries([...type.members].map(([name, member]): [string, TypeOfAttribute<string>] => [name, { ...cedarType(member.type), required: member.isRequired }])) };
  }
}
