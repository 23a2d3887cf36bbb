// Durable spans per second over HTTP, beside a raw INSERT … unnest of the very rows that were stored, in turns in the same run.

import fs from "node:fs";
import http from "node:http";
import pg from "pg";
import { agentCardSchema } from "../lib/domain/agent-card.ts";
import { createAgent } from "../lib/operations/agents.ts";
import { systemActor } from "../lib/operations/people.ts";
import { agentKey } from "./holdpoint-api.ts";
import { startBenchServer, type BenchServer } from "./bench-server.ts";
import { cpuMs } from "./cpu-time.ts";
import { printTable } from "./print-table.ts";
import { realisticBatches } from "./realistic-spans.ts";

/** As many senders at once as the gate is asked by; both sides have as many. The more there are, the more of them share a transaction. */
const CONNECTIONS = Number(process.env.BENCH_CONNECTIONS ?? 32);
const ROUNDS = 8;
const SPANS = Number(process.env.BENCH_SPANS ?? 80_000);
const MEMORY_SPANS = Number(process.env.BENCH_MEMORY_SPANS ?? 1_000_000);
const GOAL = 0.4;
/** Of each size of batch: until then the engine is still compiling what it runs, and PostgreSQL has not looked at its new tables. */
const WARM_UP_SPANS = 40_000;

const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });

