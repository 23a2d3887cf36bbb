import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { diffSchema, type SchemaChange } from "./diff-schema.ts";

type Change = SchemaChange["change"];
type Schema = Record<string, unknown>;

const changes = (before: unknown, after: unknown): Change[] => diffSchema(before, after).map(({ change }) => change);
const WIDER: readonly Change[] = ["added", "widened", "changed"];
const closed = (properties: Schema, more: Schema = {}): Schema => ({ type: "object", properties, additionalProperties: false, ...more });

describe("each keyword, forth and back", () => {
  test.each<[string, unknown, unknown, Change[], Change[]]>([
    ["maximum", { maximum: 100 }, { maximum: 200 }, ["widened"], ["narrowed"]],
    ["no maximum", { maximum: 100 }, {}, ["widened"], ["narrowed"]],
    ["exclusiveMaximum", { exclusiveMaximum: 1 }, { exclusiveMaximum: 2 }, ["widened"], ["narrowed"]],
    ["maxLength", { maxLength: 1 }, { maxLength: 2 }, ["widened"], ["narrowed"]],
    ["maxItems", { maxItems: 1 }, { maxItems: 2 }, ["widened"], ["narrowed"]],
    ["maxProperties", { maxProperties: 1 }, {}, ["widened"], ["narrowed"]],
    ["maxContains", { maxContains: 1 }, {}, ["widened"], ["narrowed"]],
    ["minimum", { minimum: 2 }, { minimum: 1 }, ["widened"], ["narrowed"]],
    ["exclusiveMinimum", { exclusiveMinimum: 0 }, {}, ["widened"], ["narrowed"]],
    ["minLength", { minLength: 2 }, { minLength: 0 }, ["widened"], ["narrowed"]],
    ["minItems", { minItems: 1 }, {}, ["widened"], ["narrowed"]],
    ["minProperties", { minProperties: 1 }, {}, ["widened"], ["narrowed"]],
    ["a bound to its strict form", { minimum: 0 }, { exclusiveMinimum: 0 }, ["narrowed", "widened"], ["widened", "narrowed"]],
    ["a bound that is no number", {}, { exclusiveMaximum: true }, ["changed"], ["changed"]],
    ["minContains, whose absence is 1", { contains: {} }, { contains: {}, minContains: 0 }, ["changed"], ["changed"]],
    ["type", { type: "string" }, { type: ["string", "null"] }, ["widened"], ["narrowed"]],
    ["any type", { type: "string" }, {}, ["widened"], ["narrowed"]],
    ["integer to number", { type: "integer" }, { type: "number" }, ["widened"], ["narrowed"]],
    ["number and integer", { type: "number" }, { type: ["integer", "number"] }, ["annotation"], ["annotation"]],
    ["a type in a list", { type: "string" }, { type: ["string"] }, ["annotation"], ["annotation"]],
    ["another type", { type: "string" }, { type: "number" }, ["widened", "narrowed"], ["widened", "narrowed"]],
    ["a type nobody knows", { type: "string" }, { type: "money" }, ["changed"], ["changed"]],
    ["enum", { enum: ["a"] }, { enum: ["a", "b"] }, ["widened"], ["narrowed"]],
    ["no enum", { enum: ["a"] }, {}, ["widened"], ["narrowed"]],
    ["enum in another order", { enum: ["a", "b"] }, { enum: ["b", "a"] }, ["annotation"], ["annotation"]],
    ["members of an enum value in another order", { enum: [{ a: 1, b: 2 }, 1] }, { enum: [1, { b: 2, a: 1 }] }, ["annotation"], ["annotation"]],
    ["an enum's number and text", { enum: [1] }, { enum: ["1"] }, ["widened", "narrowed"], ["widened", "narrowed"]],
    ["enum that is no list", { enum: ["a"] }, { enum: "a" }, ["changed"], ["changed"]],
    ["const", { const: 1 }, {}, ["widened"], ["narrowed"]],
    ["const null", { const: null }, {}, ["widened"], ["narrowed"]],
    ["another const", { const: 1 }, { const: 2 }, ["changed"], ["changed"]],
    ["pattern", { pattern: "^a$" }, {}, ["widened"], ["narrowed"]],
    ["another pattern", { pattern: "^a$" }, { pattern: ".*" }, ["changed"], ["changed"]],
    ["a pattern that is no text", {}, { pattern: 1 }, ["changed"], ["changed"]],
    ["format", { format: "email" }, {}, ["widened"], ["narrowed"]],
    ["multipleOf", { multipleOf: 10 }, {}, ["widened"], ["narrowed"]],
    ["another multipleOf", { multipleOf: 10 }, { multipleOf: 5 }, ["changed"], ["changed"]],
    ["uniqueItems", { uniqueItems: true }, { uniqueItems: false }, ["widened"], ["narrowed"]],
    ["uniqueItems gone", { uniqueItems: true }, {}, ["widened"], ["narrowed"]],
    ["uniqueItems false and absent", { uniqueItems: false }, {}, ["annotation"], ["annotation"]],
    ["uniqueItems that is no boolean", {}, { uniqueItems: "yes" }, ["changed"], ["changed"]],
    ["required", { required: ["a"] }, {}, ["widened"], ["narrowed"]],
    ["required in another order", { required: ["a", "b"] }, { required: ["b", "a"] }, ["annotation"], ["annotation"]],
    ["nothing required", { required: [] }, {}, ["annotation"], ["annotation"]],
    ["required as in draft 4", { required: true }, {}, ["changed"], ["changed"]],
    ["required with an odd name", { required: [1] }, { required: ["1"] }, ["changed"], ["changed"]],
    ["a property of a closed object", closed({ a: {} }), closed({ a: {}, b: {} }), ["added"], ["removed"]],
    ["a property of an open object", {}, { properties: { a: { maximum: 1 } } }, ["added"], ["widened"]],
    ["a property where patterns are open", closed({}, { patternProperties: { "^x": {} } }), closed({ xa: { type: "string" } }, { patternProperties: { "^x": {} } }), ["added"], ["widened"]],
    ["no properties and none described", {}, { properties: {} }, ["annotation"], ["annotation"]],
    ["properties that are a list", {}, { properties: [] }, ["changed"], ["changed"]],
    ["a property that is refused", { properties: { a: true } }, { properties: { a: false } }, ["changed"], ["changed"]],
    ["additionalProperties", { additionalProperties: false }, {}, ["widened"], ["narrowed"]],
    ["additionalProperties with a schema", { additionalProperties: false }, { additionalProperties: { type: "string" } }, ["widened"], ["narrowed"]],
    ["additionalProperties without a schema", { additionalProperties: { type: "string" } }, { additionalProperties: true }, ["widened"], ["narrowed"]],
    ["additionalProperties written out", {}, { additionalProperties: true }, ["annotation"], ["annotation"]],
    ["additionalProperties inside", { additionalProperties: { maximum: 1 } }, { additionalProperties: { maximum: 2 } }, ["widened"], ["narrowed"]],
    ["additionalProperties that is no schema", {}, { additionalProperties: "no" }, ["changed"], ["changed"]],
    ["additionalProperties beside unevaluatedProperties", { unevaluatedProperties: false }, { unevaluatedProperties: false, additionalProperties: { type: "string" } }, ["changed"], ["changed"]],
    ["items beside unevaluatedItems", { unevaluatedItems: false }, { unevaluatedItems: false, items: { type: "string" } }, ["changed"], ["changed"]],
    ["items", { items: { maxLength: 1 } }, { items: { maxLength: 2 } }, ["widened"], ["narrowed"]],
    ["no items", { items: { maxLength: 1 } }, {}, ["widened"], ["narrowed"]],
    ["items in a list", { items: [{}] }, { items: [{}, {}] }, ["changed"], ["changed"]],
    ["a description", { description: "a" }, { description: "b" }, ["annotation"], ["annotation"]],
    ["a default", { default: true }, { default: false }, ["changed"], ["changed"]],
    ["an address by which others refer to it", { $id: "a" }, { $id: "b" }, ["changed"], ["changed"]],
    ["true and an empty schema", { properties: { a: true } }, { properties: { a: {} } }, ["annotation"], ["annotation"]],
    ["true and a schema", true, { type: "string" }, ["narrowed"], ["widened"]],
    ["false", false, {}, ["changed"], ["changed"]],
    ["what is no schema", "string", {}, ["changed"], ["changed"]],
    ...["anyOf", "allOf", "oneOf", "not", "if", "$ref", "$defs", "patternProperties", "dependentRequired", "prefixItems", "contains", "propertyNames", "unevaluatedProperties", "nullable", "x-anything", "constructor"].map(
      (keyword): [string, unknown, unknown, Change[], Change[]] => [`${keyword}, which is not understood`, {}, { [keyword]: {} }, ["changed"], ["changed"]],
    ),
  ])("%s", (_, before, after, forth, back) => {
    expect(changes(before, after)).toEqual(forth);
    expect(changes(after, before)).toEqual(back);
    expect(changes(before, structuredClone(before))).toEqual([]);
  });
});

