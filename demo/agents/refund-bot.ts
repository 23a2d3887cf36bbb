// refund-bot at work: tickets, and how it decides them.

import { parameters, type JsonObject } from "../recipe.ts";
import type { Outcome, Session, Tool } from "../session.ts";
import type { Order } from "../records/order-book.ts";
import { ToolFailure } from "../records/tool-failure.ts";
import type { Random } from "../random.ts";
import { callTwice, difficultyOf, handToPerson, type DemoAgent, type Difficulty, type Task } from "./demo-agent.ts";
import { approvedRecipe, card, customerHistory, orderGet, refundCreate, ticketReply } from "./refund-bot-recipe.ts";

const readOrder: Tool<{ order_id: string }, Readonly<Order>> = { spec: orderGet, run: ({ order_id }, { orders }) => orders.order(order_id) };
const readHistory: Tool<{ customer_id: string }, { refunds: number; cents: number; hourCents: number }> = {
  spec: customerHistory,
  run: ({ customer_id }, { orders }, now) => {
    const refunds = orders.customerRefunds(customer_id, now);
    return { refunds: refunds.length, cents: refunds.reduce((sum, refund) => sum + refund.cents, 0), hourCents: orders.refundedInHourCents(now) };
  },
};
const createRefund: Tool<{ order_id: string; amount: number; reason: string; evidence_url: string }, { refund: string; amount: number }> = {
  spec: refundCreate,
  run: ({ order_id, amount, reason, evidence_url }, { orders }, now) => {
    const refund = orders.refund({ orderId: order_id, cents: Math.round(amount * 100), reason, evidenceUrl: evidence_url }, now);
    return { refund: refund.id, amount: refund.cents / 100 };
  },
};
const reply: Tool<{ ticket_id: string; text: string }, { replies: number }> = { spec: ticketReply, run: ({ ticket_id, text }, { orders }) => orders.reply(ticket_id, text) };

/** Taking a refund back belongs to the runbook, not to the agent. */
export const voidRefund: Tool<{ refund_id: string }, { void: string }> = {
  spec: { name: "refund_void", description: "Takes a refund back within 24 hours.", effect: "write", system: "payments", inputSchema: parameters({ refund_id: { type: "string" } }) },
  run: ({ refund_id }, { orders }, now) => ({ void: orders.voidRefund(refund_id, now).id }),
};

const REASONS = {
  damaged: { says: "arrived damaged, picture attached", share: 1 },
  late: { says: "came nine days late", share: 0.1 },
  returned: { says: "did not fit, I sent it back last week", share: 1 },
} as const;
type Reason = keyof typeof REASONS;
const ITEMS = ["a rain jacket", "two desk lamps", "running shoes", "a coffee grinder", "a backpack", "a set of pans", "headphones", "a bicycle light"] as const;

interface Ticket {
  ticketId: string;
  orderId: string;
  customerId: string;
  item: string;
  reason: Reason;
  paidCents: number;
  earlierRefunds: number;
  isDisputed: boolean;
  isLegal: boolean;
  isWrongOrder: boolean;
  /** The reader of the picture sees damage that is not there. */
  isMisread: boolean;
}

function newTicket(random: Random, number: number, difficulty: Difficulty): Ticket {
  const isHard = difficulty === "hard";
  return {
    ticketId: `ZD-${48_000 + number}`,
    orderId: String(5_400 + number),
    customerId: `cust_${random.int(7_000, 8_999)}`,
    item: random.pick(ITEMS),
    reason: random.pick(["damaged", "late", "returned"]),
    paidCents: difficulty === "clean" ? random.int(1_900, 13_900) : random.int(3_900, 24_000),
    earlierRefunds: difficulty === "clean" ? random.int(0, 1) : random.int(0, 2),
    isDisputed: isHard && random.chance(0.35),
    isLegal: isHard && random.chance(0.3),
    isWrongOrder: difficulty === "ambiguous" && random.chance(0.25),
    isMisread: random.chance({ clean: 0.05, ambiguous: 0.25, hard: 0.6 }[difficulty]),
  };
}

