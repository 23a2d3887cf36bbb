import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { STOP_SCOPES, stopCovers, type CoveredAgent, type StopScope } from "../domain/stop-scope.ts";
import { makeAgent } from "../testing/make-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { agentsInScope } from "./agents-in-scope.ts";
import { prisma } from "./database.ts";
import { loadProofFacts } from "./stop-points.ts";

useDatabase();

let agents: CoveredAgent[] = [];
beforeAll(async () => {
  for (const [tier, isApproved] of [[null, true], [0, false], [1, true], [2, true], [2, false]] as const) await makeAgent({ tier, isApproved });
  agents = await prisma().agent.findMany({ select: { id: true, tier: true, currentVersionId: true }, orderBy: { id: "asc" } });
});

const targets = (): Readonly<Record<StopScope, readonly string[]>> => ({
  fleet: [""], tier: ["0", "1", "2"], agent: [...agents.map(({ id }) => id), "nobody"], version: [...agents.flatMap(({ currentVersionId }) => currentVersionId ?? []), "av_none"],
  tool: [...agents.map(({ id }) => `${id}/order_get`), ...agents.map(({ id }) => `${id}/a/b`), "nobody/order_get", "order_get"],
});

test("the proof of many stops counts for each whom it covers", async () => {
  const stops = STOP_SCOPES.flatMap((scope) => targets()[scope].map((target) => ({ id: `st_${scope}_${target}`, scope, target, engagedBy: "Ana", engagedAt: new Date(), probeRefusedAt: null })));
  await prisma().stop.createMany({ data: stops });
  const facts = await loadProofFacts(prisma(), stops);
  for (const stop of stops) expect([stop.id, facts.get(stop.id)?.agentIds]).toEqual([stop.id, await agentsInScope(prisma(), stop)]);
});

/** Who is told of a stop must be exactly those whom it is counted and recorded for. */
test("a stop covers in a bundle whom it covers in the database", async () => {
  expect(agents).toHaveLength(5);
  const anyStop = fc.constantFrom(...STOP_SCOPES).chain((scope) => fc.record({ scope: fc.constant(scope), target: fc.constantFrom(...targets()[scope]) }));
  await fc.assert(fc.asyncProperty(anyStop, async (stop) => {
    expect(agents.filter((agent) => stopCovers(stop, agent)).map(({ id }) => id)).toEqual(await agentsInScope(prisma(), stop));
  }));
});
