import { expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import { approveChange } from "../operations/changes.ts";
import { reviewRetroactively } from "../operations/findings.ts";
import { newId } from "../new-id.ts";
import { makeAgent, makePerson, manifest, type MadeAgent } from "../testing/make-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { countInbox, getInbox, type Inbox } from "./inbox.ts";

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
