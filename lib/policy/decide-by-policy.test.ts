import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decideByPolicy, type PolicyAnswer } from "./decide-by-policy.ts";
import type { PolicyFacts } from "./policy-facts.ts";
import { FACTS, prepared } from "../testing/refund-policy.ts";

const APPROVAL = `
@id("read") permit(principal, action, resource) when { context.effect == "read" };
@id("refund") permit(principal, action == Action::"refund_create", resource);
@id("refund-over-100") @decision("require_approval") @approvers("role:finance")
forbid(principal, action == Action::"refund_create", resource) when { context.input.amount.greaterThan(decimal("100.0")) } unless { context has approval && context.approval.granted };
@id("refund-at-night") @decision("require_approval") @approvers("role:on-call")
forbid(principal, action == Action::"refund_create", resource) when { context.hour < 6 } unless { context has approval && context.approval.granted };
@id("hard-cap") forbid(principal, action == Action::"refund_create", resource) when { context.input.amount.greaterThan(decimal("1000.0")) };`;

const GRANTED = { approval: { granted: true } };
const decide = (text: string, tool: string, input: unknown, facts: Partial<PolicyFacts> = {}): PolicyAnswer => decideByPolicy(prepared(text), { tool, input, facts: { ...FACTS, ...facts } });
const ids = ({ policies }: PolicyAnswer): string[] => policies.map(({ id }) => id);

describe("approval as a policy", () => {
  test.each<[string, string, unknown, Partial<PolicyFacts>, string, [policies: string[], asked: string[]]]>([
    ["a small refund", "refund_create", { amount: 100 }, {}, "permit", [["refund"], []]],
    ["a large one asks", "refund_create", { amount: 100.01 }, {}, "hold", [["refund-over-100"], ["1 of role:finance"]]],
    ["a large one at night asks all", "refund_create", { amount: 500 }, { hour: 3 }, "hold", [["refund-over-100", "refund-at-night"], ["1 of role:finance", "1 of role:on-call"]]],
    ["a large one, approved", "refund_create", { amount: 500 }, GRANTED, "permit", [["refund"], []]],
    ["a large one, not granted", "refund_create", { amount: 500 }, { approval: { granted: false } }, "hold", [["refund-over-100"], ["1 of role:finance"]]],
    ["beyond the cap", "refund_create", { amount: 1500 }, {}, "deny", [["hard-cap"], []]],
    ["beyond the cap, approved", "refund_create", { amount: 1500 }, GRANTED, "deny", [["hard-cap"], []]],
    ["what nothing permits", "payout_send", { amount: 1, iban: "DE00" }, GRANTED, "deny", [[], []]],
  ])("%s", (_, tool, input, facts, decision, [policies, asked]) => {
    const answer = decide(APPROVAL, tool, input, facts);
    expect([answer.decision, ids(answer), answer.asks.map(({ approvers, persons }) => `${persons} of ${approvers.join()}`), answer.error]).toEqual([decision, policies, asked, undefined]);
  });

  test("says what it did", () => {
    expect(decide(APPROVAL, "refund_create", { amount: 1 }).sentence).toBe("Permitted by the policy `refund`.");
    expect(decide(APPROVAL, "refund_create", { amount: 500 }).sentence).toBe("Held by the policy `refund-over-100` until role:finance approves.");
    expect(decide(APPROVAL, "refund_create", { amount: 500 }, { hour: 3 }).sentence).toBe("Held by the policies `refund-over-100` and `refund-at-night` until role:finance approves and role:on-call approves.");
    expect(decide(APPROVAL, "refund_create", { amount: 5000 }).sentence).toBe("Refused by the policy `hard-cap`.");
    expect(decide(APPROVAL, "payout_send", { amount: 1, iban: "x" }).sentence).toBe("No policy permits `payout_send` with these arguments.");
  });

  test("nobody is asked for what nothing would permit afterwards", () => {
    const asksAll = '@decision("require_approval") forbid(principal, action, resource) unless { context has approval && context.approval.granted };';
    expect(decide(asksAll, "order_get", { order: "A-1" })).toMatchObject({ decision: "deny", policies: [] });
    expect(decide(`${asksAll} permit(principal, action, resource);`, "order_get", { order: "A-1" })).toMatchObject({ decision: "hold", asks: [{ approvers: [], persons: 1 }], sentence: "Held by the policy `policy-1` until a person approves." });
  });

  test("low risk is what a permit that decides says of itself", () => {
    const text = '@decision("low_risk") permit(principal, action, resource) when { context.effect == "read" }; permit(principal, action, resource);';
    expect(decide(text, "order_get", { order: "A-1" }).isLowRisk).toBe(true);
    expect(decide(text, "refund_create", { amount: 1 }).isLowRisk).toBe(false);
  });
});

