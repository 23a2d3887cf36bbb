import { createHash } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import { storedAsks } from "../domain/approval-ask.ts";
import { readLogFilter } from "../domain/log-filter.ts";
import type { PersonActor } from "../domain/roles.ts";
import { Conflict, NotFound, NotPermitted, NotPossible } from "../errors.ts";
import { newId } from "../new-id.ts";
import { followUpsDone } from "../follow-up.ts";
import { approveAction } from "../operations/approve-action.ts";
import { approveBatch } from "../operations/approve-batch.ts";
import { bundleNow } from "../operations/bundle-now.ts";
import { expireActions } from "../operations/cancel-actions.ts";
import { checkCall } from "../operations/check-calls.ts";
import { endAction } from "../operations/end-action.ts";
import { makeSeededRequest } from "../operations/make-seeded-request.ts";
import { systemActor } from "../operations/people.ts";
import { rejectAction } from "../operations/reject-action.ts";
import { rollbackVersion } from "../operations/rollback-version.ts";
import { setSeeding } from "../operations/seeding.ts";
import { startAction } from "../operations/start-action.ts";
import { engageStop } from "../operations/stops.ts";
import { startUndo } from "../operations/undo.ts";
import { listActionBatches } from "../queries/action-batches.ts";
import { getInbox } from "../queries/inbox.ts";
import { findAction } from "../queries/action.ts";
import { getActionPulse, listActions } from "../queries/actions.ts";
import { listLog } from "../queries/log.ts";
import { getReviewerQuality } from "../queries/reviewer-quality.ts";
import { getBlastRadius } from "../queries/stops.ts";
import { previewUndo } from "../queries/undos.ts";
import { actingManifest, makeActingAgent, type ActingAgent } from "../testing/acting-agent.ts";
import { makePerson } from "../testing/make-agent.ts";
import { storeAction } from "../testing/store-action.ts";
import { useDatabase } from "../testing/use-database.ts";
import { sweepSeeding } from "./seeding-sweep.ts";

useDatabase();

/** Draws the amount, the first of what can be copied, and the fewest held actions: five for one in ten. */
const first = () => 0;
const sweep = (now = new Date()) => sweepSeeding(now, first);
const minutesOn = (minutes: number) => new Date(Date.now() + minutes * 60_000);
const made = async () => prisma().action.findFirst({ where: { isSeeded: true, state: "held" } });
const entriesOf = async (subject: string) => (await listLog(readLogFilter({ subject }))).rows;

let agent: ActingAgent;
let ada: PersonActor, mia: PersonActor, ingrid: PersonActor;
let asked = 0;
/** Above 100 EUR a person is asked, above 1,000 EUR the policy refuses. */
const hold = (amount = 110) => agent.prepare({ input: { amount, order: `o-${++asked}` } });

beforeEach(async () => {
  await prisma().seededRequest.deleteMany({});
  await prisma().action.updateMany({ data: { state: "expired", preparedAt: new Date("2026-01-01T00:00:00Z") } });
  agent = await makeActingAgent();
  [ada, mia] = [await makePerson("Ada", ["administrator"]), await makePerson("Mia", ["operator"])];
  ingrid = agent.owners.business_owner;
  await setSeeding(ada, { oneIn: null });
});

async function seeded() {
  await setSeeding(ada, { oneIn: 10 });
  await sweep();
  for (let held = 0; held < 5; held++) await hold();
  await sweep();
  const action = await made();
  if (!action) throw new Error("none was made");
  return action;
}