/** As exporters send, by node:http: what the sender costs is taken from the same processors. */
function send(server: BenchServer, secret: string, body: Buffer): Promise<{ status: number; retryAfter: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${secret}`, "content-type": "application/json", "content-length": body.length };
    const request = http.request(`${server.url}/v1/traces`, { method: "POST", agent, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => (text += part));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, retryAfter: Number(response.headers["retry-after"] ?? 1), text }));
    });
    request.on("error", reject).end(body);
  });
}

async function post(server: BenchServer, secret: string, bodies: Iterable<Buffer>): Promise<void> {
  const source = bodies[Symbol.iterator]();
  await Promise.all(Array.from({ length: CONNECTIONS }, async () => {
    for (let next = source.next(); !next.done; next = source.next()) {
      let answer = await send(server, secret, next.value);
      while (answer.status === 503 || answer.status === 429) {
        await new Promise((resolve) => setTimeout(resolve, 1000 * answer.retryAfter));
        answer = await send(server, secret, next.value);
      }
      if (answer.status !== 200 || answer.text.includes("rejectedSpans")) throw new Error(`ingest answered ${answer.status}: ${answer.text.slice(0, 300)}`);
    }
  }));
}

/** A table of the same shape with the same indexes, and the stored rows once more for it, in the order in which they were stored. */
async function rawTable(pool: pg.Pool) {
  await pool.query("DROP TABLE IF EXISTS raw_span");
  await pool.query("CREATE TABLE raw_span (LIKE span INCLUDING ALL)");
  const { rows: columns } = await pool.query<{ name: string; type: string }>(
    "SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute WHERE attrelid = 'raw_span'::regclass AND attnum > 0 ORDER BY attnum");
  // As text, so that nothing is lost on the way, and the microseconds of a start least of all.
  const asText = columns.map(({ name }) => `span."${name}"::text`).join(", ");
  const sql = `INSERT INTO raw_span (${columns.map(({ name }) => `"${name}"`).join(", ")})
    SELECT * FROM unnest(${columns.map(({ type }, index) => `$${index + 1}::${type}[]`).join(", ")})`;
  return {
    read: async (since: Date, batchSize: number): Promise<{ count: number; batches: unknown[][][] }> => {
      const { rows } = await pool.query<unknown[]>({ rowMode: "array", text: `SELECT ${asText} FROM span JOIN run ON run.id = span.run_id WHERE run.received_at >= $1 ORDER BY span.tableoid, span.ctid`, values: [since] });
      const batches: unknown[][][] = [];
      for (let start = 0; start < rows.length; start += batchSize) {
        const slice = rows.slice(start, start + batchSize);
        batches.push(columns.map((_, index) => slice.map((row) => row[index])));
      }
      return { count: rows.length, batches };
    },
    write: async (batches: readonly unknown[][][]): Promise<void> => {
      const queue = batches[Symbol.iterator]();
      await Promise.all(Array.from({ length: CONNECTIONS }, async () => {
        for (let next = queue.next(); !next.done; next = queue.next()) await pool.query({ name: "raw", text: sql, values: next.value });
      }));
    },
  };
}

interface Side {
  perSecond: number;
  nodeUs: number;
  postgresUs: number;
}

interface Round {
  holdpoint: Side;
  beside: Side;
}

const HEADINGS = ["batch", "spans", "Holdpoint spans/s", "raw INSERT spans/s", "ratio", "from–to", "goal", "CPU µs/span: server + PostgreSQL", "raw: sender + PostgreSQL", "ratio by CPU"];

/** Medians of the rounds. Where other work takes the processors, the ratio by their time is the one to believe. */
function row(batchSize: number, rounds: readonly Round[]): (string | number)[] {
  const middle = (of: (round: Round) => number) => median(rounds.map(of));
  const cpu = (of: (round: Round) => Side) => [middle((round) => of(round).nodeUs), middle((round) => of(round).postgresUs)] as const;
  const ratios = rounds.map(({ holdpoint, beside }) => holdpoint.perSecond / beside.perSecond).toSorted((a, b) => a - b);
  const [own, raw] = [cpu(({ holdpoint }) => holdpoint), cpu(({ beside }) => beside)];
  return [
    batchSize, SPANS, Math.round(middle(({ holdpoint }) => holdpoint.perSecond)), Math.round(middle(({ beside }) => beside.perSecond)), median(ratios).toFixed(2),
    `${ratios[0]?.toFixed(2)}–${ratios.at(-1)?.toFixed(2)}`, GOAL.toFixed(2), own.map(Math.round).join(" + "), raw.map(Math.round).join(" + "),
    ((raw[0] + raw[1]) / (own[0] + own[1])).toFixed(2),
  ];
}

async function measured(spans: number, pids: { node: number; postgres: number }, work: () => Promise<void>): Promise<Side> {
  const [node, postgres, started] = [cpuMs(pids.node), cpuMs(pids.postgres), performance.now()];
  await work();
  const seconds = (performance.now() - started) / 1_000;
  return { perSecond: spans / seconds, nodeUs: ((cpuMs(pids.node) - node) * 1_000) / spans, postgresUs: ((cpuMs(pids.postgres) - postgres) * 1_000) / spans };
}

async function compare(server: BenchServer, secret: string, batchSize: number): Promise<(string | number)[]> {
  const pool = new pg.Pool({ connectionString: server.databaseUrl, max: CONNECTIONS });
  try {
    const raw = await rawTable(pool);
    const rounds: Round[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      // Each round has runs of its own, so its rows are those of the runs received from here on.
      const since = new Date();
      const spans = Math.ceil(SPANS / ROUNDS / batchSize) * batchSize;
      const bodies = [...realisticBatches({ spans, batchSize, seed: batchSize * 1_000 + round })];
      const holdpoint = await measured(spans, { node: server.pid, postgres: server.postgresPid }, () => post(server, secret, bodies));
      const { count, batches } = await raw.read(since, batchSize);
      if (count !== spans) throw new Error(`${spans} spans were sent and ${count} are stored`);
      rounds.push({ holdpoint, beside: await measured(spans, { node: process.pid, postgres: server.postgresPid }, () => raw.write(batches)) });
    }
    return row(batchSize, rounds);
  } finally {
    await pool.end();
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle) - 1] ?? 0)) / 2;
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
    for (const batchSize of [100, 500]) await post(server, secret, realisticBatches({ spans: WARM_UP_SPANS, batchSize, seed: batchSize }));
    const table: (string | number)[][] = [HEADINGS];
    for (const batchSize of [100, 500]) table.push(await compare(server, secret, batchSize));
    printTable(table);
    if (MEMORY_SPANS > 0) await memory(server, secret);
  } finally {
    agent.destroy();
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
