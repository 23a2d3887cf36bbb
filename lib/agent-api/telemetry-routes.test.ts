import { existsSync, readdirSync, readFileSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { getRequestListener } from "@hono/node-server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeDatabase, pool, prisma } from "../database/database.ts";
import { emptyCard } from "../domain/agent-card.ts";
import { env } from "../env.ts";
import { createAgent } from "../operations/agents.ts";
import { createApiKey, newKeySchema, revokeApiKey } from "../operations/api-keys.ts";
import { systemActor } from "../operations/people.ts";
import { seedDefaults } from "../operations/seed-defaults.ts";
import { aTraceId } from "../testing/a-span.ts";
import { useDatabase } from "../testing/use-database.ts";
import { createAgentApi } from "./agent-api.ts";

useDatabase();
process.env.HOLDPOINT_MAX_BODY_BYTES = String(4 * 1024 * 1024);

const api = createAgentApi();
const AGENT = "refund-bot";
let secret = "";

beforeAll(async () => {
  await seedDefaults();
  await createAgent(systemActor, { agentId: AGENT, card: emptyCard });
  await createAgent(systemActor, { agentId: "other-bot", card: emptyCard });
  secret = (await createApiKey(systemActor, newKeySchema.parse({ name: "test", agentIds: [AGENT, "other-bot"] }))).secret;
});

const headersFor = (more: Record<string, string> = {}) => ({ authorization: `Bearer ${secret}`, "content-type": "application/json", ...more });
const post = (path: string, body: string | Uint8Array<ArrayBuffer> | ReadableStream, headers: Record<string, string> = {}) =>
  api.request(path, { method: "POST", headers: headersFor(headers), body, duplex: "half" } as RequestInit);

const nanos = (ms: number): string => `${BigInt(ms) * 1_000_000n}`;
const exported = (service: string, traceId = aTraceId(), spanCount = 2) => ({
  resourceSpans: [{
    resource: { attributes: [{ key: "service.name", value: { stringValue: service } }] },
    scopeSpans: [{
      spans: Array.from({ length: spanCount }, (_, index) => ({
        traceId, spanId: (index + 1).toString(16).padStart(16, "0"), name: "chat", kind: 3, startTimeUnixNano: nanos(Date.now() - 5_000), endTimeUnixNano: nanos(Date.now()),
        attributes: [{ key: "gen_ai.operation.name", value: { stringValue: "chat" } }, { key: "gen_ai.usage.input_tokens", value: { intValue: 10 } }],
      })),
    }],
  }],
});
const stored = (traceId: string) => prisma().span.count({ where: { traceId } });

describe("OTLP over HTTP", () => {
  test("full success is an empty message; a repetition is one, too", async () => {
    const traceId = aTraceId();
    const body = JSON.stringify(exported(AGENT, traceId));
    for (let times = 0; times < 2; times++) {
      const response = await post("/v1/traces", body);
      expect([response.status, response.headers.get("content-type"), await response.text()]).toEqual([200, "application/json", "{}"]);
    }
    expect(await stored(traceId)).toBe(2);
  });

  test.each<[string, (body: Buffer<ArrayBuffer>) => [body: Buffer<ArrayBuffer>, headers: Record<string, string>]]>([
    ["that say how long they are", (body) => [body, { "content-length": String(body.length) }]],
    ["that do not say how long they are", (body) => [body, {}]],
    ["in gzip", (body) => [gzipSync(body), { "content-encoding": "gzip" }]],
  ])("of three hundred senders of small batches at once, %s, none is sent away", async (_, encoded) => {
    const traceIds = Array.from({ length: 300 }, aTraceId);
    const answers = await Promise.all(traceIds.map((traceId) => post("/v1/traces", ...encoded(Buffer.from(JSON.stringify(exported(AGENT, traceId)))))));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await prisma().span.count({ where: { traceId: { in: traceIds } } })).toBe(600);
  });

  test("gzip, and a JSON content type with a parameter", async () => {
    const traceId = aTraceId();
    const response = await post("/v1/traces", new Uint8Array(gzipSync(JSON.stringify(exported(AGENT, traceId)))), { "content-encoding": "gzip", "content-type": "application/json; charset=utf-8" });
    expect(response.status).toBe(200);
    expect(await stored(traceId)).toBe(2);
  });

  test.each(["/v1/traces", "/v1/logs", "/v1/metrics"])("an empty request to %s is a success", async (path) => {
    const json = await post(path, "{}");
    expect([json.status, await json.text()]).toEqual([200, "{}"]);
    const protobuf = await post(path, new Uint8Array(0), { "content-type": "application/x-protobuf" });
    expect([protobuf.status, protobuf.headers.get("content-type"), (await protobuf.arrayBuffer()).byteLength]).toEqual([200, "application/x-protobuf", 0]);
  });

  test("an unknown agent is a partial success that says what to do", async () => {
    const response = await post("/v1/traces", JSON.stringify({ resourceSpans: [...exported("nobody").resourceSpans, ...exported(AGENT).resourceSpans] }));
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ partialSuccess: { rejectedSpans: "2", errorMessage: expect.stringMatching(/There is no agent "nobody".*service\.name/) as string } });
  });

  test("malformed spans are sent back by count, the others kept", async () => {
    const traceId = aTraceId();
    const body = exported(AGENT, traceId);
    body.resourceSpans.push(...exported(AGENT, "00").resourceSpans);
    const response = await post("/v1/traces", JSON.stringify(body));
    expect(await response.json()).toMatchObject({ partialSuccess: { rejectedSpans: "2" } });
    expect(await stored(traceId)).toBe(2);
  });

  test("log records keep the message beside its span and note the prompt", async () => {
    const traceId = aTraceId();
    const record = { timeUnixNano: nanos(Date.now()), traceId, spanId: "00000000000000aa", eventName: "gen_ai.system.message", body: { kvlistValue: { values: [{ key: "content", value: { stringValue: "You refund." } }] } } };
    const body = JSON.stringify({ resourceLogs: [{ resource: exported(AGENT).resourceSpans[0]?.resource, scopeLogs: [{ logRecords: [record, { ...record, eventName: "http.request" }] }] }] });
    for (let times = 0; times < 2; times++) expect((await post("/v1/logs", body)).status).toBe(200);
    expect(await prisma().spanMessage.findMany({ where: { traceId }, select: { name: true, agentId: true } })).toEqual([{ name: "gen_ai.system.message", agentId: AGENT }]);
    expect(await prisma().observedComponent.findFirst({ where: { facet: "prompt" } })).toMatchObject({ agentId: AGENT, name: "system", content: { text: "You refund." } });
  });

  test("the OpenAI Agents exporter's own format", async () => {
    const traceId = aTraceId();
    const at = new Date().toISOString();
    const body = {
      data: [
        { object: "trace", id: `trace_${traceId}`, workflow_name: AGENT, group_id: "conv-native" },
        { object: "trace.span", id: `span_${"a".repeat(24)}`, trace_id: `trace_${traceId}`, parent_id: null, started_at: at, ended_at: at, span_data: { type: "function", name: "refund", input: "{}", output: "ok" } },
      ],
    };
    const response = await post("/v1/traces/ingest", JSON.stringify(body), { "openai-beta": "traces=v1" });
    expect([response.status, await response.json()]).toEqual([200, {}]);
    expect(await prisma().run.findFirst({ where: { conversationId: "conv-native" } })).toMatchObject({ agentId: AGENT, toolCalls: 1 });
  });
});

