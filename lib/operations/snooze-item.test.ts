import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import type { PersonActor } from "../domain/roles.ts";
import { Conflict, NotFound, NotPermitted, NotPossible } from "../errors.ts";
import { newId } from "../new-id.ts";
import { countInbox, findNextMine, getInbox, getInboxPage, INBOX_PAGE, INBOX_TABS, type Inbox } from "../queries/inbox.ts";
import { makeAgent, makePerson, manifest, type MadeAgent } from "../testing/make-agent.ts";
import { storeAction } from "../testing/store-action.ts";
import { useDatabase } from "../testing/use-database.ts";
import { approveChange } from "./changes.ts";
import { forgetSnoozes, snoozeItem, wakeItem } from "./snooze-item.ts";

useDatabase();

const NOW = new Date();
const inMinutes = (minutes: number): Date => new Date(NOW.getTime() + minutes * 60_000);

let agent: MadeAgent;
let ana: PersonActor, bo: PersonActor;
let versionId: string | null;
beforeAll(async () => {
  agent = await makeAgent();
  ({ currentVersionId: versionId } = await prisma().agent.findUniqueOrThrow({ where: { id: agent.id } }));
  [ana, bo] = [await makePerson("Ana Ruiz", ["operator"]), await makePerson("Bo Lind", ["operator"])];
});
beforeEach(async () => {
  await prisma().actionReview.deleteMany();
  await prisma().action.deleteMany();
  await prisma().itemSnooze.deleteMany();
});

/** With time enough to be put off for an hour, and the soonest asked first. */
const hold = (minutesAgo = 1) => storeAction(agent.id, { versionId, preparedAt: inMinutes(-minutesAgo), expiresAt: inMinutes(120) });
const keysOf = async (person: PersonActor, tab: Inbox["tab"] = "mine", now = NOW) => (await getInbox(person, tab, now)).items.map(({ key }) => key);
const snooze = (item: string, now = NOW, person = ana) => snoozeItem(person, { item, snooze: "quarter" }, now);

test("it leaves the inbox of whoever put it off, its counts and its pages, and nobody else's", async () => {
  const [first, second] = [await hold(3), await hold(2)];
  const before = await getInbox(ana, "all", NOW);
  await snooze(first);
  expect([await keysOf(ana), await keysOf(bo)]).toEqual([[second], [first, second]]);
  const after = await getInbox(ana, "all", NOW);
  expect(after.items.map(({ key }) => key)).not.toContain(first);
  expect(after).toMatchObject({ open: { mine: before.open.mine - 1, all: before.open.all - 1 }, counts: { actions: before.counts.actions - 1, snoozed: 1 }, snoozed: { count: 1, nextAt: inMinutes(15).toISOString() } });
  expect([await countInbox(ana, NOW), await countInbox(bo, NOW)]).toEqual([1, 2]);
  expect((await getInbox(ana, "snoozed", NOW)).items).toMatchObject([{ key: first, isMine: true, triage: { snoozedUntil: inMinutes(15).toISOString() } }]);
  expect((await findNextMine(ana, { kind: "action", mark: "waiting", since: inMinutes(-2).toISOString(), key: second }, NOW)).next).toBeNull();
});

test("it is back when its time is over, and then it is forgotten", async () => {
  const item = await hold();
  await snooze(item);
  expect([await keysOf(ana, "mine", inMinutes(14)), await keysOf(ana, "mine", inMinutes(15))]).toEqual([[], [item]]);
  expect([await forgetSnoozes(inMinutes(14)), await forgetSnoozes(inMinutes(15)), await forgetSnoozes(inMinutes(15))]).toEqual([0, 1, 0]);
});

test("whoever put it off takes that back, of others nothing", async () => {
  const item = await hold();
  await snooze(item);
  await wakeItem(bo, { item }, NOW);
  expect(await keysOf(ana)).toEqual([]);
  await wakeItem(ana, { item }, NOW);
  expect(await keysOf(ana)).toEqual([item]);
  const logged = await prisma().logEntry.findMany({ where: { subject: item, kind: { startsWith: "item." } }, orderBy: { index: "asc" }, select: { kind: true, actor: true } });
  expect(logged).toEqual([{ kind: "item.snoozed", actor: `person:${ana.id}` }, { kind: "item.woken", actor: `person:${ana.id}` }]);
});

