import fc from "fast-check";
import { expect, test } from "vitest";
import { amountOf, withAmount } from "./amount-of.ts";

const rule = (changes: object = {}) => ({ path: "amount", unit: "major" as const, currency: "EUR", ...changes });

test.each<[string, unknown, object, bigint | null]>([
  ["a whole number", { amount: 12 }, {}, 1_200n], ["cents", { amount: 12.05 }, {}, 1_205n], ["a decimal as text", { amount: "12.5" }, {}, 1_250n], ["zeros behind", { amount: "12.500" }, {}, 1_250n],
  ["finer than the currency", { amount: 12.005 }, {}, null], ["a fraction of a yen", { amount: 12.5 }, { currency: "JPY" }, null], ["yen", { amount: 12 }, { currency: "JPY" }, 12n], ["dinar", { amount: "1.234" }, { currency: "KWD" }, 1_234n],
  ["minor units", { amount: 1205 }, { unit: "minor" }, 1_205n], ["a fraction of a minor unit", { amount: 1.5 }, { unit: "minor" }, null], ["a path", { payment: { sum: 3 } }, { path: "payment.sum" }, 300n],
  ["nothing there", {}, {}, null], ["negative", { amount: -1 }, {}, null], ["an exponent", { amount: 1e21 }, {}, null], ["words", { amount: "12 euro" }, {}, null], ["an inherited name", {}, { path: "constructor.length" }, null], ["null", null, {}, null],
])("%s", (_, input, changes, expected) => {
  expect(amountOf(input as never, rule(changes))?.minor ?? null).toBe(expected);
});

test("a tool that does not say where has no amount", () => {
  expect(amountOf({ amount: 1 }, undefined)).toBeNull();
});

test("every amount of whole cents is read back exactly", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 1_000_000_000 }), (cents) => {
    expect(amountOf({ amount: cents / 100 }, rule())?.minor).toBe(BigInt(cents));
  }));
});

test.each<[string, unknown, object, bigint, unknown]>([
  ["a number", { amount: 12, order: "5" }, {}, 480_050n, { amount: 4_800.5, order: "5" }], ["a text", { amount: "12.00" }, {}, 480_000n, { amount: "4800.00" }], ["yen", { amount: 12 }, { currency: "JPY" }, 480n, { amount: 480 }],
  ["minor units", { amount: 12 }, { unit: "minor" }, 480n, { amount: 480 }], ["cents alone", { amount: 12 }, {}, 5n, { amount: 0.05 }], ["a path", { payment: { sum: 3, to: "x" } }, { path: "payment.sum" }, 300n, { payment: { sum: 3, to: "x" } }],
  ["nothing there", {}, {}, 1n, null], ["an object there", { amount: {} }, {}, 1n, null], ["an inherited name", {}, { path: "constructor.length" }, 1n, null],
])("another amount: %s", (_, input, changes, minor, expected) => {
  expect(withAmount(input as never, rule(changes), minor)).toEqual(expected);
});
