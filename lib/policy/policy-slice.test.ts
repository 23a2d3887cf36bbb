import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { askEngine } from "./cedar.ts";
import { contextReads } from "./context-reads.ts";
import { decideByPolicy, type PolicyCall } from "./decide-by-policy.ts";
import { readFacts } from "./policy-facts.ts";
import { schemaReading } from "./policy-schema.ts";
import { sliceFor } from "./policy-slice.ts";
import type { PreparedPolicy } from "./prepare-policy.ts";
import { readArguments } from "./read-arguments.ts";
import { FACTS, prepared } from "../testing/refund-policy.ts";

const AMOUNT = "context.input has amount && context.input.amount.greaterThan(decimal(\"100.0\"))";

/** What a condition looks at, as sorted names; null for all. */
function readsOf(condition: string): [facts: string[] | null, args: string[] | null] {
  const answer = askEngine((cedar) => cedar.policyToJson(`permit(principal, action, resource) when { ${condition} };`));
  if (answer?.type !== "success") throw new Error(`the engine does not read ${condition}`);
  const { facts, args } = contextReads(answer.json.conditions);
  return [facts && [...facts].toSorted(), args && [...args].toSorted()];
}

describe("what a condition looks at", () => {
  test.each<[string, [string[] | null, string[] | null]]>([
    ["true", [[], []]],
    ["context.hour > 3", [["hour"], []]],
    [AMOUNT, [[], ["amount"]]],
    ['context has user && context["user"] like "a*"', [["user"], []]],
    ["context has approval && context.approval.granted", [["approval"], []]],
    ['context has input.customer.tier && context.input.customer.tier == "x"', [[], ["customer"]]],
    ['if context.input has express then [1, 2].contains(context.weekday) else {"Var": context.hour} == {"Var": 1}', [["hour", "weekday"], ["express"]]],
    ['resource == Tool::"context"', [[], []]],
    ["context.input == context.input", [[], null]],
    ["context has input", [[], null]],
    ["[context.input].contains(context.input) && context.hour > 1", [["hour"], null]],
    ["context == context", [null, null]],
    ["{a: context}.a.hour > 1", [null, null]],
    ["(if true then context else context).hour > 1", [null, null]],
  ])("%s", (condition, reads) => expect(readsOf(condition)).toEqual(reads));

  test("the beginning of a chain counts, however long it is", () => {
    const chain = Array.from({ length: 200 }).reduce<unknown>((left) => ({ ".": { left, attr: "a" } }), { Var: "context" });
    expect(contextReads([{ kind: "when", body: chain }])).toEqual({ facts: new Set(["a"]), args: new Set() });
  });
});

describe("a slice", () => {
  const text = `@id("all") permit(principal, action, resource) when { context.hour < 22 };
    @id("one") forbid(principal, action == Action::"refund_create", resource) when { ${AMOUNT} };
    @id("two") forbid(principal, action in [Action::"payout_send", Action::"refund_create"], resource) when { context.input.amount.greaterThan(decimal("5.0")) && context has user };`;
  const sliceOf = (tool: string) => {
    const policy = prepared(text);
    const slice = sliceFor(policy, policy.schema.tools.get(tool)!);
    const { actions } = slice.schema.schema[""]!;
    return { policies: Object.keys(slice.all.texts), told: Object.keys((actions[tool]!.appliesTo!.context as { attributes: object }).attributes) };
  };

  test("has the policies that speak of the tool, and what they look at", () => {
    expect(sliceOf("order_get")).toEqual({ policies: ["all"], told: ["hour"] });
    expect(sliceOf("refund_create")).toEqual({ policies: ["all", "one", "two"], told: ["user", "hour", "input"] });
    expect(sliceOf("payout_send")).toEqual({ policies: ["all", "two"], told: ["user", "hour", "input"] });
  });
});

const parts = fc.constantFrom(
  "context.hour > 12", 'context.authority == "assisted"', 'context.effect == "read"', "!(context has user)", "context.callsInRun * 4611686018427387904 > 0", "context has approval && context.approval.granted",
  'resource == Tool::"refund_create"', "context has confidence && context.confidence.lessThan(decimal(\"0.5\"))",
);
const partsOfRefund = fc.constantFrom(
  AMOUNT, "context.input.amount.lessThan(decimal(\"30.0\"))", "context has input.customer.since && context.input.customer.since > 2000", 'context.input has tags && context.input.tags.contains("vip")',
  "[context.input].contains(context.input)", 'context has input.currency && context.input.currency == "EUR"', "context.input has express && context.input.express",
);
const policyText = fc.record({ effect: fc.constantFrom("permit", "permit", "forbid"), asks: fc.boolean(), own: fc.boolean(), general: fc.array(parts, { maxLength: 2 }), special: fc.array(partsOfRefund, { minLength: 1, maxLength: 2 }), among: fc.boolean(), or: fc.boolean() })
  .map(({ effect, asks, own, general, special, among, or }): string => {
    const scope = own ? 'action == Action::"refund_create"' : among ? 'action in [Action::"order_get", Action::"payout_send"]' : "action";
    const condition = [...general, ...(own ? special : [])].map((part) => `(${part})`).join(or ? " || " : " && ") || "true";
    return `${effect === "forbid" && asks ? '@decision("require_approval") ' : ""}${effect}(principal, ${scope}, resource) when { ${condition} };`;
  });
