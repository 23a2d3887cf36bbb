import { beforeAll, describe, expect, test } from "vitest";
import type { Prisma } from "../../generated/prisma/client.ts";
import { prisma } from "../database/database.ts";
import { newId } from "../new-id.ts";
import { aTraceId } from "../testing/a-span.ts";
import { storeAction } from "../testing/store-action.ts";
import { doTasks, makeTriedAgent, shortStage, startTried, type TriedAgent } from "../testing/tried-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { judgeRollouts } from "./judge-rollouts.ts";
import { systemActor } from "./people.ts";
import { recordOutcome } from "./run-outcome.ts";
import { ensureSpanPartitions } from "./span-partitions.ts";
import type { StoredVerdict } from "./stored-verdict.ts";

useDatabase();

const start = new Date("2026-11-20T12:00:00Z");
const later = (minutes: number) => new Date(start.getTime() + minutes * 60_000);

beforeAll(async () => {
  await ensureSpanPartitions([start.getTime() * 1_000]);
});

const escapedIn = async (agent: TriedAgent) => ((await agent.read()).verdict as unknown as StoredVerdict | null)?.escaped;

async function tried(changes: Parameters<typeof startTried>[1] = {}): Promise<TriedAgent> {
  const agent = await makeTriedAgent();
  await startTried(agent, changes, start);
  return agent;
}

/** Of a refund of 500 that the policy refused at 0 s, unless `changes` say otherwise. */
async function refuse(agent: TriedAgent, conversationId: string, changes: Partial<Prisma.GateDecisionCreateManyInput> = {}): Promise<void> {
  const row = { agentId: agent.id, versionId: agent.candidateId, conversationId, toolCallId: "call_1", tool: "refund_create", inputDigest: "x", decision: "deny", reason: "policy", sentence: "Too much.", policies: [], facts: {}, decidedAt: later(2) };
  await prisma().gateDecision.create({ data: { id: newId("gd"), ...row, ...changes } });
}

/** A call of the task that ended well: begun so many seconds after the refusal, for a second. */
async function showCall(agent: TriedAgent, conversationId: string, seconds: number, changes: Partial<Prisma.SpanCreateManyInput> = {}): Promise<void> {
  const { id: runId } = await prisma().run.update({ where: { agentId_conversationId: { agentId: agent.id, conversationId } }, data: { updatedAt: later(4), toolCalls: { increment: 1 } } });
  const startedAt = new Date(later(2).getTime() + seconds * 1_000);
  await prisma().span.create({
    data: { agentId: agent.id, traceId: aTraceId(), spanId: "s", startedAt, runId, name: "tool", kind: "tool", dialect: "test", durationUs: 1_000_000n, status: "ok", toolName: "refund_create", toolCallId: "call_1", attributes: {}, ...changes },
  });
}

describe("a call that the gate refused", () => {
  const DAY_AHEAD = 24 * 60 * 60;
  test.each<[string, string, (agent: TriedAgent, task: string) => Promise<void>]>([
    ["and that was made nevertheless rolls back", "rolled_back", (agent, task) => showCall(agent, task, 0.1)],
    ["and that another call made, rolls back", "rolled_back", (agent, task) => showCall(agent, task, 5, { toolCallId: "call_2" })],
    ["and that was made beside one that was permitted rolls back", "rolled_back", async (agent, task) => {
      await refuse(agent, task, { toolCallId: "call_2", inputDigest: "y", decision: "permit" });
      await showCall(agent, task, 5);
    }],
    ["from within it does not", "running", (agent, task) => showCall(agent, task, -0.1)],
    ["and that failed does not", "running", (agent, task) => showCall(agent, task, 5, { status: "error" })],
    ["and whose result is the refusal does not", "running", (agent, task) => showCall(agent, task, 5, { output: { error: "Denied: Too much." } })],
    ["twice, from within both, does not", "running", async (agent, task) => {
      await showCall(agent, task, -0.1);
      await refuse(agent, task, { toolCallId: "call_2", inputDigest: "y", decidedAt: new Date(later(2).getTime() + 5_500) });
      await showCall(agent, task, 5, { toolCallId: "call_2" });
    }],
    ["and that was permitted later does not", "running", async (agent, task) => {
      await refuse(agent, task, { inputDigest: "y", decision: "permit", decidedAt: later(3) });
      await showCall(agent, task, 65);
    }],
    ["by a wrong clock does not", "running", (agent, task) => showCall(agent, task, DAY_AHEAD)],
    ["to read does not", "running", async (agent, task) => {
      await refuse(agent, task, { tool: "order_get" });
      await showCall(agent, task, 5, { toolName: "order_get" });
    }],
  ])("%s", async (_what, state, happen) => {
    const agent = await tried();
    const [task = ""] = await doTasks(agent, [{ arm: "candidate", outcome: null }], later(1));
    await refuse(agent, task);
    await happen(agent, task);
    await judgeRollouts(later(5));
    expect((await agent.read()).state).toBe(state);
  });

  test("and that was approved afterwards does not roll back; one without ids, asked about from within, neither", async () => {
    const agent = await tried();
    const [approved = "", repeated = ""] = await doTasks(agent, [{ arm: "candidate" }, { arm: "candidate" }], later(1));
    await refuse(agent, approved, { actionId: await storeAction(agent.id, { state: "committed", startedAt: later(3) }), decision: "hold", inputDigest: "y" });
    await refuse(agent, approved);
    await showCall(agent, approved, 65);
    await refuse(agent, repeated, { toolCallId: "" });
    for (const seconds of [-0.1, 5]) await showCall(agent, repeated, seconds, { toolCallId: null });
    await judgeRollouts(later(5));
    expect((await agent.read()).state).toBe("running");
  });
});

describe("an escape", () => {
  test.each<[string, (agent: TriedAgent) => Promise<unknown>]>([
    ["of a task that was given to the candidate and does not say who did it", (agent) => doTasks(agent, [{ arm: "candidate", versionId: null, hasEscapedViolation: true }], later(1))],
    ["of the candidate in shadow, before the other version's outcome is known", (agent) => doTasks(agent, [{ outcome: null, shadow: { hasEscapedViolation: true } }], later(1))],
    ["of a run of the candidate that was never assigned", async (agent) => {
      const [task = ""] = await doTasks(agent, [{ arm: "candidate", hasEscapedViolation: true }], later(1));
      await prisma().assignment.deleteMany({ where: { rolloutId: agent.rolloutId, taskId: task } });
    }],
  ])("%s rolls back", async (_what, happen) => {
    const agent = await tried({ stages: [shortStage("shadow"), shortStage("assisted")] });
    await happen(agent);
    await judgeRollouts(later(3));
    expect([(await agent.read()).state, await escapedIn(agent)]).toEqual(["rolled_back", { current: 0, candidate: 1 }]);
  });

  test("of the current version is counted once, also when it is told later", async () => {
    const agent = await tried();
    const [task = ""] = await doTasks(agent, [{ arm: "current" }], later(1));
    await judgeRollouts(later(2));
    await recordOutcome(systemActor, task, { outcome: "success", hasEscapedViolation: true, agent: agent.id }, later(3));
    for (const minutes of [4, 5]) await judgeRollouts(later(minutes));
    expect([(await agent.read()).state, await escapedIn(agent)]).toEqual(["running", { current: 1, candidate: 0 }]);
  });
});