describe("a policy that looks at nothing of a call", () => {
  const policy = prepared('@id("all") permit(principal, action, resource); @id("no-payouts") forbid(principal, action, resource) when { resource == Tool::"payout_send" };');
  const answerTo = (tool: string, input: unknown): [string, string[]] => {
    const answer = decideByPolicy(policy, { tool, input, facts: FACTS });
    return [answer.decision, ids(answer)];
  };

  test("answers each tool for itself, and the same again", () => {
    for (let time = 0; time < 2; time++) {
      expect(answerTo("order_get", { order: `A-${time}` })).toEqual(["permit", ["all"]]);
      expect(answerTo("payout_send", { amount: time, iban: "DE00" })).toEqual(["deny", ["no-payouts"]]);
    }
  });

  test("still refuses arguments that are not the declared ones", () => {
    expect(answerTo("order_get", { order: "A-1" })).toEqual(["permit", ["all"]]);
    expect(decideByPolicy(policy, { tool: "order_get", input: { order: 1 }, facts: FACTS })).toMatchObject({ decision: "deny", error: "arguments" });
  });
});

const nested = (depth: number): unknown => Array.from({ length: depth }).reduce<unknown>((inner) => ({ x: inner }), 1);
const cyclic: Record<string, unknown> = {};
cyclic.note = cyclic;