const call: fc.Arbitrary<PolicyCall> = fc.record({
  tool: fc.constantFrom("order_get", "refund_create", "refund_create", "payout_send"),
  input: fc.constantFrom<Record<string, unknown>>({ order: "A" }, { amount: 20 }, { amount: 700, currency: "EUR", tags: ["vip"] }, { amount: 25, express: true, customer: { tier: "a", since: 2020 }, note: null }, { iban: "DE", amount: 20 }),
  facts: fc.record({
    callsInRun: fc.constantFrom(0, 3), hour: fc.constantFrom(1, 20), weekday: fc.constant(3), authority: fc.constantFrom("assisted" as const, "partial" as const), user: fc.constantFrom(undefined, "u"),
    confidence: fc.constantFrom(undefined, 0.2, 0.9), approval: fc.constantFrom(undefined, { granted: true }),
  }),
});

let asked = 0;

/** Every policy, and everything that is known of the call. Null where the call never comes as far as the engine. */
function bySlicingNothing(policy: PreparedPolicy, { tool, input, facts }: PolicyCall): { allowed: boolean; policies: string[]; failed: boolean } | null {
  const type = policy.schema.tools.get(tool)!;
  const [values, known] = [readArguments(type.input, input), readFacts(facts)];
  if (!values.ok || !known.ok) return null;
  const name = `whole-${++asked}`;
  askEngine((cedar) => cedar.preparsePolicySet(name, { staticPolicies: Object.fromEntries([...policy.rules].map(([id, rule]) => [id, rule.text])) }));
  askEngine((cedar) => cedar.preparseSchema(name, schemaReading(type, { facts: null, args: null }).schema));
  const answer = askEngine((cedar) => cedar.statefulIsAuthorized({
    principal: { type: "Agent", id: "self" }, action: { type: "Action", id: tool }, resource: { type: "Tool", id: tool }, context: { ...known.context, effect: type.effect, input: values.input },
    preparsedPolicySetId: name, preparsedSchemaName: name, validateRequest: true, entities: [],
  }));
  if (answer?.type !== "success") throw new Error(JSON.stringify(answer));
  const { decision, diagnostics } = answer.response;
  return { allowed: decision === "allow", policies: diagnostics.reason.toSorted(), failed: diagnostics.errors.length > 0 };
}

test("decides what the whole policy decides of the whole call, for the same reasons, and fails where that fails", () => {
  let [permitted, refused, failed] = [0, 0, 0];
  fc.assert(fc.property(fc.array(policyText, { minLength: 1, maxLength: 6 }), fc.array(call, { minLength: 1, maxLength: 6 }), (texts, calls) => {
    const policy = prepared(texts.join("\n"));
    for (const each of calls) {
      const whole = bySlicingNothing(policy, each);
      if (whole === null) continue;
      const answer = decideByPolicy(policy, each);
      expect(answer.error === "evaluation").toBe(whole.failed);
      if (whole.failed) failed++;
      else {
        expect(answer.decision === "permit").toBe(whole.allowed);
        // What only asks is named when nothing else refuses; where nothing permits either, none is.
        if (whole.allowed || answer.policies.length > 0) expect(whole.policies).toEqual(expect.arrayContaining(answer.policies.map(({ id }) => id)));
        if (whole.allowed) permitted++;
        else refused++;
      }
    }
  }), { numRuns: 200 });
  expect(permitted).toBeGreaterThan(20);
  expect(refused).toBeGreaterThan(20);
  expect(failed).toBeGreaterThan(5);
}, 60_000);

test("arguments that no policy looks at are still checked against what the tool declares", () => {
  const policy = prepared("permit(principal, action, resource);");
  expect(decideByPolicy(policy, { tool: "refund_create", input: { amount: "much" }, facts: FACTS })).toMatchObject({ decision: "deny", error: "arguments" });
  expect(decideByPolicy(policy, { tool: "refund_create", input: { amount: 1, surprise: 1 }, facts: FACTS })).toMatchObject({ decision: "deny", error: "arguments" });
});