export function newTask(random: Random, number: number): Task {
  const difficulty = difficultyOf(random);
  const ticket = newTicket(random, number, difficulty);
  const { ticketId, orderId, item, reason, isLegal } = ticket;
  return {
    conversationId: `refund-bot-${ticketId}`,
    request: `Ticket ${ticketId}, order ${orderId}. "I ordered ${item}, it ${REASONS[reason].says}. I want my money back${isLegal ? ", or you hear from my lawyer" : ""}."`,
    difficulty,
    records: { ticket: ticketId, order: orderId },
    segments: { market: random.weighted([["DE", 5], ["NL", 2], ["AT", 2], ["UK", 1]]), customer: random.weighted([["standard", 7], ["loyal", 2], ["new", 1]]) },
    facts: { ...ticket } satisfies JsonObject,
    prepare: ({ orders }, now) => {
      const delivery = reason === "late" ? "late" : reason === "returned" ? "returned" : "delivered";
      if (!ticket.isWrongOrder) orders.add({ id: orderId, customerId: ticket.customerId, item, paidCents: ticket.paidCents, paidWith: "card", delivery, hasDispute: ticket.isDisputed });
      for (let index = 0; index < ticket.earlierRefunds; index += 1) {
        orders.addPastRefund({ id: `re_past_${number}_${index}`, orderId: `past_${number}_${index}`, customerId: ticket.customerId, cents: 2_500, at: now - (index + 2) * 86_400_000 });
      }
    },
    work: (session) => work(session, ticket),
  };
}

function work(session: Session, ticket: Ticket): Outcome {
  if (ticket.isLegal) return handToPerson(session, `${ticket.ticketId}: the customer mentions a lawyer.`);
  const order = callTwice(session, readOrder, { order_id: ticket.orderId }, `Ticket ${ticket.ticketId}. I read the order first.`);
  if (order.state !== "done") return askForOrder(session, ticket);
  const history = callTwice(session, readHistory, { customer_id: order.value.customerId }, "Now the customer's earlier refunds.");
  if (history.state !== "done") return handToPerson(session, `${ticket.ticketId}: the customer's history cannot be read.`);
  if (history.value.refunds >= session.limit("refunds_per_customer_30_days")) return handToPerson(session, `${ticket.ticketId}: this would be refund ${history.value.refunds + 1} in 30 days.`);
  const share = ticket.isMisread ? 1 : REASONS[ticket.reason].share;
  const amount = Math.round(order.value.paidCents * share) / 100;
  if (amount > session.limit("refund_eur")) return handToPerson(session, `${ticket.ticketId}: ${amount.toFixed(2)} EUR is above what I may refund.`);
  if (history.value.hourCents / 100 + amount > session.limit("refunds_per_hour_eur")) return handToPerson(session, `${ticket.ticketId}: this hour's refunds have reached the limit.`);
  return payBack(session, ticket, amount);
}

function askForOrder(session: Session, { ticketId, orderId }: Ticket): Outcome {
  session.call(reply, { ticket_id: ticketId, text: `We cannot find order ${orderId}. Could you send us the number on your invoice?` }, "The order is not there. I ask for the right number.");
  session.answer("I asked the customer for the right order number.");
  return "success";
}

function payBack(session: Session, ticket: Ticket, amount: number): Outcome {
  const evidence_url = `https://files.example.test/${ticket.ticketId}/${ticket.reason}.jpg`;
  const refund = callTwice(session, createRefund, { order_id: ticket.orderId, amount, reason: REASONS[ticket.reason].says, evidence_url }, `The handbook allows ${amount.toFixed(2)} EUR here. I book the refund.`);
  if (refund.state === "refused") return handToPerson(session, `${ticket.ticketId}: the refund was refused, ${refund.sentence}`);
  if (ticket.isMisread && refund.state === "done" && session.random.chance(0.3)) session.personIntervenes();
  session.call(reply, { ticket_id: ticket.ticketId, text: `We have refunded ${amount.toFixed(2)} EUR for ${ticket.item}. It reaches your account within three working days.` }, "The refund is booked. I tell the customer.");
  session.answer(`Refunded ${amount.toFixed(2)} EUR for order ${ticket.orderId}.`);
  return ticket.isMisread && !session.hasPersonIntervened ? "failure" : "success";
}

export const refundBot: DemoAgent = {
  id: "refund-bot",
  card,
  owners: { business_owner: "businessOwner", technical_owner: "technicalOwner", model_steward: "modelSteward" },
  deputies: { business_owner: "deputy", technical_owner: "author" },
  tier: 2,
  tierYes: ["moves_money", "tells_customers"],
  tierReason: "The guide says 1. Amounts are capped, and every refund can be taken back for a day.",
  stage: "partial",
  releases: [approvedRecipe],
  tasksPerDay: 38,
  waitsForPerson: true,
  newTask,
  compensations: {
    refund_void: {
      run: (result, records, nowMs) => {
        const refund = typeof result === "object" && result !== null && "refund" in result ? String(result.refund) : "";
        return voidRefund.run({ refund_id: refund }, records, nowMs);
      },
      // A refund that is not there cannot be voided: when the order book says so, it was reached.
      rehearse: (records, nowMs) => {
        try {
          voidRefund.run({ refund_id: "re_rehearsal" }, records, nowMs);
        } catch (error) {
          if (!(error instanceof ToolFailure) || error.code !== "unknown_refund") throw error;
        }
      },
    },
  },
};
