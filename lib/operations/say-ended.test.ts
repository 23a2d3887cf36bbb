import { expect, test } from "vitest";
import { databaseNow } from "../database/database-now.ts";
import { prisma } from "../database/database.ts";
import { NotPermitted } from "../errors.ts";
import { newId } from "../new-id.ts";
import { findStopKeys } from "../queries/missing-keys.ts";
import { findShownStop } from "../queries/stops-shown.ts";
import { makeAgent, makePerson, type MadeAgent } from "../testing/make-agent.ts";
import { useAgentServer } from "../testing/use-agent-server.ts";
import { useDatabase } from "../testing/use-database.ts";
import { proveStops, recheckProven } from "./prove-stops.ts";
import { sayEnded } from "./say-ended.ts";
import { askRelease, engageStop, releaseStop } from "./stops.ts";

useDatabase();

// The probe asks the gate as agents do.
useAgentServer();

const how = "Its host was switched off.";
const ago = (seconds: number): Date => new Date(Date.now() - seconds * 1_000);
const proofOf = async (stopId: string) => (await findShownStop(stopId, await databaseNow(prisma())))?.proof;

/** Of a stop a minute ago, a point that went back to an older epoch. */
async function contradicting(heardAgo: number): Promise<{ agent: MadeAgent; stopId: string; pointId: string }> {
  const agent = await makeAgent();
  const { stopId } = await engageStop(agent.owners.business_owner, { scope: "agent", target: agent.id, reason: null }, ago(60));
  const pointId = newId("pt");
  await prisma().enforcementPoint.create({
    data: { id: pointId, agentId: agent.id, name: "worker-7", kind: "sdk", firstHeardAt: ago(90), lastHeardAt: ago(heardAgo), leaseUntil: ago(heardAgo - 10), fault: "It went back from epoch 12 to 9.", faultAt: ago(50) },
  });
  return { agent, stopId, pointId };
}

test("a stop that one point keeps from being proven is proven but for that point, by the word of whoever ended it", async () => {
  const { agent, stopId, pointId } = await contradicting(30);
  await proveStops(await databaseNow(prisma()));
  expect(await proofOf(stopId)).toMatchObject({ state: "not_proven", missing: 1 });
  expect((await findStopKeys(stopId))?.unsettled).toMatchObject([{ id: pointId, name: "worker-7", cannot: null }]);
  expect(await sayEnded(agent.owners.technical_owner, { stopId, pointIds: [pointId, "pt_other"], how })).toEqual({ points: 1 });
  await proveStops(await databaseNow(prisma()));
  expect(await proofOf(stopId)).toMatchObject({ state: "proven", missing: 0, closed: 1, ended: 1, points: [{ state: "ended", endedBy: "Priya Nair" }] });
  const entry = await prisma().logEntry.findFirstOrThrow({ where: { kind: "point.ended", subject: pointId } });
  expect(JSON.parse(entry.body)).toMatchObject({ actor: `person:${agent.owners.technical_owner.id}`, detail: { stop: stopId, point: "worker-7", was: "missing", how } });
  expect(JSON.parse((await prisma().logEntry.findFirstOrThrow({ where: { kind: "stop.proven", subject: stopId } })).body)).toMatchObject({ detail: { ended: 1, closed: 1, points: [{ state: "ended", endedBy: "Priya Nair" }] } });

  // Heard again: the word is void, and the proof with it.
  const now = await databaseNow(prisma());
  await prisma().enforcementPoint.update({ where: { id: pointId }, data: { lastHeardAt: new Date(now.getTime() + 1), leaseUntil: new Date(now.getTime() + 10_000) } });
  await recheckProven(new Date(now.getTime() + 100));
  expect(await proofOf(stopId)).toMatchObject({ state: "not_proven", missing: 1, ended: 0, points: [{ state: "missing" }] });
});

test("nobody's word makes a point end that was heard just now, and a word takes a name, a reason and an engaged stop", async () => {
  const { agent, stopId, pointId } = await contradicting(3);
  await expect(sayEnded(agent.owners.technical_owner, { stopId, pointIds: [pointId], how })).rejects.toThrow(/^worker-7 was heard \d s ago: it has not ended\. End its process first\.$/);
  await prisma().enforcementPoint.update({ where: { id: pointId }, data: { lastHeardAt: ago(30), leaseUntil: ago(20) } });
  await expect(sayEnded(await makePerson("Vera Viewer", ["viewer"]), { stopId, pointIds: [pointId], how })).rejects.toThrow(NotPermitted);
  await expect(sayEnded(agent.owners.technical_owner, { stopId, pointIds: [pointId], how: "  so " })).rejects.toThrow("Say how you know.");
  await expect(sayEnded(agent.owners.technical_owner, { stopId, pointIds: ["pt_other"], how })).rejects.toThrow("waits for none of these points");
  expect((await prisma().enforcementPoint.findUniqueOrThrow({ where: { id: pointId } })).endedAt).toBeNull();
  await askRelease(agent.owners.business_owner, { stopId, reason: "All is well." });
  await releaseStop(agent.owners.technical_owner, { stopId });
  await expect(sayEnded(agent.owners.technical_owner, { stopId, pointIds: [pointId], how })).rejects.toThrow("The kill switch is released. Nothing was noted.");
});