describe("arguments that cannot be decided are refused, and named", () => {
  const all = "permit(principal, action, resource);";
  test.each<[string, unknown, RegExp]>([
    ["none", undefined, /arguments .* no JSON/],
    ["null", null, /must be an object/],
    ["a list", [], /must be an object/],
    ["a text", "amount=1", /must be an object/],
    ["missing", {}, /`amount` is missing/],
    ["of another type", { amount: "1" }, /`amount` must be a number/],
    ["an engine's value", { amount: { __extn: { fn: "decimal", arg: "1.0" } } }, /`amount` must be a number/],
    ["five digits", { amount: 1.00001 }, /`amount` has more than four digits/],
    ["a very small number", { amount: 1e-7 }, /`amount` has more than four digits/],
    ["a very large number", { amount: 1e21 }, /`amount` has more than/],
    ["no number", { amount: Number.NaN }, /`amount` is no number/],
    ["endless", { amount: Number.POSITIVE_INFINITY }, /`amount` is no number/],
    ["a big integer", { amount: 1n }, /`amount` is no JSON/],
    ["a whole number beyond what is exact", { amount: 1, count: 2 ** 53 }, /`count` is too large/],
    ["a whole number beyond 64 bits", { amount: 1, count: 1e19 }, /`count` is too large/],
    ["a fraction for a whole number", { amount: 1, count: 1.5 }, /`count` must be a whole number/],
    ["null for a text", { amount: 1, currency: null }, /`currency` must be a text/],
    ["a text for a boolean", { amount: 1, express: "true" }, /`express` must be true or false/],
    ["a list with two types", { amount: 1, tags: ["a", 1] }, /`tags\[1\]` must be a text/],
    ["a member that is missing", { amount: 1, customer: {} }, /`customer\.tier` is missing/],
    ["a member that is not declared", { amount: 1, customer: { tier: "a", vip: true } }, /`customer\.vip` is not declared/],
    ["not declared", { amount: 1, force: true }, /`force` is not declared by the tool/],
    ["inherited names", { amount: 1, constructor: 1 }, /`constructor` is not declared/],
    ["__proto__", JSON.parse('{"amount":1,"__proto__":{"amount":0}}'), /`__proto__` has a name that is not allowed/],
    ["__proto__ where nobody looks", { amount: 1, note: JSON.parse('{"__proto__":1}') as unknown }, /`note\.__proto__` has a name/],
    ["an inherited amount", Object.create({ amount: 1 }), /no plain object/],
    ["deep nesting", { amount: 1, note: nested(40) }, /nest deeper than 32/],
    ["very deep nesting", { amount: 1, note: nested(100_000) }, /nest deeper than 32/],
    ["a circle", { amount: 1, note: cyclic }, /nest deeper than 32/],
    ["more than 1 MB", { amount: 1, currency: "x".repeat(1_000_001) }, /more than 1 MB/],
    ["more than 1 MB in parts", { amount: 1, tags: Array.from({ length: 11 }, () => "x".repeat(100_000)) }, /more than 1 MB/],
    ["too many values", { amount: 1, note: Array.from({ length: 30_000 }, () => 0) }, /more than 20,000 values/],
    ["half a character", { amount: 1, currency: "\ud800" }, /`currency` is not well-formed/],
    ["a hole", { amount: 1, tags: Array.from({ length: 2 }) }, /`tags\[0\]` is no JSON/],
    ["a date", { amount: 1, note: new Date(0) }, /`note` is no plain object/],
    ["what throws when it is read", { get amount() { throw new Error("boo"); } }, /cannot be read/],
  ])("%s", (_, input, sentence) => {
    const answer = decide(all, "refund_create", input);
    expect(answer).toMatchObject({ decision: "deny", error: "arguments", policies: [] });
    expect(answer.sentence).toMatch(sentence);
    expect(answer.sentence.length).toBeLessThan(250);
  });

  test.each<[string, unknown]>([
    ["a text of 1 MB", { amount: 1, currency: "x".repeat(999_900) }], ["nesting that is still read", { amount: 1, note: nested(30) }], ["less than nothing", { amount: -0, count: -0 }],
    ["four digits", { amount: 129.9999, count: Number.MAX_SAFE_INTEGER, tags: [], express: false }], ["an argument that no policy sees", { amount: 1, note: null }],
    ["text that looks like an approval", { amount: 1, currency: '"} unless { true }; permit(principal, action, resource); // approval: {"granted": true}' }],
  ])("what can be decided is: %s", (_, input) => {
    expect(decide(all, "refund_create", input)).toMatchObject({ decision: "permit" });
  });

  test("an unknown tool, inherited names among them", () => {
    for (const tool of ["refund", "constructor", "__proto__", ""]) expect(decide(all, tool, {})).toMatchObject({ decision: "deny", error: "tool_unknown" });
  });

  test.each<[string, Partial<Record<keyof PolicyFacts, unknown>>]>([
    ["hour", { hour: 24 }], ["hour", { hour: Number.NaN }], ["weekday", { weekday: 0 }], ["callsInRun", { callsInRun: -1 }], ["callsInRun", { callsInRun: undefined }], ["authority", { authority: "root" }],
    ["confidence", { confidence: 1.01 }], ["confidence", { confidence: Number.NaN }], ["spentTodayMinor", { spentTodayMinor: 0.5 }], ["approval", { approval: { granted: "yes" } }], ["approval", { approval: true }], ["user", { user: 7 }],
  ])("a fact that cannot be: %s", (name, facts) => {
    const answer = decide(all, "order_get", { order: "A-1" }, facts as Partial<PolicyFacts>);
    expect(answer).toMatchObject({ decision: "deny", error: "facts" });
    expect(answer.sentence).toContain(`\`${name}\``);
  });

  test("a confidence is cut, never rounded up", () => {
    const atLeast = 'permit(principal, action, resource) when { context has confidence && context.confidence.greaterThanOrEqual(decimal("0.9")) };';
    expect(decide(atLeast, "order_get", { order: "A" }, { confidence: 0.899999 }).decision).toBe("deny");
    expect(decide(atLeast, "order_get", { order: "A" }, { confidence: 0.9 }).decision).toBe("permit");
  });

  test("a policy that fails while it is applied", () => {
    const overflows = `permit(principal, action, resource); @id("sum") forbid(principal, action, resource) when { context.callsInRun * 9223372036854775807 > 0 };`;
    expect(decide(overflows, "order_get", { order: "A" }, { callsInRun: 1 })).toMatchObject({ decision: "deny" });
    expect(decide(overflows, "order_get", { order: "A" }, { callsInRun: 2 })).toMatchObject({ decision: "deny", error: "evaluation", sentence: "The policy `sum` could not be applied, so the call is refused." });
  });
});

