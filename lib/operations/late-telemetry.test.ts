import { beforeAll, describe, expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import type { AgentSpan } from "../domain/agent-span.ts";
import type { CanaryMetric } from "../domain/canary-plan.ts";
import type { KeyActor } from "../domain/roles.ts";
import { findRollout } from "../queries/rollout.ts";
import { aSpan } from "../testing/a-span.ts";
import { doTasks, later, ofBothArms, shortStage, triedAlike, verdictOf, type TriedAgent } from "../testing/tried-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { ingestSpans } from "./ingest-spans.ts";
import { judgeRollouts } from "./judge-rollouts.ts";
import { ensureSpanPartitions } from "./span-partitions.ts";

useDatabase();
beforeAll(() => ensureSpanPartitions([later(1).getTime() * 1_000]));

const key: KeyActor = { kind: "key", id: "key_test", name: "test", agentIds: ["*"], scopes: ["telemetry"] };
const startUs = (later(1).getTime() + 1_500) * 1_000;

/** One more span of each of these tasks, after they were judged. */
const comesLate = (agent: TriedAgent, tasks: readonly string[], given: Partial<AgentSpan>, now: Date) =>
  ingestSpans(key, tasks.map((conversationId) => aSpan({ startUs, endUs: startUs + 100_000, agentHints: [agent.id], conversationId, ...given })), now);

const SUCCESS = { metric: "success", weight: 1, isGating: true, margin: { kind: "points", value: 0.5 }, band: null } as const;
const figureOf = (metric: CanaryMetric) => ({ metric, weight: 1, isGating: false, margin: { kind: "ratio" as const, value: 3 }, band: null });
const standing = async (agent: TriedAgent) => [(await agent.read()).state, (await verdictOf(agent))?.decision, (await verdictOf(agent))?.because];
const candidatesOf = (tasks: readonly string[]): string[] => tasks.filter((_, index) => index % 2 === 1);

async function judgedAsToldFirst(metrics: Parameters<typeof triedAlike>[0]): Promise<{ agent: TriedAgent; tasks: string[] }> {
  const agent = await triedAlike(metrics);
  const tasks = await doTasks(agent, ofBothArms(60), later(1));
  await prisma().run.updateMany({ where: { agentId: agent.id }, data: { outcomeSource: "trace" } });
  await judgeRollouts(later(2));
  expect((await standing(agent))[1]).toBe("promote");
  return { agent, tasks };
}

const LATE: readonly (readonly [CanaryMetric, Partial<AgentSpan>, unknown])[] = [
  ["action_errors", { kind: "tool", toolName: "order_get", status: "error" }, 1], ["escalation", { escalated: true }, 1], ["success", { outcome: "failure", endUs: startUs + 200_000_000 }, 0],
  ["latency", { endUs: startUs + 200_000_000 }, 200_500], ["cost", { kind: "inference", provider: "openai", model: "gpt-5.4", reportedCostNanoUsd: 9_000_000 }, 10_000_000],
];

describe("telemetry that comes in after its task was judged", () => {
  test.each(LATE)("holds the rollout where it changes what was judged for one version only: %s", async (metric, span, said) => {
    const { agent, tasks } = await judgedAsToldFirst({ metrics: [SUCCESS, ...(metric === "success" ? [] : [figureOf(metric)])] });
    const late = candidatesOf(tasks).slice(0, 20);
    await comesLate(agent, late, span, later(10));
    await judgeRollouts(later(11));
    expect(await standing(agent)).toEqual(["held", "hold", { code: "corrections_differ", metric }]);
    expect((await verdictOf(agent))?.coverage.corrected).toMatchObject([{ metric, current: { tasks: 60, late: 0 }, candidate: { tasks: 60, late: 20 }, groups: [{ probability: 0.5, candidate: 20, tasks: 20 }] }]);
    const { values } = await prisma().assignment.findFirstOrThrow({ where: { rolloutId: agent.rolloutId, taskId: late[0] ?? "" } });
    expect((values as { corrected: object }).corrected).toMatchObject({ [metric]: said });
    expect((await findRollout(agent.rolloutId, agent.owners.technical_owner, later(12)))?.corrected).toEqual({ current: 0, candidate: 20 });
    expect(await prisma().changedOutcome.count({ where: { rolloutId: agent.rolloutId } })).toBe(0);
  });

  test("has to be stood with, where it says the same of both", async () => {
    const { agent, tasks } = await judgedAsToldFirst({ metrics: [{ ...SUCCESS, metric: "action_errors", margin: { kind: "points", value: 0.2 } }] });
    await comesLate(agent, tasks.slice(0, 60), { kind: "tool", toolName: "order_get", status: "error" }, later(10));
    await judgeRollouts(later(11));
    expect(await standing(agent)).toEqual(["running", "wait", { code: "corrected_not_shown", metric: "action_errors" }]);
  });

  test("corrects nothing where it changes nothing that the figures can tell, or what nobody compares", async () => {
    const { agent, tasks } = await judgedAsToldFirst({ metrics: [SUCCESS] });
    await comesLate(agent, candidatesOf(tasks), { endUs: startUs + 405_000 }, later(10));
    await judgeRollouts(later(11));
    expect((await findRollout(agent.rolloutId, agent.owners.technical_owner, later(12)))?.corrected).toEqual({ current: 0, candidate: 0 });
    await comesLate(agent, candidatesOf(tasks), { kind: "tool", toolName: "order_get", status: "error" }, later(13));
    await judgeRollouts(later(14));
    expect((await standing(agent)).slice(0, 2)).toEqual(["running", "promote"]);
  });

  test("is never missed, also in the moment of the judgement", async () => {
    const agent = await triedAlike({ stages: [shortStage("assisted", { minimumTasks: 1_000 })], metrics: [SUCCESS, figureOf("escalation")], onWorse: "hold" });
    for (let round = 0; round < 4; round += 1) {
      const tasks = await doTasks(agent, ofBothArms(6), later(1));
      await Promise.all([judgeRollouts(later(2 + round)), ...tasks.map((task) => comesLate(agent, [task], { escalated: true }, later(2 + round)))]);
      await judgeRollouts(later(2 + round));
    }
    const kept = await prisma().assignment.findMany({ where: { rolloutId: agent.rolloutId }, select: { values: true } });
    const isKnown = kept.map(({ values }) => (values as { escalation?: number; corrected?: { escalation?: number } })).map(({ escalation, corrected }) => escalation === 1 || corrected?.escalation === 1);
    expect(isKnown).toEqual(Array.from({ length: 48 }, () => true));
  });
});
