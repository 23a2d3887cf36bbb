import { expect, test, vi } from "vitest";
import type { PolicyFacts } from "./policy-facts.ts";

const TOOLS = [{ name: "refund", inputSchema: { type: "object", properties: { amount: { type: "integer" } } }, effect: "write" as const }];
const facts: PolicyFacts = { callsInRun: 0, hour: 10, weekday: 1, authority: "bounded" };

async function copyThatDecides(text: string, tools = TOOLS) {
  vi.resetModules();
  const [{ preparePolicy }, { decideByPolicy }] = [await import("./prepare-policy.ts"), await import("./decide-by-policy.ts")];
  const prepared = preparePolicy(text, tools);
  if (!prepared.ok) throw new Error("the text is no policy");
  return (input: unknown) => decideByPolicy(prepared.policy, { tool: "refund", input, facts }).decision;
}

test("two copies of this code in one process decide each by their own policy, in any order", async () => {
  const strict = await copyThatDecides(`permit(principal, action, resource) when { context.input has amount && context.input.amount < 10 };`);
  const loose = await copyThatDecides(`permit(principal, action, resource);`, [{ name: "refund", inputSchema: { type: "object", properties: { amount: { type: "string" } } }, effect: "write" }]);
  expect([strict({ amount: 50 }), loose({ amount: "50" }), strict({ amount: 50 }), strict({ amount: 5 }), loose({ amount: "50" })]).toEqual(["deny", "permit", "deny", "permit", "permit"]);
});
