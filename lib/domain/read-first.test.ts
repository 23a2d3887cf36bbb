import { expect, it } from "vitest";
import { whyReadFirst, type ListedCall } from "./read-first.ts";

const refund: ListedCall = { tier: 1, effect: "write", approvalsNeeded: 1, question: null, input: { order: "5512", amount: 120 }, amountMinor: 12_000n };

it("a small write of an agent at tier 1 is said yes to where it stands", () => {
  expect(whyReadFirst(refund, null)).toBeNull();
  expect(whyReadFirst({ ...refund, tier: 0 }, 12_000)).toBeNull();
  expect(whyReadFirst({ ...refund, amountMinor: null }, 12_000)).toBeNull();
});

it.each<[string, Partial<ListedCall>, RegExp]>([
  ["no tier", { tier: null }, /no tier/],
  ["tier 2", { tier: 2 }, /tier 2/],
  ["what cannot be undone", { effect: "irreversible" }, /cannot be undone/],
  ["an effect that nobody knows", { effect: "unheard_of" }, /cannot be undone/],
  ["two persons", { approvalsNeeded: 2 }, /More than one person/],
  ["a question", { question: "Which order?" }, /a question/],
  ["arguments that were not read", { input: null }, /do not fit/],
  ["long arguments", { input: { text: "x".repeat(600) } }, /do not fit/],
  ["a secret", { input: { order: "1", password: "hunter22" } }, /hidden/],
  ["an unusual amount", { amountMinor: 36_001n }, /three times/],
])("%s is read first", (_, change, why) => {
  expect(whyReadFirst({ ...refund, ...change }, 12_000)).toMatch(why);
});