describe("bad input", () => {
  const cut = JSON.stringify(exported(AGENT)).slice(0, -20);
  const deep = `{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":[{"key":"a","value":${'{"arrayValue":{"values":['.repeat(5_000)}${"]}}".repeat(5_000)}}]}]}]}]}`;
  const huge = "x".repeat(5 * 1024 * 1024);
  test.each([
    ["a truncated body", cut, {}, 400],
    ["truncated protobuf", new Uint8Array([0x0a, 0xff, 0x01, 0x00]), { "content-type": "application/x-protobuf" }, 400],
    ["a wrong type", '{"resourceSpans":{"a":1}}', {}, 400],
    ["deep nesting", deep, {}, 400],
    ["a body above the limit", huge, {}, 413],
    ["a gzip bomb", new Uint8Array(gzipSync(Buffer.alloc(200 * 1024 * 1024))), { "content-encoding": "gzip" }, 413],
    ["broken gzip", "not gzip", { "content-encoding": "gzip" }, 400],
    ["an encoding nobody knows", "{}", { "content-encoding": "br" }, 415],
    ["a content type nobody knows", "{}", { "content-type": "text/plain" }, 415],
  ] as const)("%s", async (_, body, headers, status) => {
    const response = await post("/v1/traces", body as string, headers as Record<string, string>);
    expect(response.status).toBe(status);
    const isJson = (headers as Record<string, string>)["content-type"] === undefined;
    expect(response.headers.get("content-type")).toBe(isJson ? "application/json" : "application/x-protobuf");
    if (isJson) expect(await response.json()).toEqual({ code: expect.any(Number) as number, message: expect.any(String) as string });
  });

  test("a hundred megabytes whose length nobody told are cut off at the limit", async () => {
    let sent = 0;
    const stream = new ReadableStream({
      pull(controller) {
        sent += 1024 * 1024;
        controller.enqueue(new Uint8Array(1024 * 1024));
        if (sent >= 100 * 1024 * 1024) controller.close();
      },
    });
    expect((await post("/v1/traces", stream, { "content-type": "application/x-protobuf" })).status).toBe(413);
    expect(sent).toBeLessThan(10 * 1024 * 1024);
  });

  test("a revoked key is 401 in the sender's encoding", async () => {
    const key = await createApiKey(systemActor, newKeySchema.parse({ name: "gone", agentIds: [AGENT] }));
    await revokeApiKey(systemActor, { keyId: key.id });
    const response = await post("/v1/traces", JSON.stringify(exported(AGENT)), { authorization: `Bearer ${key.secret}` });
    expect([response.status, await response.json()]).toEqual([401, { code: 16, message: expect.any(String) as string }]);
  });
});

