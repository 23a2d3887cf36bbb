import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { faultOfInput } from "./storable-input.ts";

const nested = (depth: number): unknown => JSON.parse(`${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`);

describe("faultOfInput", () => {
  test.each<[string, unknown, RegExp]>([
    ["too deep", nested(65), /deep/],
    ["far too deep", nested(5_000), /deep/],
    ["__proto__", JSON.parse('{"a":[{"__proto__":{"amount":1}}]}'), /name/],
    ["half a character", { a: ["\udc00"] }, /text/],
    ["half a character in a name", { "\ud800": 1 }, /text/],
    ["a NUL", { a: "x\u0000" }, /text/],
    ["no number", { a: Number.NaN }, /number/],
    ["endless", Infinity, /number/],
    ["too long", { a: "x".repeat(1_200_000) }, /characters/],
  ])("%s is refused", (_what, input, message) => expect(faultOfInput(input)).toMatch(message));

  test("always: what is accepted comes back from JSON as it was", () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => {
      if (faultOfInput(value) === null) expect(JSON.stringify(JSON.parse(JSON.stringify(value)))).toBe(JSON.stringify(value));
    }));
  });

  test("floats, a million characters and names like `constructor` are kept", () => {
    expect([0.1, { constructor: 1, toString: "x" }, { a: "x".repeat(1_000_000) }, nested(64), [], null].map(faultOfInput)).toEqual([null, null, null, null, null, null]);
  });
});
