import { describe, expect, test } from "vitest";
import { titleOfChange } from "./change-title.ts";
import type { Fact, FactGroup, FactKind } from "./fact.ts";
import type { ComponentKind } from "./manifest.ts";

const fact = (group: FactGroup, subject: string, component: ComponentKind = "tool", kind: FactKind = "tool_description"): Fact => ({ kind, component, subject, group, sentence: "x." });

describe("a title", () => {
  test.each<[string, number | null, Fact[], string]>([
    ["a first version", null, [fact("gains", "pay")], "refund-bot: first version, number 42"],
    ["nothing", 41, [], "refund-bot 41 → 42 changes nothing that counts"],
    ["one thing", 41, [fact("gains", "payout_send")], "refund-bot 41 → 42 gains payout_send"],
    ["three things, worst first", 41, [fact("changes", "main", "prompt"), fact("widens", "refund_create"), fact("gains", "payout_send")], "refund-bot 41 → 42 gains payout_send, widens refund_create and changes prompt"],
    ["more than three", 41, [fact("gains", "a"), fact("widens", "b"), fact("raises", "c"), fact("loses", "d")], "refund-bot 41 → 42 gains a, widens b and raises c"],
    ["one subject twice", 41, [fact("widens", "a"), fact("widens", "a")], "refund-bot 41 → 42 widens a"],
    ["many subjects", 41, [fact("gains", "a"), fact("gains", "b"), fact("gains", "c"), fact("gains", "d")], "refund-bot 41 → 42 gains a, b and 2 more"],
    ["a kind of which there is one", 41, [fact("may_skip", "policy", "policy"), fact("changes", "model", "model")], "refund-bot 41 → 42 may skip policy and changes model"],
    ["a tool that is called main", 41, [fact("gains", "main")], "refund-bot 41 → 42 gains main"],
    ["a policy's text", 41, [fact("widens", "text", "policy", "policy_text_mixed")], "refund-bot 41 → 42 widens the policy's text"],
    ["a way back, not the tool", 41, [fact("loses", "pay", "tool", "compensation_removed")], "refund-bot 41 → 42 loses compensation of pay"],
  ])("of %s", (_, from, facts, title) => {
    expect(titleOfChange("refund-bot", from, 42, facts)).toBe(title);
  });

  test("stays on one line and short, whatever a tool is called", () => {
    const title = titleOfChange("a", 1, 2, (["gains", "widens", "raises"] as const).flatMap((group) => [fact(group, `x\n\u202e${"y".repeat(200)}`), fact(group, `z${"y".repeat(200)}`)]));
    expect(title).not.toMatch(/[\n\u202e]/);
    expect(title.length).toBeLessThan(500);
  });
});
