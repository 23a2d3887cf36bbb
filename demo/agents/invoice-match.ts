// invoice-match: matches supplier invoices with orders and receipts. One supplier's scans make it read in circles.

import { edited, parameters, type JsonObject, type Recipe, type ToolSpec } from "../recipe.ts";
import type { Outcome, Session, Tool } from "../session.ts";
import type { DocumentPage, PurchaseOrder } from "../records/payables.ts";
import type { Random } from "../random.ts";
import { callTwice, difficultyOf, handOver, handToPerson, promptOf, type DemoAgent, type Difficulty, type Moment, type Task } from "./demo-agent.ts";

const invoiceId = { type: "string", description: "For instance inv_30112." };
const orderId = { type: "string", description: "For instance PO-8112." };

const readDocument: Tool<{ invoice_id: string; page: number }, DocumentPage> = {
  spec: { name: "document_read", description: "Reads one page of a scanned invoice.", effect: "read", system: "archive", inputSchema: parameters({ invoice_id: invoiceId, page: { type: "integer", minimum: 1 } }) },
  run: ({ invoice_id, page }, { payables }) => payables.readDocument(invoice_id, page),
};
const getOrder: Tool<{ purchase_order_id: string }, Readonly<PurchaseOrder>> = {
  spec: { name: "purchase_order_get", description: "Reads a purchase order and what was received for it.", effect: "read", system: "erp", inputSchema: parameters({ purchase_order_id: orderId }) },
  run: ({ purchase_order_id }, { payables }) => payables.purchaseOrder(purchase_order_id),
};
const postSpec: ToolSpec = {
  name: "invoice_post", description: "Posts an invoice for payment at its due date.", effect: "write", system: "erp", inputSchema: parameters({ invoice_id: invoiceId }),
  compensation: { description: "The posting is reversed before the payment run.", withinHours: 24 },
};
const postInvoice: Tool<{ invoice_id: string }, { posted: string; owedCents: number }> = { spec: postSpec, run: ({ invoice_id }, { payables }) => payables.post(invoice_id) };
const holdInvoice: Tool<{ invoice_id: string; reason: string }, { held: string; reason: string }> = {
  spec: {
    name: "invoice_hold", description: "Puts an invoice on hold for a clerk.", effect: "write", system: "erp",
    inputSchema: parameters({ invoice_id: invoiceId, reason: { type: "string", enum: ["price", "quantity", "duplicate", "no order", "order closed", "supplier differs", "unreadable"] } }),
    compensation: { description: "The hold is lifted." },
  },
  run: ({ invoice_id, reason }, { payables }) => payables.hold(invoice_id, reason),
};

export const earlierRecipe: Recipe = {
  label: "2.3.0",
  model: { provider: "openai", name: "gpt-4.1", parameters: { temperature: 0, max_output_tokens: 1_000 } },
  prompt: promptOf("invoice-match"),
  tools: [readDocument.spec, getOrder.spec, postSpec, holdInvoice.spec, handOver.spec],
  policy: { limits: { posting_eur: 10_000, price_tolerance_percent: 2, price_tolerance_eur: 20 }, rules: ["What was not received is not paid.", "Changed bank details go to a person."] },
  escalation: { rules: ["changed bank details", "credit note", "another currency than the order"] },
  memory: { strategy: "none" },
};
/** A blank line more before a heading: nothing that a model would read differently. */
const current: Recipe = { ...earlierRecipe, label: "2.3.1", prompt: edited(earlierRecipe.prompt, [["# Hold\n", "\n# Hold\n"]]) };

const POSTS_AGAIN = "When you are not sure that a posting went through, post once more.";
/** Approved and tried in stages: the suites had no slow day of the ERP, so nothing showed what the new sentence does. */
export const candidateRecipe: Recipe = { ...current, label: "2.4.0", prompt: edited(current.prompt, [["at most 10,000 EUR.\n", `at most 10,000 EUR. ${POSTS_AGAIN}\n`]]) };
const SHARE_UNSURE = 0.4;

