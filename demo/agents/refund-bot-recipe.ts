// refund-bot on paper: its card, what it is made of, and the version that waits for review.

import type { Card } from "../holdpoint-client.ts";
import { edited, parameters, type Recipe, type ToolSpec } from "../recipe.ts";
import { handOver, promptOf } from "./demo-agent.ts";

const amount = (maximum: number) => ({ type: "number", minimum: 0.01, maximum, description: "In EUR." });
const id = (what: string) => ({ type: "string", description: what });

export const orderGet: ToolSpec = {
  name: "order_get", description: "Reads an order: what was bought, paid and delivered.", effect: "read", system: "shop",
  inputSchema: parameters({ order_id: id("The order number, four to six digits.") }),
};
export const customerHistory: ToolSpec = {
  name: "customer_history", description: "Lists the refunds of a customer in the last 30 days.", effect: "read", system: "shop",
  inputSchema: parameters({ customer_id: id("For instance cust_8141.") }),
};
export const refundCreate: ToolSpec = {
  name: "refund_create", description: "Pays part or all of an order back to the account that paid.", effect: "write", system: "payments",
  inputSchema: parameters({ order_id: id("The order to refund."), amount: amount(150), reason: id("One line for the books."), evidence_url: { type: "string", format: "uri", description: "Picture, carrier's note or return scan." } }),
  amount: { path: "amount", unit: "major", currency: "EUR" },
  compensation: { description: "refund_void takes the refund back.", withinHours: 24, hook: { kind: "tool", tool: "refund_void" } },
};
export const ticketReply: ToolSpec = {
  name: "ticket_reply", description: "Answers the customer on the ticket.", effect: "write", system: "helpdesk",
  inputSchema: parameters({ ticket_id: id("For instance ZD-48102."), text: id("What the customer reads.") }),
  compensation: { description: "A correction is sent on the same ticket.", hook: { kind: "manual", instructions: "Write to the customer on the same ticket: what was wrong, and what holds instead.", owner: "Payments team lead" } },
};
/** Up to `most` at all, above `asks` with a person's word, and no more than `daily` without one; three refunds for one task are a mistake. */
const refundPolicy = ({ most, asks, dailyMinor }: { most: number; asks: number; dailyMinor: number }): string => `// What refund-bot may do by itself.
@id("everything-it-declares")
permit(principal, action, resource);

// While a person has to look at what it writes, these need nobody.
@id("small-refund")
@decision("low_risk")
permit(principal, action == Action::"refund_create", resource)
when { context.input.amount.lessThanOrEqual(decimal("80.0")) };

@id("reply")
@decision("low_risk")
permit(principal, action == Action::"ticket_reply", resource);

@id("refund-limit")
forbid(principal, action == Action::"refund_create", resource)
when { context.input.amount.greaterThan(decimal("${most}.0")) };

@id("large-refund")
@decision("require_approval")
forbid(principal, action == Action::"refund_create", resource)
when { context.input.amount.greaterThan(decimal("${asks}.0")) }
unless { context has approval && context.approval.granted };

@id("daily-sum")
@decision("require_approval")
@approvers("role:business_owner, role:operator")
forbid(principal, action == Action::"refund_create", resource)
when { !(context has spentTodayMinor && context has amountMinor && context.spentTodayMinor + context.amountMinor <= ${dailyMinor}) }
unless { context has approval && context.approval.granted };

@id("one-task-one-refund")
forbid(principal, action == Action::"refund_create", resource)
when { !(context has callsOfToolInRun && context.callsOfToolInRun < 2) };
`;

const payoutSend: ToolSpec = {
  name: "payout_send", description: "Sends money by bank transfer when a card refund is not possible.", effect: "irreversible", system: "bank",
  inputSchema: parameters({ iban: id("The account that receives the money."), amount: amount(400), reference: id("What the customer sees on the statement.") }),
};

