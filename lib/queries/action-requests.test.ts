import fc from "fast-check";
import { expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import { newId } from "../new-id.ts";
import { approverAnswer } from "../domain/action-approver.ts";
import { readAsks, storedAsks } from "../domain/approval-ask.ts";
import type { InboxItem } from "../domain/inbox-item.ts";
import { may } from "../domain/permissions.ts";
import { rolesHeld } from "../domain/roles-held.ts";
import type { PersonActor } from "../domain/roles.ts";
import { createApiKey, newKeySchema } from "../operations/api-keys.ts";
import { makeAgent, makePerson } from "../testing/make-agent.ts";
import { storeAction } from "../testing/store-action.ts";
import { useDatabase } from "../testing/use-database.ts";
import { actionRequests, myActionIds } from "./action-requests.ts";
import { countOf } from "./stored-sections.ts";

useDatabase();

const minutes = (count: number) => new Date(Date.now() + count * 60_000);

async function requestsFor(actor: PersonActor): Promise<InboxItem[]> {
  const sections = await actionRequests(actor, new Map(), new Date());
  return (await Promise.all(sections.map((section) => section.read(null, false, countOf(section))))).flat();
}

test("what waits, mine first, what cannot be undone before the rest, then what waits longest", async () => {
  const agent = await makeAgent();
  const { currentVersionId: versionId } = await prisma().agent.findUniqueOrThrow({ where: { id: agent.id } });
  const old = await storeAction(agent.id, { versionId, preparedAt: minutes(-9), expiresAt: minutes(9), amountMinor: 12_000n, currency: "EUR" });
  const irreversible = await storeAction(agent.id, { versionId, preparedAt: minutes(-1), ...storedAsks([{ approvers: ["role:business_owner"], persons: 2 }]), effect: "irreversible" });
  const ofAnother = await storeAction(agent.id, { preparedAt: minutes(-10), onBehalfOf: "cust_81" });
  await storeAction(agent.id, { versionId, expiresAt: minutes(-1) });
  await storeAction(agent.id, { versionId, state: "approved" });
  const { author: operator, owners: { business_owner: owner } } = agent;
  const seen = async (actor: PersonActor) => (await requestsFor(actor)).map(({ key, isMine }) => [key, isMine]);
  expect(await seen(operator)).toEqual([[old, true], [irreversible, false], [ofAnother, false]]);
  expect(await seen(owner)).toEqual([[irreversible, true], [old, true], [ofAnother, false]]);
  expect(await myActionIds(owner, 10, new Date())).toEqual([old, irreversible]);
  const rows = await requestsFor(owner);
  expect(rows[1]).toMatchObject({ kind: "action", sentence: "`refund_create` of 120.00 EUR: order `5512`", word: "Action", next: "Approve or reject", detail: null });
  expect(rows[0]).toMatchObject({ word: "Irreversible action", mark: "warning", detail: "0 of 2 approvals, asks the business owner" });

  const { inputDigest } = await prisma().action.findUniqueOrThrow({ where: { id: irreversible } });
  await prisma().actionReview.create({ data: { id: newId("ax"), actionId: irreversible, personId: owner.id, personName: owner.name, verdict: "approve", inputDigest, epoch: 1n, at: new Date() } });
  expect(await seen(owner)).toEqual([[old, true], [irreversible, false], [ofAnother, false]]);
});

test("never what came with a key that one made", async () => {
  const agent = await makeAgent();
  const { currentVersionId: versionId } = await prisma().agent.findUniqueOrThrow({ where: { id: agent.id } });
  const { technical_owner: maker, business_owner: other } = agent.owners;
  const { id: keyId } = await createApiKey(maker, newKeySchema.parse({ name: "agent", agentIds: [agent.id] }));
  const id = await storeAction(agent.id, { versionId, preparedBy: `key:${keyId}` });
  const of = async (actor: PersonActor) => (await requestsFor(actor)).find(({ key }) => key === id)?.isMine;
  expect([await of(maker), await of(other)]).toEqual([false, true]);
});

test("always the database's answer is that of the decision itself", async () => {
  const [agent, other] = [await makeAgent(), await makeAgent()];
  const versions = new Map((await prisma().agent.findMany({ select: { id: true, currentVersionId: true } })).map(({ id, currentVersionId }) => [id, currentVersionId]));
  const { business_owner: owner, technical_owner: maker, model_steward: steward } = agent.owners;
  const both = await makePerson("Bea", ["on_call"], { [agent.id]: ["technical_owner"], [other.id]: ["business_owner"] });
  const people = [owner, maker, steward, both, agent.author, other.owners.business_owner, await makePerson("Vera", ["viewer", "administrator"])];
  const { id: keyId } = await createApiKey(maker, newKeySchema.parse({ name: "agent", agentIds: [agent.id] }));
  const emailOf = (person: PersonActor) => `${person.id}@example.test`;
  const approver = fc.oneof(
    fc.constantFrom("role:business_owner", "role:technical_owner", "role:operator", "role:on_call", "role:administrator", "role:nobody", "nobody", "", "person:"),
    fc.constantFrom(...people).chain((person) => fc.constantFrom(`person:${person.id}`, `person:${emailOf(person)}`, `person: ${emailOf(person).toUpperCase()} `, person.id)),
  );
  const stored = fc.record({
    agentId: fc.constantFrom(agent.id, other.id), isCurrent: fc.boolean(), onBehalfOf: fc.oneof(fc.constant(null), fc.constantFrom(...people.flatMap((person) => [person.id, ` ${emailOf(person).toUpperCase()}`]), "cust_81")),
    asks: fc.array(fc.record({ approvers: fc.array(approver, { maxLength: 2 }), persons: fc.integer({ min: 1, max: 2 }) }), { maxLength: 2 }), preparedBy: fc.constantFrom("key:agent", `key:${keyId}`),
    approvedBy: fc.option(fc.constantFrom(...people), { nil: null }), isVoid: fc.boolean(), isSameInput: fc.boolean(),
  });
  const expected = new Map<string, string[]>(people.map(({ id }) => [id, []]));
  const now = new Date();
  for (const { agentId, isCurrent, approvedBy, isVoid, isSameInput, ...each } of fc.sample(stored, 150)) {
    const id = await storeAction(agentId, { ...each, ...storedAsks(each.asks), versionId: isCurrent ? versions.get(agentId) ?? null : "av_before" });
    const { inputDigest, expiresAt } = await prisma().action.findUniqueOrThrow({ where: { id } });
    const review = approvedBy && { personId: approvedBy.id, verdict: "approve", inputDigest: isSameInput ? inputDigest : "sha256:other" };
    if (review) await prisma().actionReview.create({ data: { id: newId("ax"), actionId: id, personName: "", epoch: 1n, at: now, ...review, voidedAt: isVoid ? now : null } });
    const facts = { state: "held", asks: readAsks(each.asks), onBehalfOf: each.onBehalfOf, keyMakerIds: each.preparedBy === `key:${keyId}` ? [maker.id] : [], expiresAt, inputDigest, reviews: review && !isVoid ? [review] : [] };
    for (const person of people) {
      const isMine = isCurrent && may(person, "action:approve", agentId).ok && approverAnswer({ id: person.id, email: emailOf(person), roles: rolesHeld(person, agentId) }, facts, now).ok;
      if (isMine) expected.get(person.id)?.push(id);
    }
  }
  for (const person of people) {
    const mine = (await requestsFor(person)).filter(({ agentId, isMine }) => isMine && (agentId === agent.id || agentId === other.id)).map(({ key }) => key);
    expect(mine.toSorted()).toEqual(expected.get(person.id)?.toSorted());
  }
  expect(expected.get(owner.id)?.length).toBeGreaterThan(0);
});