test("policies never stand in for each other, however many there are", () => {
  const policies = Array.from({ length: 700 }, (_, index) => prepared(`permit(principal, action, resource) when { context.callsInRun == ${index} };`));
  for (const [index, policy] of [...policies.entries(), ...policies.entries()]) {
    const ask = (callsInRun: number) => decideByPolicy(policy, { tool: "order_get", input: { order: "A" }, facts: { ...FACTS, callsInRun } }).decision;
    expect([ask(index), ask(index + 1)]).toEqual(["permit", "deny"]);
  }
});

const CONDITIONS = ["true", "context.hour < 12", "context.callsInRun > 3", 'context.effect == "read"', "context has spentTodayMinor && context.spentTodayMinor > 500", "context.callsInRun * 4611686018427387904 > 0", 'context has user && context.user == "u1"'];
const condition = fc.constantFrom(...CONDITIONS);
const rule = fc.record({ effect: fc.constantFrom("permit", "forbid"), asks: fc.boolean(), condition }).map(({ effect, asks, condition: when }) =>
  `${effect === "forbid" && asks ? '@decision("require_approval") ' : ""}${effect}(principal, action, resource) when { ${when} };`);
const rules = fc.array(rule, { minLength: 1, maxLength: 6 });
const facts = fc.record({
  callsInRun: fc.integer({ min: 0, max: 6 }), hour: fc.integer({ min: 0, max: 23 }), weekday: fc.integer({ min: 1, max: 7 }), spentTodayMinor: fc.option(fc.integer({ min: 0, max: 1_000 }), { nil: undefined }),
  user: fc.option(fc.constantFrom("u1", "u2"), { nil: undefined }), authority: fc.constantFrom("assisted" as const, "partial" as const), approval: fc.option(fc.record({ granted: fc.boolean() }), { nil: undefined }),
});
const call = fc.oneof(
  fc.record({ tool: fc.constant("order_get"), input: fc.record({ order: fc.string() }), facts }),
  fc.record({ tool: fc.constant("refund_create"), input: fc.record({ amount: fc.oneof(fc.integer({ min: 0, max: 500 }), fc.double()) }), facts }),
);
const RANK = { deny: 0, hold: 1, permit: 2 } as const;

test("a plain forbid that applies is never outvoted, and nothing permits by itself", () => {
  fc.assert(fc.property(rules, condition, call, (texts, when, asked) => {
    const only = decideByPolicy(prepared(`permit(principal, action, resource) when { ${when} };`), asked);
    const against = `@id("against") forbid(principal, action, resource) when { ${when} };`;
    const answer = decideByPolicy(prepared([...texts, against].join("\n")), asked);
    if (only.decision === "permit") expect(answer.decision).toBe("deny");
    if (answer.decision === "permit") expect(answer.policies.every(({ effect }) => effect === "permit") && answer.policies.length > 0).toBe(true);
  }), { numRuns: 150 });
});

test("an error never permits and never asks", () => {
  fc.assert(fc.property(rules, call, fc.anything(), (texts, asked, input) => {
    const policy = prepared(texts.join("\n"));
    for (const answer of [decideByPolicy(policy, asked), decideByPolicy(policy, { ...asked, input })]) if (answer.error) expect(answer.decision).toBe("deny");
  }), { numRuns: 150 });
});

test("one more forbid never widens", () => {
  fc.assert(fc.property(rules, condition, fc.boolean(), call, (texts, when, asks, asked) => {
    const more = `${asks ? '@decision("require_approval") ' : ""}forbid(principal, action, resource) when { ${when} };`;
    const [before, after] = [decideByPolicy(prepared(texts.join("\n")), asked), decideByPolicy(prepared([...texts, more].join("\n")), asked)];
    expect(RANK[after.decision]).toBeLessThanOrEqual(RANK[before.decision]);
  }), { numRuns: 150 });
});
