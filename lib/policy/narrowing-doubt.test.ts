import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { strictestAsks } from "../domain/approval-ask.ts";
import type { NarrowingDoubt } from "../domain/policy-text-fact.ts";
import { loosening } from "../domain/replay-class.ts";
import { FACTS, prepared, REFUND_TOOLS } from "../testing/refund-policy.ts";
import { decideByPolicy, type PolicyCall } from "./decide-by-policy.ts";
import { narrowingDoubt } from "./narrowing-doubt.ts";

const REFUND = 'forbid(principal, action == Action::"refund_create", resource)';
const GRANTED = "unless { context has approval && context.approval.granted }";
const ALL = "permit(principal, action, resource);";
const CAP = `@id("cap") ${REFUND} when { context.input.amount.greaterThan(decimal("100.0")) };`;
const asks = (approvers: string, condition = "true"): string => `@decision("require_approval") ${approvers === "" ? "" : `@approvers("${approvers}") `}${REFUND} when { ${condition} } ${GRANTED};`;
const SMALL_IS_SAFE = '@decision("low_risk") permit(principal, action == Action::"refund_create", resource) when { context.input.amount.lessThan(decimal("10.0")) };';
const OVERFLOWS = "permit(principal, action, resource) when { context.callsInRun * 9223372036854775807 > 0 };";
const text = (...policies: string[]): string => policies.join("\n");

describe("what the texts show", () => {
  test.each<[string, string, string, NarrowingDoubt | null]>([
    ["the same", text(ALL, CAP), text(ALL, CAP), null],
    ["other spaces, a comment, another order", text(ALL, CAP), `// as before\n${CAP.replaceAll(" ", "  ")}\n${ALL}`, null],
    ["one more forbid", ALL, text(ALL, CAP), null],
    ["one more forbid that asks", text(ALL, CAP), text(ALL, CAP, asks("")), null],
    ["a permit less", text(ALL, SMALL_IS_SAFE), ALL, null],
    ["a permit less with a negative number", text(ALL, "permit(principal, action, resource) when { context.callsInRun > -5 };"), ALL, null],
    ["one more permit", ALL, text(ALL, SMALL_IS_SAFE), "permit"],
    ["a permit with another condition", text(ALL, SMALL_IS_SAFE), text(ALL, SMALL_IS_SAFE.replace("10.0", "9.0")), "permit"],
    ["a permit that is said to be low risk", text(ALL, SMALL_IS_SAFE.replace('@decision("low_risk") ', "")), text(ALL, SMALL_IS_SAFE), "permit"],
    ["a forbid less", text(ALL, CAP), ALL, "forbid"],
    ["a forbid with another number", text(ALL, CAP), text(ALL, CAP.replace("100.0", "99.0")), "forbid"],
    ["a forbid that asks from now on", text(ALL, CAP), text(ALL, `@decision("require_approval") ${CAP.replace(";", ` ${GRANTED};`)}`), "forbid"],
    ["a forbid under another id", text(ALL, CAP), text(ALL, CAP.replace("cap", "lid")), "forbid"],
    ["a forbid that asks somebody else", text(ALL, asks("role:on_call")), text(ALL, asks("role:operator")), "forbid"],
    ["a forbid that asks fewer persons", text(ALL, `@persons("2") ${asks("")}`), text(ALL, asks("")), "forbid"],
    ["one number beyond what JavaScript tells apart", text(ALL, `${REFUND} when { context.callsInRun > 9007199254740993 };`), text(ALL, `${REFUND} when { context.callsInRun > 9007199254740992 };`), "forbid"],
    ["the same number beyond what JavaScript tells apart", text(ALL, `${REFUND} when { context.callsInRun > 9007199254740993 };`), text(ALL, `${REFUND} when { context.callsInRun > 9007199254740993 };`, CAP), null],
    ["approvers where nobody was named", text(ALL, asks("", "context.hour > 3")), text(ALL, asks("", "context.hour > 3"), asks("role:operator")), null],
    ["approvers beside others", text(ALL, asks("role:business_owner", "context.hour > 3")), text(ALL, asks("role:business_owner", "context.hour > 3"), asks("role:operator")), null],
    ["approvers who were named already", text(ALL, asks("role:business_owner, role:on_call", "context.hour > 3")), text(ALL, asks("role:business_owner, role:on_call", "context.hour > 3"), asks("role:on_call")), null],
    ["approvers of some of the forbids", text(ALL, asks("role:business_owner", "context.hour > 3"), asks("role:on_call", "context.hour > 4")),
      text(ALL, asks("role:business_owner", "context.hour > 3"), asks("role:on_call", "context.hour > 4"), asks("role:on_call")), null],
    ["a permit less that could have failed", text(ALL, OVERFLOWS), ALL, "failing_permit"],
  ])("%s", (_, before, after, doubt) => expect(narrowingDoubt(prepared(before), prepared(after))).toBe(doubt));

  test("a permit that fails refuses every call, so without it more is permitted", () => {
    const call = { tool: "refund_create", input: { amount: 1 }, facts: { ...FACTS, callsInRun: 2 } };
    expect([text(ALL, OVERFLOWS), ALL].map((each) => decideByPolicy(prepared(each), call).decision)).toEqual(["deny", "permit"]);
  });

  test("the tools are the same, or fewer", () => {
    const [get, refund, payout] = REFUND_TOOLS as [(typeof REFUND_TOOLS)[0], (typeof REFUND_TOOLS)[0], (typeof REFUND_TOOLS)[0]];
    const doubtOf = (...tools: typeof REFUND_TOOLS) => narrowingDoubt(prepared(ALL), prepared(text(ALL, "forbid(principal, action, resource) when { context.hour < 4 };"), tools));
    expect(doubtOf(get, refund, payout)).toBeNull();
    expect(doubtOf(payout)).toBeNull();
    expect(doubtOf(get, refund, payout, { ...get, name: "more" })).toBe("tools");
    expect(doubtOf({ ...payout, effect: "read" })).toBe("tools");
    expect(doubtOf({ ...get, inputSchema: { type: "object", properties: { order: { type: "string" } } } })).toBe("tools");
    expect(doubtOf({ ...get, inputSchema: { type: "object", properties: { order: { type: "string" }, more: {} }, required: ["order"] } })).toBe("tools");
  });
});