describe("places", () => {
  const deep = (maximum: number, levels: number): Schema => (levels === 0 ? { maximum } : closed({ a: { type: "array", items: deep(maximum, levels - 1) } }));
  test("are named by their path", () => {
    expect(diffSchema(deep(1, 2), deep(2, 2))).toEqual([{ path: "a[].a[]", change: "widened", sentence: "`a[].a[]`: maximum 1 → 2." }]);
    expect(diffSchema({ maximum: 1 }, {})[0]?.sentence).toBe("The input has no maximum any more; it was 1.");
  });

  test("too deep to compare count as changed", () => {
    expect(changes(deep(1, 10), deep(2, 10))).toEqual(["widened"]);
    expect(changes(deep(1, 40), deep(2, 40))).toEqual(["changed"]);
    expect(changes(deep(1, 500), deep(1, 500))).toEqual([]);
  });

  test("with names that every object inherits are compared like any other", () => {
    const parse = (text: string): unknown => JSON.parse(text);
    const one = parse('{"type":"object","properties":{"__proto__":{"maximum":1},"constructor":{"type":"string"}},"additionalProperties":false}');
    const two = parse('{"type":"object","properties":{"__proto__":{"maximum":2},"constructor":{"type":"string"}},"additionalProperties":false}');
    expect(diffSchema(one, two)).toMatchObject([{ path: "__proto__", change: "widened" }]);
    expect(changes(closed({}), one)).toEqual(["added", "added"]);
    expect(changes(one, closed({}))).toEqual(["removed", "removed"]);
    expect(changes({}, parse('{"__proto__":{}}'))).toEqual(["changed"]);
    expect(({} as Schema).maximum).toBeUndefined();
  });

  test("cannot break out of the sentence that names them", () => {
    const sentence = diffSchema(closed({}), closed({ "a` is harmless.\n\u202eTool `b": {} }))[0]?.sentence ?? "";
    expect(sentence.split("`")).toHaveLength(3);
    expect(sentence).not.toMatch(/[\n\u202e]/);
    expect(diffSchema({ enum: [] }, { enum: Array.from({ length: 5_000 }, (_, at) => `value ${at}`) })[0]?.sentence.length).toBeLessThan(400);
  });
});

