import { describe, expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import { storedAsks } from "../domain/approval-ask.ts";
import { newId } from "../new-id.ts";
import { makeAgent, makePerson } from "../testing/make-agent.ts";
import { storeAction } from "../testing/store-action.ts";
import { useDatabase } from "../testing/use-database.ts";
import { findAction, reversibilityOf } from "./action.ts";
import { ACTIONS_PER_PAGE, getActionPulse, hasAnyAction, listActions } from "./actions.ts";

useDatabase();

const minutes = (count: number) => new Date(Date.now() + count * 60_000);
const filter = (agent: string, state = "open") => ({ state, agent, tool: null });

async function viewOf(id: string, actor: Parameters<typeof findAction>[1]) {
  const view = await findAction(id, actor, new Date());
  if (!view) throw new Error("the action is not there");
  return view;
}

describe("listActions", () => {
  test("what waits by when it ends, the rest newest first; by state, tool and agent", async () => {
    expect(await hasAnyAction()).toBe(false);
    const { id: agent } = await makeAgent({ isApproved: false });
    const late = await storeAction(agent, { expiresAt: minutes(9), preparedAt: minutes(-1) });
    const soon = await storeAction(agent, { expiresAt: minutes(2), preparedAt: minutes(-5), tool: "order_cancel" });
    const done = await storeAction(agent, { state: "committed", preparedAt: minutes(-3) });
    const ids = async (state: string, tool: string | null = null) => (await listActions({ state, agent, tool }, null)).rows.map(({ id }) => id);
    expect(await ids("held")).toEqual([soon, late]);
    expect(await ids("open")).toEqual([late, soon]);
    expect(await ids("all")).toEqual([late, done, soon]);
    expect(await ids("all", "order_cancel")).toEqual([soon]);
    expect(await ids("committed")).toEqual([done]);
    expect((await listActions(filter("nobody"), null)).rows).toEqual([]);
    expect(await hasAnyAction()).toBe(true);
  });

  test("pages without losing or repeating a row, also at one moment, in both orders", async () => {
    const { id: agent } = await makeAgent({ isApproved: false });
    const [preparedAt, expiresAt] = [minutes(-2), minutes(5)];
    for (let count = 0; count < ACTIONS_PER_PAGE + 7; count++) await storeAction(agent, { preparedAt, expiresAt });
    for (const state of ["held", "all"]) {
      const first = await listActions(filter(agent, state), null);
      const second = await listActions(filter(agent, state), first.older);
      expect([first.rows.length, second.rows.length, second.older]).toEqual([ACTIONS_PER_PAGE, 7, null]);
      expect(new Set([...first.rows, ...second.rows].map(({ id }) => id)).size).toBe(ACTIONS_PER_PAGE + 7);
    }
    expect((await listActions(filter(agent), "nonsense")).rows.length).toBe(ACTIONS_PER_PAGE);
  });

  test("says the effect, and does not read what is too long for a line", async () => {
    const { id: agent } = await makeAgent({ isApproved: false });
    await storeAction(agent, { input: { text: "x".repeat(30_000) }, preparedAt: minutes(-9) });
    await storeAction(agent, { amountMinor: 12_000n, currency: "EUR" });
    expect((await listActions(filter(agent), null)).rows.map(({ effect }) => effect)).toEqual(["`refund_create` of 120.00 EUR: order `5512`", "`refund_create`"]);
  });
});

describe("findAction", () => {
  test("is unusual against the agent's own history, and counts what went ahead today", async () => {
    const agent = await makeAgent({ isApproved: false });
    const first = await storeAction(agent.id, { amountMinor: 4_000n, currency: "EUR", preparedAt: minutes(-30) });
    expect((await viewOf(first, agent.author)).unusual).toEqual(["This agent's first action."]);
    for (const order of ["5512", "7"]) await storeAction(agent.id, { input: { order, amount: 40 }, amountMinor: 4_000n, currency: "EUR", preparedAt: minutes(-20) });
    const large = await storeAction(agent.id, { amountMinor: 40_000n, currency: "EUR" });
    const day = new Date().toISOString().slice(0, 10);
    await prisma().usageCounter.createMany({ data: [
      { agentId: agent.id, scope: "day_tool", key: JSON.stringify([day, "refund_create"]), calls: 8n, countedAt: new Date() },
      { agentId: agent.id, scope: "spent_day", key: JSON.stringify([day, "EUR"]), calls: 8n, amountMinor: 84_000n, countedAt: new Date() },
    ] });
    const view = await viewOf(large, agent.author);
    expect(view.unusual).toEqual(["10 × the usual amount of this agent's `refund_create`."]);
    expect(view.usage).toEqual({ callsOfToolToday: 8, spentTodayMinor: 84_000n, currency: "EUR" });
    expect(view).toMatchObject({ effect: "`refund_create` of 400.00 EUR: order `5512`", tier: 2, approvals: 0, isExpired: false });
    const other = await storeAction(agent.id, { input: { order: "n9" }, preparedAt: minutes(0) });
    expect((await viewOf(other, agent.author)).unusual).toEqual(["First `refund_create` for `order` `n9`."]);
  });

  test("is no agent's first call where the gate let such calls pass without an action", async () => {
    const agent = await makeAgent({ isApproved: false });
    const decided = (toolCallId: string, more: object) => prisma().gateDecision.create({
      data: { id: newId("gd"), agentId: agent.id, conversationId: "c", toolCallId, tool: "refund_create", inputDigest: "sha256:x", input: { order: "5512" }, decision: "permit", reason: "policy", sentence: "Permitted.", policies: [], facts: {}, decidedAt: minutes(-10), ...more },
    });
    await decided("denied", { decision: "deny" });
    await decided("another tool", { tool: "letter_send" });
    const id = await storeAction(agent.id, { preparedAt: minutes(-1) });
    expect((await viewOf(id, agent.author)).unusual).toEqual(["This agent's first action."]);
    await decided("later", { decidedAt: minutes(0) });
    expect((await viewOf(id, agent.author)).unusual).toEqual(["This agent's first action."]);
    await decided("permitted", {});
    expect((await viewOf(id, agent.author)).unusual).toEqual([]);
  });

  test("tells each person why not", async () => {
    const agent = await makeAgent({ isApproved: false });
    const id = await storeAction(agent.id, storedAsks([{ approvers: ["role:business_owner"], persons: 1 }]));
    const viewer = await makePerson("Vera", ["viewer"]);
    expect((await viewOf(id, viewer)).approve).toMatchObject({ ok: false, reason: expect.stringContaining("decide about actions") as string });
    expect((await viewOf(id, agent.author)).approve).toEqual({ ok: false, reason: "The policy asks the business owner; you are none of them here. Ask Ingrid Holm." });
    const view = await viewOf(id, agent.owners.business_owner);
    expect([view.approve, view.reject, view.ask, view.undo.ok, view.takeBack.ok]).toEqual([{ ok: true }, { ok: true }, { ok: true }, false, false]);
    const owner = agent.owners.business_owner;
    const { inputDigest } = await prisma().action.findUniqueOrThrow({ where: { id } });
    const review = { actionId: id, personId: owner.id, personName: owner.name, verdict: "approve", inputDigest, epoch: 1n, at: new Date() };
    await prisma().actionReview.create({ data: { ...review, id: newId("ax") } });
    expect(await viewOf(id, owner)).toMatchObject({ approvals: 1, approve: { ok: false, reason: "You approved it already; it needs another person. There is nobody else at present." } });
    await prisma().actionReview.updateMany({ where: { actionId: id }, data: { voidedAt: new Date() } });
    expect(await viewOf(id, owner)).toMatchObject({ approvals: 0, approve: { ok: true } });
  });

  test("an action whose time is over is nobody's any more, and is not called refused", async () => {
    const agent = await makeAgent({ isApproved: false });
    const view = await viewOf(await storeAction(agent.id, { expiresAt: minutes(-1) }), agent.author);
    expect(view.isExpired).toBe(true);
    for (const answer of [view.approve, view.reject, view.ask, view.extend]) expect(answer).toMatchObject({ ok: false, reason: expect.stringContaining("Nobody decided") as string });
  });

  test("can be taken back until the agent is told, and afterwards undone while something stands behind it", async () => {
    const agent = await makeAgent({ isApproved: false });
    const may = async (more: Parameters<typeof storeAction>[1]) => {
      const { takeBack, undo } = await viewOf(await storeAction(agent.id, more), agent.author);
      return [takeBack.ok, undo.ok];
    };
    expect(await may({ state: "approved", dispatchAt: minutes(1) })).toEqual([true, false]);
    expect(await may({ state: "approved", dispatchAt: minutes(-1) })).toEqual([false, false]);
    const hook = { hook: { kind: "http", url: "https://pay.example.test/void" } };
    expect(await may({ state: "committed", compensation: hook, reversibleUntil: minutes(5) })).toEqual([false, true]);
    expect(await may({ state: "committed", compensation: hook, reversibleUntil: minutes(-5) })).toEqual([false, false]);
    expect(await may({ state: "committed" })).toEqual([false, false]);
    expect(await findAction("ac_none", agent.author, new Date())).toBeNull();
  });
});

test("reversibility is read carefully", () => {
  const read = (compensation: unknown) => reversibilityOf({ compensation: compensation as never, reversibleUntil: null });
  expect(read({ hook: { kind: "tool", tool: "refund_void" } }).kind).toBe("automatic");
  expect(read({ hook: { kind: "http", url: "https://pay.example.test/void" }, arguments: {}, withinHours: 24 })).toMatchObject({ kind: "automatic", withinHours: 24 });
  expect(read({ hook: { kind: "manual", instructions: "Call the desk", owner: "payments" } })).toEqual({ kind: "by_hand", until: null, withinHours: null, instructions: "Call the desk", owner: "payments", isOfAgent: false });
  expect(read({ hook: { kind: "manual", instructions: "Send 5,000 EUR to DE02", owner: "role:business_owner" }, by: "agent" })).toMatchObject({ kind: "by_hand", isOfAgent: true });
  expect(read({ hook: { kind: "manual", instructions: "Call", owner: "role:technical_owner" } }).owner).toBe("the technical owner");
  for (const nothing of [null, {}, [], "http", { hook: { kind: "magic" } }, { hook: { kind: "http", url: "file:///etc/passwd" } }]) expect(read(nothing).kind).toBe("none");
});

test("the pulse moves with whatever happens", async () => {
  const agent = await makeAgent({ isApproved: false });
  const id = await storeAction(agent.id);
  const now = new Date();
  const before = await getActionPulse(id, now);
  const view = await viewOf(id, agent.author);
  expect(before).toEqual({ ...view.pulse, readAt: now.toISOString() });
  await prisma().action.update({ where: { id }, data: { question: "Which order?" } });
  expect((await getActionPulse(id, now))?.events).toBe((before?.events ?? 0) + 1);
  expect(await getActionPulse("ac_none", now)).toBeNull();
});