const base: Omit<Recipe, "label" | "prompt"> = {
  model: { provider: "openai", name: "gpt-4.1", parameters: { temperature: 0.2, max_output_tokens: 1_200 } },
  tools: [orderGet, customerHistory, refundCreate, ticketReply, handOver.spec],
  policy: {
    limits: { refund_eur: 150, refunds_per_hour_eur: 5_000, refunds_per_customer_30_days: 2 },
    rules: ["Refunds go to the account that paid.", "No refund while the payment is disputed.", "Every refund names its evidence."],
    cedar: refundPolicy({ most: 150, asks: 110, dailyMinor: 1_000_000 }),
  },
  escalation: { rules: ["legal words or a consumer authority", "open chargeback or dispute", "third refund in 30 days", "amount above the limit", "unclear who writes"] },
  memory: { strategy: "none", note: "Each ticket starts empty." },
};

export const approvedRecipe: Recipe = { ...base, label: "41", prompt: promptOf("refund-bot") };

/** What a hurried team would ship before the holidays. */
export const pendingRecipe: Recipe = {
  ...base,
  label: "42",
  prompt: edited(approvedRecipe.prompt, [
    ["Always check the order history before you decide.", "Always check the order history before you decide, unless the customer is marked loyal."],
    ["Refund at most 150 EUR yourself.", "Refund at most 400 EUR yourself."],
    ["Answer the ticket in the customer's language.", "If a card refund fails twice, offer a bank payout. Answer the ticket in the customer's language."],
  ]),
  tools: [
    orderGet,
    customerHistory,
    {
      ...refundCreate,
      inputSchema: parameters(
        { order_id: id("The order to refund."), amount: amount(400), reason: id("One line for the books."), evidence_url: { type: "string", format: "uri", description: "Picture, carrier's note or return scan." } },
        ["evidence_url"],
      ),
    },
    ticketReply,
    payoutSend,
    handOver.spec,
  ],
  policy: { ...base.policy, limits: { refund_eur: 400, refunds_per_hour_eur: 15_000, refunds_per_customer_30_days: 2 }, cedar: refundPolicy({ most: 400, asks: 140, dailyMinor: 3_000_000 }) },
};

export const card: Card = {
  team: "Payments",
  purpose: "Decides and pays refunds for the web shop, from the ticket to the customer's reply.",
  boundary: {
    may: ["Refund up to 150 EUR an order and 5,000 EUR an hour.", "Reply on the ticket."],
    mustNever: ["Refund to another account than the one that paid.", "Change an order.", "Quote account numbers."],
    mustEscalateWhen: ["Legal words appear.", "A chargeback or dispute is open.", "It would be the third refund in 30 days.", "The amount is above the limit."],
    doneMeans: ["The refund is booked and the ticket is answered.", "Or the ticket is with a person, with a summary."],
  },
  inputs: ["Support tickets with an order number, in English, German and Dutch"],
  tools: ["order_get", "customer_history", "refund_create", "ticket_reply", "transfer_to_human_agents"],
  dataSources: ["Shop orders", "Payment provider", "Helpdesk tickets", "Refund handbook, section 4"],
  escalationContact: "Payments team lead, payments-desk@example.test",
  onCallRotation: "Payments rotation, changes at 08:00",
  runbook: [
    "1. Read the last ten runs. Wrong amounts, or wrong customers?",
    "2. Wrong amounts: lower the stage to shadow. Wrong customers: engage the kill switch.",
    "3. List the refunds of the last 24 hours and void the wrong ones with refund_void.",
    "4. Tell the payments team lead and write to the customers concerned.",
    "5. Keep the tickets: each becomes a test case.",
  ].join("\n"),
  monthlyBudget: { amountMinor: 45_000, currency: "USD" },
  pact: [
    { metric: "escalation_rate", bound: "at_most", value: 0.15, windowDays: 7 },
    { metric: "action_error_rate", bound: "at_most", value: 0.03, windowDays: 7 },
    { metric: "success_rate", bound: "at_least", value: 0.9, windowDays: 30 },
    { metric: "cost_per_task", bound: "at_most", value: 0.05, windowDays: 30 },
  ],
  reading: { escalationTools: ["transfer_to_human_agents"], recordAttributes: {}, segmentAttributes: [] },
};