const condition = fc.constantFrom(
  "true", "true", "true", "context.hour > 12", 'context.authority == "assisted"', 'context.effect == "read"', "context.callsInRun * 4611686018427387904 > 0", "-(context.callsInRun) < 1",
  'context.input has amount && context.input.amount.greaterThan(decimal("100.0"))', "!(context has user)", "if context.hour > 12 then context.callsInRun > 1 else true",
);
const scope = fc.constantFrom("action", 'action == Action::"refund_create"', 'action in [Action::"payout_send", Action::"refund_create"]');
// A condition that not every tool's arguments have is refused where the scope names them all; guarded by the tools that have an amount.
const policy = fc.record({ effect: fc.constantFrom("permit", "permit", "forbid", "forbid"), scope, condition, mark: fc.constantFrom("", "low", "ask", "ask two", "ask finance", "ask finance", "ask on call", "ask on call") }).map((each): string => {
  const within = each.condition.includes("context.input") && each.scope === "action" ? 'action in [Action::"payout_send", Action::"refund_create"]' : each.scope;
  const asked = each.effect === "forbid" && each.mark.startsWith("ask");
  const named = each.mark === "ask finance" ? '@approvers("role:finance") ' : each.mark === "ask on call" ? '@approvers("role:finance, role:on_call") ' : each.mark === "ask two" ? '@persons("2") ' : "";
  const marks = asked ? `@decision("require_approval") ${named}` : each.effect === "permit" && each.mark === "low" ? '@decision("low_risk") ' : "";
  return `${marks}${each.effect}(principal, ${within}, resource) when { ${each.condition} }${asked ? ` ${GRANTED}` : ""};`;
});
/** Mostly something is permitted: else every call is refused by both. */
const someText = fc.tuple(fc.constantFrom([ALL], [ALL], []), fc.array(policy, { minLength: 1, maxLength: 4 })).map(([all, more]) => [...all, ...more]);
/** Near each other, as two versions are: else hardly any pair would be proven. */
const pair = fc.tuple(someText, fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }), fc.array(policy, { maxLength: 2 })).map(([before, keeps, added]): [string[], string[]] => {
  const after = [...before.filter((each, index) => each.includes("forbid(") || keeps[index]), ...added];
  return [before, after.length === 0 ? before : after];
});
const call: fc.Arbitrary<PolicyCall> = fc.record({
  tool: fc.constantFrom("order_get", "refund_create", "payout_send"), input: fc.constantFrom({ order: "A" }, { amount: 20 }, { amount: 700 }, { iban: "DE", amount: 20 }, { iban: "DE", amount: 5_000 }),
  facts: fc.record({ callsInRun: fc.constantFrom(0, 1, 2, 40), hour: fc.constantFrom(1, 20), weekday: fc.constant(3), authority: fc.constantFrom("assisted" as const, "partial" as const), approval: fc.constantFrom(undefined, { granted: true }, { granted: false }) }),
});

test("of a text that is proven to permit nothing more, no call is decided looser, asks fewer or other persons, or counts as low risk", () => {
  let proven = 0;
  fc.assert(fc.property(fc.oneof({ weight: 4, arbitrary: pair }, { weight: 1, arbitrary: fc.tuple(someText, someText) }), fc.array(call, { minLength: 1, maxLength: 12 }), ([old, young], calls) => {
    const [before, after] = [prepared(old.join("\n")), prepared(young.join("\n"))];
    if (narrowingDoubt(before, after) !== null) return;
    proven++;
    for (const each of calls) {
      const [was, is] = [decideByPolicy(before, each), decideByPolicy(after, each)];
      expect(loosening({ before: was.decision, after: is.decision })).toBeLessThanOrEqual(0);
      if (is.isLowRisk) expect(was.isLowRisk).toBe(true);
      if (was.decision !== "hold" || is.decision !== "hold") continue;
      expect(strictestAsks([...is.asks, ...was.asks])).toEqual(is.asks);
    }
  }), { numRuns: 200 });
  expect(proven).toBeGreaterThan(40);
}, 60_000);
