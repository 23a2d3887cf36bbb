import { beforeAll, expect, test } from "vitest";
import { pool, prisma } from "../database/database.ts";
import { emptyCard } from "../domain/agent-card.ts";
import type { AgentSpan } from "../domain/agent-span.ts";
import { histogramOf } from "../domain/latency-histogram.ts";
import { createAgent } from "../operations/agents.ts";
import { ingestSpans } from "../operations/ingest-spans.ts";
import { systemActor } from "../operations/people.ts";
import { recordOutcome } from "../operations/run-outcome.ts";
import { seedDefaults } from "../operations/seed-defaults.ts";
import { aSpan, aTraceId } from "../testing/a-span.ts";
import { useDatabase } from "../testing/use-database.ts";
import { sumDueRollups } from "./rollup-sweep.ts";

useDatabase();

const now = new Date("2026-11-20T10:30:00Z");
const HOUR_US = 3_600_000_000;
const BASE = Date.UTC(2026, 10, 20, 4) * 1_000;

beforeAll(async () => {
  await seedDefaults(now);
  for (const agentId of ["bot-a", "bot-b"]) await createAgent(systemActor, { agentId, card: emptyCard }, now);
});

/** Deterministic, of every kind there is: hours, stages, outcomes, known and unknown costs, lengths from nothing to minutes. */
function someRun(index: number): AgentSpan[] {
  const traceId = aTraceId();
  const startUs = BASE + (index % 5) * HOUR_US + index * 7_919;
  const endUs = startUs + (index % 7 === 0 ? 0 : index * index * 997);
  const agentHints = [index % 3 === 0 ? "bot-b" : "bot-a"];
  const root = aSpan({
    traceId, agentHints, startUs, endUs, outcome: index % 4 === 0 ? "failure" : index % 4 === 1 ? "success" : null, escalated: index % 6 === 0,
    humanIntervened: index % 9 === 0, stage: index % 8 === 0 ? "shadow" : null,
  });
  const model = index % 5 === 0 ? "of-tomorrow" : "gpt-5.4";
  const inner = { traceId, agentHints, startUs, endUs: startUs, parentSpanId: root.spanId };
  return [
    aSpan({ ...inner, kind: "inference", provider: "openai", model, tokens: { input: index, output: 2 * index, cacheRead: 0, cacheWrite: 0, reasoning: 0 } }),
    aSpan({ ...inner, kind: "tool", toolName: "look_up", status: index % 10 === 0 ? "error" : "ok" }),
    ...(index % 11 === 0 ? [] : [root]),
  ];
}

const send = (spans: AgentSpan[]) => ingestSpans(systemActor, spans, now);

/** The same sums, computed here from the runs. */
async function expectedRollups() {
  const runs = await prisma().run.findMany();
  const groups = Map.groupBy(runs, (run) => [run.agentId, run.versionId ?? "", run.stage, run.startedAt.toISOString().slice(0, 13)].join("|"));
  return [...groups].map(([key, members]) => {
    const count = (is: (run: (typeof runs)[number]) => boolean) => members.filter(is).length;
    const sum = (of: (run: (typeof runs)[number]) => number | bigint) => members.reduce((total, run) => total + Number(of(run)), 0);
    const known = members.filter((run) => run.unknownCostCalls === 0 && (run.costNanoUsd > 0n || run.inferenceCalls > 0));
    return {
      key, runs: members.length, successes: count((run) => run.outcome === "success"), failures: count((run) => run.outcome === "failure"),
      escalated: count((run) => run.isEscalated), intervened: count((run) => run.isIntervened), unreviewed: count((run) => run.isUnreviewed),
      toolCalls: sum((run) => run.toolCalls), consequentialCalls: sum((run) => run.consequentialCalls), actionErrors: sum((run) => run.actionErrors),
      inputTokens: sum((run) => run.inputTokens), outputTokens: sum((run) => run.outputTokens), costKnownRuns: known.length,
      costNanoUsd: known.reduce((total, run) => total + Number(run.costNanoUsd), 0),
    };
  }).toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

async function actualRollups() {
  return (await prisma().rollup.findMany()).map(({ agentId, versionId, stage, hour, latency: _latency, ...sums }) => ({
    key: [agentId, versionId, stage, hour.toISOString().slice(0, 13)].join("|"),
    ...Object.fromEntries(Object.entries(sums).map(([name, value]) => [name, Number(value)])),
  })).toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

async function expectExact(): Promise<void> {
  expect(await prisma().rollupDue.count()).toBe(0);
  expect(await actualRollups()).toEqual(await expectedRollups());
}

test("three sweeps at once, while runs keep coming in and moving, end with exactly the sums of the runs", async () => {
  const all = Array.from({ length: 120 }, (_, index) => someRun(index));
  let isDone = false;
  const sweeping = [1, 2, 3].map(async () => {
    while (!isDone) await sumDueRollups();
  });
  await Promise.all(Array.from({ length: 6 }, async (_, lane) => {
    for (let index = lane; index < all.length; index += 6) await send(all[index]!);
  }));
  isDone = true;
  await Promise.all(sweeping);
  await sumDueRollups();
  await expectExact();
  expect((await actualRollups()).reduce((total, row) => total + Number((row as Record<string, unknown>).runs), 0)).toBe(120);
});

test("the latency is the histogram of the domain, bucket by bucket", async () => {
  const { rows } = await pool().query<{ latency: Record<number, number> }>("SELECT latency FROM rollup");
  const merged: Record<string, number> = {};
  for (const { latency } of rows) for (const [bucket, runs] of Object.entries(latency)) merged[bucket] = (merged[bucket] ?? 0) + runs;
  const { rows: durations } = await pool().query<{ ms: number }>("SELECT extract(epoch FROM ended_at - started_at)::float8 * 1000 AS ms FROM run");
  expect(merged).toEqual(histogramOf(durations.map(({ ms }) => ms)));
});

test("a run whose start moves, or whose outcome comes later, leaves no trace in its old sums", async () => {
  const run = someRun(1).map((span) => ({ ...span, agentHints: ["bot-b"] }));
  await send(run.slice(0, 1));
  await sumDueRollups();
  await send([{ ...run[2]!, startUs: BASE - 3 * HOUR_US }]);
  await recordOutcome(systemActor, run[0]!.traceId, { outcome: "failure" }, now);
  await sumDueRollups();
  await expectExact();
});
