import { expect, test } from "vitest";
import { exampleArguments } from "./example-arguments.ts";

test.each<[string, object, unknown]>([
  ["scalars by their type", { type: "object", properties: { order: { type: "string" }, amount: { type: "number" }, count: { type: "integer" }, isGift: { type: "boolean" } } }, { order: "example", amount: 1, count: 1, isGift: true }],
  ["a number within its bounds", { properties: { high: { type: "number", minimum: 20.5 }, whole: { type: "integer", minimum: 2.5 }, low: { type: "number", maximum: 0.5 } } }, { high: 20.5, whole: 3, low: 0.5 }],
  ["what the schema gives itself", { properties: { a: { type: "string", examples: ["5512"] }, b: { default: false }, c: { const: 3 }, d: { enum: ["x", "y"] } } }, { a: "5512", b: false, c: 3, d: "x" }],
  ["lists and objects inside", { properties: { to: { type: "array", items: { type: "string" } }, address: { type: "object", properties: { city: { type: ["null", "string"] } } } } }, { to: ["example"], address: { city: "example" } }],
  ["nothing declared", {}, {}], ["no object at all", { type: "string" }, {}],
  ["a name that means something to the language", JSON.parse('{"properties":{"__proto__":{"type":"string"},"a":{"type":"string"}}}') as object, { a: "example" }],
])("%s", (_, schema, expected) => {
  expect(exampleArguments(schema as never)).toEqual(expected);
});

test("a schema that never ends is cut", () => {
  const schema: Record<string, unknown> = { type: "object" };
  schema.properties = { again: schema };
  expect(JSON.stringify(exampleArguments(schema as never)).length).toBeLessThan(200);
});