describe("outcomes", () => {
  test("by our id, the conversation or the trace; the same again changes nothing, another one replaces it", async () => {
    const traceId = aTraceId();
    await post("/v1/traces", JSON.stringify(exported(AGENT, traceId)));
    const outcome = (id: string, body: unknown) => post(`/v1/runs/${id}/outcome`, JSON.stringify(body));
    const entries = () => prisma().logEntry.count({ where: { kind: "run.outcome_recorded" } });
    const first = await outcome(traceId, { outcome: "success", record: { type: "ticket", id: "T-1" } });
    const { runId } = (await first.json()) as { runId: string };
    expect(first.status).toBe(200);
    expect((await outcome(runId, { outcome: "success" })).status).toBe(200);
    expect(await entries()).toBe(1);
    expect((await outcome(runId, { outcome: "failure", isEscalated: true, comment: "came back" })).status).toBe(200);
    expect(await entries()).toBe(2);
    expect(await prisma().run.findUnique({ where: { id: runId } })).toMatchObject({ outcome: "failure", outcomeSource: "reported", isEscalated: true, records: [{ type: "ticket", id: "T-1" }] });
    // What the trace says later does not outweigh it.
    const later = exported(AGENT, traceId, 3);
    later.resourceSpans[0]?.scopeSpans[0]?.spans[2]?.attributes.push({ key: "holdpoint.outcome", value: { stringValue: "success" } });
    await post("/v1/traces", JSON.stringify(later));
    expect(await prisma().run.findUnique({ where: { id: runId } })).toMatchObject({ outcome: "failure", spanCount: 3 });
  });

  test("another agent's run does not exist for a key, and many at once leave one outcome", async () => {
    const traceId = aTraceId();
    await post("/v1/traces", JSON.stringify(exported("other-bot", traceId)));
    const narrow = await createApiKey(systemActor, newKeySchema.parse({ name: "narrow", agentIds: [AGENT] }));
    const response = await post(`/v1/runs/${traceId}/outcome`, JSON.stringify({ outcome: "success" }), { authorization: `Bearer ${narrow.secret}` });
    expect(response.status).toBe(404);
    const answers = await Promise.all(Array.from({ length: 10 }, () => post(`/v1/runs/${traceId}/outcome`, JSON.stringify({ outcome: "success" }))));
    expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 10 }, () => 200));
    expect(await prisma().logEntry.count({ where: { kind: "run.outcome_recorded", agentId: "other-bot" } })).toBe(1);
  });
});

