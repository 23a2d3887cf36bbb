import { describe, expect, test } from "vitest";
import { replayPolicy } from "./replay-policy.ts";
import { FACTS, prepared } from "../testing/refund-policy.ts";

const call = (amount: number) => ({ tool: "refund_create", input: { amount }, facts: FACTS });
const CALLS = [call(10), call(150), call(900), { tool: "order_get", input: { order: "A" }, facts: FACTS }];
const upTo = (limit: string, from = "-1.0") => prepared(`permit(principal, action, resource);
@decision("require_approval") forbid(principal, action == Action::"refund_create", resource)
when { context.input.amount.greaterThan(decimal("${limit}")) || context.input.amount.lessThan(decimal("${from}")) } unless { context has approval && context.approval.granted };`);
const none = prepared("forbid(principal, action, resource);");

describe("a replay", () => {
  test.each<[string, ReturnType<typeof upTo> | null, ReturnType<typeof upTo> | null, string, number[]]>([
    ["the same", upTo("100.0"), upTo("100.0"), "same", []],
    ["a difference that no call shows", upTo("100.0"), upTo("120.0"), "same", []],
    ["a higher limit", upTo("100.0"), upTo("500.0"), "widened", [1]],
    ["a lower limit", upTo("500.0"), upTo("100.0"), "narrowed", [1]],
    ["both", upTo("100.0"), upTo("500.0", "50.0"), "mixed", [0, 1]],
    ["everything refused", upTo("100.0"), none, "narrowed", [0, 1, 2, 3]],
    ["a first policy", null, upTo("100.0"), "narrowed", [1, 2]],
    ["no policy any more", upTo("100.0"), null, "widened", [1, 2]],
    ["never one", null, null, "same", []],
  ])("%s", (_, before, after, klass, flipped) => {
    const replay = replayPolicy(CALLS, before, after);
    expect([replay.class, replay.flips.map(({ index }) => index)]).toEqual([klass, flipped]);
    expect(replay.widened + replay.narrowed).toBe(flipped.length);
    expect(replay.decided).toBe(CALLS.length);
  });

  test("counts by decision, and says what the other policy says", () => {
    const replay = replayPolicy(CALLS, upTo("100.0"), none);
    expect(replay.before).toEqual({ permit: 2, hold: 2, deny: 0 });
    expect(replay.after).toEqual({ permit: 0, hold: 0, deny: 4 });
    expect(replay.flips[1]).toEqual({ index: 1, before: "hold", after: "deny", sentence: "Refused by the policy `policy-1`." });
  });
});