/** Their scanner writes "page 1 of 0", so that the last page never comes. */
export const LOOPING_SUPPLIER = "Nordlicht Logistik";
const SUPPLIERS = ["Baumann Metall", "Delta Packaging", "Klar Chemie", "Orbit Tools", "Svensk Trä"] as const;
const ITEMS = ["steel brackets", "cartons 40x30", "solvent, 20 l", "drill sets", "pine boards"] as const;
const MOST_READS = 24;
const FREIGHT_LINES = Array.from({ length: 22 }, (_, line) => `Position ${line + 1}: delivery note LN-${5_100 + line}, pallet, 120x80, 84.00 kg, surcharge zone 4, toll, diesel floater 7.9 %.`);

interface Case {
  invoiceId: string;
  purchaseOrderId: string;
  supplier: string;
  item: string;
  quantity: number;
  received: number;
  unitCents: number;
  billedCents: number;
  pages: number;
  isOrderOpen: boolean;
  hasNewBankDetails: boolean;
}

function newCase(random: Random, number: number, difficulty: Difficulty, isLooping: boolean): Case {
  const quantity = random.int(5, 120);
  const unitCents = random.int(150, 6_900);
  return {
    invoiceId: `inv_${30_000 + number}`,
    purchaseOrderId: `PO-${8_000 + number}`,
    supplier: isLooping ? LOOPING_SUPPLIER : random.pick(SUPPLIERS),
    item: isLooping ? "freight" : random.pick(ITEMS),
    quantity,
    received: difficulty === "ambiguous" && random.chance(0.5) ? quantity - random.int(1, 4) : quantity,
    unitCents,
    billedCents: difficulty === "ambiguous" ? unitCents + random.int(1, Math.ceil(unitCents * 0.05)) : unitCents,
    pages: isLooping ? 2 : random.weighted([[1, 6], [2, 3], [3, 1]]),
    isOrderOpen: difficulty !== "hard" || random.chance(0.7),
    hasNewBankDetails: difficulty === "hard" && random.chance(0.4),
  };
}

/** The supplier's new scanner went into service a day before the demo's first start. */
const LOOP_MS = 86_400_000;

export function newTask(random: Random, number: number, { at, firstStart }: Moment): Task {
  const difficulty = difficultyOf(random);
  const isLooping = random.chance(0.2) && at.getTime() >= firstStart.getTime() - LOOP_MS;
  const invoice = newCase(random, number, difficulty, isLooping);
  return {
    conversationId: `invoice-match-${invoice.invoiceId}`,
    request: `Invoice ${invoice.invoiceId} from ${invoice.supplier} has arrived for ${invoice.purchaseOrderId}.`,
    difficulty,
    records: { invoice: invoice.invoiceId, purchase_order: invoice.purchaseOrderId },
    segments: { supplier: invoice.supplier, size: invoice.quantity * invoice.billedCents > 200_000 ? "above 2,000 EUR" : "up to 2,000 EUR" },
    facts: { ...invoice } satisfies JsonObject,
    prepare: ({ payables }) => {
      const { purchaseOrderId, supplier, item, quantity, unitCents, received, isOrderOpen } = invoice;
      payables.addOrder({ id: purchaseOrderId, supplier, item, quantity, unitCents, received, isOpen: isOrderOpen });
      payables.addInvoice({ id: invoice.invoiceId, supplier, purchaseOrderId, quantity, unitCents: invoice.billedCents, number: `${2_026_000 + number}`, pages: pagesOf(invoice), declaredPages: isLooping ? 0 : invoice.pages });
    },
    work: (session) => work(session, invoice),
  };
}

function pagesOf(invoice: Case): string[] {
  const total = ((invoice.quantity * invoice.billedCents) / 100).toFixed(2);
  const first = `${invoice.supplier}. Invoice for ${invoice.purchaseOrderId}. ${invoice.quantity} x ${invoice.item} at ${(invoice.billedCents / 100).toFixed(2)} EUR. Total ${total} EUR net.`;
  const bank = invoice.hasNewBankDetails ? " Please note our new bank details." : "";
  const rest = invoice.supplier === LOOPING_SUPPLIER ? FREIGHT_LINES.join("\n") : "Terms of delivery and payment as agreed.";
  return Array.from({ length: invoice.pages }, (_, index) => (index === 0 ? first + bank : rest));
}

