// A stop of a version, and another version that becomes current without a person, in the same moment.

import { expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import { makeAgent, makePerson, manifest } from "../testing/make-agent.ts";
import { doTasks, later, ofBothArms, shortStage, tried } from "../testing/tried-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { LOG_HEAD, oneWaitsForLog, whileLocked, type Locked } from "../testing/while-locked.ts";
import { judgeRollouts } from "./judge-rollouts.ts";
import { engageStop } from "./stops.ts";

useDatabase();

const HARMLESS = manifest({ label: "1.0.1", prompt: "You handle refunds  for the web shop." });
const currentOf = async (id: string): Promise<string> => (await prisma().agent.findUniqueOrThrow({ where: { id } })).currentVersionId ?? "";

/** As `engageStop` stores it: under the log's head, which this transaction holds. */
async function storeStop({ holder }: Locked, versionId: string): Promise<void> {
  await holder.query("INSERT INTO stop (id, scope, target, engaged_by, engaged_at, epoch) VALUES ('st_' || $1::text, 'version', $1, 'Ola On-call', clock_timestamp(), 1)", [versionId]);
  await holder.query("COMMIT");
}

test("a stop that is stored while a harmless change takes effect keeps it from taking effect: it waits for a person", async () => {
  const agent = await makeAgent();
  const current = await currentOf(agent.id);
  await whileLocked(LOG_HEAD, async (locked) => {
    const registering = agent.register(HARMLESS);
    await oneWaitsForLog(locked);
    await storeStop(locked, current);
    expect((await registering).change).toMatchObject({ state: "open", class: "harmless" });
  });
  expect(await currentOf(agent.id)).toBe(current);
  expect(await prisma().agentVersion.count({ where: { agentId: agent.id, label: "1.0.1" } })).toBe(1);
  expect(await prisma().change.count({ where: { agentId: agent.id, toVersion: { label: "1.0.1" } } })).toBe(1);
});

test("nor is a candidate promoted by itself over it: its rollout ends", async () => {
  const agent = await tried({ stages: [shortStage("assisted", { approver: "nobody" })] });
  await doTasks(agent, ofBothArms(60), later(10));
  await whileLocked(LOG_HEAD, async (locked) => {
    const judging = judgeRollouts(later(15));
    await oneWaitsForLog(locked);
    await storeStop(locked, agent.currentId);
    await judging;
  });
  expect([await currentOf(agent.id), (await agent.read()).state]).toEqual([agent.currentId, "running"]);
  await judgeRollouts(later(16));
  expect([await currentOf(agent.id), (await agent.read()).state, (await agent.read()).reason]).toEqual([agent.currentId, "aborted", "A kill switch was engaged."]);
});

test("who stops a version that is replaced in that moment is told so, and no stop is stored that covers nothing", async () => {
  const agent = await makeAgent();
  const current = await currentOf(agent.id);
  const { version } = await agent.register(manifest({ label: "2.0", prompt: "You handle refunds and invoices." }));
  const onCall = await makePerson("Ola On-call", ["on_call"]);
  await whileLocked(LOG_HEAD, async (locked) => {
    const stopping = engageStop(onCall, { scope: "version", target: current, reason: null });
    const said = expect(stopping).rejects.toThrow("This version is not the one that runs any more. Stop the agent, or the version that is current now.");
    await oneWaitsForLog(locked);
    await locked.holder.query("UPDATE agent SET current_version_id = $1 WHERE id = $2", [version.id, agent.id]);
    await locked.holder.query("COMMIT");
    await said;
  });
  expect(await prisma().stop.count({ where: { target: current } })).toBe(0);
});