describe.skipIf(!existsSync("../shared/data/otlp"))("what real exporters sent", () => {
  const folder = "../shared/data/otlp";
  const samples = existsSync(folder) ? readdirSync(folder).filter((name) => /\.(traces|logs|metrics)\.\d+\.(bin|json)(\.gz)?$/.test(name)) : [];
  test.each(samples)("%s", async (name) => {
    const own = await createApiKey(systemActor, newKeySchema.parse({ name: "sample", agentIds: [AGENT] }));
    const signal = /\.(traces|logs|metrics)\./.exec(name)?.[1] ?? "";
    const response = await post(`/v1/${signal}`, new Uint8Array(readFileSync(`${folder}/${name}`)), {
      authorization: `Bearer ${own.secret}`, "content-type": name.includes(".json") ? "application/json" : "application/x-protobuf", ...(name.endsWith(".gz") ? { "content-encoding": "gzip" } : {}),
    });
    expect(response.status).toBe(200);
    expect(["", "{}"]).toContain(await response.text());
  });
});

describe("through a real server", () => {
  const server = http.createServer(getRequestListener(api.fetch));
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  test("bodies are read from node's own stream, and a refusal leaves the connection usable", async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const send = (body: Buffer, headers: Record<string, string>) =>
      new Promise<number>((resolve, reject) => {
        const request = http.request(`${url()}/v1/traces`, { method: "POST", agent, headers: { ...headersFor(), ...headers } }, (response) => response.resume().on("end", () => resolve(response.statusCode ?? 0)));
        request.on("error", reject).end(body);
      });
    const traceId = aTraceId();
    const body = Buffer.from(JSON.stringify(exported(AGENT, traceId, 500)));
    expect(await send(body, { authorization: "Bearer no" })).toBe(401);
    expect(await send(body, {})).toBe(200);
    expect(await send(gzipSync(body), { "content-encoding": "gzip" })).toBe(200);
    expect(await stored(traceId)).toBe(500);
    agent.destroy();
  });

  test("while the database is away every exporter is told to come back, never that it was at fault", async () => {
    const body = JSON.stringify(exported(AGENT, aTraceId()));
    const address = process.env.DATABASE_URL;
    await closeDatabase();
    process.env.DATABASE_URL = "postgresql://nobody:x@127.0.0.1:1/none";
    try {
      for (const type of ["application/json", "application/x-protobuf"]) {
        const response = await post("/v1/traces", body, { "content-type": type });
        expect([response.status, response.headers.get("retry-after"), response.headers.get("content-type")]).toEqual([503, "2", type]);
      }
      expect((await api.request("/readyz")).status).toBe(503);
      expect((await api.request("/healthz")).status).toBe(200);
      expect((await api.request("/metrics")).status).toBe(200);
    } finally {
      await closeDatabase();
      process.env.DATABASE_URL = address;
    }
    expect((await post("/v1/traces", body)).status).toBe(200);
  });

  test("connections that the server cuts under load cost no acknowledged span", async () => {
    const traces = Array.from({ length: 60 }, () => aTraceId());
    const acknowledged = new Set<string>();
    const statuses = new Set<number>();
    const sending = traces.map(async (traceId) => {
      for (let attempt = 0; attempt < 200 && !acknowledged.has(traceId); attempt++) {
        const response = await post("/v1/traces", JSON.stringify(exported(AGENT, traceId, 20)));
        statuses.add(response.status);
        if (response.status === 200) acknowledged.add(traceId);
      }
    });
    for (let times = 0; times < 5; times++) {
      await pool().query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()").catch(() => undefined);
    }
    await Promise.all(sending);
    expect([...statuses].filter((status) => ![200, 429, 503].includes(status))).toEqual([]);
    expect(acknowledged.size).toBe(60);
    for (const traceId of traces) expect(await stored(traceId)).toBe(20);
    const counted = await prisma().run.aggregate({ where: { conversationId: { in: traces } }, _sum: { spanCount: true, inputTokens: true }, _count: true });
    expect(counted).toEqual({ _count: 60, _sum: { spanCount: 1_200, inputTokens: 12_000n } });
  });
});

test("the limit is the one that was set", () => expect(env().maxBodyBytes).toBe(4 * 1024 * 1024));
