import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decideByPolicy } from "./decide-by-policy.ts";
import { formRuleSchema, writePolicyForm, writeRule, type FormRule } from "./policy-form.ts";
import { readPolicyForm } from "./read-policy-form.ts";
import { FACTS, prepared } from "../testing/refund-policy.ts";

const name = fc.oneof(fc.constantFrom("refund_create", "order_get", "has", "if", "a b", "__proto__", "\"", "\\u{41}", "\n\u202e", "context.input"), fc.string({ unit: "binary", minLength: 1, maxLength: 12 })).filter((text) => text.isWellFormed());
const id = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,12}$/);
const tools = fc.uniqueArray(name, { minLength: 1, maxLength: 4 });
const approvers = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,6}:[a-zA-Z0-9_.@+-]{1,10}$/), { maxLength: 3 });
const persons = fc.integer({ min: 1, max: 5 });
const otherwise = fc.oneof(fc.constant({ kind: "refuse" as const }), fc.record({ kind: fc.constant("ask" as const), approvers, persons }));
const whole = fc.oneof(fc.maxSafeInteger(), fc.integer()).map((value) => value + 0);
const bound = fc.oneof(
  fc.record({ kind: fc.constant("at_most_decimal" as const), value: fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }).map((value) => value / 10_000 + 0) }),
  fc.record({ kind: fc.constant("at_most_whole" as const), value: whole }),
  fc.record({ kind: fc.constant("one_of_texts" as const), values: fc.uniqueArray(fc.oneof(name, fc.constant("")), { minLength: 1, maxLength: 4 }) }),
  fc.record({ kind: fc.constant("one_of_numbers" as const), values: fc.uniqueArray(whole, { minLength: 1, maxLength: 4 }) }),
);
const rule: fc.Arbitrary<FormRule> = fc.oneof(
  fc.record({ kind: fc.constant("allow" as const), id, tools, isLowRisk: fc.boolean() }),
  fc.record({ kind: fc.constant("limit" as const), id, tool: name, path: fc.array(name, { minLength: 1, maxLength: 4 }), bound, otherwise }),
  fc.record({
    kind: fc.constant("hours" as const), id, tools, fromHour: fc.integer({ min: 0, max: 23 }), untilHour: fc.integer({ min: 0, max: 24 }),
    weekdays: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 7 }).map((days) => days.toSorted((a, b) => a - b)), otherwise,
  }),
  fc.record({ kind: fc.constant("always_ask" as const), id, tools, approvers, persons }),
  fc.record({ kind: fc.constant("large_irreversible" as const), id, aboveMinor: fc.maxSafeNat(), approvers, persons: fc.integer({ min: 2, max: 5 }) }),
  fc.record({ kind: fc.constant("daily_sum" as const), id, tools, maxMinor: fc.nat(), otherwise }),
);
const BY_HAND = [
  "// nothing but a comment", 'permit(principal, action, resource) when { context.hour == 1 };', "// above\n@id(\"x\")\nforbid(principal,action,resource);\n// between\npermit(principal, action, resource)\n  unless { true }; // behind",
  '@id("allow-1")\npermit(principal, action in [Action::"order_get"],  resource);', 'forbid(principal, action, resource) when { "// no comment; }" == context.authority };',
];
const form = fc.array(fc.oneof({ weight: 4, arbitrary: rule }, fc.constantFrom(...BY_HAND).map((text) => ({ kind: "by_hand" as const, text }))), { maxLength: 6 })
  // Two texts by hand beside each other are one.
  .map((items) => ({ items: items.filter((item, index) => item.kind !== "by_hand" || items[index - 1]?.kind !== "by_hand") }));

