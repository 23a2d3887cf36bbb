import { expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import { NotPermitted } from "../errors.ts";
import { newId } from "../new-id.ts";
import { startDrill } from "../operations/rehearsals.ts";
import { makeAgent, makePerson } from "../testing/make-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { listDrillScopes } from "./drill-scopes.ts";
import { listPoints, POINTS_PER_PAGE } from "./stops-points.ts";

useDatabase();

async function storePoints(agentId: string, count: number, now: Date): Promise<void> {
  const heard = { firstHeardAt: now, lastHeardAt: now, leaseUntil: new Date(now.getTime() + 10_000) };
  await prisma().enforcementPoint.createMany({ data: Array.from({ length: count }, (_, index) => ({ id: newId("pt"), agentId, name: `web-${String(index).padStart(3, "0")}`, kind: "sdk", ...heard })) });
}

const valuesOf = ({ options }: { options: { value: string }[] }): string[] => options.map(({ value }) => value);

test("an owner rehearses the own agent with its version and tools, and nothing of the house; who is on call rehearses all", async () => {
  const [agent, other, silent] = [await makeAgent({ tier: 2 }), await makeAgent({ tier: 2 }), await makeAgent({ tier: 2 })];
  const now = new Date();
  await storePoints(agent.id, 1, now);
  await storePoints(other.id, 1, now);
  const { business_owner: owner } = agent.owners;
  const { currentVersionId } = await prisma().agent.findUniqueOrThrow({ where: { id: agent.id } });

  expect(valuesOf(await listDrillScopes(owner, null, now))).toEqual([`agent:${agent.id}`]);
  const own = valuesOf(await listDrillScopes(owner, agent.id, now));
  expect(own.slice(0, 2)).toEqual([`agent:${agent.id}`, `version:${currentVersionId}`]);
  expect(own.slice(2).every((value) => value.startsWith(`tool:${agent.id}/`))).toBe(true);
  expect(own.length).toBeGreaterThan(2);
  expect(valuesOf(await listDrillScopes(owner, other.id, now))).toEqual([`agent:${agent.id}`]);

  const onCall = valuesOf(await listDrillScopes(await makePerson("Noor", ["on_call"]), null, now));
  expect(onCall.slice(0, 4)).toEqual(["fleet", "tier:2", "tier:1", "tier:0"]);
  expect(onCall).toEqual(expect.arrayContaining([`agent:${agent.id}`, `agent:${other.id}`]));
  expect(onCall).not.toContain(`agent:${silent.id}`);

  const version = { scope: "version", target: currentVersionId ?? "" } as const;
  const { rehearsalId } = await startDrill(owner, version);
  expect((await prisma().logEntry.findFirstOrThrow({ where: { subject: rehearsalId } })).agentId).toBe(agent.id);
  await expect(startDrill(other.owners.business_owner, version)).rejects.toThrow(NotPermitted);
});

test("points are paged, and a page past the last one is the first", async () => {
  const agent = await makeAgent({ tier: 2 });
  const now = new Date();
  await storePoints(agent.id, POINTS_PER_PAGE + 5, now);
  const read = (page: number) => listPoints(now, { agentId: agent.id, page });
  const [first, second, past] = [await read(1), await read(2), await read(9)];
  expect([first.rows.length, second.rows.length, past.page, past.rows.length]).toEqual([POINTS_PER_PAGE, 5, 1, POINTS_PER_PAGE]);
  expect(new Set([...first.rows, ...second.rows].map(({ id }) => id)).size).toBe(POINTS_PER_PAGE + 5);
  expect([first.live, second.live]).toEqual([POINTS_PER_PAGE + 5, POINTS_PER_PAGE + 5]);
});
