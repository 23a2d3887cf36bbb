import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { pool, prisma } from "../database/database.ts";
import { emptyCard } from "../domain/agent-card.ts";
import { createAgent } from "../operations/agents.ts";
import { ingestSpans } from "../operations/ingest-spans.ts";
import { systemActor } from "../operations/people.ts";
import { seedDefaults } from "../operations/seed-defaults.ts";
import { unwellParts } from "../process-health.ts";
import { aSpan } from "../testing/a-span.ts";
import { useDatabase } from "../testing/use-database.ts";
import type { Sweep } from "./sweep.ts";
import { alone, startWorker, SWEEPS, type Worker } from "./worker.ts";

useDatabase();

let workers: Worker[] = [];
const start = (sweeps?: readonly Sweep[]): Worker => {
  const worker = startWorker(sweeps);
  workers.push(worker);
  return worker;
};
afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.stop()));
  workers = [];
});
beforeAll(() => seedDefaults());

const counting = (given: Partial<Sweep> = {}) => {
  const sweep = { name: `test ${Math.random()}`, everyMs: 20, runs: 0, atOnce: 0, most: 0, ...given };
  return Object.assign(sweep, {
    run: given.run ?? (async () => {
      sweep.runs++;
      sweep.most = Math.max(sweep.most, ++sweep.atOnce);
      await pool().query("SELECT pg_sleep(0.02)");
      sweep.atOnce--;
    }),
  });
};

describe("the worker", () => {
  test("of several on one database only one runs a sweep at a time", async () => {
    const sweep = counting();
    for (let times = 0; times < 3; times++) start([sweep]);
    await expect.poll(() => sweep.runs, { timeout: 20_000 }).toBeGreaterThan(8);
    expect(sweep.most).toBe(1);
  });

  test("a sweep that fails is tried again and does not stop the others", async () => {
    let failures = 0;
    const failing: Sweep = { name: "failing", everyMs: 10, run: async () => void (await Promise.reject(new Error(`failure ${++failures}`))) };
    const healthy = counting();
    const worker = start([failing, healthy]);
    await expect.poll(() => Math.min(failures, healthy.runs), { timeout: 20_000 }).toBeGreaterThan(3);
    expect(worker.isWell()).toBe(true);
    expect(unwellParts()).toEqual([]);
  });

  test("an event wakes a sweep that would have slept for an hour", async () => {
    const sweep = counting({ everyMs: 3_600_000, wakesOn: ["runs.moved", "change."] });
    start([sweep]);
    await expect.poll(() => sweep.runs, { timeout: 20_000 }).toBeGreaterThan(0);
    for (const kind of ["runs.moved", "change.approved"]) {
      const before = sweep.runs;
      // The listener may still be connecting, so the event is repeated until it was heard.
      await expect.poll(async () => {
        await pool().query("SELECT pg_notify('holdpoint', $1)", [JSON.stringify({ kind, subject: "x", agentId: null })]);
        return sweep.runs;
      }, { timeout: 20_000 }).toBeGreaterThan(before);
    }
  });

  test("goes on after all its connections were cut", async () => {
    const sweep = counting();
    const worker = start([sweep]);
    await expect.poll(() => sweep.runs, { timeout: 20_000 }).toBeGreaterThan(1);
    await pool().query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
    const before = sweep.runs;
    await expect.poll(() => sweep.runs, { timeout: 20_000 }).toBeGreaterThan(before + 3);
    expect(worker.isWell()).toBe(true);
  });

  test("stops in the middle of a pause", async () => {
    const worker = start([counting({ everyMs: 3_600_000 })]);
    await worker.stop();
  });

  test("the lock of a name is free again after a failure", async () => {
    await expect(alone("x", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    let isInside = false;
    expect(await alone("x", async () => {
      isInside = await alone("x", async () => undefined);
    })).toBe(true);
    expect(isInside).toBe(false);
  });
});

test("with the real sweeps, spans become rollups and a judged recipe within seconds", async () => {
  await createAgent(systemActor, { agentId: "live-bot", card: emptyCard });
  start(SWEEPS);
  await ingestSpans(systemActor, [aSpan({ startUs: Date.now() * 1_000, agentHints: ["live-bot"], kind: "inference", model: "gpt-5.4", systemInstructions: "Do." })], new Date());
  await expect.poll(async () => [
    await prisma().rollup.count({ where: { agentId: "live-bot", runs: 1 } }),
    await prisma().observedComponent.count({ where: { agentId: "live-bot", judgedAt: { not: null } } }),
  ], { timeout: 15_000 }).toEqual([1, 2]);
  const now = new Date();
  const month = (date: Date) => `span_${date.toISOString().slice(0, 7).replace("-", "_")}`;
  const next = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1));
  const { rows } = await pool().query<{ name: string }>("SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'span'::regclass ORDER BY 1");
  expect(rows.map((row) => row.name)).toEqual(expect.arrayContaining([month(now), month(next)]));
});
