import { expect, it } from "vitest";
import { prisma } from "../database/database.ts";
import { weekOf, WEEK_MS } from "../domain/change-quality.ts";
import { makeAgent, type MadeAgent } from "../testing/make-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { getAgentQuality, type QualityFigure } from "./agent-quality.ts";

useDatabase();

const now = new Date("2026-11-18T10:00:00Z");
const thisWeek = weekOf(now).getTime();

async function versionOf({ id }: MadeAgent): Promise<string> {
  return (await prisma().agent.findUniqueOrThrow({ where: { id }, select: { currentVersionId: true } })).currentVersionId ?? "";
}

/** One hour of work in each of the last weeks, the newest last. */
async function worked(agent: MadeAgent, versionId: string, weeks: readonly { runs: number; successes: number; escalated?: number }[]): Promise<void> {
  await prisma().rollup.createMany({
    data: weeks.map(({ runs, successes, escalated = 0 }, index) => ({
      agentId: agent.id, versionId, stage: "bounded", hour: new Date(thisWeek - (weeks.length - 1 - index) * WEEK_MS + 3_600_000), runs, successes, failures: runs - successes, escalated, intervened: 0, unreviewed: 0,
      toolCalls: runs, consequentialCalls: 0, actionErrors: 0, inputTokens: 0n, outputTokens: 0n, costKnownRuns: runs, costNanoUsd: BigInt(runs * 1_000_000), latency: {},
    })),
  });
}

const trendIn = async (agent: MadeAgent, figure: QualityFigure, version: number | null = null) => {
  const quality = await getAgentQuality(agent.id, version, now);
  const trend = quality.trends.find((one) => one.figure === figure);
  if (!trend) throw new Error(`there is no trend of ${figure}`);
  return trend;
};

it("says nothing of an agent that has not worked", async () => {
  const agent = await makeAgent();
  const quality = await getAgentQuality(agent.id, null, now);
  expect(quality.versions).toEqual([]);
  expect(quality.weeks).toHaveLength(20);
  expect(quality.trends.map(({ chart }) => chart.word)).toEqual(Array.from({ length: 5 }, () => "not enough data"));
});

it("a week that chance does not explain is a special cause, in the right direction", async () => {
  const agent = await makeAgent();
  await worked(agent, await versionOf(agent), [...Array.from({ length: 12 }, () => ({ runs: 200, successes: 190 })), { runs: 200, successes: 140 }]);
  const { chart, counted } = await trendIn(agent, "success");
  expect(chart.word).toBe("special cause, worse");
  expect(chart.points.at(-1)).toMatchObject({ value: 0.7, rule: "outside_limits", cause: "worse" });
  expect(chart.points.slice(0, 7).map(({ value }) => value)).toEqual(Array.from({ length: 7 }, () => null));
  expect(counted.at(-1)).toBe(200);
  expect((await trendIn(agent, "cost")).chart.word).toBe("within its usual range");
});

it("fewer escalations than usual are no improvement: an agent that stops asking is the dangerous one", async () => {
  const agent = await makeAgent();
  await worked(agent, await versionOf(agent), [...Array.from({ length: 12 }, () => ({ runs: 300, successes: 300, escalated: 60 })), { runs: 300, successes: 300, escalated: 5 }]);
  expect((await trendIn(agent, "escalation")).chart.word).toBe("special cause, worse");
});

it("shows one version alone, and nothing for a version that did not run", async () => {
  const agent = await makeAgent();
  await worked(agent, await versionOf(agent), Array.from({ length: 10 }, () => ({ runs: 100, successes: 90 })));
  await worked(agent, "another", Array.from({ length: 10 }, () => ({ runs: 100, successes: 10 })));
  expect((await trendIn(agent, "success")).chart.points.at(-1)?.value).toBe(0.5);
  expect((await trendIn(agent, "success", 1)).chart.points.at(-1)?.value).toBe(0.9);
  expect((await trendIn(agent, "success", 7)).chart.points.at(-1)?.value).toBeNull();
  expect((await getAgentQuality(agent.id, null, now)).versions).toMatchObject([{ number: 1, isCurrent: true, runs: 1_000 }]);
});

it("counts incidents in the weeks that are over", async () => {
  const agent = await makeAgent();
  const versionId = await versionOf(agent);
  await worked(agent, versionId, Array.from({ length: 10 }, () => ({ runs: 10, successes: 10 })));
  const at = new Date(thisWeek - 2 * WEEK_MS + 3_600_000);
  await prisma().stop.create({ data: { id: "st_one", scope: "agent", target: agent.id, reason: null, engagedBy: "person:x", engagedAt: at, epoch: 1n } });
  await prisma().run.create({
    data: { id: "ru_bad", agentId: agent.id, conversationId: "bad", isKeyedByTrace: false, versionId, stage: "bounded", startedAt: at, endedAt: at, receivedAt: at, updatedAt: at, hasEscapedViolation: true, toolNames: [] },
  });
  const { chart } = await trendIn(agent, "incidents");
  expect(chart.points.slice(-4).map(({ value }) => value)).toEqual([0, 2, 0, null]);
});