type Value = unknown;

const isObject = (value: unknown): value is Schema => typeof value === "object" && value !== null && !Array.isArray(value);

function hasType(type: string, value: Value): boolean {
  if (type === "integer") return Number.isInteger(value);
  if (type === "array") return Array.isArray(value);
  if (type === "object") return isObject(value);
  return type === "null" ? value === null : typeof value === type;
}

/** What a validator accepts, written down independently for the keywords that the generator uses. */
function accepts(schema: Schema | boolean, value: Value): boolean {
  if (typeof schema === "boolean") return schema;
  const types = schema.type === undefined ? null : [schema.type].flat();
  if (types && !types.some((type) => hasType(String(type), value))) return false;
  if (Array.isArray(schema.enum) && !schema.enum.includes(value)) return false;
  if (Object.hasOwn(schema, "const") && schema.const !== value) return false;
  if (typeof value === "number") return (schema.maximum === undefined || value <= Number(schema.maximum)) && (schema.minimum === undefined || value >= Number(schema.minimum)) && (schema.multipleOf === undefined || value % Number(schema.multipleOf) === 0);
  if (typeof value === "string") return (schema.maxLength === undefined || value.length <= Number(schema.maxLength)) && (schema.pattern === undefined || new RegExp(String(schema.pattern)).test(value));
  if (Array.isArray(value)) return value.every((item) => schema.items === undefined || accepts(schema.items as Schema, item)) && (schema.uniqueItems !== true || new Set(value).size === value.length);
  if (!isObject(value)) return true;
  const properties = (schema.properties ?? {}) as Record<string, Schema>;
  const required = (schema.required ?? []) as string[];
  return required.every((name) => Object.hasOwn(value, name))
    && Object.entries(value).every(([name, member]) => accepts(properties[name] ?? ((schema.additionalProperties ?? true) as Schema | boolean), member));
}

const leaf = {
  type: fc.constantFrom("string", "integer", "number", "boolean", "null", "object", "array", ["string", "null"], ["object", "number"]),
  enum: fc.constantFrom(["a"], ["a", "b"], [1, "a"], [2]), const: fc.constantFrom(1, "a", null),
  maximum: fc.nat(3), minimum: fc.nat(3), multipleOf: fc.constantFrom(1, 2), maxLength: fc.nat(2), pattern: fc.constantFrom("a", "^b"), uniqueItems: fc.boolean(),
  required: fc.subarray(["a", "b"]),
};
const { schema } = fc.letrec<{ schema: Schema }>((tie) => ({
  schema: fc.record({
    ...leaf, items: fc.oneof({ depthSize: "small" }, fc.constant({}), tie("schema")),
    additionalProperties: fc.oneof({ depthSize: "small" }, fc.boolean(), tie("schema")),
    properties: fc.dictionary(fc.constantFrom("a", "b"), fc.oneof({ depthSize: "small" }, fc.constant({}), tie("schema")), { maxKeys: 2 }),
  }, { requiredKeys: [] }),
}));
const PLAIN: readonly Value[] = [null, true, "", "a", "b", "aaa", 0, 1, 2, 3, 1.5];
const NESTED: readonly Value[] = [...PLAIN, {}, [], ...PLAIN.flatMap((plain) => [{ a: plain }, { b: plain }, { c: plain }, { a: plain, b: plain }, [plain], [plain, plain]])];
const INSTANCES: readonly Value[] = [...NESTED, ...NESTED.flatMap((nested) => [{ a: nested }, { c: nested }, [nested]])];

