import { describe, expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import type { PersonActor } from "../domain/roles.ts";
import { approveChange, recordSuiteResult, rejectChange } from "../operations/changes.ts";
import { proposeStage } from "../operations/stages.ts";
import { makeAgent, makePerson, manifest, type MadeAgent } from "../testing/make-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { findChange, layOutChange } from "./change.ts";
import { CHANGES_PER_PAGE, getChangePulse, listChanges, MOST_WAITING_FIRST, type ChangeFilter } from "./changes.ts";
import { getInbox } from "./inbox.ts";

useDatabase();

const now = () => new Date();
const widened = () => manifest({ label: "2.0", tools: manifest().tools.map((tool) => (tool.name === "refund_create" ? { ...tool, inputSchema: { type: "object", properties: { amount: { type: "number", maximum: 400 } } } } : tool)) });

async function openChange(agent: MadeAgent, recipe = widened(), sourceRef = "shop/refund-bot#318") {
  const { change, version } = await agent.register(recipe, { sourceRef });
  if (!change) throw new Error("no change was proposed");
  return { id: change.id, fingerprint: version.fingerprint };
}

async function viewFor(agent: MadeAgent, changeId: string, actor = agent.owners.business_owner, at = now()) {
  const view = await findChange(changeId, actor, at);
  if (!view) throw new Error("the change is not there");
  return view;
}

const filter = (more: Partial<ChangeFilter>): ChangeFilter => ({ state: "open", agent: null, class: null, kind: null, author: null, isMine: false, q: null, ...more });

describe("listChanges", () => {
  test("filters, and counts what is met", async () => {
    const agent = await makeAgent();
    const { id, fingerprint } = await openChange(agent);
    await approveChange(agent.owners.technical_owner, { changeId: id, fingerprint, comment: null });
    const [row] = (await listChanges(filter({ agent: agent.id }), null, agent.author, now())).rows;
    expect(row).toMatchObject({ id, state: "open", class: "critical", kind: "version", authorName: "Tomás Vega", met: 1, obligations: 3 });
    const ids = async (more: Partial<ChangeFilter>) => (await listChanges(filter({ agent: agent.id, ...more }), null, agent.author, now())).rows.map((each) => each.id);
    expect(await ids({ class: "material" })).toEqual([]);
    expect(await ids({ author: "tomás" })).toEqual([id]);
    expect(await ids({ q: "#318" })).toEqual([id]);
    expect(await ids({ q: "%" })).toEqual([]);
    expect(await ids({ state: "decided" })).toHaveLength(1);
    expect(await ids({ state: "all" })).toHaveLength(2);
  });

  test("pages without losing or repeating a row, also when they were proposed at one moment", async () => {
    const agent = await makeAgent();
    const { id } = await openChange(agent);
    const { reviews: _r, suiteResults: _s, ...row } = await prisma().change.findUniqueOrThrow({ where: { id }, include: { reviews: true, suiteResults: true } });
    const copies = Array.from({ length: CHANGES_PER_PAGE + 9 }, (_, index) => ({ ...row, id: `ch_copy${String(index).padStart(4, "0")}`, authorName: "Copied", state: "rejected" }));
    await prisma().change.createMany({ data: copies as never });
    const first = await listChanges(filter({ state: "rejected", author: "Copied" }), null, agent.author, now());
    const second = await listChanges(filter({ state: "rejected", author: "Copied" }), first.older, agent.author, now());
    expect([first.rows.length, second.rows.length, second.older]).toEqual([CHANGES_PER_PAGE, 9, null]);
    expect(new Set([...first.rows, ...second.rows].map((each) => each.id)).size).toBe(CHANGES_PER_PAGE + 9);
  });

  test("a cursor from nowhere is the first page", async () => {
    expect((await listChanges(filter({}), "nonsense", await makePerson("Vic", ["viewer"]), now())).rows.length).toBeGreaterThan(0);
  });
});

describe("listChanges for whom a change waits", () => {
  test("marks what lacks this person's word, and shows nothing else when asked", async () => {
    const agent = await makeAgent();
    const { id, fingerprint } = await openChange(agent);
    const { business_owner, technical_owner } = agent.owners;
    const seenBy = async (actor: PersonActor) => {
      const { waiting, rows } = await listChanges(filter({ agent: agent.id }), null, actor, now());
      return [...waiting.rows, ...rows].map(({ waitsForYou }) => waitsForYou);
    };
    const mineOf = async (actor: PersonActor, state = "open") => (await listChanges(filter({ agent: agent.id, isMine: true, state }), null, actor, now())).rows.map((row) => row.id);
    expect([await seenBy(business_owner), await seenBy(technical_owner), await seenBy(agent.author)]).toEqual([[true], [true], [false]]);
    expect([await mineOf(business_owner), await mineOf(agent.author), await mineOf(await makePerson("Vic", ["viewer"]))]).toEqual([[id], [], []]);
    await approveChange(technical_owner, { changeId: id, fingerprint, comment: null });
    expect([await mineOf(business_owner), await mineOf(technical_owner), await seenBy(technical_owner)]).toEqual([[id], [], [false]]);
    expect(await mineOf(business_owner, "decided")).toEqual([]);
  });

  test("puts what waits for this person first, those that end first, capped, and loses no other row behind it", async () => {
    const agent = await makeAgent();
    const { id } = await openChange(agent);
    const { reviews: _r, suiteResults: _s, ...row } = await prisma().change.findUniqueOrThrow({ where: { id }, include: { reviews: true, suiteResults: true } });
    const me = agent.owners.business_owner;
    const at = (from: Date, index: number) => new Date(from.getTime() + 1_000 * (1 + index));
    const copy = (name: string, index: number, more: object) => ({ ...row, id: `ch_${name}${String(index).padStart(4, "0")}`, fingerprint: `${name} ${index}`, proposedAt: at(row.proposedAt, index), ...more });
    await prisma().change.createMany({ data: [
      ...Array.from({ length: MOST_WAITING_FIRST + 2 }, (_, index) => copy("first", index, { expiresAt: at(row.expiresAt, -9 - index) })),
      ...Array.from({ length: CHANGES_PER_PAGE + 5 }, (_, index) => copy("other", 100 + index, { authorIds: [me.id] })),
    ] as never });
    try {
      const first = await listChanges(filter({ agent: agent.id }), null, me, now());
      expect(first.waiting.rows.map((each) => each.id)).toEqual(Array.from({ length: MOST_WAITING_FIRST }, (_, index) => `ch_first${String(MOST_WAITING_FIRST + 1 - index).padStart(4, "0")}`));
      expect([first.waiting.count, first.rows.length, first.rows.some((each) => each.id.startsWith("ch_first"))]).toEqual([MOST_WAITING_FIRST + 3, CHANGES_PER_PAGE, false]);
      const second = await listChanges(filter({ agent: agent.id }), first.older, me, now());
      expect(second.waiting).toEqual({ rows: [], count: 0 });
      const seen = [...first.waiting.rows, ...first.rows, ...second.rows].map((each) => each.id);
      expect(new Set(seen).size).toBe(MOST_WAITING_FIRST + 2 + CHANGES_PER_PAGE + 5 + 1);
      const forOthers = async (more: Partial<ChangeFilter>, actor = me) => (await listChanges(filter({ agent: agent.id, ...more }), null, actor, now())).waiting.count;
      expect([await forOthers({ isMine: true }), await forOthers({ state: "decided" }), await forOthers({ q: row.id }), await forOthers({}, agent.author)]).toEqual([0, 0, 1, 0]);
    } finally {
      await prisma().change.deleteMany({ where: { agentId: agent.id, OR: [{ id: { startsWith: "ch_first" } }, { id: { startsWith: "ch_other" } }] } });
    }
  });

  test("finds what waits however many wait for others, and pages through it", async () => {
    const agent = await makeAgent();
    const { id } = await openChange(agent);
    const { reviews: _r, suiteResults: _s, ...row } = await prisma().change.findUniqueOrThrow({ where: { id }, include: { reviews: true, suiteResults: true } });
    const me = agent.owners.business_owner;
    const at = (index: number) => new Date(row.proposedAt.getTime() + 1_000 + index);
    await prisma().change.createMany({ data: [
      ...Array.from({ length: CHANGES_PER_PAGE }, (_, index) => ({ ...row, id: `ch_mine${String(index).padStart(4, "0")}`, fingerprint: `mine ${index}`, proposedAt: at(index) })),
      ...Array.from({ length: 450 }, (_, index) => ({ ...row, id: `ch_theirs${String(index).padStart(4, "0")}`, fingerprint: `theirs ${index}`, authorIds: [me.id], proposedAt: at(1_000 + index) })),
    ] as never });
    try {
      const first = await listChanges(filter({ agent: agent.id, isMine: true }), null, me, now());
      const second = await listChanges(filter({ agent: agent.id, isMine: true }), first.older, me, now());
      expect([first.rows.length, second.rows.map((each) => each.id), second.older]).toEqual([CHANGES_PER_PAGE, [id], null]);
      expect(first.rows.every((each) => each.waitsForYou && each.id.startsWith("ch_mine"))).toBe(true);
    } finally {
      await prisma().change.deleteMany({ where: { agentId: agent.id, id: { startsWith: "ch_theirs" } } });
      await prisma().change.deleteMany({ where: { agentId: agent.id, id: { startsWith: "ch_mine" } } });
    }
  });
});

describe("findChange", () => {
  test("shows each person what they may do, and why not", async () => {
    const agent = await makeAgent();
    const { id } = await openChange(agent);
    expect((await viewFor(agent, id)).approve).toEqual({ ok: true });
    expect((await viewFor(agent, id, agent.author)).approve).toEqual({ ok: false, reason: "You proposed this change, or made the key that did; somebody else decides. Ask Ingrid Holm or Priya Nair." });
    expect((await viewFor(agent, id, agent.author)).reject).toMatchObject({ ok: false });
    const stranger = await makePerson("Vic", ["viewer"]);
    const seen = await viewFor(agent, id, stranger);
    expect([seen.approve.ok, seen.reject.ok, seen.withdraw.ok, seen.edit.ok, seen.recordSuite.ok]).toEqual([false, false, false, false, false]);
    expect(seen.reviewers.find((reviewer) => reviewer.isYou)).toMatchObject({ answer: { kind: "no", reason: "not an owner" } });
    const asked = seen.reviewers.filter((reviewer) => reviewer.answer.kind === "yes").map((reviewer) => reviewer.as);
    expect(asked.toSorted()).toEqual(["Business owner", "Technical owner"]);
  });

  test("tells what it does to authority meanwhile, and what that would be without it", async () => {
    const agent = await makeAgent();
    await prisma().agent.update({ where: { id: agent.id }, data: { stage: "partial" } });
    const { id } = await openChange(agent);
    expect((await viewFor(agent, id)).meanwhile).toMatchObject({ level: "assisted", without: "partial", cap: "assisted" });
  });

  test("keeps void approvals in the history, with the reason, and does not count them", async () => {
    const agent = await makeAgent();
    const { id, fingerprint } = await openChange(agent);
    await approveChange(agent.owners.technical_owner, { changeId: id, fingerprint, comment: "fine" });
    await agent.register({ ...widened(), prompt: "Another one." }, { replacesChangeId: id });
    const view = await viewFor(agent, id);
    expect(view.history.find((event) => event.what === "approved it")?.voidedReason).toMatch(/edited/);
    expect(view.history.map((event) => event.what)).toContain("edited the proposal");
    expect(view.obligations.filter((status) => status.state === "met")).toEqual([]);
    expect(view.change.fingerprint).not.toBe(fingerprint);
  });

  test("tells whose approval an edit made void who edited it, and what they approved", async () => {
    const agent = await makeAgent();
    const { technical_owner, business_owner } = agent.owners;
    const { id, fingerprint } = await openChange(agent);
    const approved = await prisma().agentVersion.findFirstOrThrow({ where: { agentId: agent.id, fingerprint }, select: { id: true, number: true } });
    await approveChange(technical_owner, { changeId: id, fingerprint, comment: null });
    expect((await viewFor(agent, id, technical_owner)).cameBack).toBeNull();
    await agent.register({ ...widened(), prompt: "Another one." }, { replacesChangeId: id });
    const why = `Tomás Vega edited the proposal: it is version ${approved.number + 1} now.`;
    const view = await viewFor(agent, id, technical_owner);
    expect([view.cameBack, view.pulse.cameBack]).toEqual([{ why, approved, approvedAt: expect.any(Date) }, why]);
    expect((await getChangePulse(id, technical_owner.id, now())).cameBack).toBe(why);
    expect((await viewFor(agent, id, business_owner)).cameBack).toBeNull();
    const between = await layOutChange({ fromVersionId: approved.id, toVersionId: view.change.toVersionId }, false);
    expect(between?.sections.map(({ tab }) => tab)).toEqual(["prompt"]);
    const detailFor = async (actor: PersonActor) => (await getInbox(actor, "changes", now())).items.find(({ key }) => key === id)?.detail;
    expect(await detailFor(technical_owner)).toBe("came back to you, your approval is void, by Tomás Vega");
    expect(await detailFor(business_owner)).toBe("by Tomás Vega");
    await approveChange(technical_owner, { changeId: id, fingerprint: view.change.fingerprint, comment: null });
    expect((await viewFor(agent, id, technical_owner)).cameBack).toBeNull();
  });

  test("a suite that cannot tell is a state of its own", async () => {
    const agent = await makeAgent();
    const { id, fingerprint } = await openChange(agent);
    await recordSuiteResult(agent.owners.technical_owner, { changeId: id, suite: "red_team", fingerprint, passed: 60, failed: 0, undecided: 2, url: null });
    const view = await viewFor(agent, id);
    expect(view.obligations.map(({ state }) => state)).toContain("cannot_tell");
    expect(view.blockers.join(" ")).toMatch(/2 need a person's verdict/);
  });

  test("a decided change caps nothing and offers nothing", async () => {
    const agent = await makeAgent();
    const { id, fingerprint } = await openChange(agent);
    await rejectChange(agent.owners.technical_owner, { changeId: id, fingerprint, reason: "Too much at once." });
    const view = await viewFor(agent, id);
    expect(view.meanwhile).toBeNull();
    expect(view.approve).toEqual({ ok: false, reason: "This change is rejected." });
    expect(view.change.decidedReason).toBe("Too much at once.");
  });

  test("a change that does not exist is null", async () => {
    const agent = await makeAgent();
    expect(await findChange("ch_nowhere", agent.author, now())).toBeNull();
  });
});

describe("layOutChange", () => {
  test("sets both recipes side by side", async () => {
    const agent = await makeAgent();
    const { id } = await openChange(agent);
    const recipes = await layOutChange((await viewFor(agent, id)).change, false);
    expect(recipes?.sections.map(({ tab, title, edits }) => [tab, title, edits])).toEqual([["tools", "refund_create", 1]]);
  });

  test("there is nothing to lay out for a stage", async () => {
    const agent = await makeAgent();
    const { changeId } = await proposeStage(agent.author, { agentId: agent.id, stage: "assisted", reason: "It went well." });
    expect(await layOutChange((await viewFor(agent, changeId)).change, false)).toBeNull();
  });
});

test("the pulse moves with every review, edit and decision", async () => {
  const agent = await makeAgent();
  const { id, fingerprint } = await openChange(agent);
  const at = now();
  const before = await getChangePulse(id, agent.owners.business_owner.id, at);
  expect(before).toEqual((await viewFor(agent, id, agent.owners.business_owner, at)).pulse);
  await approveChange(agent.owners.technical_owner, { changeId: id, fingerprint, comment: null });
  const reviewed = await getChangePulse(id, agent.owners.business_owner.id, at);
  expect(reviewed).toEqual({ ...before, events: before.events + 1 });
  await agent.register({ ...widened(), prompt: "Another one." }, { replacesChangeId: id });
  expect((await getChangePulse(id, agent.owners.business_owner.id, at)).revision).toBe(before.revision + 1);
});
