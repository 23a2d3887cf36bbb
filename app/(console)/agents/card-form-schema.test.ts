import { describe, expect, it } from "vitest";
import { cardFormSchema, ownersFormSchema, readMinor } from "./card-form-schema.ts";

describe("readMinor", () => {
  it.each([
    ["450", "EUR", 45_000], ["450.5", "EUR", 45_050], ["1,200.05", "USD", 120_005], ["5000", "JPY", 5_000], ["", "EUR", null],
    ["450.555", "EUR", undefined], ["12.5", "JPY", undefined], ["-3", "EUR", undefined], ["1e5", "EUR", undefined],
  ])("reads %s %s as %s", (amount, currency, minor) => {
    expect(readMinor(amount, currency)).toBe(minor);
  });
});

describe("cardFormSchema", () => {
  it("reads rates in per cent, money in minor units, and leaves out empty pairs", () => {
    const read = cardFormSchema.parse({
      agentId: "a", expectedRevision: "3", purpose: " P ", monthlyBudget: { amount: "450", currency: "EUR" },
      pact: { 4: { metric: "success_rate", bound: "at_least", value: "95", windowDays: "7" }, 9: { metric: "cost_per_task", bound: "at_most", value: "0,25", windowDays: "1" } },
      recordAttributes: { 0: { attribute: "shop.order_id", type: "order" }, 1: {} },
    });
    expect(read).toMatchObject({
      expectedRevision: 3,
      card: {
        purpose: "P", monthlyBudget: { amountMinor: 45_000, currency: "EUR" }, reading: { recordAttributes: { "shop.order_id": "order" }, escalationTools: [] },
        pact: [{ metric: "success_rate", value: 0.95, windowDays: 7 }, { metric: "cost_per_task", value: 0.25 }],
      },
    });
  });

  it("reads who agrees to a reversal, and asks for nobody else where nothing was chosen", () => {
    const reversalOf = (form: object) => cardFormSchema.parse({ agentId: "a", ...form }).card.reversal;
    expect(reversalOf({ reversal: { secondPerson: "every", approver: "technical_owner" } })).toEqual({ secondPerson: "every", approver: "technical_owner" });
    expect(reversalOf({ reversal: { secondPerson: "every", approver: "" } })).toEqual({ secondPerson: "every", approver: null });
    expect(reversalOf({})).toEqual({ secondPerson: "large", approver: null });
    expect(cardFormSchema.safeParse({ agentId: "a", reversal: { secondPerson: "every", approver: "viewer" } }).error?.issues[0]?.path.join(".")).toBe("reversal.approver");
  });

  it.each([
    [{ monthlyBudget: { amount: "much" } }, "monthlyBudget.amount"], [{ monthlyBudget: { amount: "0" } }, "monthlyBudget.amount"],
    [{ pact: { 2: { metric: "success_rate", bound: "at_least", windowDays: "7" } } }, "pact.2.value"],
    [{ inputs: ["x".repeat(1_001)] }, "inputs"],
  ])("names the field of %j", (form, field) => {
    const read = cardFormSchema.safeParse({ agentId: "a", ...form });
    expect(read.error?.issues.map((issue) => issue.path.join("."))).toContain(field);
  });
});

describe("ownersFormSchema", () => {
  const people: Record<string, string[]> = { "Ana Ruiz": ["pe_1"], "Ben Okafor": ["pe_2"], "Kim Lee": ["pe_3", "pe_4"] };
  const schema = ownersFormSchema(async (texts) => new Map(texts.flatMap((text) => (people[text] ? [[text, people[text]] as const] : []))));

  it("counts a deputy's last day whole, and leaves out nobody", async () => {
    const read = await schema.parseAsync({ agentId: "a", owners: { business_owner: { owner: "Ana Ruiz", deputies: { 0: { person: "Ben Okafor", lastDay: "2026-11-24" }, 1: {} } } } });
    expect(read.owners).toEqual([
      { role: "business_owner", personId: "pe_1", isDeputy: false, deputyUntil: null },
      { role: "business_owner", personId: "pe_2", isDeputy: true, deputyUntil: new Date("2026-11-24T23:59:59.999Z") },
    ]);
  });

  it("asks for the last day of a deputy", async () => {
    const read = await schema.safeParseAsync({ agentId: "a", owners: { model_steward: { deputies: { 1: { person: "Ben Okafor" } } } } });
    expect(read.error?.issues[0]?.path.join(".")).toBe("owners.model_steward.deputies.1.lastDay");
  });

  it("says at the field that nobody, or more than one, is called that", async () => {
    const read = await schema.safeParseAsync({ agentId: "a", owners: { business_owner: { owner: "Nobody" }, model_steward: { deputies: { 0: { person: "Kim Lee", lastDay: "2026-11-24" } } } } });
    expect(read.error?.issues.map(({ path, message }) => [path.join("."), message.slice(0, 14)])).toEqual([["owners.business_owner.owner", "Nobody of this"], ["owners.model_steward.deputies.0.person", "Several people"]]);
  });
});
