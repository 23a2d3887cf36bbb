import { beforeAll, describe, expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import { NotFound, NotPermitted, NotPossible } from "../errors.ts";
import { newId } from "../new-id.ts";
import { findStopKeys } from "../queries/missing-keys.ts";
import { makeAgent, makePerson, type MadeAgent } from "../testing/make-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { createApiKey, newKeySchema } from "./api-keys.ts";
import { systemActor } from "./people.ts";
import { revokeMissingKeys } from "./revoke-missing-keys.ts";
import { askRelease, engageStop, releaseStop } from "./stops.ts";

useDatabase();

const MINUTE_MS = 60_000;

async function makeKey(agent: MadeAgent, name: string): Promise<string> {
  return (await createApiKey(systemActor, newKeySchema.parse({ name, agentIds: [agent.id], scopes: ["authority"] }))).id;
}

/** A point that was heard a moment ago and whose lease goes on. */
async function storePoint(agent: MadeAgent, keyId: string | null, name: string): Promise<string> {
  const [id, now] = [newId("pt"), new Date()];
  await prisma().enforcementPoint.create({ data: { id, agentId: agent.id, name, kind: "sdk", keyId, firstHeardAt: now, lastHeardAt: now, leaseUntil: new Date(now.getTime() + MINUTE_MS) } });
  return id;
}

const confirm = (stopId: string, agent: MadeAgent, pointId: string) => prisma().stopConfirmation.create({ data: { stopId, pointId, agentId: agent.id, name: pointId, epoch: 1n, at: new Date() } });
const isRevoked = async (keyId: string): Promise<boolean> => (await prisma().apiKey.findUniqueOrThrow({ where: { id: keyId } })).revokedAt !== null;

describe("a stop that points do not obey", () => {
  let agent: MadeAgent;
  let [deaf, shared, obedient, stopId] = ["", "", "", ""];
  beforeAll(async () => {
    agent = await makeAgent({ tier: 2 });
    [deaf, shared, obedient] = [await makeKey(agent, "deaf"), await makeKey(agent, "shared"), await makeKey(agent, "obedient")];
    const points = { batch: await storePoint(agent, deaf, "batch-7"), one: await storePoint(agent, shared, "web-1"), two: await storePoint(agent, shared, "web-2"), three: await storePoint(agent, obedient, "web-3") };
    await storePoint(agent, null, "unknown-1");
    ({ stopId } = await engageStop(agent.owners.business_owner, { scope: "agent", target: agent.id, reason: null }));
    for (const pointId of [points.two, points.three]) await confirm(stopId, agent, pointId);
  });

  test("names the keys of those that may still act, who else uses them, and whose key is not known", async () => {
    const found = await findStopKeys(stopId);
    expect(found?.keys.map(({ name, points, others }) => ({ name, points: points.map((point) => point.name), others: others.map((point) => point.name) }))).toEqual([
      { name: "deaf", points: ["batch-7"], others: [] }, { name: "shared", points: ["web-1"], others: ["web-2"] },
    ]);
    expect(found?.keyless).toEqual([{ agentId: agent.id, name: "unknown-1" }]);
  });

  test("whoever may stop may take them, and nobody else", async () => {
    const onCall = await makePerson("Noor", ["on_call"]);
    const viewer = await makePerson("Vi", ["viewer"]);
    await expect(revokeMissingKeys(viewer, { stopId, keyIds: [deaf] })).rejects.toThrow(NotPermitted);
    expect(await revokeMissingKeys(onCall, { stopId, keyIds: [deaf] })).toEqual({ revoked: 1 });
    expect([await isRevoked(deaf), await isRevoked(shared)]).toEqual([true, false]);
    const entry = await prisma().logEntry.findFirstOrThrow({ where: { kind: "key.revoked", subject: deaf } });
    expect(entry.agentId).toBe(agent.id);
    expect(JSON.parse(entry.body)).toMatchObject({ actor: `person:${onCall.id}`, detail: { name: "deaf", stop: stopId, agents: [agent.id], points: 1, otherPoints: 0 } });
  });

  test("takes no key of a point that obeys, none twice, and none of another stop", async () => {
    const { business_owner: owner } = agent.owners;
    await expect(revokeMissingKeys(owner, { stopId, keyIds: [obedient] })).rejects.toThrow(NotPossible);
    await expect(revokeMissingKeys(owner, { stopId, keyIds: [deaf] })).rejects.toThrow(NotPossible);
    await expect(revokeMissingKeys(owner, { stopId: "st_none", keyIds: [shared] })).rejects.toThrow(NotPermitted);
    await expect(revokeMissingKeys(await makePerson("Op", ["operator"]), { stopId: "st_none", keyIds: [shared] })).rejects.toThrow(NotFound);
    expect([await isRevoked(obedient), await isRevoked(shared)]).toEqual([false, false]);
  });

  test("takes none once it is released", async () => {
    const { business_owner: asks, technical_owner: releases } = agent.owners;
    await askRelease(asks, { stopId, reason: "The cause is found." });
    await releaseStop(releases, { stopId });
    expect((await findStopKeys(stopId))?.keys).toEqual([]);
    await expect(revokeMissingKeys(asks, { stopId, keyIds: [shared] })).rejects.toThrow(NotPossible);
    expect(await isRevoked(shared)).toBe(false);
  });
});
