import fc from "fast-check";
import { expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import { asChangeForReview, reviewFacts } from "../database/change-for-review.ts";
import { rolesHeld } from "../domain/roles-held.ts";
import { newId } from "../new-id.ts";
import { makeAgent, makePerson } from "../testing/make-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { countOf } from "./stored-sections.ts";
import { waitingChanges, waitsFor } from "./waiting-changes.ts";

useDatabase();

test("always the database's answer is that of the decision itself", async () => {
  const [agent, other] = [await makeAgent(), await makeAgent()];
  const { business_owner: owner, technical_owner: technical, model_steward: steward } = agent.owners;
  const both = await makePerson("Bea", [], { [agent.id]: ["business_owner", "technical_owner"], [other.id]: ["model_steward"] });
  const people = [owner, technical, steward, both, agent.author, other.owners.business_owner, await makePerson("Vera", ["viewer", "administrator"])];
  const role = fc.constantFrom("business_owner", "technical_owner", "model_steward", "any_reviewer");
  const obligation = fc.oneof({ weight: 4, arbitrary: role.map((each) => ({ kind: "review", role: each })) }, fc.constant({ kind: "suite", suite: "golden" }), fc.constant({ kind: "canary", from: "shadow" }));
  const stored = fc.record({
    matter: fc.constantFrom({ kind: "stage", agentId: agent.id }, { kind: "tier", agentId: other.id }, { kind: "review_policy", agentId: null }, { kind: "stage", agentId: null }),
    obligations: fc.array(obligation, { maxLength: 4 }), authors: fc.subarray(people, { maxLength: 1 }), isOver: fc.integer({ min: 0, max: 9 }).map((each) => each === 0),
    reviews: fc.uniqueArray(fc.record({ person: fc.constantFrom(...people), decision: fc.constantFrom("approve", "approve", "reject"), isVoid: fc.boolean(), isSame: fc.boolean() }), { maxLength: 3, selector: ({ person }) => person.id }),
  });
  const now = new Date();
  const ids: string[] = [];
  for (const { matter, obligations, authors, isOver, reviews } of fc.sample(stored, 200)) {
    const id = newId("ch");
    ids.push(id);
    await prisma().change.create({
      data: {
        id, ...matter, proposal: {}, fingerprint: id, title: "Another stage", class: "material", facts: {}, rules: [], obligations, policyRevision: 1, authorIds: authors.map((each) => each.id), authorName: "", proposedAt: now,
        expiresAt: new Date(now.getTime() + (isOver ? -1 : 1) * 3_600_000),
        reviews: { create: reviews.map(({ person, decision, isVoid, isSame }) => ({ id: newId("rv"), personId: person.id, personName: person.name, roles: rolesHeld(person, matter.agentId), decision, fingerprint: isSame ? id : "before", at: now, voidedAt: isVoid ? now : null })) },
      },
    });
  }
  const changes = await prisma().change.findMany({ where: { id: { in: ids } }, select: { ...reviewFacts, id: true, kind: true, agentId: true } });
  for (const person of people) {
    const [mine, others] = await waitingChanges(person, new Map(), now);
    const read = async (section: typeof mine) => (await section?.read(null, false, countOf(section)))?.map(({ key }) => key).toSorted();
    const expected = changes.filter((change) => waitsFor(person, change, asChangeForReview(change), now)).map(({ id }) => id);
    expect(await read(mine)).toEqual(expected.toSorted());
    expect(await read(others)).toEqual(ids.filter((id) => !expected.includes(id)).toSorted());
    if (person === both) expect(expected.length).toBeGreaterThan(0);
  }
});
