import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isDeepStrictEqualJson, isJsonObject, own } from "./json-object.ts";

describe("equal as JSON", () => {
  test.each<[string, unknown, unknown, boolean]>([
    ["members in another order", { a: 1, b: 2 }, { b: 2, a: 1 }, true],
    ["items in another order", [1, 2], [2, 1], false],
    ["a member that is undefined", { a: 1, b: undefined }, { a: 1 }, true],
    ["a member that is null", { a: 1, b: null }, { a: 1 }, false],
    ["a list and an object", [], {}, false],
    ["a shorter list", [1], [1, 2], false],
    ["a number and its text", 1, "1", false],
    ["an inherited name", JSON.parse('{"__proto__":{}}'), {}, false],
    ["another inherited name", { constructor: 1 }, {}, false],
  ])("%s", (_, a, b, isEqual) => {
    expect(isDeepStrictEqualJson(a, b)).toBe(isEqual);
    expect(isDeepStrictEqualJson(b, a)).toBe(isEqual);
  });

  test("holds exactly when a copy is compared, or the canonical text agrees", () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => isDeepStrictEqualJson(value, structuredClone(value))));
  });
});

test("an object is neither null nor a list", () => {
  expect([{}, Object.create(null), null, [], "a", 1, undefined].map(isJsonObject)).toEqual([true, true, false, false, false, false, false]);
});

test("what an object inherits is not its own", () => {
  expect(own({}, "constructor")).toBeUndefined();
  expect(own({}, "__proto__")).toBeUndefined();
  expect(own(JSON.parse('{"__proto__":7}') as Record<string, unknown>, "__proto__")).toBe(7);
});
