// Durable spans per second over HTTP, beside a raw INSERT … unnest of the very rows that were stored, in the same run.

import fs from "node:fs";
import pg from "pg";
import { agentCardSchema } from "../lib/domain/agent-card.ts";
import { createAgent } from "../lib/operations/agents.ts";
import { systemActor } from "../lib/operations/people.ts";
import { agentKey } from "./holdpoint-api.ts";
import { startBenchServer, type BenchServer } from "./bench-server.ts";
import { printTable } from "./print-table.ts";
import { realisticBatches } from "./realistic-spans.ts";

const CONNECTIONS = 6;
const SPANS = Number(process.env.BENCH_SPANS ?? 60_000);
const MEMORY_SPANS = Number(process.env.BENCH_MEMORY_SPANS ?? 1_000_000);

async function post(server: BenchServer, secret: string, bodies: Iterable<Buffer>): Promise<number> {
  const source = bodies[Symbol.iterator]();
  let requests = 0;
  const work = async () => {
    for (let next = source.next(); !next.done; next = source.next()) {
      const send = () => fetch(`${server.url}/v1/traces`, { method: "POST", headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" }, body: new Uint8Array(next.value) });
      let response = await send();
      while (response.status === 503 || response.status === 429) {
        await new Promise((resolve) => setTimeout(resolve, 1000 * Number(response.headers.get("retry-after") ?? 1)));
        response = await send();
      }
      const answer = await response.text();
      if (!response.ok || answer.includes("rejectedSpans")) throw new Error(`ingest answered ${response.status}: ${answer.slice(0, 300)}`);
      requests++;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
  return requests;
}

/** The stored rows once more, into a table of the same shape with the same indexes, batch by batch over as many connections. */
async function rawInsert(databaseUrl: string, batchSize: number, since: Date): Promise<{ rows: number; seconds: number }> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: CONNECTIONS });
  try {
    await pool.query("DROP TABLE IF EXISTS raw_span");
    await pool.query("CREATE TABLE raw_span (LIKE span INCLUDING ALL)");
    const { rows } = await pool.query<Record<string, unknown>>("SELECT * FROM span WHERE started_at >= $1 ORDER BY started_at", [since]);
    const { rows: columns } = await pool.query<{ name: string; type: string }>(
      "SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute WHERE attrelid = 'raw_span'::regclass AND attnum > 0 ORDER BY attnum");
    const isJson = new Set(columns.filter((column) => column.type === "jsonb").map((column) => column.name));
    const batches: unknown[][][] = [];
    for (let start = 0; start < rows.length; start += batchSize) {
      const slice = rows.slice(start, start + batchSize);
      batches.push(columns.map(({ name }) => slice.map((row) => (isJson.has(name) && row[name] !== null ? JSON.stringify(row[name]) : row[name]))));
    }
    const names = columns.map((column) => `"${column.name}"`).join(", ");
    const sql = `INSERT INTO raw_span (${names}) SELECT * FROM unnest(${columns.map((column, index) => `$${index + 1}::${column.type}[]`).join(", ")})`;
    const started = performance.now();
    const queue = batches[Symbol.iterator]();
    await Promise.all(Array.from({ length: CONNECTIONS }, async () => {
      for (let next = queue.next(); !next.done; next = queue.next()) await pool.query(sql, next.value);
    }));
    return { rows: rows.length, seconds: (performance.now() - started) / 1000 };
  } finally {
    await pool.end();
  }
}

const residentMegabytes = (pid: number): number => {
  const status = fs.readFileSync(`/proc/${pid}/status`, "utf8");
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
};

export async function ingest(): Promise<void> {
  const server = await startBenchServer({ HOLDPOINT_ROLES: "agents,jobs" });
  try {
    await createAgent(systemActor, { agentId: "bench-agent", card: agentCardSchema.parse({}) });
    const { secret } = await agentKey(server.url, ["bench-agent"]);
    await post(server, secret, realisticBatches({ spans: 6_000, batchSize: 100, seed: 1 }));
    const table: (string | number)[][] = [["batch", "spans", "Holdpoint spans/s", "raw INSERT spans/s", "ratio", "goal"]];
    for (const batchSize of [100, 500]) {
      const bodies = [...realisticBatches({ spans: SPANS, batchSize, seed: batchSize })];
      const since = new Date();
      const started = performance.now();
      await post(server, secret, bodies);
      const perSecond = SPANS / ((performance.now() - started) / 1000);
      const raw = await rawInsert(server.databaseUrl, batchSize, since);
      const rawPerSecond = raw.rows / raw.seconds;
      table.push([batchSize, raw.rows, Math.round(perSecond), Math.round(rawPerSecond), (perSecond / rawPerSecond).toFixed(2), "0.40"]);
    }
    printTable(table);
    await memory(server, secret);
  } finally {
    await server.stop();
  }
}

async function memory(server: BenchServer, secret: string): Promise<void> {
  const steps = 10;
  console.log(`\nResident memory of the server over ${MEMORY_SPANS.toLocaleString("en")} spans:`);
  const figures: string[] = [`${residentMegabytes(server.pid)} MB`];
  for (let step = 0; step < steps; step++) {
    await post(server, secret, realisticBatches({ spans: MEMORY_SPANS / steps, batchSize: 500, seed: 10_000 + step }));
    figures.push(`${residentMegabytes(server.pid)} MB`);
  }
  console.log(figures.join("  "));
}
