import { expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import { canaryPlanSchema, CANARY_METRICS } from "../domain/canary-plan.ts";
import { judgeRollouts } from "../operations/judge-rollouts.ts";
import { doTasks, makeTriedAgent, ofBothArms, startTried, type TriedAgent } from "../testing/tried-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { findRollout } from "./rollout.ts";
import { readRolloutSeries } from "./rollout-series.ts";

useDatabase();

const start = new Date("2026-11-20T08:00:00Z");
const later = (minutes: number): Date => new Date(start.getTime() + minutes * 60_000);

/** All metrics, so that every kind of figure is drawn. */
async function started(): Promise<TriedAgent> {
  const agent = await makeTriedAgent();
  const { metrics } = canaryPlanSchema.parse((await agent.read()).plan);
  await startTried(agent, { metrics, onWorse: "hold" }, start);
  return agent;
}

const seriesUntil = async (agent: TriedAgent, minutes: number) => readRolloutSeries(agent.rolloutId, canaryPlanSchema.parse((await agent.read()).plan), 0, { from: start, to: later(minutes) });

/** From the tasks themselves, as if nothing had been tallied. */
async function plainly(agent: TriedAgent, minutes: number) {
  const kept = await prisma().rolloutTally.findMany({ where: { rolloutId: agent.rolloutId } });
  await prisma().rolloutTally.deleteMany({ where: { rolloutId: agent.rolloutId } });
  const series = await seriesUntil(agent, minutes);
  await prisma().rolloutTally.createMany({ data: kept.map((row) => ({ ...row, figures: row.figures as object })) });
  return series;
}

test("is drawn from the tallies as it would be from every task, while slots double", async () => {
  const agent = await started();
  const widths = new Set<number>();
  for (const minutes of [1, 2, 5, 11, 24, 50, 130]) {
    await doTasks(agent, ofBothArms(6, { candidate: { outcome: minutes % 2 === 0 ? "failure" : "success", endedAt: new Date(later(minutes).getTime() + 500 * minutes) }, current: { isEscalated: minutes > 20 } }), later(minutes - 1));
    await judgeRollouts(later(minutes));
    const rows = await prisma().rolloutTally.findMany({ where: { rolloutId: agent.rolloutId } });
    for (const { seconds } of rows) widths.add(seconds);
    const series = await seriesUntil(agent, minutes);
    expect(series).toEqual(await plainly(agent, minutes));
    expect(series.find(({ metric }) => metric === "success")?.candidate.at(-1)).toMatchObject({ at: later(minutes).getTime() });
    expect(rows.length).toBeLessThanOrEqual(2 * 48);
  }
  expect(widths.size).toBeGreaterThan(3);
  const last = await seriesUntil(agent, 1_000);
  expect(last).toEqual(await plainly(agent, 1_000));
  expect(last.map(({ metric }) => metric)).toEqual([...CANARY_METRICS]);
  expect(last[0]?.current.length).toBeLessThanOrEqual(48);
  expect(last.find(({ metric }) => metric === "success")?.current.findLast(({ value }) => value !== null)).toMatchObject({ n: 42, value: 1 });
});

test("while nothing came nothing is drawn, and all that was told before still counts", async () => {
  const agent = await started();
  for (const minutes of [1, 10]) {
    await doTasks(agent, ofBothArms(20), later(minutes - 1));
    await judgeRollouts(later(minutes));
  }
  const success = (await seriesUntil(agent, 40)).find(({ metric }) => metric === "success");
  for (const points of [success?.current, success?.candidate, success?.difference]) {
    expect(points?.map(({ value }) => (value === null ? " " : "."))?.join("")).toMatch(/^\. {8}\. {28}$/);
    expect(points?.at(-1)).toMatchObject({ low: null, high: null });
  }
  expect(success?.current[9]).toMatchObject({ n: 40, value: 1 });
  expect(success?.current.at(-1)?.n).toBe(40);
});

test("of latency the slow tasks are drawn, of cost the usual ones", async () => {
  const agent = await started();
  const done = later(0).getTime() + 1_000;
  await doTasks(agent, Array.from({ length: 40 }, (_, index) => ({ arm: index % 2 === 0 ? "current" as const : "candidate" as const, endedAt: new Date(done + (index < 36 ? 1_000 : 9_000)) })), later(0));
  await judgeRollouts(later(1));
  const [latency, cost] = (["latency", "cost"] as const).map((name) => seriesUntil(agent, 1).then((all) => all.find(({ metric }) => metric === name)));
  expect((await latency)?.candidate.at(-1)?.value).toBeCloseTo(9_000, -3);
  expect((await cost)?.candidate.at(-1)?.value).toBeCloseTo(1_000_000, -5);
  // What the verdict says of them, in words and to the business, is the same figure.
  const verdict = (await findRollout(agent.rolloutId, agent.owners.technical_owner, later(1)))?.rollout.verdict;
  for (const [series, quantile] of [[await latency, 0.95], [await cost, 0.5]] as const) {
    const told = verdict?.metrics.find(({ metric }) => metric === series?.metric);
    for (const arm of ["current", "candidate"] as const) expect(told?.[arm].amount).toEqual({ value: series?.[arm].at(-1)?.value, quantile });
    // The margin is one of how many tasks are large, which is no line among amounts.
    expect(series?.limit).toEqual({ above: null, below: null });
  }
});

test("of what was judged when the median was kept, the median is told", async () => {
  const agent = await started();
  await doTasks(agent, ofBothArms(10), later(0));
  await judgeRollouts(later(1));
  const { verdict } = await agent.read();
  const old = JSON.parse(JSON.stringify(verdict).replaceAll(/"amount":(?:null|\{[^}]*\})/g, '"median":905')) as object;
  await prisma().rollout.update({ where: { id: agent.rolloutId }, data: { verdict: old } });
  const told = (await findRollout(agent.rolloutId, agent.owners.technical_owner, later(2)))?.rollout.verdict;
  expect(told?.metrics.find(({ metric }) => metric === "latency")?.candidate.amount).toEqual({ value: 905, quantile: 0.5 });
});

test("counts what was judged before tallies were kept", async () => {
  const agent = await started();
  await doTasks(agent, ofBothArms(5), later(1));
  await judgeRollouts(later(2));
  await prisma().rolloutTally.deleteMany({ where: { rolloutId: agent.rolloutId } });
  await doTasks(agent, ofBothArms(5), later(3));
  await judgeRollouts(later(4));
  expect(await seriesUntil(agent, 5)).toEqual(await plainly(agent, 5));
  expect((await seriesUntil(agent, 5)).find(({ metric }) => metric === "success")?.current.at(-1)?.n).toBe(10);
});
