// Orders, what was paid for them, and what was paid back. Amounts in EUR cents.

import { existing, ToolFailure } from "./tool-failure.ts";

export interface Order {
  id: string;
  customerId: string;
  item: string;
  paidCents: number;
  refundedCents: number;
  paidWith: "card" | "invoice" | "wallet";
  delivery: "delivered" | "late" | "returned" | "on its way";
  hasDispute: boolean;
}

export interface Refund {
  id: string;
  orderId: string;
  customerId: string;
  cents: number;
  reason: string;
  evidenceUrl: string | null;
  at: number;
  isVoid: boolean;
}

const THIRTY_DAYS_MS = 30 * 86_400_000;
const ONE_DAY_MS = 86_400_000;
const ONE_HOUR_MS = 3_600_000;

export class OrderBook {
  readonly #orders = new Map<string, Order>();
  readonly #refunds: Refund[] = [];
  readonly #replies = new Map<string, string[]>();
  /** What the shop holds; every refund takes from it. */
  balanceCents = 0;

  add(order: Omit<Order, "refundedCents">): void {
    this.#orders.set(order.id, { ...order, refundedCents: 0 });
    this.balanceCents += order.paidCents;
  }

  order(id: string): Readonly<Order> {
    return existing(this.#orders.get(id), "unknown_order", `There is no order ${id}.`);
  }

  /** A refund of an earlier time, for a customer with a past. */
  addPastRefund(refund: Pick<Refund, "id" | "orderId" | "customerId" | "cents" | "at">): void {
    this.#refunds.push({ ...refund, reason: "earlier case", evidenceUrl: null, isVoid: false });
  }

  customerRefunds(customerId: string, now: number): Refund[] {
    return this.#refunds.filter((refund) => refund.customerId === customerId && !refund.isVoid && refund.at <= now && now - refund.at < THIRTY_DAYS_MS);
  }

  /** In the hour before `now`. */
  refundedInHourCents(now: number): number {
    return this.#refunds.filter((refund) => !refund.isVoid && refund.at <= now && now - refund.at < ONE_HOUR_MS).reduce((sum, refund) => sum + refund.cents, 0);
  }

  refund(input: { orderId: string; cents: number; reason: string; evidenceUrl: string | null }, now: number): Refund {
    const order = existing(this.#orders.get(input.orderId), "unknown_order", `There is no order ${input.orderId}.`);
    if (order.hasDispute) throw new ToolFailure("payment_disputed", "The payment is disputed at the bank; it cannot be refunded.");
    if (order.refundedCents >= order.paidCents) throw new ToolFailure("already_refunded", `Order ${order.id} is refunded in full already.`);
    if (input.cents <= 0 || order.refundedCents + input.cents > order.paidCents) {
      throw new ToolFailure("amount_above_payment", `Order ${order.id} has ${((order.paidCents - order.refundedCents) / 100).toFixed(2)} EUR left to refund.`);
    }
    order.refundedCents += input.cents;
    this.balanceCents -= input.cents;
    const refund: Refund = { id: `re_${order.id}_${this.#refunds.length + 1}`, customerId: order.customerId, at: now, isVoid: false, ...input };
    this.#refunds.push(refund);
    return refund;
  }

  voidRefund(refundId: string, now: number): Refund {
    const refund = existing(this.#refunds.find(({ id }) => id === refundId), "unknown_refund", `There is no refund ${refundId}.`);
    if (refund.isVoid) throw new ToolFailure("already_void", `Refund ${refundId} is void already.`);
    if (now - refund.at > ONE_DAY_MS) throw new ToolFailure("too_late", "A refund can be voided for 24 hours.");
    refund.isVoid = true;
    this.balanceCents += refund.cents;
    const order = this.#orders.get(refund.orderId);
    if (order) order.refundedCents -= refund.cents;
    return refund;
  }

  reply(ticketId: string, text: string): { replies: number } {
    const replies = [...(this.#replies.get(ticketId) ?? []), text];
    this.#replies.set(ticketId, replies);
    return { replies: replies.length };
  }
}
