import { beforeAll, describe, expect, test } from "vitest";
import { isStopScope } from "../domain/stop-scope.ts";
import { proveStop } from "../domain/stop-proof.ts";
import { newId } from "../new-id.ts";
import { engageStop, stopSchema } from "../operations/stops.ts";
import { makeAgent, makePerson, type MadeAgent } from "../testing/make-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { prisma } from "./database.ts";
import { loadProofFacts } from "./stop-points.ts";

useDatabase();

const HOUR = 3_600_000;
let agent: MadeAgent;
beforeAll(async () => {
  agent = await makeAgent({ tier: 2 });
});

/** A point whose lease ran out, so long before now, and that goes on reading. */
async function silent(name: string, ms: number, more: object = {}): Promise<void> {
  const [heard, leaseUntil] = [new Date(Date.now() - ms - 10_000), new Date(Date.now() - ms)];
  await prisma().enforcementPoint.create({ data: { id: newId("pt"), agentId: agent.id, name, instance: crypto.randomUUID(), kind: "sdk", firstHeardAt: heard, lastHeardAt: heard, leaseUntil, readsWithoutLease: true, ...more } });
}

/** Each point of the stop's proof a minute later, as `name: state`. */
async function pointsOf(scope: string, target: string): Promise<string[]> {
  const { stopId } = await engageStop(await makePerson("Ola", ["on_call"]), stopSchema.parse({ scope, target }));
  const stop = await prisma().stop.findUniqueOrThrow({ where: { id: stopId } });
  if (!isStopScope(stop.scope)) throw new Error("no scope");
  const facts = (await loadProofFacts(prisma(), [{ ...stop, scope: stop.scope }])).get(stopId);
  if (!facts) throw new Error("no facts");
  await prisma().stop.update({ where: { id: stopId }, data: { releasedAt: new Date() } });
  return proveStop(facts, new Date(stop.engagedAt.getTime() + 60_000)).points.map(({ name, state }) => `${name}: ${state}`);
}

describe("a point that is set up to go on reading without a lease", () => {
  test("is asked about although it was silent when the stop was stored, as long as its process can be there", async () => {
    await silent("reads-1", HOUR);
    await silent("closes-1", HOUR, { readsWithoutLease: false });
    await silent("left-1", HOUR, { leftAt: new Date(Date.now() - HOUR) });
    await silent("forgotten-1", 25 * HOUR);
    await silent("restarted-1", 2 * HOUR);
    await silent("restarted-1", HOUR, { leftAt: new Date(Date.now() - HOUR) });
    expect(await pointsOf("agent", agent.id)).toEqual(["reads-1: reads_on"]);
    expect(await pointsOf("fleet", "")).toEqual(["reads-1: reads_on"]);
  });

  test("matters to the stop of a tool only where that tool reads", async () => {
    expect(await pointsOf("tool", `${agent.id}/refund_create`)).toEqual([]);
    expect(await pointsOf("tool", `${agent.id}/order_get`)).toEqual(["reads-1: reads_on"]);
    expect(await pointsOf("tool", `${agent.id}/not_declared`)).toEqual(["reads-1: reads_on"]);
  });

  test("that loses its lease after the stop has closed for what is stopped, when that does more than read", async () => {
    await silent("late-1", -5_000);
    expect(await pointsOf("tool", `${agent.id}/refund_create`)).toEqual(["late-1: closed"]);
    expect(await pointsOf("agent", agent.id)).toEqual(["late-1: reads_on", "reads-1: reads_on"]);
  });
});
