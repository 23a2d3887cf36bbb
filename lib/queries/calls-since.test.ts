import { beforeAll, expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import type { ScopedStop } from "../domain/stop-scope.ts";
import { newId } from "../new-id.ts";
import { ensureSpanPartitions } from "../operations/span-partitions.ts";
import { aTraceId } from "../testing/a-span.ts";
import { makeAgent, manifest } from "../testing/make-agent.ts";
import { makeRollout } from "../testing/make-rollout.ts";
import { useDatabase } from "../testing/use-database.ts";
import { countCallsSince } from "./calls-since.ts";

useDatabase();

const engagedAt = new Date("2026-11-20T12:00:00Z");
const at = (seconds: number): Date => new Date(engagedAt.getTime() + seconds * 1_000);
const since = (stop: ScopedStop, agentId: string) => countCallsSince({ ...stop, engagedAt }, [agentId], at(600));

beforeAll(async () => {
  await ensureSpanPartitions([engagedAt.getTime() * 1_000]);
});

interface Call {
  tool?: string;
  seconds?: number;
  status?: string;
  errorMessage?: string;
  toolCallId?: string;
  versionId?: string | null;
  conversationId?: string;
}

/** A call that took a second, in a task of its own unless one is named. */
async function call(agentId: string, { tool = "refund_create", seconds = 60, versionId = null, conversationId = aTraceId(), ...changes }: Call = {}): Promise<void> {
  const [startedAt, endedAt, traceId] = [at(seconds), at(seconds + 1), aTraceId()];
  const { id: runId } = await prisma().run.create({ data: { id: newId("ru"), agentId, versionId, conversationId, isKeyedByTrace: false, stage: "partial", startedAt, endedAt, receivedAt: endedAt, updatedAt: endedAt, toolNames: [tool] } });
  await prisma().span.create({ data: { agentId, traceId, spanId: "s", startedAt, runId, name: "tool", kind: "tool", dialect: "test", durationUs: 1_000_000n, status: "ok", toolName: tool, attributes: {}, ...changes } });
}

const deny = (agentId: string, conversationId: string, seconds: number) => prisma().gateDecision.create({
  data: { id: newId("gd"), agentId, conversationId, toolCallId: "call_1", tool: "refund_create", inputDigest: "x", decision: "deny", reason: "stopped", sentence: "It is stopped.", policies: [], facts: {}, decidedAt: at(seconds) },
});

test("a call that changes something and began well after the stop counts, and one that only reads does not", async () => {
  const { id } = await makeAgent();
  await call(id);
  await call(id, { tool: "payout_send" });
  await call(id, { tool: "order_get" });
  await call(id, { seconds: 1 });
  await call(id, { seconds: 700 });
  expect(await since({ scope: "agent", target: id }, id)).toBe(2);
});

test("of a stopped tool its own calls count", async () => {
  const { id } = await makeAgent();
  await call(id, { tool: "payout_send" });
  expect(await since({ scope: "tool", target: `${id}/refund_create` }, id)).toBe(0);
  await call(id);
  expect(await since({ scope: "tool", target: `${id}/refund_create` }, id)).toBe(1);
});

test("what the gate or a person refused was not made, unless it ended well after the refusal", async () => {
  const { id } = await makeAgent();
  await call(id, { status: "refused" });
  await call(id, { status: "rejected" });
  await call(id, { status: "error", errorMessage: "Denied: It is stopped.", conversationId: "told" });
  await deny(id, "told", 1);
  await call(id, { conversationId: "within" });
  await deny(id, "within", 60.5);
  await call(id, { status: "error", toolCallId: "call_1", conversationId: "by-id" });
  await deny(id, "by-id", 1);
  expect(await since({ scope: "agent", target: id }, id)).toBe(0);
  await call(id, { toolCallId: "call_1", conversationId: "nevertheless" });
  await deny(id, "nevertheless", 1);
  await call(id, { status: "error", errorMessage: "No such order." });
  expect(await since({ scope: "agent", target: id }, id)).toBe(2);
});

test("with the current version a version that is tried is not stopped, whether its run says so or its task was given to it", async () => {
  const agent = await makeAgent();
  const { id: rolloutId, currentId, candidateId } = await makeRollout(agent, { candidate: manifest({ prompt: "Another prompt." }) });
  await prisma().assignment.create({ data: { rolloutId, taskId: "tried", agentId: agent.id, unit: "tried", arm: "candidate", probability: 0.5, stageIndex: 0, exposureIndex: 0, assignedAt: engagedAt } });
  await call(agent.id, { versionId: candidateId });
  await call(agent.id, { versionId: currentId, conversationId: "tried" });
  expect(await since({ scope: "version", target: currentId }, agent.id)).toBe(0);
  expect(await since({ scope: "agent", target: agent.id }, agent.id)).toBe(2);
  await call(agent.id, { versionId: currentId });
  await call(agent.id);
  expect(await since({ scope: "version", target: currentId }, agent.id)).toBe(2);
});
