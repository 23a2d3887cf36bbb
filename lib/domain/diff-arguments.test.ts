import fc from "fast-check";
import { expect, test } from "vitest";
import { diffArguments } from "./diff-arguments.ts";

test("names what changed, went and came", () => {
  const before = { order: "5512", payment: { amount: 120, currency: "EUR" }, lines: [{ sku: "a" }, { sku: "b" }], note: "x" };
  const after = { order: "5512", payment: { amount: 80, currency: "EUR" }, lines: [{ sku: "a" }], reason: "late" };
  expect(diffArguments(before, after)).toEqual([
    { path: "payment.amount", before: "120", after: "80" },
    { path: "lines[1]", before: '{"sku":"b"}', after: null },
    { path: "note", before: '"x"', after: null },
    { path: "reason", before: null, after: '"late"' },
  ]);
});

test("a value of another kind is one change", () => {
  expect(diffArguments({ a: [1] }, { a: { 0: 1 } })).toEqual([{ path: "a", before: "[1]", after: '{"0":1}' }]);
  expect(diffArguments({ a: null }, {})).toEqual([{ path: "a", before: "null", after: null }]);
});

test("always: nothing for the same, something for what differs, __proto__ and depth included", () => {
  const json = fc.jsonValue({ maxDepth: 16 });
  fc.assert(fc.property(json, json, (one, other) => {
    const same = JSON.stringify(one) === JSON.stringify(other);
    expect(diffArguments(one, JSON.parse(JSON.stringify(one)))).toEqual([]);
    if (diffArguments(one, other).length === 0) expect(sorted(one)).toEqual(sorted(other));
    else expect(same).toBe(false);
  }));
});

const sorted = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
