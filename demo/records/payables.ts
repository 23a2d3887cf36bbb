// Purchase orders, goods receipts and supplier invoices. Amounts in EUR cents.

import { existing, ToolFailure } from "./tool-failure.ts";

export interface PurchaseOrder {
  id: string;
  supplier: string;
  item: string;
  quantity: number;
  unitCents: number;
  received: number;
  isOpen: boolean;
}

export interface Invoice {
  id: string;
  supplier: string;
  purchaseOrderId: string;
  quantity: number;
  unitCents: number;
  /** As the supplier numbers it; unique per supplier. */
  number: string;
  pages: readonly string[];
  /** What the scan says the last page is. Some scanners write 0. */
  declaredPages: number;
  state: "new" | "posted" | "held";
  holdReason: string | null;
}

export interface DocumentPage {
  document: string;
  page: number;
  pages: number;
  text: string;
}

const POSTING_LIMIT_CENTS = 1_000_000;

export class Payables {
  readonly #orders = new Map<string, PurchaseOrder>();
  readonly #invoices = new Map<string, Invoice>();
  /** What is owed to suppliers. */
  owedCents = 0;
  readsOf = new Map<string, number>();

  addOrder(order: PurchaseOrder): void {
    this.#orders.set(order.id, { ...order });
  }

  addInvoice(invoice: Omit<Invoice, "state" | "holdReason">): void {
    this.#invoices.set(invoice.id, { ...invoice, state: "new", holdReason: null });
  }

  purchaseOrder(id: string): Readonly<PurchaseOrder> {
    return existing(this.#orders.get(id), "unknown_purchase_order", `There is no purchase order ${id}.`);
  }

  invoice(id: string): Readonly<Invoice> {
    return existing(this.#invoices.get(id), "unknown_invoice", `There is no invoice ${id}.`);
  }

  /** Pages count from 1; a page beyond the end is the last one again, as the scanner's reader does it. */
  readDocument(invoiceId: string, page: number): DocumentPage {
    const invoice = this.invoice(invoiceId);
    this.readsOf.set(invoiceId, (this.readsOf.get(invoiceId) ?? 0) + 1);
    const shown = Math.min(Math.max(page, 1), invoice.pages.length);
    return { document: invoice.id, page: shown, pages: invoice.declaredPages, text: existing(invoice.pages[shown - 1], "unreadable", "The scan is unreadable.") };
  }

  isKnownNumber(invoiceId: string): boolean {
    const invoice = this.invoice(invoiceId);
    return [...this.#invoices.values()].some((other) => other.id !== invoice.id && other.state === "posted" && other.supplier === invoice.supplier && other.number === invoice.number);
  }

  post(invoiceId: string): { posted: string; owedCents: number } {
    const invoice = existing(this.#invoices.get(invoiceId), "unknown_invoice", `There is no invoice ${invoiceId}.`);
    const order = this.purchaseOrder(invoice.purchaseOrderId);
    const total = invoice.quantity * invoice.unitCents;
    if (invoice.state === "posted") throw new ToolFailure("already_posted", `Invoice ${invoiceId} is posted already.`);
    if (this.isKnownNumber(invoiceId)) throw new ToolFailure("duplicate", `${invoice.supplier} has sent number ${invoice.number} before.`);
    if (!order.isOpen) throw new ToolFailure("order_closed", `Purchase order ${order.id} is closed.`);
    if (total > POSTING_LIMIT_CENTS) throw new ToolFailure("insufficient_rights", "Above 10,000.00 EUR only a clerk may post.");
    invoice.state = "posted";
    invoice.holdReason = null;
    this.owedCents += total;
    return { posted: invoiceId, owedCents: total };
  }

  hold(invoiceId: string, reason: string): { held: string; reason: string } {
    const invoice = existing(this.#invoices.get(invoiceId), "unknown_invoice", `There is no invoice ${invoiceId}.`);
    if (invoice.state === "posted") throw new ToolFailure("already_posted", `Invoice ${invoiceId} is posted already.`);
    invoice.state = "held";
    invoice.holdReason = reason;
    return { held: invoiceId, reason };
  }
}
