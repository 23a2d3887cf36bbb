import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { agentCardSchema, emptyCard } from "./agent-card.ts";
import { cardAsTemplate, countReady, READINESS_ITEMS, readinessOf, type ReadinessFacts } from "./readiness.ts";

const card = agentCardSchema.parse({
  team: "Payments", purpose: "Pays refunds.", boundary: { may: ["a"], mustNever: ["b"], mustEscalateWhen: ["c"], doneMeans: ["d"] }, inputs: ["i"], tools: ["t"], dataSources: ["s"],
  escalationContact: "x", onCallRotation: "y", runbook: "z", monthlyBudget: { amountMinor: 100, currency: "EUR" }, pact: [{ metric: "success_rate", bound: "at_least", value: 0.9, windowDays: 7 }],
});
const now = new Date("2026-11-21T12:00:00Z");
const owners = { business_owner: { name: "A" }, technical_owner: { name: "B" }, model_steward: { name: "C" } };
const ready: ReadinessFacts = { card, owners, tier: 0, versions: 1, hasCurrentVersion: true, lastSeenAt: now, hasOutcome: true, hasPolicy: true, asksGate: true, hasRollout: true, stopProvenAt: now };
const bare: ReadinessFacts = { card: emptyCard, owners: {}, tier: null, versions: 0, hasCurrentVersion: false, lastSeenAt: null, hasOutcome: false, hasPolicy: false, asksGate: false, hasRollout: false, stopProvenAt: null };
const open = (facts: Partial<ReadinessFacts>): string[] => readinessOf({ ...ready, ...facts }).filter((step) => !step.isDone).map((step) => step.item);

describe("readinessOf", () => {
  it("is complete when everything is there, and tier 0 is a tier", () => expect(open({})).toEqual([]));
  it("is all open for an agent that was just named", () => expect(countReady(readinessOf(bare))).toBe(0));
  it.each([
    [{ card: emptyCard }, ["card"]], [{ owners: { ...owners, model_steward: null } }, ["owners"]], [{ tier: null }, ["tier"]], [{ versions: 0 }, ["version"]], [{ hasCurrentVersion: false }, ["approval"]],
    [{ lastSeenAt: null }, ["traces"]], [{ hasOutcome: false }, ["outcome"]], [{ hasPolicy: false }, ["policy"]], [{ asksGate: false }, ["gate"]], [{ hasRollout: false }, ["canary"]], [{ stopProvenAt: null }, ["stop"]],
  ] as const)("names only what is open: %o", (facts, items) => expect(open(facts)).toEqual(items));
  it("says who is missing", () => expect(readinessOf({ ...ready, owners: {} })[1]?.detail).toBe("Nobody is named as business owner, technical owner, model steward."));
  it("always lists the same items", () => fc.assert(fc.property(fc.boolean(), fc.nat(3), (hasCurrentVersion, versions) => {
    expect(readinessOf({ ...bare, hasCurrentVersion, versions }).map((step) => step.item)).toEqual(READINESS_ITEMS);
  })));
});

it("a template keeps the description and leaves the budget", () => {
  expect(cardAsTemplate(card)).toEqual({ ...card, monthlyBudget: null });
});