describe("seeded requests", () => {
  test("are made by nobody's leave but the administrator's, and not while they are off", async () => {
    await expect(setSeeding(mia, { oneIn: 10 })).rejects.toThrow(NotPermitted);
    await expect(setSeeding(agent.owners.technical_owner, { oneIn: 10 })).rejects.toThrow(NotPermitted);
    await expect(setSeeding(ada, { oneIn: 9 })).rejects.toThrow();
    for (let held = 0; held < 6; held++) await hold();
    await sweep();
    expect([await made(), await prisma().seededRequest.count()]).toEqual([null, 0]);
    await setSeeding(ada, { oneIn: 20 });
    expect(JSON.parse((await entriesOf("seeding"))[0]?.body ?? "")).toMatchObject({ kind: "seeding.set", actor: `person:${ada.id}`, detail: { before: null, oneIn: 20 } });
  });

  test("come after so many real ones that were held, however many went ahead, and one at a time", async () => {
    await setSeeding(ada, { oneIn: 10 });
    await sweep();
    for (let held = 0; held < 4; held++) await hold();
    for (let permitted = 0; permitted < 8; permitted++) await hold(20);
    await sweep();
    expect(await made()).toBeNull();
    await hold();
    await Promise.all([sweep(), sweep(), sweep()]);
    for (let held = 0; held < 12; held++) await hold();
    await sweep();
    expect(await prisma().action.count({ where: { isSeeded: true, agentId: agent.id } })).toBe(1);
  });

  test("are what the gate would hold: six times the largest, for the approvers of that amount", async () => {
    const action = await seeded();
    const [real] = await prisma().action.findMany({ where: { agentId: agent.id, isSeeded: false }, take: 1 });
    expect(action).toMatchObject({
      input: { amount: 660 }, amountMinor: 66_000n, currency: "EUR", state: "held", policies: ["over-100", "over-500"], approvers: ["role:business_owner"], effect: "write", origin: "prepare", tool: "refund_create",
      preparedBy: real?.preparedBy, versionId: real?.versionId, reason: real?.reason, policyDigest: real?.policyDigest,
    });
    expect(action.expiresAt.getTime() - action.preparedAt.getTime()).toBe((real?.expiresAt.getTime() ?? 0) - (real?.preparedAt.getTime() ?? 0));
    expect(await prisma().seededRequest.findUniqueOrThrow({ where: { actionId: action.id } })).toMatchObject({ fault: "far_too_much", faultyPath: ["amount"], agentId: agent.id, outcome: null, revealedAt: null });
  });

  test("of an agent that asks the gate itself have the way back that its real ones have", async () => {
    await setSeeding(ada, { oneIn: 10 });
    await sweep();
    const bundle = await prisma().$transaction((tx) => bundleNow(tx, agent.id, new Date()));
    for (let held = 0; held < 5; held++) {
      await checkCall(agent.key, { agentId: agent.id, conversationId: "c1", toolCallId: `call-${held}`, tool: "refund_create", input: { amount: 110, order: `o-${++asked}` }, onBehalfOf: null, confidence: null }, bundle);
    }
    await sweep();
    const { hook, description } = (await prisma().action.findFirstOrThrow({ where: { agentId: agent.id, isSeeded: false } })).compensation as { hook: object; description: string };
    expect(await made()).toMatchObject({ origin: "check", compensation: { hook, description, arguments: { amount: 660 } } });
  });

  test("are not made where nothing would be held, and wait for the next action", async () => {
    await setSeeding(ada, { oneIn: 10 });
    await sweep();
    for (let held = 0; held < 5; held++) await hold(900);
    await sweep();
    expect(await made()).toBeNull();
    const own = await makeActingAgent();
    for (let held = 0; held < 40 && (await made()) === null; held++) {
      await own.prepare({ input: { amount: 110, order: `p-${held}` } });
      await sweepSeeding(new Date(), Math.random);
    }
    expect((await made())?.agentId).toBe(own.id);
  });
});

