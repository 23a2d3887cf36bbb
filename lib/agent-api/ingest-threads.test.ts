import { existsSync, readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import type pg from "pg";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { pool } from "../database/database.ts";
import { emptyCard } from "../domain/agent-card.ts";
import { metrics } from "../metrics-registry.ts";
import { createAgent } from "../operations/agents.ts";
import { createApiKey, newKeySchema } from "../operations/api-keys.ts";
import { systemActor } from "../operations/people.ts";
import { seedDefaults } from "../operations/seed-defaults.ts";
import { unwellParts } from "../process-health.ts";
import { aTraceId } from "../testing/a-span.ts";
import { startDatabaseProxy } from "../testing/database-proxy.ts";
import { useDatabase } from "../testing/use-database.ts";
import { createAgentApi } from "./agent-api.ts";
import { startIngestThreads, type IngestThreads } from "./ingest-threads.ts";

useDatabase();

const api = createAgentApi();
const HERE = "here-bot";
const THERE = "there-bot";
const SAMPLES = "../shared/data/otlp";
const secrets = new Map<string, string>();

let threads: IngestThreads | null = null;
const start = (...parameters: Parameters<typeof startIngestThreads>): IngestThreads => (threads = startIngestThreads(...parameters));
const stop = async (): Promise<void> => {
  await threads?.close();
  threads = null;
};

beforeAll(async () => {
  await seedDefaults();
  for (const agentId of [HERE, THERE]) {
    await createAgent(systemActor, { agentId, card: emptyCard });
    secrets.set(agentId, (await createApiKey(systemActor, newKeySchema.parse({ name: agentId, agentIds: [agentId] }))).secret);
  }
});
afterEach(stop);

interface Post {
  path?: string;
  body: string | Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
}

async function post(agentId: string, { path = "/v1/traces", body, headers }: Post) {
  const response = await api.request(path, { method: "POST", body, headers: { authorization: `Bearer ${secrets.get(agentId)}`, "content-type": "application/json", ...headers } });
  return { status: response.status, type: response.headers.get("content-type"), retryAfter: response.headers.get("retry-after"), text: await response.text() };
}

const nanos = (ms: number): string => `${BigInt(ms) * 1_000_000n}`;
const exported = (service: string, traceId = aTraceId(), spans = 2) => JSON.stringify({
  resourceSpans: [{
    resource: { attributes: [{ key: "service.name", value: { stringValue: service } }] },
    scopeSpans: [{
      spans: Array.from({ length: spans }, (_, index) => ({
        traceId, spanId: (index + 1).toString(16).padStart(16, "0"), name: "chat", kind: 3, startTimeUnixNano: nanos(Date.now() - 5_000), endTimeUnixNano: nanos(Date.now()),
        attributes: [{ key: "gen_ai.operation.name", value: { stringValue: "chat" } }],
      })),
    }],
  }],
});

const UNLIKE = "- 'agent_id' - 'id' - 'run_id' - 'example_run_id' - 'received_at' - 'updated_at' - 'first_seen_at' - 'last_seen_at'";

/** All that is stored of an agent's traffic, without what says whose it is and when it came. */
async function storedOf(agentId: string): Promise<string[]> {
  const rows = await Promise.all(["span", "run", "trace", "observed_component"].map((table) =>
    pool().query<{ row: unknown }>(`SELECT to_jsonb(t) ${UNLIKE} AS row FROM ${table} t WHERE agent_id = $1`, [agentId])));
  return rows.flatMap(({ rows }) => rows.map(({ row }) => JSON.stringify(row))).toSorted();
}

/** In this thread and then in another one. */
async function both(posts: readonly Post[]) {
  const here = [];
  for (const one of posts) here.push(await post(HERE, one));
  start(1);
  const there = [];
  for (const one of posts) there.push(await post(THERE, one));
  return { here, there };
}

function recorded(): Post[] {
  const names = readdirSync(SAMPLES).filter((name) => /\.traces\.\d+\.(bin|json)(\.gz)?$|native-ingest.*\.json$/.test(name));
  return names.map((name) => ({
    path: name.includes("native-ingest") ? "/v1/traces/ingest" : "/v1/traces",
    body: new Uint8Array(readFileSync(`${SAMPLES}/${name}`)),
    headers: { "content-type": name.includes(".json") ? "application/json" : "application/x-protobuf", ...(name.endsWith(".gz") ? { "content-encoding": "gzip" } : {}) },
  }));
}

describe("what another thread does is what this one does", () => {
  test.skipIf(!existsSync(SAMPLES))("with everything that real exporters sent", async () => {
    const samples = recorded();
    expect(samples.length).toBeGreaterThan(10);
    const { here, there } = await both(samples);
    expect(there).toEqual(here);
    expect(new Set(here.map(({ status }) => status))).toEqual(new Set([200]));
    const stored = await storedOf(HERE);
    expect(stored.length).toBeGreaterThan(50);
    expect(await storedOf(THERE)).toEqual(stored);
  });

  test("with what cannot be taken", async () => {
    const nested = `${'{"resourceSpans":['.repeat(5_000)}`;
    const deepValue = `{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":[{"key":"a","value":${'{"arrayValue":{"values":['.repeat(40)}${"]}}".repeat(40)}}]}]}]}]}`;
    const protobuf = { "content-type": "application/x-protobuf" };
    const posts: Post[] = [
      ...["{", "null", "[]", '{"resourceSpans":7}', nested, deepValue, exported("here-bot").slice(0, -1)].map((body) => ({ body })),
      { body: exported("x", "00") }, { body: exported("x"), headers: protobuf }, { body: new Uint8Array([0x0a, 0xff]), headers: protobuf }, { body: new Uint8Array(0), headers: protobuf },
      { body: new Uint8Array(gzipSync("{}").subarray(0, 12)), headers: { "content-encoding": "gzip" } }, { body: "{}", headers: { "content-encoding": "br" } }, { body: "x", headers: { "content-type": "text/plain" } },
      { path: "/v1/traces/ingest", body: "{}" }, { path: "/v1/traces/ingest", body: '{"data":[{"object":"trace.span","id":"no"}]}' },
      { body: exported("x"), headers: { authorization: "Bearer hp_unknown" } },
    ];
    const { here, there } = await both(posts);
    expect(there).toEqual(here);
    expect(new Set(here.map(({ status }) => status))).toEqual(new Set([200, 400, 401, 415]));
  });

  test("with agents that the key is not for, or that nobody created", async () => {
    await createAgent(systemActor, { agentId: "third-bot", card: emptyCard });
    const two = (await createApiKey(systemActor, newKeySchema.parse({ name: "two", agentIds: [HERE, THERE] }))).secret;
    const { here, there } = await both([{ body: exported("third-bot") }, { body: exported("nobody"), headers: { authorization: `Bearer ${two}` } }]);
    expect(there).toEqual(here);
    expect(here.map(({ status, text }) => [status, /"rejectedSpans":"2"/.test(text)])).toEqual([[200, true], [200, true]]);
  });
});

test("the figures of this process count what its threads stored, and count it once", async () => {
  const figures = async () => {
    const [ingested, rejected] = await Promise.all([metrics().ingestedSpans.get(), metrics().rejectedSpans.get()]);
    return [ingested.values.find(({ labels }) => labels.dialect === "otel-genai")?.value ?? 0, rejected.values[0]?.value ?? 0] as const;
  };
  const known = exported(THERE);
  for (const isOnThread of [false, true]) {
    if (isOnThread) start(2);
    const before = await figures();
    const traffic = [known, known, exported(THERE), exported(THERE, "00", 3)];
    for (const body of traffic) expect((await post(THERE, { body })).status).toBe(200);
    const after = await figures();
    expect([after[0] - before[0], after[1] - before[1]]).toEqual([isOnThread ? 2 : 4, 3]);
  }
});

const lockTraces = async (): Promise<pg.PoolClient> => {
  const client = await pool().connect();
  await client.query("BEGIN; LOCK TABLE trace IN ACCESS EXCLUSIVE MODE");
  return client;
};
const unlock = async (client: pg.PoolClient): Promise<void> => {
  await client.query("ROLLBACK");
  client.release();
};
const untilSomebodyWaits = () =>
  vi.waitFor(async () => {
    const { rows } = await pool().query("SELECT FROM pg_locks WHERE NOT granted AND relation = 'trace'::regclass");
    expect(rows).toHaveLength(1);
  }, 20_000);

test("the end waits for what is under way, and answers it", async () => {
  const running = start(1);
  const lock = await lockTraces();
  const traceId = aTraceId();
  const answer = post(THERE, { body: exported(THERE, traceId) });
  await untilSomebodyWaits();
  const ended = running.close();
  await unlock(lock);
  expect((await answer).status).toBe(200);
  await ended;
  const { rows } = await pool().query("SELECT FROM span WHERE trace_id = $1", [traceId]);
  expect(rows).toHaveLength(2);
  expect(unwellParts()).toEqual([]);
});

test("while the thread's database is away senders are told to come back, and afterwards it works", async () => {
  const address = process.env.DATABASE_URL ?? "";
  const proxy = await startDatabaseProxy(address);
  try {
    process.env.DATABASE_URL = proxy.url;
    start(1);
    process.env.DATABASE_URL = address;
    expect((await post(THERE, { body: exported(THERE) })).status).toBe(200);
    proxy.cut();
    expect(await post(THERE, { body: exported(THERE) })).toMatchObject({ status: 503, retryAfter: "2", type: "application/json", text: expect.stringMatching(/database cannot be reached/) as string });
    proxy.mend();
    await vi.waitFor(async () => expect((await post(THERE, { body: exported(THERE) })).status).toBe(200), 20_000);
    await stop();
  } finally {
    process.env.DATABASE_URL = address;
    await proxy.stop();
  }
});

describe("a thread that dies", () => {
  test.each(["throw", "fill the heap"])("of what makes it %s takes only what it was at along, which is sent again, and another one begins", async (death) => {
    start(1, { entry: new URL("../testing/mortal-ingest-thread.ts", import.meta.url), heapMegabytes: 160 });
    expect((await post(THERE, { body: exported(THERE) })).status).toBe(200);
    const lock = await lockTraces();
    const body = exported(THERE);
    const held = post(THERE, { body });
    await untilSomebodyWaits();
    for (const answer of await Promise.all([post(THERE, { body: JSON.stringify(death) }), held])) {
      expect(answer).toMatchObject({ status: 503, retryAfter: "2", type: "application/json", text: expect.stringMatching(/Send them again/) as string });
    }
    await unlock(lock);
    expect(unwellParts()).toEqual([]);
    await vi.waitFor(async () => expect(await post(THERE, { body })).toMatchObject({ status: 200, text: "{}" }), 20_000);
  });

  test("before it can work makes the process unready", async () => {
    start(1, { entry: new URL("../testing/empty.ts", import.meta.url) });
    await vi.waitFor(() => expect(unwellParts()).toEqual(["ingest"]), 20_000);
    expect(await post(THERE, { body: exported(THERE) })).toMatchObject({ status: 503, retryAfter: "2" });
    await stop();
    expect(unwellParts()).toEqual([]);
    expect((await post(THERE, { body: exported(THERE) })).status).toBe(200);
  });
});
