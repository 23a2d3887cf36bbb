import { expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import { doTasks, makeTriedAgent, ofBothArms, startTried, type TriedAgent } from "../testing/tried-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { judgeRollouts } from "./judge-rollouts.ts";
import { systemActor } from "./people.ts";
import { recordOutcome } from "./run-outcome.ts";
import type { StoredVerdict } from "./stored-verdict.ts";

useDatabase();

const start = new Date("2026-11-20T12:00:00Z");
const later = (minutes: number) => new Date(start.getTime() + minutes * 60_000);
const assignmentsOf = (agent: TriedAgent) => prisma().assignment.findMany({ where: { rolloutId: agent.rolloutId } });

test("an outcome that the agent says of itself is none where only those count that were reported", async () => {
  const [any, reported] = [await makeTriedAgent(), await makeTriedAgent()];
  await startTried(any, {}, start);
  await startTried(reported, { countedOutcomes: "reported" }, start);
  for (const agent of [any, reported]) {
    const [task = ""] = await doTasks(agent, [{ arm: "candidate" }], later(1));
    await prisma().run.updateMany({ where: { agentId: agent.id, conversationId: task }, data: { outcomeSource: "agent" } });
    await judgeRollouts(later(2));
    const judgedAt = async () => (await assignmentsOf(agent))[0]?.judgedAt ?? null;
    expect(await judgedAt()).toEqual(agent === any ? later(2) : null);
    await recordOutcome(systemActor, task, { outcome: "failure", agent: agent.id }, later(3));
    await judgeRollouts(later(4));
    expect([await judgedAt(), (await assignmentsOf(agent))[0]?.values]).toMatchObject(agent === any ? [later(2), { success: 1 }] : [later(4), { success: 0 }]);
  }
});

test.each([
  ["Errors, where the telemetry lacks the calls that the gate permitted", "action_errors", { toolCalls: 0 }, true],
  ["Violations, where the gate was asked about no call", "violations", { toolCalls: 2, consequentialCalls: 2 }, false],
] as const)("%s, are unknown and hold it", async (_what, metric, given, isAsked) => {
  const agent = await makeTriedAgent({ cedar: "permit(principal, action, resource);" });
  await startTried(agent, { metrics: [{ metric, weight: 1, isGating: true, margin: { kind: "points", value: 0.5 }, band: null }] }, start);
  const tasks = ofBothArms(60).map((task, index) => ({ ...task, task: `of-${agent.id}-${index}`, ...(task.arm === "candidate" ? given : { toolCalls: 1 }) }));
  await prisma().gateDecision.createMany({
    data: tasks.filter(({ arm }) => isAsked || arm === "current").map(({ task, arm }) => ({
      id: `gd_${task}`, agentId: agent.id, versionId: arm === "candidate" ? agent.candidateId : agent.currentId, conversationId: task, toolCallId: "1", tool: "order_get", inputDigest: "x", decision: "permit", reason: "policy",
      sentence: "", policies: [], facts: {}, decidedAt: later(1),
    })),
  });
  await doTasks(agent, tasks, later(1));
  // Spans may still be on their way.
  await judgeRollouts(new Date(later(1).getTime() + 2_000));
  expect((await assignmentsOf(agent)).filter(({ arm, judgedAt }) => judgedAt && arm === "candidate")).toHaveLength(isAsked ? 0 : 60);
  await judgeRollouts(later(3));
  const rollout = await agent.read();
  expect([rollout.state, (rollout.verdict as unknown as StoredVerdict | null)?.because]).toEqual(["held", { code: "metric_missing", metric }]);
});
