import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isOutlier, medianOf, recordArguments, unusualSigns, type CallHistory } from "./unusual-call.ts";

const history = (more: Partial<CallHistory> = {}): CallHistory => ({ lookedThrough: 40, callsOfTool: 12, medianMinor: 4_000, records: [], sameDoneAt: null, repeatsItself: false, ...more });
const signs = (amountMinor: bigint | null, more: Partial<CallHistory> = {}) => unusualSigns({ tool: "refund_create", amountMinor }, history(more));

describe("unusualSigns", () => {
  test("says nothing of what is usual", () => {
    expect(signs(12_000n)).toEqual([]);
    expect(signs(null)).toEqual([]);
    expect(signs(99_999n, { medianMinor: null })).toEqual([]);
    expect(signs(5n, { records: [{ name: "order", value: "5512", calls: 1 }] })).toEqual([]);
  });

  test("an amount beyond three times the middle one", () => expect(signs(12_400n)).toEqual(["3.1 × the usual amount of this agent's `refund_create`."]));
  test("the same call once more, where that is nothing the agent does", () => {
    const again = { sameDoneAt: new Date("2026-11-21T14:03:59Z"), records: [{ name: "order", value: "5512", calls: 1 }] };
    expect(signs(1n, again)).toEqual(["Done already with exactly these arguments, on 2026-11-21 at 14:03 UTC; no call of `refund_create` was done twice before."]);
    expect([signs(1n, { ...again, repeatsItself: true }), signs(1n, { ...again, records: [] }), signs(1n, { ...again, sameDoneAt: null })]).toEqual([[], [], []]);
  });
  test("the first of its kind", () => {
    expect(signs(1n, { callsOfTool: 0 })).toEqual(["This agent's first `refund_create`."]);
    expect(signs(1n, { callsOfTool: 0, lookedThrough: 0 })).toEqual(["This agent's first action."]);
    expect(signs(1n, { records: [{ name: "customer", value: "cust_81", calls: 0 }, { name: "order", value: "5", calls: 2 }] })).toEqual(["First `refund_create` for `customer` `cust_81`."]);
  });
});

test("the middle", () => {
  expect([medianOf([]), medianOf([7n]), medianOf([9n, 1n]), medianOf([5n, 100n, 1n])]).toEqual([null, 7, 5, 5]);
  fc.assert(fc.property(fc.array(fc.bigInt(0n, 10n ** 12n), { minLength: 1 }), (values) => {
    const middle = medianOf(values) ?? -1;
    expect(values.filter((value) => Number(value) < middle).length).toBeLessThanOrEqual(values.length / 2);
    expect(values.filter((value) => Number(value) > middle).length).toBeLessThanOrEqual(values.length / 2);
  }));
  expect(isOutlier(3n, 0)).toBe(false);
});

test("arguments that name a record", () => {
  expect(recordArguments({ note: "call 5 times", order: "5512", customer: "cust_81", third: "x1", amount: 120, word: "urgent" })).toEqual([{ name: "order", value: "5512" }, { name: "customer", value: "cust_81" }]);
  expect(recordArguments({ api_key: "k1234", card_pin: "1234", order: "5512" })).toEqual([{ name: "order", value: "5512" }]);
  expect(recordArguments(null)).toEqual([]);
  expect(recordArguments(["a1"])).toEqual([]);
});
