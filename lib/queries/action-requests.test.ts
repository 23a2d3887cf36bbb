import { expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import { storedAsks } from "../domain/approval-ask.ts";
import { newId } from "../new-id.ts";
import { createApiKey, newKeySchema } from "../operations/api-keys.ts";
import { makeAgent, makePerson } from "../testing/make-agent.ts";
import { storeAction } from "../testing/store-action.ts";
import { useDatabase } from "../testing/use-database.ts";
import { listActionRequests } from "./action-requests.ts";

useDatabase();

const minutes = (count: number) => new Date(Date.now() + count * 60_000);

test("what waits, the soonest over first, and whose it is", async () => {
  const agent = await makeAgent();
  const { currentVersionId: versionId } = await prisma().agent.findUniqueOrThrow({ where: { id: agent.id } });
  const late = await storeAction(agent.id, { versionId, expiresAt: minutes(9), amountMinor: 12_000n, currency: "EUR" });
  const soon = await storeAction(agent.id, { versionId, expiresAt: minutes(2), ...storedAsks([{ approvers: ["role:business_owner"], persons: 2 }]), effect: "irreversible" });
  const ofAnother = await storeAction(agent.id, { expiresAt: minutes(5), onBehalfOf: "cust_81" });
  await storeAction(agent.id, { versionId, expiresAt: minutes(-1) });
  await storeAction(agent.id, { versionId, state: "approved" });
  const { author: operator, owners: { business_owner: owner } } = agent;
  const seen = async (actor: typeof operator, isMineOnly = false) => (await listActionRequests(actor, isMineOnly, new Date())).map(({ key, isMine }) => [key, isMine]);
  expect(await seen(operator)).toEqual([[soon, false], [ofAnother, false], [late, true]]);
  expect(await seen(owner, true)).toEqual([[soon, true], [ofAnother, false], [late, true]]);
  expect(await seen(await makePerson("Vera", ["viewer"]), true)).toEqual([]);
  const rows = await listActionRequests(owner, false, new Date());
  expect(rows.at(-1)).toMatchObject({ kind: "action", sentence: "`refund_create` of 120.00 EUR: order `5512`", word: "Action", next: "Approve or reject", detail: null });
  expect(rows[0]).toMatchObject({ word: "Irreversible action", mark: "warning", detail: "0 of 2 approvals, asks the business owner" });

  const { inputDigest } = await prisma().action.findUniqueOrThrow({ where: { id: soon } });
  await prisma().actionReview.create({ data: { id: newId("ax"), actionId: soon, personId: owner.id, personName: owner.name, verdict: "approve", inputDigest, epoch: 1n, at: new Date() } });
  expect((await seen(owner))[0]).toEqual([soon, false]);
});

test("never what came with a key that one made", async () => {
  const agent = await makeAgent();
  const { currentVersionId: versionId } = await prisma().agent.findUniqueOrThrow({ where: { id: agent.id } });
  const { technical_owner: maker, business_owner: other } = agent.owners;
  const { id: keyId } = await createApiKey(maker, newKeySchema.parse({ name: "agent", agentIds: [agent.id] }));
  const id = await storeAction(agent.id, { versionId, preparedBy: `key:${keyId}` });
  const of = async (actor: typeof maker) => (await listActionRequests(actor, false, new Date())).find(({ key }) => key === id)?.isMine;
  expect([await of(maker), await of(other)]).toEqual([false, true]);
});