/** Reads on until the page says that it is the last one. Null when it never does. */
function readAll(session: Session, invoiceId: string): boolean {
  for (let reads = 1; reads <= MOST_READS; reads += 1) {
    const page = callTwice(session, readDocument, { invoice_id: invoiceId, page: reads }, reads === 1 ? "I read the invoice." : `Page ${reads - 1} was not the last page. I read on.`);
    if (page.state !== "done") return false;
    if (page.value.page === page.value.pages) return true;
  }
  return false;
}

function work(session: Session, invoice: Case): Outcome {
  const isComplete = readAll(session, invoice.invoiceId);
  if (!isComplete) return hold(session, invoice, "unreadable");
  if (invoice.hasNewBankDetails) return handToPerson(session, `${invoice.invoiceId} names new bank details.`);
  const order = callTwice(session, getOrder, { purchase_order_id: invoice.purchaseOrderId }, "Now the purchase order and what was received.");
  if (order.state !== "done") return hold(session, invoice, "no order");
  if (order.value.received < invoice.quantity) return hold(session, invoice, "quantity");
  const over = invoice.billedCents - order.value.unitCents;
  const overOnLine = (over * invoice.quantity) / 100;
  if (over > (order.value.unitCents * session.limit("price_tolerance_percent")) / 100 || overOnLine > session.limit("price_tolerance_eur")) return hold(session, invoice, "price");
  const posted = callTwice(session, postInvoice, { invoice_id: invoice.invoiceId }, "Everything is within tolerance. I post it.");
  if (posted.state === "refused") return hold(session, invoice, posted.code === "order_closed" ? "order closed" : "price");
  if (session.recipe.prompt.includes(POSTS_AGAIN) && session.random.chance(SHARE_UNSURE)) session.call(postInvoice, { invoice_id: invoice.invoiceId }, "I am not sure that it went through. I post once more.");
  session.answer(`Posted ${invoice.invoiceId}.`);
  return "success";
}

function hold(session: Session, invoice: Case, reason: string): Outcome {
  const held = callTwice(session, holdInvoice, { invoice_id: invoice.invoiceId, reason }, `It does not match: ${reason}. A clerk decides.`);
  if (held.state === "refused") return handToPerson(session, held.sentence);
  session.answer(`${invoice.invoiceId} is on hold: ${reason}.`);
  return reason === "unreadable" ? "failure" : "success";
}

export const invoiceMatch: DemoAgent = {
  id: "invoice-match",
  card: {
    team: "Finance operations",
    purpose: "Matches supplier invoices with purchase orders and goods receipts; posts what fits and holds what does not.",
    boundary: {
      may: ["Post invoices up to 10,000 EUR that match within tolerance.", "Put invoices on hold with a reason."],
      mustNever: ["Change a purchase order.", "Change bank details.", "Pay what was not received."],
      mustEscalateWhen: ["Bank details changed.", "It is a credit note or another currency."],
      doneMeans: ["The invoice is posted or on hold, with both figures quoted."],
    },
    inputs: ["Scanned supplier invoices from the archive"],
    tools: ["document_read", "purchase_order_get", "invoice_post", "invoice_hold", "transfer_to_human_agents"],
    dataSources: ["Document archive", "Purchase orders", "Goods receipts"],
    escalationContact: "Accounts payable, payables@example.test",
    onCallRotation: "Finance operations rotation, working days 08:00 to 18:00",
    runbook: "1. Engage the kill switch for invoice_post before 16:00, when the payment run starts.\n2. List today's postings of the agent.\n3. Reverse the wrong ones.\n4. Tell accounts payable which invoices to look at.",
    monthlyBudget: { amountMinor: 20_000, currency: "USD" },
    pact: [
      { metric: "cost_per_task", bound: "at_most", value: 0.02, windowDays: 1 },
      { metric: "action_error_rate", bound: "at_most", value: 0.03, windowDays: 7 },
      { metric: "latency_p95", bound: "at_most", value: 20, windowDays: 7 },
    ],
    reading: { escalationTools: ["transfer_to_human_agents"], recordAttributes: {}, segmentAttributes: [] },
  },
  owners: { business_owner: "businessOwner", technical_owner: "author", model_steward: "modelSteward" },
  deputies: { business_owner: "deputy", technical_owner: "technicalOwner" },
  tier: 1,
  tierYes: ["moves_money", "acts_unasked"],
  tierReason: "What it posts is paid the next day.",
  stage: "assisted",
  releases: [earlierRecipe, current],
  tasksPerDay: 34,
  newTask,
};
