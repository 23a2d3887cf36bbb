import { beforeAll, expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import type { AgentSpan } from "../domain/agent-span.ts";
import type { KeyActor } from "../domain/roles.ts";
import { aSpan } from "../testing/a-span.ts";
import { makeAgent, manifest, type MadeAgent } from "../testing/make-agent.ts";
import { makeRollout, type MadeRollout } from "../testing/make-rollout.ts";
import { useDatabase } from "../testing/use-database.ts";
import { ingestSpans } from "./ingest-spans.ts";

useDatabase();

const everything: KeyActor = { kind: "key", id: "key_test", name: "test", agentIds: ["*"], scopes: ["telemetry"] };

let agent: MadeAgent, rollout: MadeRollout;
beforeAll(async () => {
  agent = await makeAgent();
  rollout = await makeRollout(agent, { candidate: manifest({ label: "2.0", prompt: "A new prompt." }) });
});

const assigned = (taskId: string, arm: string, shadowTaskId: string | null = null) =>
  prisma().assignment.create({ data: { rolloutId: rollout.id, taskId, agentId: agent.id, unit: taskId, arm, probability: 0.5, stageIndex: 1, exposureIndex: 0, shadowTaskId, assignedAt: new Date() } });

async function versionOf(conversationId: string, given: Partial<AgentSpan> = {}): Promise<string | null> {
  const now = new Date();
  await ingestSpans(everything, [aSpan({ startUs: now.getTime() * 1_000 - 2_000_000, agentHints: [agent.id], conversationId, ...given })], now);
  return (await prisma().run.findFirstOrThrow({ where: { agentId: agent.id, conversationId } })).versionId;
}

test("a run that says nothing of its version has the one that the rollout gave its task to", async () => {
  await Promise.all([assigned("silent-candidate", "candidate"), assigned("silent-current", "current"), assigned("task", "current", "task~shadow")]);
  expect(await versionOf("silent-candidate")).toBe(rollout.candidateId);
  expect(await versionOf("silent-current")).toBe(rollout.currentId);
  expect([await versionOf("task"), await versionOf("task~shadow")]).toEqual([rollout.currentId, rollout.candidateId]);
  expect(await versionOf("never assigned")).toBe(rollout.currentId);
});

test("what a run says of itself counts more, also a label that nobody knows", async () => {
  await Promise.all([assigned("swapped-1", "candidate"), assigned("swapped-2", "current"), assigned("swapped-3", "candidate")]);
  expect(await versionOf("swapped-1", { versionLabel: "1.0" })).toBe(rollout.currentId);
  expect(await versionOf("swapped-2", { versionLabel: "2.0" })).toBe(rollout.candidateId);
  expect(await versionOf("swapped-3", { versionLabel: "9.9" })).toBe(rollout.currentId);
});

test("what comes in after the end is still told of the version that did it", async () => {
  await Promise.all([assigned("late-candidate", "candidate"), assigned("late-current", "current")]);
  await prisma().rollout.update({ where: { id: rollout.id }, data: { state: "completed", endedAt: new Date() } });
  await prisma().agent.update({ where: { id: agent.id }, data: { currentVersionId: rollout.candidateId } });
  expect([await versionOf("late-candidate"), await versionOf("late-current")]).toEqual([rollout.candidateId, rollout.currentId]);
});