describe("a form", () => {
  test("comes back exactly as it was written", () => {
    fc.assert(fc.property(form, (written) => {
      expect(readPolicyForm(writePolicyForm(written))).toEqual(written);
    }), { numRuns: 400 });
  });

  test("writes what it reads, once the empty lines between are set", () => {
    fc.assert(fc.property(form, (written) => {
      const text = writePolicyForm(written);
      expect(writePolicyForm(readPolicyForm(`\n\n${text}\n\n`) ?? { items: [] })).toBe(text);
    }));
  });

  test("only holds rules that its schema accepts", () => {
    fc.assert(fc.property(rule, (one) => {
      expect(formRuleSchema.parse(one)).toEqual(one);
    }));
  });

  test("leaves every letter of what was written by hand", () => {
    for (const text of BY_HAND) expect(readPolicyForm(text)).toEqual({ items: [{ kind: "by_hand", text }] });
  });

  test("reads a sum that leaves the call itself out as written by hand", () => {
    const text = `@id("sum")\nforbid(principal, action in [Action::"refund_create"], resource)\nwhen { !(context has spentTodayMinor && context.spentTodayMinor <= 500) };`;
    expect(readPolicyForm(text)).toEqual({ items: [{ kind: "by_hand", text }] });
  });

  test.each<[string, (text: string) => string]>([
    ["a space more", (text) => text.replace("resource", "resource ")], ["another condition", (text) => text.replace("<= 500", "< 500")], ["one annotation more", (text) => `@why("x")\n${text}`],
    ["a comment inside", (text) => text.replace("when", "// why\nwhen")], ["another approver's spelling", (text) => text.replace("role:finance", "role:finance,role:legal")], ["a longer number", (text) => text.replace("500", "0500")],
    ["one person, said at length", (text) => text.replace('"2"', '"1"')], ["too many persons", (text) => text.replace('"2"', '"6"')], ["half a person", (text) => text.replace('"2"', '"1.5"')], ["persons without a number", (text) => text.replace('("2")', "")],
  ])("a rule changed by hand is written by hand: %s", (_, change) => {
    const text = writeRule({ kind: "daily_sum", id: "sum", tools: ["refund_create"], maxMinor: 500, otherwise: { kind: "ask", approvers: ["role:finance"], persons: 2 } });
    expect(change(text)).not.toBe(text);
    expect(readPolicyForm(change(text))).toEqual({ items: [{ kind: "by_hand", text: change(text) }] });
  });

  test("is not read from what cannot be cut into policies", () => {
    for (const text of ["permit(", "permit(principal, action, resource)", "hello;", "(".repeat(100)]) expect(readPolicyForm(text)).toBeNull();
    expect(readPolicyForm("")).toEqual({ items: [] });
  });
});