describe("what is wrong stands on the page", () => {
  const made = async (kind: number) => {
    const versionId = (await prisma().agent.findUniqueOrThrow({ where: { id: agent.id } })).currentVersionId;
    for (let order = 1; order <= 5; order++) {
      const at = new Date(Date.now() - order * 3_600_000);
      await storeAction(agent.id, { input: { amount: 110, order: `done-${order}` }, amountMinor: 11_000n, currency: "EUR", state: "committed", versionId, preparedAt: at, decidedAt: at, startedAt: at, endedAt: at });
    }
    const { action } = await agent.prepare({ input: { amount: 120, order: "o-77" }, justification: "Order o-77 never came." });
    const id = newId("ac");
    await prisma().seededRequest.create({ data: { actionId: id, salt: "salt", committedAt: new Date(), dueAfter: 5, countedUntil: new Date(), faultyPath: [] } });
    expect(await makeSeededRequest(systemActor, { actionId: id, basedOn: action.id, random: () => kind })).toBe(true);
    return { view: await findAction(id, ingrid, new Date()), why: (await prisma().seededRequest.findUniqueOrThrow({ where: { actionId: id } })).why };
  };

  test("of a call that was carried out already", async () => {
    const { view, why } = await made(0.4);
    expect(why).toMatch(/^Exactly this call was carried out already, on 2\d{3}-/);
    expect(view?.unusual).toEqual([expect.stringMatching(/^Done already with exactly these arguments, on 2\d{3}-/)]);
    expect(view?.action.input).toMatchObject({ amount: 110, order: expect.stringMatching(/^done-/) as string });
  });

  test("of a call for another record than its reason names", async () => {
    const { view, why } = await made(0.7);
    expect([view?.action.justification, view?.action.input]).toEqual(["Order o-77 never came.", { amount: 120, order: expect.stringMatching(/^done-/) as string }]);
    expect(why).toMatch(/^The reason that is given speaks of `order` `o-77`; the call is for `done-\d`\.$/);
  });
});

describe("until it is decided", () => {
  test("a page, a list, the inbox and what is asked again tell it apart in nothing", async () => {
    const action = await seeded();
    const real = await hold(600);
    const now = new Date();
    const shapeOf = (value: unknown): unknown => JSON.parse(JSON.stringify(value, (_, each: unknown) => (typeof each === "bigint" ? String(each) : each)), (key, each: unknown) => (typeof each === "object" ? each : /^(?:seeded|isSeeded|state|reason|origin|effect)$/.test(key) ? each : typeof each));
    const [page, realPage] = [await findAction(action.id, ingrid, now), await findAction(real.action.id, ingrid, now)];
    expect(page?.seeded).toBeNull();
    expect(Object.keys(page?.action ?? {})).toEqual(Object.keys(realPage?.action ?? {}));
    expect(JSON.stringify(page?.action, (_, each: unknown) => (typeof each === "bigint" ? String(each) : each))).not.toMatch(/seed|holdpoint/i);
    expect(page?.approve).toEqual({ ok: true });
    expect(page?.unusual).toContain("6 × the usual amount of this agent's `refund_create`.");
    expect(shapeOf(await getActionPulse(action.id, now))).toEqual(shapeOf(await getActionPulse(real.action.id, now)));
    const { rows } = await listActions({ state: "held", agent: agent.id, tool: null }, null);
    expect(rows.filter(({ isSeeded }) => isSeeded)).toEqual([]);
    expect(rows.map(({ id }) => id)).toContain(action.id);
    const { items: requests } = await getInbox(ingrid, "actions", now);
    const of = (id: string) => requests.find(({ key }) => key === id);
    expect([of(action.id)?.isMine, of(action.id)?.word, of(action.id)?.detail]).toEqual([true, of(real.action.id)?.word, of(real.action.id)?.detail]);
  });

  test("the log says nothing of it but a promise made before, which tells nothing without its salt", async () => {
    const action = await seeded();
    expect(await entriesOf(action.id)).toEqual([]);
    const [committed] = (await listLog(readLogFilter({ kind: "seeded_request." }))).rows;
    expect(committed).toMatchObject({ kind: "seeded_request.committed", actor: "system:holdpoint", subject: "seeding", agentId: null });
    expect(new Date(committed?.at ?? 0).getTime()).toBeLessThan(action.preparedAt.getTime());
    expect(committed?.body).not.toContain(action.id);
  });

  test("neither what comes together nor what a stop would end tells it from the others, and a yes to all is a yes to it", async () => {
    await prisma().agent.update({ where: { id: agent.id }, data: { tier: 1 } });
    const action = await seeded();
    expect(await getBlastRadius({ scope: "agent", target: agent.id }, new Date())).toMatchObject({ actionsWaiting: 6, actionsUnderWay: 0 });
    await prisma().action.update({ where: { id: action.id }, data: { policies: ["over-100"], amountMinor: 11_000n } });
    const [batch] = await listActionBatches(ingrid, new Date());
    expect([batch?.actions.length, batch?.leftOut]).toEqual([6, []]);
    const { approved, leftOut } = await approveBatch(ingrid, { actions: (batch?.actions ?? []).map(({ id, inputDigest }) => ({ actionId: id, inputDigest })) });
    expect([approved.includes(action.id), leftOut]).toEqual([true, []]);
    expect(await prisma().action.findUniqueOrThrow({ where: { id: action.id } })).toMatchObject({ state: "withdrawn", dispatchAt: null });
    expect((await findAction(action.id, ingrid, new Date()))?.seeded?.outcome).toBe("approved");
  });

  test("one yes of two does not tell the second person", async () => {
    const action = await seeded();
    await prisma().action.update({ where: { id: action.id }, data: storedAsks([{ approvers: [], persons: 2 }]) });
    await approveAction(ingrid, { actionId: action.id, inputDigest: action.inputDigest });
    const [given] = await entriesOf(action.id);
    expect([given?.kind, given?.body.includes("isSeeded")]).toEqual(["action.approval_given", false]);
    expect((await findAction(action.id, mia, new Date()))?.seeded).toBeNull();
    expect(await approveAction(mia, { actionId: action.id, inputDigest: action.inputDigest })).toMatchObject({ state: "withdrawn", dispatchAt: null });
    expect((await findAction(action.id, mia, new Date()))?.seeded?.outcome).toBe("approved");
  });
});

