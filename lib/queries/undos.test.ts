import { describe, expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import { newId } from "../new-id.ts";
import { makeAgent } from "../testing/make-agent.ts";
import { storeAction } from "../testing/store-action.ts";
import { useDatabase } from "../testing/use-database.ts";
import { listRunDecisions } from "./agent-decisions.ts";
import { findUndo, getUndoPulse, previewUndo } from "./undos.ts";

useDatabase();

const minutes = (count: number) => new Date(Date.now() + count * 60_000);
const HOOK = { hook: { kind: "http", url: "https://pay.example.test/void" } };
const MANUAL = { hook: { kind: "manual", instructions: "Call the desk", owner: "payments" }, by: "agent" };

test("what a reversal of a run would reach", async () => {
  const { id: agentId } = await makeAgent({ isApproved: false });
  const done = (more: Parameters<typeof storeAction>[1]) => storeAction(agentId, { state: "committed", conversationId: "run-1", amountMinor: 1_000n, currency: "EUR", ...more });
  const until = minutes(30);
  await done({ compensation: HOOK, reversibleUntil: until });
  await done({ compensation: HOOK, reversibleUntil: minutes(60), amountMinor: 500n, currency: "USD" });
  await done({ compensation: HOOK, reversibleUntil: minutes(-1) });
  await done({ compensation: MANUAL });
  await done({});
  await done({ conversationId: "run-2", compensation: HOOK });
  await done({ state: "held", compensation: HOOK });
  await done({ state: "expired", startedAt: null });
  await done({ state: "expired", startedAt: new Date(), amountMinor: 1n });
  expect(await previewUndo({ agentId, scope: "run", target: "run-1", since: null }, new Date())).toEqual({
    actions: 6, reversible: 2, byHand: 1, notReversible: 3, firstEnd: until.toISOString(), isCut: false, needsSecondPerson: true, approver: null,
    amounts: expect.arrayContaining([{ currency: "EUR", minor: "2000", lostMinor: "2001" }, { currency: "USD", minor: "500", lostMinor: "0" }]) as unknown,
  });
  expect((await previewUndo({ agentId, scope: "run", target: "run-1", since: minutes(1) }, new Date())).actions).toBe(0);
});

describe("findUndo", () => {
  test("its steps in order, and who may approve", async () => {
    const agent = await makeAgent({ isApproved: false });
    const [first, second] = [await storeAction(agent.id, { state: "compensating", compensation: MANUAL }), await storeAction(agent.id, { state: "compensating", compensation: HOOK })];
    const undoId = newId("un");
    await prisma().undo.create({ data: { id: undoId, agentId: agent.id, scope: "run", target: "run-1", reason: "Wrong orders", state: "waiting", startedBy: agent.author.id, startedByName: agent.author.name, startedAt: new Date() } });
    const step = (actionId: string, position: number, kind: string, state: string) => ({ id: newId("us"), undoId, actionId, position, kind, state });
    await prisma().undoStep.createMany({ data: [step(first, 2, "manual", "by_hand"), step(second, 1, "http", "waiting")] });
    const view = await findUndo(undoId, agent.author, new Date());
    expect(view?.steps.map(({ actionId, instructions, isOfAgent }) => [actionId, instructions, isOfAgent])).toEqual([[second, null, false], [first, "Call the desk", true]]);
    expect(view?.approve).toEqual({ ok: false, reason: "You asked for it; a second person approves. Ask Ingrid Holm or Priya Nair." });
    const bySecond = async () => (await findUndo(undoId, agent.owners.technical_owner, new Date()))?.approve;
    expect(await bySecond()).toEqual({ ok: true });
    await prisma().person.update({ where: { id: agent.author.id }, data: { disabledAt: new Date() } });
    expect(await bySecond()).toEqual({ ok: false, reason: "Who asked for it may no longer take actions back. Ask for it anew." });
    expect(await getUndoPulse(undoId)).toEqual(view?.pulse);
    expect([await findUndo("un_none", agent.author, new Date()), await getUndoPulse("un_none")]).toEqual([null, null]);
  });
});

test("the decisions of a run, with what became of them", async () => {
  const { id: agentId } = await makeAgent({ isApproved: false });
  const actionId = await storeAction(agentId, { state: "rejected", conversationId: "run-9" });
  const decision = (toolCallId: string, more: object = {}) => ({
    id: newId("gd"), agentId, conversationId: "run-9", toolCallId, tool: "refund_create", inputDigest: "sha256:x", decision: "permit", reason: "permitted", sentence: "Permitted.", policies: [], facts: {}, decidedAt: minutes(-1), ...more,
  });
  await prisma().gateDecision.createMany({ data: [decision("b", { decision: "hold", policies: ["large"], actionId, decidedAt: minutes(0) }), decision("a"), decision("c", { conversationId: "run-10" })] });
  const { rows, more } = await listRunDecisions({ agentId, conversationId: "run-9" });
  expect(rows.map(({ toolCallId, actionState }) => [toolCallId, actionState])).toEqual([["a", null], ["b", "rejected"]]);
  expect(more).toBe(0);
  expect((await listRunDecisions({ agentId, conversationId: "" })).rows).toEqual([]);
});
