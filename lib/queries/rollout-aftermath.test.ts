import { expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import { assignTask } from "../operations/assign-task.ts";
import { abortRollout } from "../operations/steer-rollout.ts";
import { actingManifest, makeActingAgent } from "../testing/acting-agent.ts";
import { makeRollout } from "../testing/make-rollout.ts";
import { useDatabase } from "../testing/use-database.ts";
import { readAftermath } from "./rollout-aftermath.ts";
import { readRollout } from "./rollout-detail.ts";

useDatabase();

test("after an abort the candidate gets nothing, what it had may only recommend, and a task given to it all the same would be seen", async () => {
  const agent = await makeActingAgent();
  const rollout = await makeRollout(agent, { candidate: actingManifest({ label: "2.0", prompt: "A new prompt." }), stage: "partial", exposure: 0.999 });
  const assign = (task: string) => assignTask({ ...agent.key, agentIds: ["*"] }, { agentId: agent.id, unit: null, task });
  const aftermath = async () => {
    const detail = await readRollout(rollout.id);
    return detail && readAftermath(detail);
  };
  const tasks = ["one", "two", "three", "four"];
  for (const task of tasks) expect((await assign(task)).arm).toBe("candidate");
  expect(await agent.prepare({ conversationId: "one", tool: "refund_create", input: { amount: 20 } })).toMatchObject({ decision: "permit" });
  expect(await aftermath()).toBeNull();
  await prisma().run.create({ data: { id: "ru_of_aftermath", agentId: agent.id, conversationId: "four", isKeyedByTrace: false, versionId: rollout.candidateId, stage: "partial", startedAt: new Date(), endedAt: new Date(), receivedAt: new Date(), updatedAt: new Date(), outcome: "success", outcomeSource: "agent" } });

  await abortRollout(agent.owners.technical_owner, { rolloutId: rollout.id, reason: "It pays twice." });
  expect(await aftermath()).toEqual({ given: 0, underWay: 3, refused: 0, letThrough: 0 });
  for (const task of ["five", "six"]) expect((await assign(task)).arm).toBe("current");
  for (const task of ["one", "two"]) expect((await agent.prepare({ conversationId: task, tool: "refund_create", input: { amount: 30 } })).decision).toBe("deny");
  expect((await agent.prepare({ conversationId: "five", tool: "refund_create", input: { amount: 30 } })).decision).toBe("permit");
  expect(await aftermath()).toEqual({ given: 0, underWay: 3, refused: 2, letThrough: 0 });

  const late = new Date(Date.now() + 60_000);
  await prisma().assignment.create({ data: { rolloutId: rollout.id, taskId: "stray", agentId: agent.id, unit: "stray", arm: "candidate", probability: 0.5, stageIndex: 2, exposureIndex: 0, assignedAt: late } });
  await prisma().action.updateMany({ where: { agentId: agent.id, conversationId: "one", state: { not: "denied" } }, data: { startedAt: late } });
  expect(await aftermath()).toEqual({ given: 1, underWay: 4, refused: 2, letThrough: 1 });
});