describe("what a rule of the form decides", () => {
  const all: FormRule = { kind: "allow", id: "all", tools: ["order_get", "refund_create"], isLowRisk: false };
  const ask = { kind: "ask" as const, approvers: ["role:finance"], persons: 1 };
  const refuse = { kind: "refuse" as const };
  const hours: FormRule = { kind: "hours", id: "h", tools: ["refund_create"], fromHour: 8, untilHour: 18, weekdays: [1, 2, 3, 4, 5], otherwise: refuse };
  const limit = (path: string[], to: (FormRule & { kind: "limit" })["bound"]): FormRule => ({ kind: "limit", id: "l", tool: "refund_create", path, bound: to, otherwise: ask });
  const refund = { amount: 100 };
  const anything: FormRule = { ...all, tools: ["order_get", "refund_create", "payout_send"] };
  const large: FormRule = { kind: "large_irreversible", id: "large-1", aboveMinor: 100_000, approvers: ["role:finance"], persons: 2 };
  const payout = { iban: "DE02", amount: 1_000 };
  test.each<[string, object, object]>([
    ["at the threshold", { amountMinor: 100_000 }, { decision: "permit", asks: [] }], ["above it", { amountMinor: 100_001 }, { decision: "hold", asks: [{ approvers: ["role:finance"], persons: 2 }] }],
    ["an amount that nobody knows", {}, { decision: "hold" }], ["above it, approved", { amountMinor: 100_001, approval: { granted: true } }, { decision: "permit" }],
  ])("two persons for a large irreversible call: %s", (_, facts, answer) => {
    expect(decideByPolicy(prepared(writePolicyForm({ items: [anything, large] })), { tool: "payout_send", input: payout, facts: { ...FACTS, ...facts } })).toMatchObject(answer);
  });

  test("a large call that can be undone asks nobody by that rule", () => {
    expect(decideByPolicy(prepared(writePolicyForm({ items: [anything, large] })), { tool: "refund_create", input: refund, facts: { ...FACTS, amountMinor: 100_001 } }).decision).toBe("permit");
  });

  test("how many persons a rule asks is what the gate asks", () => {
    const sum: FormRule = { kind: "daily_sum", id: "d", tools: ["refund_create"], maxMinor: 500, otherwise: { ...ask, persons: 3 } };
    expect(decideByPolicy(prepared(writePolicyForm({ items: [all, sum] })), { tool: "refund_create", input: refund, facts: { ...FACTS, amountMinor: 501 } })).toMatchObject({ decision: "hold", asks: [{ approvers: ["role:finance"], persons: 3 }] });
  });

  test.each<[string, FormRule, string, unknown, object, string]>([
    ["an allowed tool", all, "refund_create", refund, {}, "permit"],
    ["a tool that is not on the list", all, "payout_send", { iban: "x", amount: 1 }, {}, "deny"],
    ["at the limit", limit(["amount"], { kind: "at_most_decimal", value: 100 }), "refund_create", refund, {}, "permit"],
    ["over the limit", limit(["amount"], { kind: "at_most_decimal", value: 99.9999 }), "refund_create", refund, {}, "hold"],
    ["over the limit, approved", limit(["amount"], { kind: "at_most_decimal", value: 99.9999 }), "refund_create", refund, { approval: { granted: true } }, "permit"],
    ["a limit on what is not given", limit(["count"], { kind: "at_most_whole", value: 1 }), "refund_create", refund, {}, "permit"],
    ["a limit on a whole number", limit(["count"], { kind: "at_most_whole", value: 1 }), "refund_create", { amount: 1, count: 2 }, {}, "hold"],
    ["a limit deep inside", limit(["customer", "since"], { kind: "at_most_whole", value: 2020 }), "refund_create", { amount: 1, customer: { tier: "a", since: 2021 } }, {}, "hold"],
    ["on the list", limit(["currency"], { kind: "one_of_texts", values: ["EUR"] }), "refund_create", { amount: 1, currency: "EUR" }, {}, "permit"],
    ["not on the list", limit(["currency"], { kind: "one_of_texts", values: ["EUR"] }), "refund_create", { amount: 1, currency: "USD" }, {}, "hold"],
    ["in time", hours, "refund_create", refund, { hour: 17, weekday: 5 }, "permit"],
    ["too late", hours, "refund_create", refund, { hour: 18, weekday: 5 }, "deny"],
    ["on a Sunday", hours, "refund_create", refund, { hour: 12, weekday: 7 }, "deny"],
    ["over midnight, in time", { ...hours, fromHour: 22, untilHour: 6 }, "refund_create", refund, { hour: 3 }, "permit"],
    ["over midnight, by day", { ...hours, fromHour: 22, untilHour: 6 }, "refund_create", refund, { hour: 12 }, "deny"],
    ["always asks", { kind: "always_ask", id: "a", tools: ["refund_create"], approvers: [], persons: 1 }, "refund_create", refund, {}, "hold"],
    ["other tools do not ask", { kind: "always_ask", id: "a", tools: ["refund_create"], approvers: [], persons: 1 }, "order_get", { order: "A" }, {}, "permit"],
    ["within the day's sum", { kind: "daily_sum", id: "d", tools: ["refund_create"], maxMinor: 500, otherwise: refuse }, "refund_create", refund, { spentTodayMinor: 400, amountMinor: 100 }, "permit"],
    ["over the day's sum", { kind: "daily_sum", id: "d", tools: ["refund_create"], maxMinor: 500, otherwise: refuse }, "refund_create", refund, { spentTodayMinor: 400, amountMinor: 101 }, "deny"],
    ["the first of the day, over its sum by itself", { kind: "daily_sum", id: "d", tools: ["refund_create"], maxMinor: 500, otherwise: ask }, "refund_create", refund, { spentTodayMinor: 0, amountMinor: 501 }, "hold"],
    ["an amount that nobody knows", { kind: "daily_sum", id: "d", tools: ["refund_create"], maxMinor: 500, otherwise: refuse }, "refund_create", refund, { spentTodayMinor: 0 }, "deny"],
    ["a sum that nobody knows", { kind: "daily_sum", id: "d", tools: ["refund_create"], maxMinor: 500, otherwise: refuse }, "refund_create", refund, { spentTodayMinor: undefined, amountMinor: 1 }, "deny"],
  ])("%s", (_, one, tool, input, facts, decision) => {
    const items = one.kind === "allow" ? [one] : [all, one];
    expect(decideByPolicy(prepared(writePolicyForm({ items })), { tool, input, facts: { ...FACTS, ...facts } }).decision).toBe(decision);
  });
});
