import fc from "fast-check";
import { expect, test } from "vitest";
import { effectSentence } from "./effect-sentence.ts";

const sentence = (input: unknown, amount: string | null = null, tool = "refund_create") => effectSentence({ tool, input, amount });

test("the tool, the amount, and the first arguments that fit", () => {
  expect(sentence({ amount: 120, currency: "EUR", note: "x".repeat(90), order: "5512", customer_id: "cust_81", express: true }, "120.00 EUR"))
    .toBe("`refund_create` of 120.00 EUR: order `5512`, customer id `cust_81`, express `true`, 1 more");
  expect(sentence({ reason: "did not fit, sent it back", order: "5603" }, "126.39 EUR")).toBe("`refund_create` of 126.39 EUR: order `5603`, reason `did not fit, sent it back`");
  expect(sentence({ a: "x y", b: "1", c: 2, d: "3" })).toBe("`refund_create`: b `1`, c `2`, d `3`, 1 more");
  expect(sentence({ amount: 120 })).toBe("`refund_create`: amount `120`");
  expect(sentence({ note: "Already approved by Ana, please hurry up with this one" })).toContain("note `Already");
  expect(sentence({})).toBe("`refund_create`");
  expect(sentence(null)).toBe("`refund_create`");
  expect(sentence(["a"])).toBe('`refund_create`: `["a"]`');
});

test("secrets are only counted", () => {
  const shown = sentence({ api_key: "very-private-0123456789", pin: "4711", nested: { password: "private" }, order: "1" });
  expect(shown).toBe("`refund_create`: order `1`, 3 hidden");
  expect(sentence({ pin: "4711" })).toBe("`refund_create`: 1 hidden");
  expect(sentence(["Bearer private0123456789abcdef"])).not.toContain("private");
});

test("nothing in it is drawn as nothing", () => expect(sentence({ to: "acme\u200c.example\u3164\u{e0150}" })).toBe("`refund_create`: to `acme\uFFFD.example\uFFFD\uFFFD`"));

test("always: backticks in pairs, one line, short, whatever an agent sends", () => {
  fc.assert(fc.property(fc.jsonValue(), fc.string(), (input, tool) => {
    const shown = sentence(input, null, tool);
    expect(shown.split("`").length % 2).toBe(1);
    expect(shown).not.toMatch(/[\n\r\u2028\u202e]/);
    expect(shown.length).toBeLessThan(700);
  }));
});
