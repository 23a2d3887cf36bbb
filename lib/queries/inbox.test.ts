import { beforeAll, describe, expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import { classWord } from "../domain/change-words.ts";
import { approveChange } from "../operations/changes.ts";
import { reviewRetroactively } from "../operations/findings.ts";
import { newId } from "../new-id.ts";
import { makeAgent, makePerson, manifest, type MadeAgent } from "../testing/make-agent.ts";
import { storeAction } from "../testing/store-action.ts";
import { useDatabase } from "../testing/use-database.ts";
import { markOfAction } from "./action-requests.ts";
import { countInbox, findNextMine, getInbox, getInboxPage, INBOX_PAGE, type Inbox, type InboxTab } from "./inbox.ts";
import { INBOX_TIERS, type InboxTier } from "./stored-sections.ts";

useDatabase();

const now = () => new Date();
const ofAgent = (inbox: Inbox, agentId: string) => inbox.items.filter((item) => item.agentId === agentId);
const widened = () => manifest({ tools: [...manifest().tools, { name: "payout_send", effect: "irreversible", inputSchema: {} }] });

async function openChange(agent: MadeAgent) {
  const { change, version } = await agent.register(widened());
  if (!change) throw new Error("no change was proposed");
  return { id: change.id, fingerprint: version.fingerprint };
}

async function openFinding(agent: MadeAgent): Promise<string> {
  const id = newId("fi");
  await prisma().finding.create({
    data: {
      id, agentId: agent.id, kind: "unreviewed_change", about: "1.0", sentence: "The prompt differs.", openedAt: now(), lastSeenAt: now(),
      evidence: { versionLabel: "1.0", differences: [] },
    },
  });
  return id;
}

test("a change waits for those whose approval would bring it further, and for nobody else", async () => {
  const agent = await makeAgent();
  const { id, fingerprint } = await openChange(agent);
  const isMine = async (actor: MadeAgent["author"]) => ofAgent(await getInbox(actor, "all", now()), agent.id).find((item) => item.key === id)?.isMine;
  expect(await isMine(agent.owners.business_owner)).toBe(true);
  expect(await isMine(agent.owners.model_steward)).toBe(false);
  expect(await isMine(agent.author)).toBe(false);
  expect(await isMine(await makePerson("Ada", ["administrator"]))).toBe(false);
  await approveChange(agent.owners.business_owner, { changeId: id, fingerprint, comment: null });
  expect(await isMine(agent.owners.business_owner)).toBe(false);
  const deputy = await makePerson("Marc", [], { [agent.id]: ["business_owner"] });
  expect(await isMine(deputy)).toBe(false);
  expect(await isMine(agent.owners.technical_owner)).toBe(true);
});

test("mine comes first, then findings, then spot checks; the count is that of the tab", async () => {
  const agent = await makeAgent();
  const other = await makeAgent();
  await openChange(other);
  await openFinding(agent);
  const { id } = await openChange(agent);
  await prisma().change.updateMany({ where: { agentId: agent.id, state: "approved" }, data: { spotCheckDue: true } });
  const actor = agent.owners.business_owner;
  const inbox = await getInbox(actor, "all", now());
  expect(inbox.items.slice(0, 3).map((item) => item.kind)).toEqual(["change", "finding", "spot_check"]);
  expect(inbox.items[0]?.key).toBe(id);
  expect(inbox.items.slice(0, 3).every((item) => item.isMine)).toBe(true);
  expect(ofAgent(inbox, other.id).every((item) => !item.isMine)).toBe(true);
  expect(await countInbox(actor, now())).toBe(inbox.counts.mine);
  expect((await getInbox(actor, "findings", now())).items.every((item) => item.kind === "finding")).toBe(true);
});

test("a finding whose review is open waits as that change, not as a finding", async () => {
  const agent = await makeAgent();
  const findingId = await openFinding(agent);
  await prisma().observedComponent.create({
    data: { agentId: agent.id, versionLabel: "1.0", inShadow: false, facet: "model", name: "model", value: "other-model", findingId, firstSeenAt: now(), lastSeenAt: now() },
  });
  const { changeId } = await reviewRetroactively(agent.owners.technical_owner, { findingId });
  const items = ofAgent(await getInbox(agent.owners.technical_owner, "all", now()), agent.id);
  expect(items.find((item) => item.key === findingId)).toMatchObject({ isMine: false, next: "Its review is open" });
  expect(items.find((item) => item.key === changeId)).toMatchObject({ isMine: true });
});

test("nothing is nothing", async () => {
  const viewer = await makePerson("Vic", ["viewer"]);
  expect(await countInbox(viewer, now())).toBe(0);
  expect((await getInbox(viewer, "mine", now())).items).toEqual([]);
});

test("changes and rollouts have a tab; a tier is what remains of each, in the numbers, on the page and in its age", async () => {
  const [low, high] = [await makeAgent({ tier: 1 }), await makeAgent({ tier: 2 })];
  const actor = await makePerson("Bea", [], { [low.id]: ["business_owner"], [high.id]: ["business_owner"] });
  const { id: changeId } = await openChange(low);
  const findings = [await openFinding(low), await openFinding(high)];
  await storeAction(high.id, { versionId: (await prisma().agent.findUniqueOrThrow({ where: { id: high.id } })).currentVersionId });
  const longAgo = new Date(Date.now() - 3_600_000);
  await prisma().finding.update({ where: { id: findings[1] ?? "" }, data: { openedAt: longAgo } });

  const changes = await getInbox(actor, "changes", now());
  expect(changes.items[0]).toMatchObject({ key: changeId, isMine: true });
  expect(changes.items.every(({ kind }) => ["change", "rollout", "promotion"].includes(kind))).toBe(true);
  expect(changes.items.length + changes.more).toBe(changes.counts.changes);

  const mine = await getInbox(actor, "mine", now());
  expect(mine).toMatchObject({ tier: null, open: { mine: 4 }, counts: { mine: 4 }, snoozed: { count: 0, nextAt: null }, tiers: { "0": 0, "1": 2, "2": 2, none: 0 }, oldest: longAgo.toISOString(), decidedToday: null });
  const atOne = await getInboxPage(actor, { tab: "mine", tier: "1" }, now());
  expect(atOne.items.map(({ key }) => key)).toEqual([changeId, findings[0]]);
  expect(atOne).toMatchObject({ tier: "1", open: { mine: 4, all: mine.open.all }, counts: { mine: 2 }, tiers: { "1": 2, "2": 2 }, more: 0, oldest: atOne.items.map(({ since }) => since).toSorted()[0] });
  expect((await getInboxPage(actor, { tab: "mine", tier: "2" }, now())).oldest).toBe(longAgo.toISOString());
  expect(await getInboxPage(actor, { tab: "mine", tier: "none" }, now())).toMatchObject({ items: [], counts: { mine: 0 }, oldest: null });
});

test("where nothing is listed it says how many people decided today", async () => {
  const viewer = await makePerson("Vic", ["viewer"]);
  const at = now();
  const decided = async () => (await getInbox(viewer, "mine", at)).decidedToday ?? 0;
  const before = await decided();
  await makeAgent();
  expect(await decided()).toBe(before + 1);
});

describe("pages", () => {
  const OPEN = 1_060;
  let actor: MadeAgent["author"];
  beforeAll(async () => {
    const agent = await makeAgent();
    const stranger = await makeAgent({ tier: 1 });
    actor = agent.owners.business_owner;
    await openChange(agent);
    await openChange(stranger);
    // Many of one moment, so that the id must decide.
    await prisma().finding.createMany({
      data: Array.from({ length: OPEN }, (_, index) => ({
        id: newId("fi"), agentId: index % 3 === 0 ? agent.id : stranger.id, kind: "unreviewed_change", about: `page ${index}`, sentence: `Number ${index}.`, openedAt: new Date(Date.UTC(2026, 0, 1, 0, index >> 3)), lastSeenAt: now(),
        evidence: { versionLabel: "1.0", differences: [] },
      })),
    });
  });

  async function walk(tab: InboxTab, step: "older" | "newer", from: string | null, tier: InboxTier | null = null): Promise<string[][]> {
    const pages: string[][] = [];
    for (let cursor = from, isFirst = true; isFirst || cursor !== null; isFirst = false) {
      const inbox: Inbox = await getInboxPage(actor, { tab, tier, ...(step === "older" ? { after: cursor } : { before: cursor }) }, now());
      pages.push(inbox.items.map(({ key }) => key));
      cursor = inbox[step];
    }
    return pages;
  }

  test.each(["all", "mine", "findings"] as const)("every item of %s stands on exactly one page, and the count is whole", async (tab) => {
    const pages = await walk(tab, "older", null);
    const keys = pages.flat();
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.length).toBe((await getInbox(actor, tab, now())).counts[tab]);
    expect(pages.slice(0, -1).every((page) => page.length === INBOX_PAGE)).toBe(true);
    if (tab !== "mine") expect(keys.length).toBeGreaterThanOrEqual(OPEN);
  });

  test("the pages of the tiers together are those of all", async () => {
    const ofTiers = await Promise.all(INBOX_TIERS.map(async (tier) => (await walk("all", "older", null, tier)).flat()));
    expect(ofTiers.flat().toSorted()).toEqual((await walk("all", "older", null)).flat().toSorted());
    expect(ofTiers.map(({ length }) => length)).toEqual(Object.values((await getInbox(actor, "all", now())).tiers));
  });

  test("the way back passes the same items", async () => {
    const forth = (await walk("all", "older", null)).flat();
    const pages = await walk("all", "older", null);
    const second = await getInboxPage(actor, { tab: "all", after: (await getInbox(actor, "all", now())).older }, now());
    expect(second.items.map(({ key }) => key)).toEqual(pages[1]);
    const first = await getInboxPage(actor, { tab: "all", before: second.newer }, now());
    expect(first.items.map(({ key }) => key)).toEqual(forth.slice(0, INBOX_PAGE));
    expect(first.newer).toBeNull();
  });

  test("what is mine comes before everything else, across pages", async () => {
    const mine = (await walk("mine", "older", null)).flat();
    expect((await walk("all", "older", null)).flat().slice(0, mine.length)).toEqual(mine);
    expect(await countInbox(actor, now())).toBe(mine.length);
  });

  test.each(["", "nonsense", "mine~finding", "mine~wizard~0~0~x", "others~finding~x~y~z", "mine~finding~0~99999999999999999~x"])("the cursor %j shows the first page", async (after) => {
    const keysOf = (inbox: Inbox) => inbox.items.map(({ key }) => key);
    expect(keysOf(await getInboxPage(actor, { tab: "all", after }, now()))).toEqual(keysOf(await getInbox(actor, "all", now())));
  });
});