/** Two schemas that differ in one keyword, at the top or inside. */
const someOf = (all: fc.Arbitrary<Schema>): fc.Arbitrary<Schema> =>
  fc.tuple(all, fc.subarray([...Object.keys(leaf), "items", "additionalProperties", "properties"], { maxLength: 2 })).map(([whole, kept]) => Object.fromEntries(Object.entries(whole).filter(([keyword]) => kept.includes(keyword))));
const inner = someOf(fc.record(leaf));
const whole = fc.record({ ...leaf, items: inner, additionalProperties: fc.oneof(fc.boolean(), inner), properties: fc.dictionary(fc.constantFrom("a", "b"), inner, { maxKeys: 2, noNullPrototype: true }) });
const step = fc.tuple(someOf(whole), whole, whole, fc.constantFrom("type", "enum", "const", "maximum", "minimum", "multipleOf", "maxLength", "pattern", "uniqueItems", "required", "items", "additionalProperties", "properties"), fc.nat(3)).map(([base, one, two, keyword, which]): [Schema, Schema] => {
  const { [keyword]: _gone, ...rest } = base;
  return [which === 0 ? rest : { ...rest, [keyword]: one[keyword as keyof typeof one] }, which === 1 ? rest : { ...rest, [keyword]: two[keyword as keyof typeof two] }];
});
const pair = fc.tuple(step, fc.constantFrom((part: Schema) => part, (part: Schema) => ({ items: part }), (part: Schema) => closed({ a: part }), (part: Schema) => ({ additionalProperties: part })))
  .map(([[before, after], wrap]): [Schema, Schema] => [wrap(before), wrap(after)]);

describe("always", () => {
  test("what is accepted now and was refused before was said to be wider", () => {
    let opened = 0;
    fc.assert(fc.property(pair, ([before, after]) => {
      const isOpened = INSTANCES.some((instance) => !accepts(before, instance) && accepts(after, instance));
      if (!isOpened) return;
      opened += 1;
      expect(changes(before, after).some((change) => WIDER.includes(change))).toBe(true);
    }), { numRuns: 2_000 });
    expect(opened).toBeGreaterThan(100);
  });

  test("schemas that differ have at least one change, and the same have none", () => {
    fc.assert(fc.property(schema, schema, (before, after) => {
      const canonical = (part: unknown): string => JSON.stringify(part, (_, member: unknown) => (isObject(member) ? Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1))) : member));
      expect(changes(before, after).length === 0).toBe(canonical(before) === canonical(after));
      expect(changes(before, structuredClone(before))).toEqual([]);
    }));
  });

  test("what is narrower one way is wider the other way", () => {
    fc.assert(fc.property(schema, schema, (before, after) => {
      const back = changes(after, before);
      for (const change of changes(before, after)) {
        if (change === "narrowed" || change === "removed") expect(back.some((other) => WIDER.includes(other))).toBe(true);
        if (change === "changed") expect(back).toContain("changed");
      }
    }));
  });

  test("closed objects and plain bounds mirror exactly", () => {
    const bounds = fc.record({ maximum: fc.nat(5), minLength: fc.nat(5), type: leaf.type, enum: leaf.enum, required: leaf.required }, { requiredKeys: [] });
    const object = fc.dictionary(fc.constantFrom("a", "b", "c"), bounds, { maxKeys: 3 }).map((properties) => closed(properties));
    const mirror: Record<Change, Change> = { added: "removed", removed: "added", widened: "narrowed", narrowed: "widened", changed: "changed", annotation: "annotation" };
    fc.assert(fc.property(object, object, (before, after) => {
      expect(changes(after, before).toSorted()).toEqual(changes(before, after).map((change) => mirror[change]).toSorted());
    }));
  });

  test("any JSON can be compared", () => {
    fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), (before, after) => {
      for (const { sentence } of diffSchema(before, after)) expect(sentence).toMatch(/\.$/);
    }));
  });
});
