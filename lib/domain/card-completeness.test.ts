import { expect, test } from "vitest";
import { agentCardSchema, emptyCard, type AgentCard } from "./agent-card.ts";
import { isComplete, missingFromCard, type NamedOwners } from "./card-completeness.ts";

const owners: NamedOwners = { business_owner: { name: "Bea" }, technical_owner: { name: "Tim" }, model_steward: { name: "Mo" } };
const card: AgentCard = agentCardSchema.parse({
  purpose: "Answers refund requests.",
  boundary: { may: ["Refund up to 50 USD"], mustNever: ["Change an address"], mustEscalateWhen: ["The customer is angry"], doneMeans: ["The customer was told"] },
  inputs: ["Ticket"], tools: ["refund"], dataSources: ["Orders"],
  escalationContact: "Olga, +1 555 0100", onCallRotation: "Support on-call", runbook: "1. Stop the agent.",
  monthlyBudget: { amountMinor: 50_000, currency: "USD" },
  pact: [{ metric: "success_rate", bound: "at_least", value: 0.9, windowDays: 7 }],
});

test("a card with everything is complete", () => {
  expect(missingFromCard(card, owners, 1)).toEqual([]);
  expect(isComplete(card, owners, 0)).toBe(true);
});

test("an empty card names everything, in the order of the form", () => {
  expect(missingFromCard(emptyCard, {}, null)).toEqual([
    "the purpose", "what it may do", "what it must never do", "when it must escalate", "what done means", "the inputs", "the tools",
    "the data sources", "the business owner", "the technical owner", "the model steward", "the control tier", "the escalation contact",
    "the on-call rotation", "the runbook", "the monthly budget", "a promise in the pact",
  ]);
});

test.each<[string, Partial<AgentCard>, NamedOwners, 0 | null, string[]]>([
  ["an owner that nobody is", {}, { ...owners, model_steward: null }, 0, ["the model steward"]],
  ["an owner without a name", {}, { ...owners, business_owner: { name: " " } }, 0, ["the business owner"]],
  ["a blank runbook", { runbook: " \n" }, owners, 0, ["the runbook"]],
  ["a list of blanks", { inputs: [" "] }, owners, 0, ["the inputs"]],
  ["no tier", {}, owners, null, ["the control tier"]],
  ["no team, which is no matter", { team: "" }, owners, 0, []],
])("%s", (_, change, who, tier, missing) => {
  expect(missingFromCard({ ...card, ...change }, who, tier)).toEqual(missing);
});
