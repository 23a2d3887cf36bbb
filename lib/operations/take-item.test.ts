import { beforeAll, expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import type { PersonActor } from "../domain/roles.ts";
import { Conflict, NotFound, NotPermitted } from "../errors.ts";
import { getInbox } from "../queries/inbox.ts";
import { makeAgent, makePerson, type MadeAgent } from "../testing/make-agent.ts";
import { storeAction } from "../testing/store-action.ts";
import { useDatabase } from "../testing/use-database.ts";
import { giveItemBack, takeItem } from "./take-item.ts";

useDatabase();

let agent: MadeAgent;
let ana: PersonActor, bo: PersonActor;
beforeAll(async () => {
  agent = await makeAgent();
  [ana, bo] = [await makePerson("Ana Ruiz", ["operator"]), await makePerson("Bo Lind", ["on_call"])];
});

const shownTo = async (person: PersonActor, key: string) => (await getInbox(person, "all", new Date())).items.find((item) => item.key === key);
const holderOf = async (key: string) => (await shownTo(bo, key))?.triage?.assignee?.name ?? null;
const logged = async (subject: string) => (await prisma().logEntry.findMany({ where: { subject, kind: { startsWith: "item." } }, orderBy: { index: "asc" }, select: { kind: true, actor: true, agentId: true } }));

test("everybody sees who has it, it stays in every inbox, and whoever may decide still may", async () => {
  const item = await storeAction(agent.id);
  await takeItem(ana, { item });
  expect((await shownTo(ana, item))?.triage?.assignee).toMatchObject({ name: "Ana Ruiz", isYou: true });
  expect((await shownTo(bo, item))?.triage).toMatchObject({ assignee: { name: "Ana Ruiz", isYou: false }, cannot: null });
  await giveItemBack(ana, { item });
  expect(await holderOf(item)).toBeNull();
  expect(await logged(item)).toEqual([
    { kind: "item.taken", actor: `person:${ana.id}`, agentId: agent.id }, { kind: "item.given_back", actor: `person:${ana.id}`, agentId: agent.id },
  ]);
});

test("what somebody has is taken over only by whoever knows it, and given back only by whoever has it", async () => {
  const item = await storeAction(agent.id);
  await takeItem(ana, { item });
  await expect(takeItem(bo, { item })).rejects.toThrow(new Conflict("Ana Ruiz took it meanwhile. Take it over if you mean to."));
  await takeItem(bo, { item, fromId: ana.id });
  expect(await holderOf(item)).toBe("Bo Lind");
  await expect(giveItemBack(ana, { item })).rejects.toThrow(new Conflict("Bo Lind has it by now."));
  await takeItem(bo, { item });
  expect((await logged(item)).length).toBe(2);
});

test("of many who reach for it at once one has it", async () => {
  const item = await storeAction(agent.id);
  const people = await Promise.all(Array.from({ length: 8 }, (_, index) => makePerson(`Person ${index}`, ["operator"])));
  const answers = await Promise.allSettled(people.map((person) => takeItem(person, { item })));
  expect(answers.filter(({ status }) => status === "fulfilled").length).toBe(1);
  expect((await logged(item)).length).toBe(1);
});

test("who may not says why; what is over, or is none, is not taken", async () => {
  const item = await storeAction(agent.id);
  const viewer = await makePerson("Vic", ["viewer"]);
  const stranger = await makePerson("Sven", [], { "another-agent": ["business_owner"] });
  for (const person of [viewer, stranger]) {
    await expect(takeItem(person, { item })).rejects.toThrow(NotPermitted);
    expect((await shownTo(person, item))?.triage?.cannot).toMatch(/^Only .* may take, snooze or comment on what waits\.$/);
  }
  await expect(takeItem(ana, { item: "ac_0000000000000000" })).rejects.toThrow(NotFound);
  await prisma().action.update({ where: { id: item }, data: { state: "rejected" } });
  await expect(takeItem(ana, { item })).rejects.toThrow(new Conflict("It waits no longer."));
});

test("a spot check is another item than its change was; a proposed policy belongs to any agent's owners", async () => {
  const change = await prisma().change.findFirstOrThrow({ where: { agentId: agent.id, state: "approved" } });
  await prisma().change.update({ where: { id: change.id }, data: { spotCheckDue: true } });
  await expect(takeItem(ana, { item: change.id })).rejects.toThrow(Conflict);
  await takeItem(ana, { item: `spot-${change.id}` });
  expect(await holderOf(`spot-${change.id}`)).toBe("Ana Ruiz");
  const { id: _, ...proposal } = change;
  await prisma().change.create({ data: { ...proposal, id: "ch_policy0000000000", kind: "review_policy", agentId: null, state: "open" } as never });
  await takeItem(agent.owners.business_owner, { item: "ch_policy0000000000" });
  expect(await holderOf("ch_policy0000000000")).toBe("Ingrid Holm");
});