const goneAction = (key: string, effect: string, preparedAt: Date) => ({ kind: "action" as const, mark: markOfAction(effect), since: preparedAt.toISOString(), key });

test("after an action, or a change, comes the one behind it, past the last action what else waits, and past the end the first again", async () => {
  const agent = await makeAgent();
  const { currentVersionId: versionId } = await prisma().agent.findUniqueOrThrow({ where: { id: agent.id } });
  const minutes = (count: number) => new Date(Date.now() + count * 60_000);
  const preparedAt = { irreversible: minutes(-1), first: minutes(-3), second: minutes(-2) };
  const irreversible = await storeAction(agent.id, { versionId, effect: "irreversible", preparedAt: preparedAt.irreversible });
  const first = await storeAction(agent.id, { versionId, preparedAt: preparedAt.first });
  const second = await storeAction(agent.id, { versionId, preparedAt: preparedAt.second });
  const { business_owner: owner, technical_owner: other } = agent.owners;
  const after = async (id: string, effect: string, at: Date) => {
    const { next, left } = await findNextMine(owner, goneAction(id, effect, at), now());
    return [next?.key, left];
  };
  expect((await getInbox(owner, "mine", now())).items.map(({ key }) => key)).toEqual([irreversible, first, second]);
  expect(await after(irreversible, "irreversible", preparedAt.irreversible)).toEqual([first, 3]);
  expect(await after(second, "write", preparedAt.second)).toEqual([irreversible, 3]);
  await prisma().action.update({ where: { id: first }, data: { state: "approved" } });
  expect(await after(first, "write", preparedAt.first)).toEqual([second, 2]);
  const change = await openChange(agent);
  expect(await after(second, "write", preparedAt.second)).toEqual([change.id, 3]);
  await prisma().action.updateMany({ where: { agentId: agent.id }, data: { state: "approved" } });
  await approveChange(owner, { changeId: change.id, fingerprint: change.fingerprint, comment: null });
  expect(await after(second, "write", preparedAt.second)).toEqual([undefined, 0]);
  expect((await findNextMine(other, goneAction(second, "write", preparedAt.second), now())).next?.key).toBe(change.id);
  await prisma().action.update({ where: { id: second }, data: { state: "held" } });
  const { class: changeClass, proposedAt } = await prisma().change.findUniqueOrThrow({ where: { id: change.id } });
  const behindChange = await findNextMine(owner, { kind: "change", mark: classWord(changeClass).mark, since: proposedAt.toISOString(), key: change.id }, now());
  expect([behindChange.next?.key, behindChange.left]).toEqual([second, 1]);
});

