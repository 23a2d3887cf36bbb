// Which tools and facts do the tests of policies speak of?

import type { ToolComponent } from "../domain/manifest.ts";
import type { PolicyFacts } from "../policy/policy-facts.ts";
import { preparePolicy, type PreparedPolicy } from "../policy/prepare-policy.ts";

type Tool = Pick<ToolComponent, "name" | "inputSchema" | "effect">;

export const REFUND_TOOLS: Tool[] = [
  { name: "order_get", effect: "read", inputSchema: { type: "object", properties: { order: { type: "string" } }, required: ["order"] } },
  {
    name: "refund_create", effect: "write",
    inputSchema: {
      type: "object", required: ["amount"],
      properties: {
        amount: { type: "number" }, count: { type: "integer" }, currency: { enum: ["EUR", "USD"] }, express: { type: "boolean" }, tags: { type: "array", items: { type: "string" } },
        customer: { type: "object", properties: { tier: { type: "string" }, since: { type: "integer" } }, required: ["tier"] }, note: { type: ["string", "null"] },
      },
    },
  },
  { name: "payout_send", effect: "irreversible", inputSchema: { type: "object", properties: { iban: { type: "string" }, amount: { type: "number" } }, required: ["iban", "amount"] } },
];

export const FACTS: PolicyFacts = { callsInRun: 0, hour: 10, weekday: 3, authority: "partial", spentTodayMinor: 0 };

export function prepared(text: string, tools: readonly Tool[] = REFUND_TOOLS): PreparedPolicy {
  const preparation = preparePolicy(text, tools);
  if (!preparation.ok) throw new Error(JSON.stringify(preparation.errors));
  return preparation.policy;
}
