import { beforeAll, expect, it } from "vitest";
import { prisma } from "../database/database.ts";
import { emptyCard } from "../domain/agent-card.ts";
import { histogramOf } from "../domain/latency-histogram.ts";
import { USUAL_METRICS, type UsualMetric } from "../domain/usual-range.ts";
import { createAgent } from "../operations/agents.ts";
import { systemActor } from "../operations/people.ts";
import { seedDefaults } from "../operations/seed-defaults.ts";
import { useDatabase } from "../testing/use-database.ts";
import { getAgentUsual } from "./agent-usual.ts";

useDatabase();

const now = new Date("2026-11-21T12:30:00Z");
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const hourAgo = (ms: number): Date => new Date(Math.floor((now.getTime() - ms) / HOUR) * HOUR);

interface Rolled { runs: number; escalated?: number; failures?: number; errors?: number; cost?: number; ms?: number }

async function rollup(agentId: string, hour: Date, { runs, escalated = 0, failures = 0, errors = 0, cost = 1_000, ms = 900 }: Rolled, versionId = ""): Promise<void> {
  await prisma().rollup.create({
    data: {
      agentId, versionId, stage: "partial", hour, runs, escalated, successes: runs - failures, failures, intervened: 0, unreviewed: 0, toolCalls: runs * 2, consequentialCalls: runs, actionErrors: errors,
      inputTokens: 0, outputTokens: 0, costKnownRuns: runs, costNanoUsd: runs * cost, latency: histogramOf(Array.from({ length: runs }, () => ms)),
    },
  });
}

beforeAll(async () => {
  await seedDefaults(new Date(now.getTime() - 40 * DAY));
  for (const agentId of ["steady-bot", "worse-bot", "new-bot"]) await createAgent(systemActor, { agentId, card: emptyCard }, new Date(now.getTime() - 40 * DAY));
  for (const agentId of ["steady-bot", "worse-bot"]) {
    for (let day = 1; day < 28; day++) await rollup(agentId, hourAgo(day * DAY + 2 * HOUR), { runs: 50, escalated: 5, failures: 5, errors: 4, cost: 1_000 + (day % 2) * 20, ms: 900 + (day % 2) * 30 });
    // Before the baseline begins: what was long ago says nothing about now.
    await rollup(agentId, hourAgo(30 * DAY), { runs: 5_000, escalated: 5_000, failures: 5_000, errors: 5_000 });
  }
  await rollup("steady-bot", hourAgo(3 * HOUR), { runs: 25, escalated: 2, failures: 3, errors: 2 });
  await rollup("steady-bot", hourAgo(3 * HOUR), { runs: 25, escalated: 3, failures: 2, errors: 2 }, "av_other");
  await rollup("worse-bot", hourAgo(3 * HOUR), { runs: 50, escalated: 30, failures: 30, errors: 40, cost: 9_000, ms: 9_000 });
  await rollup("new-bot", hourAgo(3 * HOUR), { runs: 5 });
});

const wordsOf = async (agentId: string) => Object.fromEntries((await getAgentUsual(agentId, now)).map(({ metric, judgement }) => [metric, judgement.word]));
const allAre = (word: string) => Object.fromEntries(USUAL_METRICS.map((metric) => [metric, word]));

it("says in one word how each of five metrics stands against the 28 days before", async () => {
  expect(await wordsOf("steady-bot")).toEqual(allAre("within its usual range"));
  expect(await wordsOf("worse-bot")).toEqual(allAre("special cause, worse"));
  expect(await wordsOf("new-bot")).toEqual(allAre("not enough data"));
});

it("draws one point a day, the last of them the last 24 hours over all versions", async () => {
  const usual = await getAgentUsual("steady-bot", now);
  const of = (metric: UsualMetric) => usual.find((each) => each.metric === metric);
  expect(of("escalations")?.points).toHaveLength(29);
  expect(of("escalations")?.points.at(-1)).toEqual({ at: now.getTime(), value: 0.1 });
  expect(of("escalations")?.n).toBe(50);
  expect(of("errors")).toMatchObject({ n: 100, judgement: { value: 0.04 } });
  expect(of("cost")?.points.at(-1)?.value).toBe(1_000);
  expect(of("latency")?.points.at(-1)?.value).toBeCloseTo(900, -2);
  expect(of("escalations")?.points[0]?.value, "a day without a run is a gap").toBeNull();
});
