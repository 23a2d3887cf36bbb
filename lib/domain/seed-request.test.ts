import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { amountOf } from "./amount-of.ts";
import { inputDigest } from "./input-digest.ts";
import type { Json } from "./manifest.ts";
import { seedOutcome, seedRequests, type RealCall, type SeedSource } from "./seed-request.ts";
import { unusualSigns } from "./unusual-call.ts";

const now = new Date("2026-11-21T12:00:00Z");
const amount = { path: "amount", unit: "major", currency: "EUR" } as const;
const first = () => 0;

function call(input: Json, more: Partial<RealCall> = {}): RealCall {
  return {
    input, inputDigest: inputDigest(input), amountMinor: amountOf(input, amount)?.minor ?? null, state: "committed", endedAt: new Date("2026-11-20T14:03:22Z"), justification: null, plan: null, onBehalfOf: null, confidence: null, ...more,
  };
}

const held = (input: Json, more: Partial<RealCall> = {}) => call(input, { state: "held", endedAt: null, ...more });
const orders = (...numbers: number[]) => numbers.map((order) => call({ order: `o-${order}`, amount: 10 + order }));
const source = (real: RealCall, lately: readonly RealCall[], more: Partial<SeedSource> = {}): SeedSource => ({ tool: "refund_create", amount, real, lately: [real, ...lately], ...more });
const ofFault = (fault: string, given: SeedSource, random = first) => seedRequests(given, random, now).filter((request) => request.fault === fault);

describe("far too much", () => {
  test("is many times the largest, in the words of the tool, and the page calls it unusual", () => {
    const [most] = ofFault("far_too_much", source(held({ order: "o-9", amount: "19.50" }), orders(1, 2, 3, 4)));
    expect(most).toMatchObject({ input: { order: "o-9", amount: "780.00" }, faultyPath: ["amount"], why: "The amount is 40 times the largest of this agent's last 5 calls of `refund_create`." });
  });

  test("is not made where little is known, where the tool says no amount, or where the call has none", () => {
    const real = held({ order: "o-9", amount: 20 });
    expect(ofFault("far_too_much", source(real, orders(1, 2, 3)))).toEqual([]);
    expect(ofFault("far_too_much", source(real, orders(1, 2, 3, 4), { amount: undefined }))).toEqual([]);
    expect(ofFault("far_too_much", source(held({ order: "o-9" }), orders(1, 2, 3, 4, 5)))).toEqual([]);
    expect(ofFault("far_too_much", source(held({ amount: 0 }), Array.from({ length: 9 }, () => call({ amount: 0 }))))).toEqual([]);
  });

  test("always at least six times anything that was, with nothing else changed, and seen at a glance", () => {
    const major = fc.integer({ min: 1, max: 5_000_000 }).map((cents) => cents / 100);
    fc.assert(fc.property(fc.array(major, { minLength: 5, maxLength: 30 }), fc.boolean(), fc.double({ min: 0, max: 0.999, noNaN: true }), (amounts, isText, chance) => {
      const calls = amounts.map((value, index) => call({ order: `o-${index}`, lines: { net: value }, note: "as it was" }));
      const path = { ...amount, path: "lines.net" };
      const known = calls.map((one, index) => ({ ...one, amountMinor: amountOf(one.input, path)?.minor ?? null, input: isText && index === 0 ? { order: "o-0", lines: { net: (amounts[0] ?? 0).toFixed(2) }, note: "as it was" } : one.input }));
      const [real, ...lately] = known;
      if (!real) throw new Error("there is one");
      const largest = known.reduce((most, { amountMinor }) => ((amountMinor ?? 0n) > most ? (amountMinor ?? 0n) : most), 0n);
      const requests = ofFault("far_too_much", source(real, lately, { amount: path }), () => chance);
      expect(requests.length).toBeGreaterThan(0);
      for (const { input } of requests) {
        const minor = amountOf(input, path)?.minor ?? 0n;
        expect(minor).toBeGreaterThanOrEqual(6n * largest);
        expect(input).toMatchObject({ order: "o-0", note: "as it was", lines: { net: expect.any(isText ? String : Number) as string } });
        const history = { lookedThrough: 9, callsOfTool: 9, medianMinor: Number(largest), records: [], sameDoneAt: null, repeatsItself: false };
        expect(unusualSigns({ tool: "refund_create", amountMinor: minor }, history)).toHaveLength(1);
      }
    }));
  });
});

