import { beforeAll, expect, it } from "vitest";
import { prisma } from "../database/database.ts";
import { emptyCard } from "../domain/agent-card.ts";
import { spanUntilNow } from "../domain/metric-span.ts";
import { createAgent } from "../operations/agents.ts";
import { systemActor } from "../operations/people.ts";
import { seedDefaults } from "../operations/seed-defaults.ts";
import { makeAgent, manifest } from "../testing/make-agent.ts";
import { makeRollout } from "../testing/make-rollout.ts";
import { useDatabase } from "../testing/use-database.ts";
import { getAgentMetrics } from "./agent-metrics.ts";
import { listReadiness } from "./agent-readiness.ts";

useDatabase();

const now = new Date("2026-11-21T12:00:00Z");
const done = async (agentId: string) => (await listReadiness(["a-bot", "b-bot"], now)).get(agentId)?.filter((step) => step.isDone).map((step) => step.item);

beforeAll(async () => {
  await seedDefaults(now);
  for (const agentId of ["a-bot", "b-bot"]) await createAgent(systemActor, { agentId, card: emptyCard }, now);
});

it("begins with nothing and ticks off what is there, for each agent by itself", async () => {
  expect(await done("a-bot")).toEqual([]);
  await prisma().agent.update({ where: { id: "a-bot" }, data: { tier: 1, lastSeenAt: now } });
  await prisma().rollup.create({ data: { agentId: "a-bot", versionId: "", stage: "shadow", hour: new Date("2026-11-20T10:00:00Z"), runs: 2, successes: 1, failures: 0, escalated: 0, intervened: 0, unreviewed: 0, toolCalls: 0, consequentialCalls: 0, actionErrors: 0, inputTokens: 0, outputTokens: 0, costKnownRuns: 0, costNanoUsd: 0, latency: {} } });
  await prisma().stop.create({ data: { id: "st_1", scope: "agent", target: "a-bot", engagedBy: "pe", engagedAt: now, provenAt: now } });
  await prisma().stopConfirmation.create({ data: { stopId: "st_1", pointId: "ep_1", agentId: "a-bot", name: "one", epoch: 1, at: now } });
  expect(await done("a-bot")).toEqual(["tier", "traces", "outcome", "stop"]);
  expect(await done("b-bot")).toEqual([]);
});

it("a stop that reached the agent is marked on its charts, another's is not", async () => {
  expect((await getAgentMetrics("a-bot", spanUntilNow("24h", now))).markers).toEqual([{ at: now.getTime(), label: "stop", stopId: "st_1" }]);
  expect((await getAgentMetrics("b-bot", spanUntilNow("24h", now))).markers).toEqual([]);
});

it("knows the policy of the current version, whoever asks the gate, and a rollout that was begun or waived", async () => {
  const agent = await makeAgent({ isApproved: false });
  const gateSteps = async () => (await listReadiness([agent.id], now)).get(agent.id)?.filter((step) => step.isDone && ["policy", "gate", "canary"].includes(step.item)).map((step) => step.item);
  const { change } = await agent.register(manifest({ policy: { cedar: "permit(principal, action, resource);" } }));
  expect(await gateSteps()).toEqual([]);
  await agent.approve(change?.id ?? "");
  expect(await gateSteps()).toEqual(["policy"]);
  const planned = await makeRollout(agent, { candidate: manifest({ label: "2.0", prompt: "Another." }) });
  await prisma().rollout.update({ where: { id: planned.id }, data: { state: "planned", startedAt: null } });
  expect(await gateSteps()).toEqual(["policy"]);
  await prisma().rolloutEvent.create({ data: { rolloutId: planned.id, kind: "skipped", stageIndex: 0, exposure: 0, by: "Ingrid Holm", at: now } });
  await prisma().enforcementPoint.create({ data: { id: "pt_1", agentId: agent.id, name: "one", kind: "sdk", firstHeardAt: now, lastHeardAt: now, leaseUntil: now } });
  expect(await gateSteps()).toEqual(["policy", "gate", "canary"]);
});
