import { beforeEach, describe, expect, it } from "vitest";
import { ToolFailure } from "./records/tool-failure.ts";
import { SystemOfRecord } from "./system-of-record.ts";

const NOW = Date.UTC(2026, 10, 20, 12);
const HOUR_MS = 3_600_000;

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ToolFailure) return error.code;
    throw error;
  }
  return "done";
}

let company: SystemOfRecord;
beforeEach(() => {
  company = new SystemOfRecord();
});

describe("access", () => {
  beforeEach(() => {
    const { directory } = company;
    directory.addEmployee({ id: "l.moreau", name: "Lucie Moreau", department: "Finance", kind: "employee", managerId: "k.brandt", isActive: true });
    directory.addEmployee({ id: "left", name: "Who Left", department: "Finance", kind: "employee", managerId: "k.brandt", isActive: false });
    directory.addSystem({ id: "billing", risk: "high", holdsCustomerData: true, ownerId: "k.brandt", departments: ["Finance"], roles: ["reader", "admin"] });
  });
  const grant = (employeeId: string, role = "reader") => company.directory.grant({ employeeId, systemId: "billing", role, hours: 8, purpose: "closing" }, NOW);

  it("gives and takes access", () => {
    const { id } = grant("l.moreau");
    expect(company.directory.grantsOf("l.moreau", NOW)).toHaveLength(1);
    expect(company.directory.grantsOf("l.moreau", NOW + 9 * HOUR_MS)).toHaveLength(0);
    company.directory.revoke(id);
    expect(company.directory.grantsOf("l.moreau", NOW)).toHaveLength(0);
  });

  it("refuses for real reasons", () => {
    grant("l.moreau");
    expect(codeOf(() => grant("l.moreau"))).toBe("already_granted");
    expect(codeOf(() => grant("left"))).toBe("account_disabled");
    expect(codeOf(() => grant("nobody"))).toBe("unknown_person");
    expect(codeOf(() => grant("l.moreau", "admin"))).toBe("insufficient_rights");
    expect(codeOf(() => grant("l.moreau", "king"))).toBe("unknown_role");
  });
});

describe("contacts", () => {
  const person = { name: "Mia Rossi", company: "Dune Optics", email: "mia@dune.test", phone: "1", title: "Buyer" };

  it("saves only what was read last", () => {
    const { contacts } = company;
    contacts.add({ id: "c_1", ...person });
    contacts.update("c_1", 1, { phone: "2" });
    expect(codeOf(() => contacts.update("c_1", 1, { phone: "3" }))).toBe("conflict");
    expect(contacts.contact("c_1").phone).toBe("2");
  });

  it("merges only the same contact, and finds one afterwards", () => {
    const { contacts } = company;
    contacts.add({ id: "c_1", ...person });
    contacts.add({ id: "c_2", ...person });
    contacts.add({ id: "c_3", ...person, company: "Elsewhere" });
    expect(codeOf(() => contacts.merge("c_1", "c_3"))).toBe("not_the_same");
    contacts.merge("c_1", "c_2");
    expect(contacts.find({ email: person.email, company: person.company }).map(({ id }) => id)).toEqual(["c_1"]);
    expect(codeOf(() => contacts.note("c_2", "late"))).toBe("merged");
  });

  it("keeps its hands off locked records and bad addresses", () => {
    company.contacts.add({ id: "c_1", ...person, doNotContact: true });
    company.contacts.add({ id: "c_2", ...person });
    expect(codeOf(() => company.contacts.update("c_1", 1, { phone: "2" }))).toBe("locked_record");
    expect(codeOf(() => company.contacts.update("c_2", 1, { email: "not an address" }))).toBe("invalid_email");
  });
});

describe("payables", () => {
  const order = { id: "PO-1", supplier: "Orbit", item: "drills", quantity: 10, unitCents: 1_000, received: 10, isOpen: true };
  const invoice = { id: "inv_1", supplier: "Orbit", purchaseOrderId: "PO-1", quantity: 10, unitCents: 1_000, number: "77", pages: ["one", "two"], declaredPages: 2 };

  it("owes what was posted, once", () => {
    company.payables.addOrder(order);
    company.payables.addInvoice(invoice);
    company.payables.addInvoice({ ...invoice, id: "inv_2" });
    company.payables.post("inv_1");
    expect(company.payables.owedCents).toBe(10_000);
    expect(codeOf(() => company.payables.post("inv_1"))).toBe("already_posted");
    expect(codeOf(() => company.payables.post("inv_2"))).toBe("duplicate");
    expect(company.payables.owedCents).toBe(10_000);
  });

  it("refuses closed orders and large sums", () => {
    company.payables.addOrder({ ...order, isOpen: false });
    company.payables.addOrder({ ...order, id: "PO-2" });
    company.payables.addInvoice(invoice);
    company.payables.addInvoice({ ...invoice, id: "inv_2", purchaseOrderId: "PO-2", unitCents: 200_000 });
    expect(codeOf(() => company.payables.post("inv_1"))).toBe("order_closed");
    expect(codeOf(() => company.payables.post("inv_2"))).toBe("insufficient_rights");
  });

  it("shows the last page again to whoever reads beyond it", () => {
    company.payables.addInvoice({ ...invoice, declaredPages: 0 });
    expect(company.payables.readDocument("inv_1", 9)).toEqual({ document: "inv_1", page: 2, pages: 0, text: "two" });
  });
});

describe("services", () => {
  const service = { id: "api", isStateful: false, instances: 4, healthy: 2, host: "h1", symptom: "stuck_worker", stepsToHealth: 1, isFrozen: false } as const;
  beforeEach(() => company.estate.addHost({ id: "h1", diskPercent: 60, answers: true, isDrained: false }));

  it("gets healthy by the right step only", () => {
    company.estate.addService(service);
    company.estate.rotateLogs("api");
    expect(company.estate.health("api").symptom).toBe("stuck_worker");
    company.estate.restart("api");
    expect(company.estate.health("api")).toMatchObject({ symptom: "none", healthy: 4 });
  });

  it.each([
    [{ isFrozen: true }, "change_freeze"],
    [{ isStateful: true }, "stateful"],
    [{ healthy: 0 }, "quorum_lost"],
    [{ host: "h2" }, "host_unreachable"],
  ])("refuses a restart with %o", (state, code) => {
    company.estate.addHost({ id: "h2", diskPercent: 60, answers: false, isDrained: false });
    company.estate.addService({ ...service, ...state });
    expect(codeOf(() => company.estate.restart("api"))).toBe(code);
  });

  it("scales up to a limit", () => {
    company.estate.addService({ ...service, instances: 11 });
    expect(codeOf(() => company.estate.scale("api", 2))).toBe("limit_reached");
    expect(company.estate.scale("api", 1).instances).toBe(12);
  });
});

describe("library", () => {
  it("finds by words and guards the embargo", () => {
    const { library } = company;
    library.add({ id: "d1", title: "Old", year: 2023, words: ["card", "fees"], text: "x", isUnderEmbargo: false });
    library.add({ id: "d2", title: "New", year: 2026, words: ["card", "fees"], text: "y", isUnderEmbargo: true });
    expect(library.search("card fees", 5).map(({ id }) => id)).toEqual(["d2", "d1"]);
    expect(codeOf(() => library.open("d2"))).toBe("insufficient_rights");
    expect(codeOf(() => library.open("d9"))).toBe("gone");
  });
});
