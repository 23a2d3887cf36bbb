import { describe, expect, it } from "vitest";
import { OrderBook, type Order } from "./order-book.ts";
import { ToolFailure } from "./tool-failure.ts";

const NOW = Date.UTC(2026, 10, 20, 12);
const HOUR_MS = 3_600_000;

function bookWith(order: Partial<Order> = {}): OrderBook {
  const book = new OrderBook();
  book.add({ id: "5471", customerId: "cust_1", item: "a backpack", paidCents: 10_000, paidWith: "card", delivery: "delivered", hasDispute: false, ...order });
  return book;
}
const refund = (book: OrderBook, cents: number, orderId = "5471") => book.refund({ orderId, cents, reason: "damaged", evidenceUrl: null }, NOW);

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ToolFailure) return error.code;
    throw error;
  }
  return "done";
}

describe("refunds", () => {
  it("moves the money", () => {
    const book = bookWith();
    refund(book, 4_000);
    expect(book.balanceCents).toBe(6_000);
    expect(book.order("5471").refundedCents).toBe(4_000);
  });

  it.each([
    ["an order nobody placed", () => refund(bookWith(), 100, "1"), "unknown_order"],
    ["more than was paid", () => refund(bookWith(), 10_001), "amount_above_payment"],
    ["nothing", () => refund(bookWith(), 0), "amount_above_payment"],
    ["a disputed payment", () => refund(bookWith({ hasDispute: true }), 100), "payment_disputed"],
  ])("refuses %s", (_case, run, code) => {
    expect(codeOf(run)).toBe(code);
  });

  it("refuses a second full refund and leaves the balance alone", () => {
    const book = bookWith();
    refund(book, 10_000);
    expect(codeOf(() => refund(book, 1))).toBe("already_refunded");
    expect(book.balanceCents).toBe(0);
  });

  it("can be taken back for a day, once", () => {
    const book = bookWith();
    const { id } = refund(book, 10_000);
    expect(codeOf(() => book.voidRefund(id, NOW + 25 * HOUR_MS))).toBe("too_late");
    book.voidRefund(id, NOW + HOUR_MS);
    expect(book.balanceCents).toBe(10_000);
    expect(codeOf(() => book.voidRefund(id, NOW + HOUR_MS))).toBe("already_void");
    expect(refund(book, 10_000).cents).toBe(10_000);
  });

  it("counts a customer's refunds of 30 days and the money of one hour", () => {
    const book = bookWith();
    book.addPastRefund({ id: "re_old", orderId: "1", customerId: "cust_1", cents: 500, at: NOW - 31 * 24 * HOUR_MS });
    book.addPastRefund({ id: "re_new", orderId: "2", customerId: "cust_1", cents: 500, at: NOW - 2 * HOUR_MS });
    refund(book, 1_500);
    expect(book.customerRefunds("cust_1", NOW)).toHaveLength(2);
    expect(book.refundedInHourCents(NOW)).toBe(1_500);
  });
});