describe("it is back before its time when it changes:", () => {
  const reviewed = (item: string) => prisma().actionReview.create({ data: { id: newId("ax"), actionId: item, personId: bo.id, personName: bo.name, verdict: "ask", inputDigest: "", epoch: 1n, at: NOW } });
  test.each([
    ["other arguments", async (item: string) => prisma().action.update({ where: { id: item }, data: { inputDigest: "sha256:other" } })],
    ["somebody's word", reviewed],
    ["the agent's answer", async (item: string) => prisma().action.update({ where: { id: item }, data: { question: "Why?", answer: "Because." } })],
  ])("an action by %s", async (_what, change) => {
    const item = await hold();
    await snooze(item);
    await change(item);
    expect(await keysOf(ana)).toEqual([item]);
    expect((await getInbox(ana, "snoozed", NOW)).snoozed).toEqual({ count: 0, nextAt: null });
  });

  test("a change by somebody's approval, and a rollout by its next state", async () => {
    const { change, version } = await agent.register(manifest({ tools: [...manifest().tools, { name: "payout_send", effect: "irreversible", inputSchema: {} }] }));
    const item = change?.id ?? "";
    await prisma().change.update({ where: { id: item }, data: { class: "material", expiresAt: inMinutes(10_000) } });
    const { business_owner: owner, technical_owner: other } = agent.owners;
    await snoozeItem(other, { item, snooze: "tomorrow" }, NOW);
    expect(await keysOf(other, "all")).not.toContain(item);
    await approveChange(owner, { changeId: item, fingerprint: version.fingerprint, comment: null });
    expect(await keysOf(other, "all")).toContain(item);

    const { fromVersionId, toVersionId } = await prisma().change.findUniqueOrThrow({ where: { id: item } });
    const rollout = { agentId: agent.id, changeId: item, candidateId: toVersionId ?? "", currentId: fromVersionId ?? "", plan: {}, state: "planned", exposure: 0, salt: "t", plannedAt: NOW };
    const id = newId("ro");
    await prisma().rollout.create({ data: { id, ...rollout } as never });
    await snoozeItem(ana, { item: id, snooze: "tomorrow" }, NOW);
    expect(await keysOf(ana, "changes")).not.toContain(id);
    await prisma().rollout.update({ where: { id }, data: { state: "held" } });
    expect(await keysOf(ana, "changes")).toContain(id);
  });
});

test("what is critical, ends soon, is over or is not for them is not put off", async () => {
  const finding = newId("fi");
  await prisma().finding.create({ data: { id: finding, agentId: agent.id, kind: "unreviewed_change", about: "1.0", sentence: "The prompt differs.", openedAt: NOW, lastSeenAt: NOW, evidence: {} } });
  await expect(snooze(finding)).rejects.toThrow(new NotPossible("It is critical, so it cannot be snoozed."));
  const short = await storeAction(agent.id, { versionId, expiresAt: inMinutes(19) });
  await expect(snooze(short)).rejects.toThrow(new NotPossible("It ends too soon to be snoozed."));
  const item = await hold();
  await expect(snoozeItem(ana, { item, snooze: "tomorrow" }, NOW)).rejects.toThrow(new NotPossible("It ends too soon to be snoozed for so long."));
  await expect(snooze(item, NOW, await makePerson("Vic", ["viewer"]))).rejects.toThrow(NotPermitted);
  await expect(snooze("ac_0000000000000000")).rejects.toThrow(NotFound);
  await prisma().action.update({ where: { id: item }, data: { state: "rejected" } });
  await expect(snooze(item)).rejects.toThrow(new Conflict("It waits no longer."));
});

test("however many are put off: every other item stands on exactly one page, and so do they on theirs", async () => {
  const OPEN = 2 * INBOX_PAGE + 11;
  const keys: string[] = [];
  for (let index = 0; index < OPEN; index++) keys.push(await hold(index + 1));
  const spot = await prisma().change.findFirstOrThrow({ where: { agentId: agent.id, state: "approved" } });
  await prisma().change.update({ where: { id: spot.id }, data: { spotCheckDue: true } });
  const put = [`spot-${spot.id}`, ...keys.filter((_, index) => index % 3 === 0)];
  for (const item of put) await snooze(item);
  const walk = async (tab: Inbox["tab"]) => {
    const read: string[] = [];
    for (let after: string | null = ""; after !== null;) {
      const inbox: Inbox = await getInboxPage(ana, { tab, after }, NOW);
      read.push(...inbox.items.map(({ key }) => key));
      after = inbox.older;
    }
    return read;
  };
  const { counts } = await getInbox(ana, "all", NOW);
  for (const tab of INBOX_TABS) expect([tab, (await walk(tab)).length]).toEqual([tab, counts[tab]]);
  expect((await walk("snoozed")).toSorted()).toEqual(put.toSorted());
  expect(new Set(await walk("all")).size).toBe(counts.all);
  expect((await walk("all")).filter((key) => put.includes(key))).toEqual([]);
});
