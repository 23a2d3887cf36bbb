import { expect, test } from "vitest";
import { FACTS, prepared } from "../testing/refund-policy.ts";
import { decideByPolicy } from "./decide-by-policy.ts";
import { writePolicyForm, type FormItem } from "./policy-form.ts";
import { readPolicyForm } from "./read-policy-form.ts";
import { withoutRule } from "./without-rule.ts";

const allow: FormItem = { kind: "allow", id: "all", tools: ["refund_create", "payout_send"], isLowRisk: false };
const limit: FormItem = { kind: "limit", id: "large", tool: "refund_create", path: ["amount"], bound: { kind: "at_most_decimal", value: 100 }, otherwise: { kind: "ask", approvers: [], persons: 1 } };
const refuse: FormItem = { kind: "limit", id: "huge", tool: "refund_create", path: ["amount"], bound: { kind: "at_most_decimal", value: 1_000 }, otherwise: { kind: "refuse" } };
const ask: FormItem = { kind: "always_ask", id: "payouts", tools: ["payout_send"], approvers: ["role:finance"], persons: 1 };
const text = writePolicyForm({ items: [allow, limit, refuse, ask] });

test.each([["large", [allow, refuse, ask]], ["payouts", [allow, limit, refuse]]] as const)("without %s the other rules stand as the form writes them", (id, items) => {
  const left = withoutRule(text, id);
  expect(left).toEqual({ kind: "left_out", text: writePolicyForm({ items: [...items] }) });
  expect(left.kind === "left_out" && readPolicyForm(left.text)?.items).toEqual(items);
});

test("what asked is permitted, and what was refused stays refused", () => {
  const left = withoutRule(text, "large");
  if (left.kind !== "left_out") throw new Error("the rule is there");
  const decide = (policy: string, amount: number) => decideByPolicy(prepared(policy), { tool: "refund_create", input: { amount }, facts: FACTS }).decision;
  expect([50, 500, 5_000].map((amount) => [decide(text, amount), decide(left.text, amount)])).toEqual([["permit", "permit"], ["hold", "permit"], ["deny", "deny"]]);
});

test("a rule written by hand is cut out between its neighbours, and comments stay", () => {
  const written = `// one\n@id("a") permit(principal, action, resource);\n// two; with a semicolon\n@decision("require_approval") forbid(principal, action, resource) when { context.hour > 20 } unless { context has approval && context.approval.granted };\n// three\n`;
  expect(withoutRule(written, "policy-2")).toEqual({ kind: "left_out", text: `// one\n@id("a") permit(principal, action, resource);\n// two; with a semicolon\n// three\n` });
});

test("what is not there, asks nobody or cannot be read is left as it is", () => {
  expect(withoutRule(text, "gone")).toEqual({ kind: "unknown" });
  expect([withoutRule(text, "huge"), withoutRule(text, "all")]).toEqual([{ kind: "asks_nobody" }, { kind: "asks_nobody" }]);
  expect(withoutRule("", "all")).toEqual({ kind: "unknown" });
  expect(withoutRule(`${"(".repeat(50)} all`, "all")).toEqual({ kind: "unknown" });
});
