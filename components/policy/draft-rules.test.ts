import { describe, expect, test } from "vitest";
import type { FormRule } from "@/lib/policy/policy-form.ts";
import { emptyRule, lackOf, moved, RULE_NAMES, textOf, type RuleKind } from "./draft-rules.ts";

const KINDS = Object.keys(RULE_NAMES) as RuleKind[];

describe("a rule of the form", () => {
  test.each(KINDS)("%s lacks something when it is new, so no text is written over", (kind) => {
    const rule = emptyRule(kind, new Set());
    expect(lackOf(rule)).toMatch(/^(Choose|Give) /);
    expect(textOf([{ key: 0, item: rule }])).toBeNull();
  });

  test("gets a name that is free", () => {
    expect(emptyRule("limit", new Set(["limit-1", "limit-2", "limit-4"])).id).toBe("limit-3");
  });

  test("says what is wrong with it", () => {
    const rule: FormRule & { kind: "limit" } = { kind: "limit", id: "limit-1", tool: "refund_create", path: ["amount"], bound: { kind: "at_most_decimal", value: 100 }, otherwise: { kind: "refuse" } };
    expect(lackOf(rule)).toBeNull();
    expect(lackOf({ ...rule, id: "Not So" })).toContain("small letters");
    expect(lackOf({ ...rule, bound: { kind: "at_most_decimal", value: 0.00001 } })).toContain("four digits");
    expect(lackOf({ ...rule, otherwise: { kind: "ask", approvers: ["the boss"], persons: 1 } })).toContain("role:finance");
    for (const persons of [0, 6, 1.5, NaN]) expect(lackOf({ ...rule, otherwise: { kind: "ask", approvers: [], persons } })).toBe("From 1 to 5 persons approve, each of them another one.");
    const large: FormRule & { kind: "large_irreversible" } = { kind: "large_irreversible", id: "large-1", aboveMinor: 100_000, approvers: [], persons: 2 };
    expect(lackOf(large)).toBeNull();
    expect(lackOf({ ...large, persons: 1 })).toBe("From 2 to 5 persons approve, each of them another one.");
  });

  test("stands in the text beside what is written by hand, in the order of the form", () => {
    const allow = { kind: "allow" as const, id: "allow-1", tools: ["order_get"], isLowRisk: false };
    const drafts = [{ key: 0, item: { kind: "by_hand" as const, text: "// mine" } }, { key: 1, item: allow }];
    expect(textOf(drafts)).toBe('// mine\n\n@id("allow-1")\npermit(principal, action in [Action::"order_get"], resource);\n');
    expect(textOf(moved(drafts, 1, -1))?.indexOf("// mine")).toBeGreaterThan(10);
  });
});

test("moving past an end changes nothing", () => {
  expect(moved([1, 2], 1, 1)).toEqual([1, 2]);
  expect(moved([1, 2], 0, -1)).toEqual([1, 2]);
});
