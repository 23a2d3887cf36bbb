import { describe, expect, test } from "vitest";
import type { ToolComponent } from "../domain/manifest.ts";
import { decideByPolicy } from "./decide-by-policy.ts";
import { policySchemaOf } from "./policy-schema.ts";
import { FACTS, prepared } from "../testing/refund-policy.ts";

const tool = (name: string, inputSchema: unknown): Pick<ToolComponent, "name" | "inputSchema" | "effect"> => ({ name, effect: "read", inputSchema: inputSchema as ToolComponent["inputSchema"] });
const withArgument = (schema: unknown) => tool("t", { type: "object", properties: { a: schema } });

describe("the type of an argument", () => {
  test.each<[string, unknown, string | null]>([
    ["a text", { type: "string" }, "string"],
    ["a text with a format", { type: "string", format: "date-time" }, "string"],
    ["a whole number", { type: "integer" }, "long"],
    ["a number", { type: "number" }, "decimal"],
    ["yes or no", { type: "boolean" }, "boolean"],
    ["listed texts", { enum: ["a", "b"] }, "string"],
    ["listed whole numbers", { enum: [1, 2] }, "long"],
    ["a constant", { const: "x" }, "string"],
    ["a type in a list of one", { type: ["string"] }, "string"],
    ["a list", { type: "array", items: { type: "number" } }, "set"],
    ["an object", { type: "object", properties: {} }, "record"],
    ["anything", {}, null],
    ["true", true, null],
    ["two types", { type: ["string", "null"] }, null],
    ["nullable", { type: "string", nullable: true }, null],
    ["a union", { anyOf: [{ type: "string" }, { type: "null" }] }, null],
    ["a reference", { $ref: "#/$defs/a" }, null],
    ["listed values of several types", { enum: ["a", 1] }, null],
    ["listed values with null", { type: "string", enum: ["a", null] }, null],
    ["listed fractions without a type", { enum: [0.5] }, null],
    ["null", { type: "null" }, null],
    ["a list of anything", { type: "array" }, null],
    ["a list of unions", { type: "array", items: { type: ["string", "null"] } }, null],
    ["a tuple", { type: "array", prefixItems: [{ type: "string" }], items: { type: "string" } }, null],
    ["a map", { type: "object", additionalProperties: { type: "string" } }, null],
    ["a type that nobody knows", { type: "constructor" }, null],
  ])("%s", (_, schema, kind) => {
    const { tools, leftOut } = policySchemaOf([withArgument(schema)]);
    expect(tools.get("t")?.input.members.get("a")?.type.kind ?? null).toBe(kind);
    expect(leftOut.map(({ tool: name, path }) => [name, path])).toEqual(kind === null ? [["t", "a"]] : []);
    expect(tools.get("t")?.input.unseen.has("a")).toBe(kind === null);
  });

  test("is required only where the tool says so", () => {
    const { tools } = policySchemaOf([tool("t", { type: "object", properties: { a: { type: "string" }, b: { type: "string" } }, required: ["b"] })]);
    expect([...(tools.get("t")?.input.members ?? [])].map(([name, { isRequired }]) => [name, isRequired])).toEqual([["a", false], ["b", true]]);
  });

  test("nested without end is left out at some depth, the rest is kept", () => {
    const deep = Array.from({ length: 200 }).reduce<unknown>((inner) => ({ type: "object", properties: { x: inner } }), { type: "string" });
    const { tools, leftOut } = policySchemaOf([withArgument(deep)]);
    expect(tools.get("t")?.input.members.has("a")).toBe(true);
    expect(leftOut).toMatchObject([{ why: "nested too deeply" }]);
    expect(() => prepared("permit(principal, action, resource);", [withArgument(deep)])).not.toThrow();
  });

  test("with a name that means something to the engine is left out", () => {
    const properties = JSON.parse('{"__proto__":{"type":"string"},"__extn":{"type":"string"},"__entity":{"type":"string"},"fine":{"type":"string"}}') as unknown;
    const { tools, leftOut } = policySchemaOf([tool("t", { type: "object", properties })]);
    expect([...(tools.get("t")?.input.members.keys() ?? [])]).toEqual(["fine"]);
    expect(leftOut.map(({ path }) => path).toSorted()).toEqual(["__entity", "__extn", "__proto__"]);
  });
});

test("arguments that are not declared by name are unseen, and are said to be", () => {
  const tools = [tool("t", { $ref: "#/$defs/input" })];
  expect(policySchemaOf(tools).leftOut).toEqual([{ tool: "t", path: "", why: "the arguments are not declared by name" }]);
  expect(decideByPolicy(prepared("permit(principal, action, resource);", tools), { tool: "t", input: { whatever: 0.123456 }, facts: FACTS }).decision).toBe("permit");
});

test("names of any kind make tools and arguments that can be decided", () => {
  const names = ["has", "if", "", " ", "a b", "ключ", "\"quoted\\", "line\nbreak", "\u202eabc", "constructor", "x".repeat(200), "Action::\"x\"", "😀"];
  const tools = names.filter((name) => name.trim() !== "").map((name) => tool(name, { type: "object", properties: Object.fromEntries(names.map((argument) => [argument, { type: "integer" }])) }));
  const policy = prepared("permit(principal, action, resource);", tools);
  for (const { name } of tools) {
    expect(decideByPolicy(policy, { tool: name, input: Object.fromEntries(names.map((argument) => [argument, 1])), facts: FACTS })).toMatchObject({ decision: "permit" });
  }
});