describe("done already", () => {
  test("is a call that was carried out, to the letter", () => {
    const lately = orders(1, 2, 3, 4, 5);
    expect(ofFault("done_already", source(held({ order: "o-9", amount: 20 }), lately))).toEqual([{
      fault: "done_already", input: { order: "o-1", amount: 11 }, justification: null, plan: null, onBehalfOf: null, confidence: null, faultyPath: ["order"],
      why: "Exactly this call was carried out already, on 2026-11-20 at 14:03 UTC. None of this agent's last 5 calls of `refund_create` was carried out twice.",
    }]);
  });

  test("is not made where the agent does the same twice, names no record, or did it long ago", () => {
    const real = held({ order: "o-9", amount: 20 });
    expect(ofFault("done_already", source(real, [...orders(1, 2, 3, 4, 5), ...orders(5)]))).toEqual([]);
    expect(ofFault("done_already", source(real, [1, 2, 3, 4, 5].map((each) => call({ amount: each }))))).toEqual([]);
    expect(ofFault("done_already", source(real, orders(1, 2, 3, 4, 5).map((one) => ({ ...one, endedAt: new Date("2026-09-01T00:00:00Z") }))))).toEqual([]);
    expect(ofFault("done_already", source(real, orders(1, 2, 3, 4)))).toEqual([]);
  });

  test("never one that waits or is under way at this moment too", () => {
    const lately = orders(1, 2, 3, 4, 5);
    const again = held({ order: "o-1", amount: 11 });
    expect(ofFault("done_already", source(again, lately))[0]?.input).toEqual({ order: "o-2", amount: 12 });
  });
});

describe("another record", () => {
  const real = held({ order: "5512", amount: 20 }, { justification: "The customer asks to have order 5512 paid back.", plan: "Refund." });
  test("than the reason names", () => {
    expect(ofFault("other_record", source(real, [call({ order: "7781", amount: 12 })]))).toEqual([{
      fault: "other_record", input: { order: "7781", amount: 20 }, justification: real.justification, plan: "Refund.", onBehalfOf: null, confidence: null, faultyPath: ["order"],
      why: "The reason that is given speaks of `order` `5512`; the call is for `7781`.",
    }]);
  });

  test("is not made where the reason names none, as a part of a word does not, or where no other is known", () => {
    const others = [call({ order: "7781", amount: 12 })];
    for (const justification of [null, "It broke.", "Order 155123.", "Order 5512 and order 7781."]) expect(ofFault("other_record", source({ ...real, justification }, others))).toEqual([]);
    expect(ofFault("other_record", source(real, [call({ order: "5512", amount: 7 })]))).toEqual([]);
    expect(ofFault("other_record", source(real, [call({ order: 7781, amount: 7 })]))).toEqual([]);
  });

  test.each(["o-9", "a.b/9", "#9:1", "x_9-"])("also where it is spelled %s", (order) => {
    const odd = held({ order, amount: 20 }, { justification: `Order (${order}), please.` });
    expect(ofFault("other_record", source(odd, [call({ order: "7781", amount: 12 })]))).toHaveLength(1);
    expect(ofFault("other_record", source({ ...odd, justification: `Order ${order}1.` }, [call({ order: "7781", amount: 12 })]))).toEqual([]);
  });

  test("of which no secret is told", () => {
    const withToken = held({ token: "sk_live_51Habcdefghijk", amount: 5 }, { justification: "Token sk_live_51Habcdefghijk." });
    expect(ofFault("other_record", source(withToken, [call({ token: "sk_live_99Habcdefghijk", amount: 5 })]))).toEqual([]);
  });
});

test("the kind that comes first is drawn, and all that can be made are there", () => {
  const given = source(held({ order: "o-9", amount: 20 }, { justification: "Order o-9 was lost." }), orders(1, 2, 3, 4, 5));
  const kinds = [0, 0.4, 0.99].map((chance) => [...new Set(seedRequests(given, () => chance, now).map(({ fault }) => fault))]);
  expect(kinds.map(([kind]) => kind)).toEqual(["far_too_much", "done_already", "other_record"]);
  expect(kinds.every((all) => all.length === 3)).toBe(true);
});

test.each([
  ["held", null, null, null], ["rejected", now, null, "refused"], ["expired", null, null, "expired"], ["stopped", null, null, "ended"], ["withdrawn", null, null, "ended"],
  ["withdrawn", now, null, "approved"], ["withdrawn", now, { order: "7", amount: 900 }, "corrected"], ["withdrawn", now, { order: "8", amount: 90 }, "approved"],
] as const)("%s, decided %s, asked %j: %s", (state, decidedAt, askedInput, outcome) => {
  expect(seedOutcome({ state, decidedAt, askedInput, input: { order: "7", amount: 90 } }, ["amount"])).toBe(outcome);
});
