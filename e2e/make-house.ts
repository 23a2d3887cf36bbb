// One house in which every page has something to show.

import { prisma } from "../lib/database/database.ts";
import { defaultCanaryPlan } from "../lib/domain/canary-plan.ts";
import { beginJudging, readVerdict } from "../lib/domain/judge-canary.ts";
import { newId } from "../lib/new-id.ts";
import { makeAgent, makePerson, manifestOf, type TestAgent, type TestPerson } from "./fixtures.ts";
import { until } from "./own-server.ts";
import { aRefund, sendRun } from "./send-spans.ts";

export interface House {
  agent: TestAgent;
  administrator: TestPerson;
  viewer: TestPerson;
  openChangeId: string;
  decidedChangeId: string;
  findingId: string;
  runId: string;
  rolloutId: string;
}

/** A widened tool in review, a silent prompt change, runs with an error: every page has something to show. */
export async function makeHouse(): Promise<House> {
  const agent = await makeAgent();
  const secret = await agent.key();
  const prompt = manifestOf().prompt as string;
  await sendRun(secret, { agentId: agent.id, spans: aRefund({ prompt, error: "The payment was refused by the bank." }) });
  await sendRun(secret, { agentId: agent.id, spans: aRefund({ prompt: `${prompt}\nBe generous.` }) });
  const { change } = await agent.register(manifestOf({ label: "1.1", prompt: `${prompt}\nBe brief.`, tools: [...manifestOf().tools.slice(0, 1), widenedRefund()] }));
  await until(async () => (await prisma().finding.count({ where: { agentId: agent.id } })) > 0, "the finding is there");
  const finding = await prisma().finding.findFirstOrThrow({ where: { agentId: agent.id } });
  const decided = await prisma().change.findFirstOrThrow({ where: { agentId: agent.id, kind: "version", state: "approved" } });
  const run = await prisma().run.findFirstOrThrow({ where: { agentId: agent.id, outcome: "failure" } });
  const rolloutId = await makeRollout(agent.id, change?.id ?? "");
  return {
    agent, administrator: await makePerson("Ada Administrator", ["administrator", "operator"]), viewer: await makePerson("Vera Viewer"),
    openChangeId: change?.id ?? "", decidedChangeId: decided.id, findingId: finding.id, runId: run.id, rolloutId,
  };
}

let shared: Promise<House> | undefined;

/** One for all specs of a worker that only look. */
export const sharedHouse = (): Promise<House> => (shared ??= makeHouse());

/** Held, so that the judge leaves it as it is. */
async function makeRollout(agentId: string, changeId: string): Promise<string> {
  const { fromVersionId, toVersionId } = await prisma().change.findUniqueOrThrow({ where: { id: changeId } });
  const id = newId("ro");
  const startedAt = new Date(Date.now() - 3_600_000);
  const rollout = prisma().rollout.create({
    data: {
      id, agentId, changeId, candidateId: toVersionId ?? "", currentId: fromVersionId ?? "", plan: defaultCanaryPlan("assisted"), state: "held", reason: "No outcome has come in.", exposure: 0, salt: "specs",
      plannedAt: startedAt, startedAt, startedBy: "Ada Administrator", stepSince: startedAt, deadlineAt: new Date(Date.now() + 86_400_000),
      verdict: readVerdict(beginJudging(defaultCanaryPlan("assisted"), { values: [] }), defaultCanaryPlan("assisted"), { current: { tasks: 30, known: 30 }, candidate: { tasks: 30, known: 30 } }) as object, verdictAt: startedAt,
    },
  });
  const tasks = prisma().assignment.createMany({
    data: Array.from({ length: 60 }, (_, index) => ({
      rolloutId: id, taskId: `task-${index}`, agentId, unit: `task-${index}`, arm: index % 2 === 0 ? "current" : "candidate", probability: 0.5, stageIndex: 0, exposureIndex: 0, assignedAt: startedAt,
      judgedAt: new Date(startedAt.getTime() + index * 50_000), values: { action_errors: index % 7 === 0 ? 1 : 0, success: 1, escalation: 0, violations: 0, latency: 900 + index, cost: 2_000_000 }, segments: { tier: "gold" },
    })),
  });
  // At once: the judge counts what is there when it first sees a rollout, and later only what the log says was given out.
  await prisma().$transaction([rollout, tasks]);
  return id;
}

const widenedRefund = () => {
  const [, refund] = manifestOf().tools;
  if (!refund) throw new Error("the manifest of the specs has no refund tool");
  return { ...refund, inputSchema: { type: "object", properties: { order: { type: "string" }, amount: { type: "number", maximum: 500 } }, required: ["order", "amount"] } };
};