describe("behind more than a thousand of others", () => {
  const FOREIGN = 1_001;
  const earlier = new Date(Date.now() - 3_600_000);
  let agent: MadeAgent;
  beforeAll(async () => {
    agent = await makeAgent();
    const stranger = await makeAgent();
    const { id: _, ...held } = await prisma().action.findUniqueOrThrow({ where: { id: await storeAction(stranger.id, { preparedAt: earlier, expiresAt: new Date(Date.now() + 60_000) }) } });
    const { id: __, ...open } = await prisma().change.findUniqueOrThrow({ where: { id: (await openChange(stranger)).id } });
    const ids = (prefix: "ac" | "ch") => Array.from({ length: FOREIGN - 1 }, () => newId(prefix));
    await prisma().action.createMany({ data: ids("ac").map((id) => ({ ...held, id, idempotencyKey: id }) as never) });
    await prisma().change.createMany({ data: ids("ch").map((id) => ({ ...open, id, fingerprint: id, proposedAt: earlier }) as never) });
  });

  test.each([
    ["an action", async () => storeAction(agent.id, { versionId: (await prisma().agent.findUniqueOrThrow({ where: { id: agent.id } })).currentVersionId })],
    ["a change", async () => (await openChange(agent)).id],
  ])("%s of mine is counted and stands first, on the page and in the number of the frame", async (_name, make) => {
    const actor = agent.owners.business_owner;
    const before = await getInbox(actor, "mine", now());
    const key = await make();
    const [mine, all] = [await getInbox(actor, "mine", now()), await getInbox(actor, "all", now())];
    expect(mine.items.map((item) => item.key)).toContain(key);
    expect(all.items.find((item) => item.key === key)).toMatchObject({ isMine: true });
    expect(mine.counts).toMatchObject({ mine: before.counts.mine + 1, all: before.counts.all + 1 });
    expect(await countInbox(actor, now())).toBe(mine.counts.mine);
  });

  test("each of theirs is on a page too, and none on two", async () => {
    const keys = new Set<string>();
    for (let after: string | null = "", read = 0; after !== null; read += INBOX_PAGE) {
      const { items, older }: Inbox = await getInboxPage(agent.owners.business_owner, { tab: "actions", after }, now());
      for (const { key } of items) keys.add(key);
      expect(keys.size).toBe(read + items.length);
      after = older;
    }
    expect(keys.size).toBeGreaterThan(FOREIGN);
    expect(keys.size).toBe((await getInbox(agent.owners.business_owner, "actions", now())).counts.actions);
  });
});
