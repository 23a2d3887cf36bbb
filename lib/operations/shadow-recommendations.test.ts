import { expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import { inputDigest } from "../domain/input-digest.ts";
import { verdictSentence } from "../domain/verdict-words.ts";
import { findRollout } from "../queries/rollout.ts";
import { doTasks, later, shortStage, tried, verdictOf, type TriedAgent } from "../testing/tried-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { judgeRollouts } from "./judge-rollouts.ts";
import { ensureSpanPartitions } from "./span-partitions.ts";

useDatabase();

/** Of each task what the current version did, and what the candidate recommends of it. */
const refund = (agent: TriedAgent, task: string, amounts: { done?: number; recommended?: number }) => prisma().gateDecision.createMany({
  data: ([["done", task, agent.currentId], ["recommended", `${task}~shadow`, agent.candidateId]] as const).flatMap(([what, conversationId, versionId]) => {
    const amount = amounts[what];
    return amount === undefined ? [] : [{
      id: `gd_${conversationId}`, agentId: agent.id, versionId, conversationId, toolCallId: "1", tool: "refund_create", input: { amount }, inputDigest: inputDigest({ amount }), decision: what === "done" ? "permit" : "deny",
      reason: what === "done" ? "permitted" : "authority", isRecommendation: what === "recommended", sentence: "", policies: [], facts: {}, decidedAt: later(1),
    }];
  }),
});
const ERRORS = [{ metric: "action_errors" as const, weight: 1, isGating: true, margin: { kind: "points" as const, value: 0.5 }, band: null }];
const done = { toolCalls: 1, consequentialCalls: 1 };

test.each([
  ["what was done is not asked for more", { done: 90, recommended: 90 }, {}, "promote", "not_worse", [40, 40]],
  ["another amount is not promoted", { done: 90, recommended: 9_000 }, {}, "wait", "recommends_otherwise", [40, 0]],
  ["nothing is not promoted", { done: 90 }, {}, "wait", "recommends_otherwise", [40, 0]],
  ["what was not done is not promoted", { recommended: 90 }, {}, "wait", "recommends_otherwise", [40, 0]],
  ["something else is promoted where the plan lets it recommend anything, and that is told", { done: 90, recommended: 9_000 }, { leastSame: 0 }, "promote", "not_worse", [40, 0]],
] as const)("a candidate that recommends %s", async (_what, amounts, changes, decision, code, [compared, same]) => {
  const agent = await tried({ stages: [shortStage("shadow", { marginRatio: 10 }), shortStage("assisted")], metrics: ERRORS, ...changes });
  const tasks = Array.from({ length: 60 }, (_, index) => `${agent.id}-${index}`);
  for (const task of tasks.slice(0, 40)) await refund(agent, task, amounts);
  await doTasks(agent, tasks.map((task, index) => ({ task, shadow: {}, ...("done" in amounts && index < 40 ? done : {}) })), later(1));
  await judgeRollouts(later(5));
  const verdict = await verdictOf(agent);
  expect([verdict?.decision, verdict?.because.code, verdict?.recommendations]).toMatchObject([decision, code, { compared, same }]);
  const view = await findRollout(agent.rolloutId, agent.owners.technical_owner, later(6));
  expect([view?.differing.length, view?.differing.every(({ runId, shadowRunId }) => runId !== null && shadowRunId !== null)]).toEqual([Math.min(20, compared - same), true]);
  if (compared > same) expect(view?.differing[0]).toMatchObject({ done: "done" in amounts ? [{ tool: "refund_create", input: { amount: 90 } }] : [] });
  const shown = verdictSentence({ state: "running", plan: view!.rollout.plan, stageIndex: 0, verdict, currentNumber: 1, candidateNumber: 2, tasksPerDay: null });
  expect(shown.rest?.includes("recommends something else than was done")).toBe(compared > same);
  // What is kept is enough to learn it again.
  await prisma().rollout.update({ where: { id: agent.rolloutId }, data: { judgeState: { version: 0 } } });
  await judgeRollouts(later(7));
  expect((await verdictOf(agent))?.recommendations).toEqual(verdict?.recommendations);
});

test("what acts without asking the gate shows no recommendation, and what only reads needs none", async () => {
  for (const [given, decision] of [[{ toolCalls: 1, consequentialCalls: 1 }, "wait"], [{ toolCalls: 1 }, "promote"]] as const) {
    const agent = await tried({ stages: [shortStage("shadow"), shortStage("assisted")], metrics: ERRORS });
    await doTasks(agent, Array.from({ length: 60 }, () => ({ shadow: {}, ...given })), later(1));
    await judgeRollouts(later(5));
    expect((await verdictOf(agent))?.decision).toBe(decision);
  }
});

test("an error of a write is compared with nothing, for only one version can make it; one of reading is", async () => {
  const agent = await tried({ stages: [shortStage("shadow")], metrics: ERRORS });
  const [write, read] = await doTasks(agent, [{ shadow: {}, actionErrors: 1, toolCalls: 1 }, { shadow: {}, actionErrors: 2, toolCalls: 2 }], later(1));
  await ensureSpanPartitions([later(1).getTime() * 1_000]);
  for (const [task, tools] of [[write, ["refund_create"]], [read, ["refund_create", "order_get"]]] as const) {
    const { id: runId, startedAt } = await prisma().run.findFirstOrThrow({ where: { agentId: agent.id, conversationId: task ?? "" } });
    await prisma().span.createMany({ data: tools.map((toolName) => ({
      agentId: agent.id, traceId: runId, spanId: toolName, startedAt, runId, name: toolName, kind: "tool", dialect: "test", durationUs: 5n, status: "error", toolName, attributes: {},
    })) });
  }
  await judgeRollouts(later(5));
  const errors = new Map((await prisma().assignment.findMany({ where: { rolloutId: agent.rolloutId } })).map(({ taskId, values }) => [taskId, (values as Record<string, number>).action_errors]));
  expect([errors.get(write ?? ""), errors.get(read ?? "")]).toEqual([0, 1]);
});

test("a candidate whose run ends with its first refused call is compared up to there, and with nothing that the current version did afterwards", async () => {
  const every = ["action_errors", "success", "escalation", "latency", "cost"] as const;
  const metrics = every.map((metric) => ({ metric, weight: 1, isGating: true, margin: { kind: "ratio" as const, value: 10 }, band: null }));
  const agent = await tried({ stages: [shortStage("shadow"), shortStage("assisted")], metrics: [...ERRORS, ...metrics.slice(1)] });
  const tasks = Array.from({ length: 60 }, (_, index) => `${agent.id}-${index}`);
  const afterFirst = new Date(later(1).getTime() + 30_000);
  for (const task of tasks.slice(0, 50)) {
    await refund(agent, task, { done: 90, recommended: 90 });
    const { id: _id, ...first } = await prisma().gateDecision.findUniqueOrThrow({ where: { id: `gd_${task}` } });
    await prisma().gateDecision.create({ data: { ...first, id: `gd_later_${task}`, toolCallId: "2", input: { amount: 5 }, inputDigest: inputDigest({ amount: 5 }), facts: {}, decidedAt: afterFirst } });
  }
  await doTasks(agent, tasks.map((task, index) => ({ task, shadow: {}, ...(index < 50 ? { ...done, toolCalls: 3, actionErrors: 1, isEscalated: true, outcome: "failure" as const, endedAt: new Date(later(1).getTime() + 600_000) } : {}) })), later(1));
  await ensureSpanPartitions([later(1).getTime() * 1_000]);
  const runs = await prisma().run.findMany({ where: { agentId: agent.id, conversationId: { in: tasks.slice(0, 50) } } });
  const isEarly = ({ conversationId }: { conversationId: string }): boolean => conversationId.endsWith("-7");
  await prisma().span.createMany({ data: runs.map((run) => ({
    agentId: agent.id, traceId: run.id, spanId: "1", startedAt: isEarly(run) ? new Date(later(1).getTime() - 1_000) : afterFirst, runId: run.id, name: "order_get", kind: "tool", dialect: "test", durationUs: 5n, status: "error", toolName: "order_get", attributes: {},
  })) });
  await judgeRollouts(later(15));
  const verdict = await verdictOf(agent);
  expect([verdict?.decision, verdict?.recommendations, verdict?.named]).toMatchObject(["promote", { compared: 50, same: 50 }, []]);
  const of = (name: string) => verdict?.metrics.find(({ metric }) => metric === name);
  expect([of("action_errors")?.current, of("action_errors")?.candidate]).toMatchObject([{ known: 60, events: 1 }, { known: 60, events: 0 }]);
  // Of a whole run only those tasks show something in which nothing was refused.
  for (const name of every.slice(1)) expect([of(name)?.current.known, of(name)?.candidate.known]).toEqual(name === "success" ? [10, 0] : [10, 10]);
});
