import fc from "fast-check";
import { expect, test } from "vitest";
import { hasInexactNumber } from "./json-numbers.ts";

test("every number that JavaScript writes comes through", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    expect(hasInexactNumber(JSON.stringify(value))).toBe(false);
  }));
});

test.each(["12345678901234567891", "9007199254740993", "1e999", "1e-999", "0.10000000000000001", "1234567.89012345678", "12345678.12345678901", '{"to":[{"account":12345678901234567891}]}'])("%s does not", (text) => {
  expect(hasInexactNumber(text)).toBe(true);
});

test.each(["1.0", "1e3", "1.50", "-0", "100000000000000000000", "1E-7", '"12345678901234567891"', '{"at":"2026-11-21T10:00:00.123456789Z","n":1}'])("%s does", (text) => {
  expect(hasInexactNumber(text)).toBe(false);
});