describe("it is never carried out and never counted", () => {
  test("no counter, no decision of the gate and no run knows it", async () => {
    const before = await prisma().usageCounter.findMany({ where: { agentId: agent.id } });
    const action = await seeded();
    expect(await prisma().usageCounter.findMany({ where: { agentId: agent.id } })).toEqual(before);
    expect(await prisma().gateDecision.count({ where: { OR: [{ actionId: action.id }, { conversationId: action.conversationId }] } })).toBe(0);
    expect(await prisma().run.count({ where: { conversationId: action.conversationId } })).toBe(0);
  });

  test("what it asks is not what is usual for the agent", async () => {
    const action = await seeded();
    const again = await agent.prepare({ input: { amount: 660, order: "o-new" } });
    expect((await findAction(again.action.id, ingrid, new Date()))?.unusual).toContain("6 × the usual amount of this agent's `refund_create`.");
    await rejectAction(ingrid, { actionId: action.id, inputDigest: action.inputDigest, reason: "No." });
    expect((await getReviewerQuality(agent.id, new Date())).rules).toEqual([]);
  });

  test("a key can neither start, end nor answer it, before and after a yes", async () => {
    const action = await seeded();
    const start = async () => startAction(agent.key, { actionId: action.id, idempotencyKey: action.idempotencyKey, bundle: await prisma().$transaction((tx) => bundleNow(tx, agent.id, new Date())) }, minutesOn(1));
    const commit = () => endAction(agent.key, { state: "committed", actionId: action.id, result: null, downstream: null });
    await expect(start()).rejects.toThrow(NotFound);
    await expect(commit()).rejects.toThrow(NotFound);
    await expect(agent.prepare({ idempotencyKey: action.idempotencyKey })).rejects.toThrow(Conflict);
    await approveAction(ingrid, { actionId: action.id, inputDigest: action.inputDigest });
    await expect(start()).rejects.toThrow(NotFound);
    await expect(commit()).rejects.toThrow(NotFound);
    expect(await prisma().action.findUniqueOrThrow({ where: { id: action.id } })).toMatchObject({ state: "withdrawn", startedAt: null, dispatchAt: null });
    await expect(startUndo(ingrid, { agentId: agent.id, scope: "action", target: action.id, reason: "Back." })).rejects.toThrow(NotPossible);
    expect(await previewUndo({ agentId: agent.id, scope: "action", target: action.id, since: null }, new Date())).toMatchObject({ actions: 0 });
  });

  test("a stop ends it like the others, a rollback leaves it alone", async () => {
    const action = await seeded();
    const { change } = await agent.register(actingManifest({ prompt: "Refund everything." }));
    await agent.approve(change?.id ?? "");
    await rollbackVersion(await makePerson("Ola", ["on_call"]), { agentId: agent.id, reason: "It refunds twice.", undoSince: new Date(0) });
    expect((await made())?.id).toBe(action.id);
    await engageStop(mia, { scope: "agent", target: agent.id, reason: null });
    await followUpsDone();
    expect(await prisma().action.findUniqueOrThrow({ where: { id: action.id } })).toMatchObject({ state: "stopped", startedAt: null });
    await sweep();
    expect((await prisma().seededRequest.findUniqueOrThrow({ where: { actionId: action.id } })).outcome).toBe("ended");
  });
});

describe("once it is decided", () => {
  test("the log opens the promise: by Holdpoint, marked, with what it was", async () => {
    const action = await seeded();
    const [committed] = (await listLog(readLogFilter({ kind: "seeded_request.committed" }))).rows;
    await rejectAction(ingrid, { actionId: action.id, inputDigest: action.inputDigest, reason: "Far too much." });
    await sweep();
    const entries = (await entriesOf(action.id)).toReversed();
    expect(entries.map(({ kind, actor }) => [kind, actor])).toEqual([["action.rejected", `person:${ingrid.id}`], ["seeded_request.revealed", "system:holdpoint"]]);
    const { detail } = JSON.parse(entries[1]?.body ?? "") as { detail: { commitment: string; salt: string } };
    expect(detail).toMatchObject({ isSeeded: true, outcome: "refused", fault: "far_too_much", why: expect.stringContaining("6 times the largest") as string, asked: { inputDigest: action.inputDigest } });
    expect(committed?.body).toContain(createHash("sha256").update(`${action.id} ${detail.salt}`).digest("hex"));
    expect(detail.commitment).toBe(createHash("sha256").update(`${action.id} ${detail.salt}`).digest("hex"));
    await sweep();
    expect((await entriesOf(action.id)).length).toBe(2);
    expect((await listLog(readLogFilter({ kind: "seeded_request.committed" }))).rows.length).toBeGreaterThan(1);
  });

  test.each<[string, (action: { id: string; inputDigest: string }) => Promise<unknown>]>([
    ["refused", ({ id, inputDigest }) => rejectAction(ingrid, { actionId: id, inputDigest, reason: "No." })],
    ["approved", ({ id, inputDigest }) => approveAction(ingrid, { actionId: id, inputDigest })],
    ["corrected", ({ id, inputDigest }) => approveAction(ingrid, { actionId: id, inputDigest, editedInput: { amount: 60, order: "o-1" } })],
    ["expired", () => expireActions(minutesOn(16))],
  ])("%s: the page says so at once, and the figures count it", async (outcome, decide) => {
    const action = await seeded();
    await decide(action);
    expect((await findAction(action.id, ingrid, new Date()))?.seeded).toEqual({ outcome, why: expect.stringContaining("6 times the largest") as string });
    expect((await listActions({ state: "all", agent: agent.id, tool: null }, null)).rows.find(({ id }) => id === action.id)?.isSeeded).toBe(true);
    await sweep();
    expect((await getReviewerQuality(agent.id, new Date())).seeded).toMatchObject({ [outcome]: 1 });
  });
});
