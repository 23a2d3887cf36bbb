import http from "node:http";
import { buffer } from "node:stream/consumers";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { prisma } from "../../lib/database/database.ts";
import { revokeApiKey } from "../../lib/operations/api-keys.ts";
import { systemActor } from "../../lib/operations/people.ts";
import { manifestOf } from "../fixtures.ts";
import { AGENTS_ONLY } from "../own-server.ts";
import { startExporting } from "./exporting-agent.ts";
import { readOtlpAnswer, type OtlpAnswer } from "./otlp-answer.ts";
import { expect, test } from "./own-house.ts";
import { exportedTrace, newTraceId, type Caller } from "./telemetry.ts";

type Body = string | Uint8Array<ArrayBuffer>;
const ENCODINGS = [["JSON", "application/json"], ["protobuf", "application/x-protobuf"]] as const;
const MIB = 1024 * 1024;

const here = (secret: string): Caller => ({ url: process.env.E2E_URL ?? "", secret });

async function post({ url, secret }: Caller, body: Body, headers: Record<string, string> = {}): Promise<OtlpAnswer> {
  return readOtlpAnswer(await fetch(`${url}/v1/traces`, { method: "POST", body, headers: { authorization: `Bearer ${secret}`, "content-type": "application/json", ...headers } }));
}

/** The bytes that the real exporter sends. */
async function protobufOf(service: string): Promise<Uint8Array<ArrayBuffer>> {
  const bodies: Buffer[] = [];
  const server = http.createServer((request, response) => void buffer(request).then((body) => (bodies.push(body), response.end())));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  await startExporting({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, secret: "" }, service).finish();
  server.close();
  return new Uint8Array(bodies[0] ?? []);
}

const nested = (depth: number) =>
  `{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":[{"key":"a","value":${'{"arrayValue":{"values":['.repeat(depth)}${"]}}".repeat(depth)}}]}]}]}]}`;

test("what is not OTLP is refused with 400 in its own encoding, wherever it was cut", async ({ makeAgent }) => {
  const agent = await makeAgent({ isBare: true });
  const caller = here(await agent.key());
  const whole = await protobufOf(agent.id);
  expect(whole.length).toBeGreaterThan(100);
  expect(await post(caller, whole, { "content-type": "application/x-protobuf" })).toMatchObject({ status: 200, rejected: 0 });
  for (let length = 1; length < whole.length; length += 11) {
    expect(await post(caller, whole.slice(0, length), { "content-type": "application/x-protobuf" })).toMatchObject({
      status: 400, contentType: "application/x-protobuf", code: 3, message: expect.stringMatching(/\w/),
    });
  }
  const text = JSON.stringify(exportedTrace({ service: agent.id }));
  for (const body of [text.slice(0, -1), "[]", '"text"', "null", nested(40), nested(100_000), '{"resourceSpans":"many"}', '{"resourceSpans":[{"scopeSpans":{"spans":7}}]}']) {
    expect(await post(caller, body), body.slice(0, 60)).toMatchObject({ status: 400, contentType: "application/json", code: 3, message: expect.stringMatching(/\w/) });
  }
  expect(await post(caller, new Uint8Array([1, 2, 3]), { "content-encoding": "gzip" })).toMatchObject({ status: 400, code: 3 });
  expect(await prisma().span.count({ where: { agentId: agent.id } })).toBeGreaterThan(0);
});

test("single wrong values cost their span, never the batch and never a fault", async ({ makeAgent }) => {
  const agent = await makeAgent({ isBare: true });
  const caller = here(await agent.key());
  const wrong: Record<string, unknown>[] = [
    { traceId: 7 }, { traceId: "xyz" }, { traceId: "0".repeat(32) }, { spanId: "" }, { startTimeUnixNano: "yesterday" }, { startTimeUnixNano: "99999999999999999999999" },
    { endTimeUnixNano: -5 }, { name: { text: "chat" } }, { attributes: { key: "value" } }, { attributes: [{ key: 7, value: 7 }] }, { kind: "CLIENT" }, { status: "bad" }, { events: 3 },
  ];
  for (const change of wrong) {
    const good = newTraceId();
    const exported = exportedTrace({ service: agent.id, traceId: good, spans: 2 });
    const spans = exported.resourceSpans[0]?.scopeSpans[0]?.spans as Record<string, unknown>[];
    Object.assign(spans[1] ?? {}, change);
    const answer = await post(caller, JSON.stringify(exported));
    expect([200, 400], JSON.stringify(change)).toContain(answer.status);
    if (answer.status === 200) expect(await prisma().span.count({ where: { traceId: good } }), JSON.stringify(change)).toBeGreaterThan(0);
  }
});

test("names that would reach a prototype stay plain data", async ({ makeAgent }) => {
  const agent = await makeAgent({ isBare: true });
  const caller = here(await agent.key());
  const traceId = newTraceId();
  const exported = JSON.stringify(exportedTrace({ service: agent.id, traceId }))
    .replace('"attributes":[', '"attributes":[{"key":"__proto__","value":{"kvlistValue":{"values":[{"key":"polluted","value":{"boolValue":true}}]}}},{"key":"constructor","value":{"stringValue":"x"}},')
    .replace('{"resourceSpans"', '{"__proto__":{"resourceSpans":7},"resourceSpans"');
  expect(await post(caller, exported)).toMatchObject({ status: 200, rejected: 0 });
  expect(await prisma().span.count({ where: { traceId } })).toBe(1);
  const manifest = JSON.stringify({ manifest: manifestOf() }).replace('"inputSchema":{', '"inputSchema":{"__proto__":{"type":"string"},');
  const registered = await fetch(`${caller.url}/v1/agents/${agent.id}/versions`, { method: "POST", body: manifest, headers: { authorization: `Bearer ${caller.secret}`, "content-type": "application/json" } });
  expect(registered.status).toBeLessThan(500);
  const asked = await fetch(`${caller.url}/v1/agents/__proto__/authority`, { headers: { authorization: `Bearer ${caller.secret}` } });
  expect(asked.status).toBe(403);
  expect((await fetch(`${caller.url}/readyz`)).status).toBe(200);
});

for (const [name, contentType] of ENCODINGS) {
  test(`refusals of a ${name} request are in ${name}`, async ({ makeAgent }) => {
    const agent = await makeAgent({ isBare: true });
    const secret = await agent.key();
    const kind = { "content-type": contentType };
    const body: Body = name === "JSON" ? JSON.stringify(exportedTrace({ service: "nobody-at-all" })) : await protobufOf("nobody-at-all");
    const wide = await prisma().apiKey.findFirstOrThrow({ where: { agentIds: { has: agent.id } } });
    await prisma().apiKey.update({ where: { id: wide.id }, data: { agentIds: ["*"] } });
    expect(await post(here(secret), body, kind)).toMatchObject({ status: 200, contentType, rejected: 1, message: expect.stringMatching(/There is no agent "nobody-at-all"/) });
    expect(await post(here("hp_unknown"), body, kind)).toMatchObject({ status: 401, contentType, code: 16 });
    expect(await post(here(await agent.key(["authority"])), body, kind)).toMatchObject({ status: 403, contentType, code: 7 });
    expect(await post(here(secret), body, { ...kind, "content-encoding": "br" })).toMatchObject({ status: 415, contentType, code: 3 });
    await revokeApiKey(systemActor, { keyId: wide.id });
    expect(await post(here(secret), body, kind)).toMatchObject({ status: 401, contentType, code: 16 });
  });
}

test("another content type, another method and another path are told apart", async ({ makeAgent }) => {
  const agent = await makeAgent({ isBare: true });
  const caller = here(await agent.key());
  for (const type of ["text/plain", "application/xml", "multipart/form-data; boundary=x", "nonsense"]) expect(await post(caller, "x", { "content-type": type })).toMatchObject({ status: 415 });
  const call = async (method: string, path: string) => {
    const response = await fetch(caller.url + path, { method, headers: { authorization: `Bearer ${caller.secret}` } });
    return { status: response.status, allow: response.headers.get("allow"), body: (await response.json()) as unknown };
  };
  expect(await call("GET", "/v1/traces")).toMatchObject({ status: 405, allow: "POST", body: { error: "method_not_allowed" } });
  expect(await call("DELETE", `/v1/agents/${agent.id}/versions`)).toMatchObject({ status: 405, allow: "GET, POST" });
  expect(await call("POST", "/v1/nowhere")).toMatchObject({ status: 404, body: { error: "not_found" } });
});

test("a manifest is refused field by field, and a thousand tools are taken", async ({ makeAgent }) => {
  const agent = await makeAgent({ isBare: true });
  const caller = here(await agent.key());
  const register = async (body: string, type = "application/json") => {
    const response = await fetch(`${caller.url}/v1/agents/${agent.id}/versions`, { method: "POST", body, headers: { authorization: `Bearer ${caller.secret}`, "content-type": type } });
    return { status: response.status, ...((await response.json()) as { error?: string; message?: string; fields?: { path: string }[] }) };
  };
  const tools = (count: number) => Array.from({ length: count }, (_, index) => ({ name: `tool_${index}`, effect: "read" }));
  const { tools: _tools, ...toolless } = manifestOf();
  const refused: [unknown, string][] = [
    [toolless, "manifest.tools"], [{ ...manifestOf(), tools: [...tools(3), ...tools(3)] }, "manifest.tools"], [{ ...manifestOf(), tools: tools(2_001) }, "manifest.tools"],
    [{ ...manifestOf(), tools: [{ name: "a", effect: "explode" }] }, "manifest.tools.0.effect"], [{ ...manifestOf(), model: { name: 7 } }, "manifest.model.name"], [{ ...manifestOf(), toolz: [] }, "manifest"],
  ];
  for (const [manifest, path] of refused) {
    expect(await register(JSON.stringify({ manifest })), path).toMatchObject({ status: 400, error: "bad_input", message: expect.stringMatching(/\w/), fields: expect.arrayContaining([expect.objectContaining({ path })]) as [] });
  }
  expect(await register("{")).toMatchObject({ status: 400, error: "bad_input" });
  expect(await register("manifest: {}", "application/yaml")).toMatchObject({ status: 415 });
  expect(await register(JSON.stringify({ manifest: { ...manifestOf(), tools: tools(1_000) } }))).toMatchObject({ status: 201 });
});

/** Pushes as much as it can, whatever the other end says meanwhile. `isTold`: with a Content-Length. */
function push({ url, secret }: Caller, bytes: number, isTold: boolean): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${secret}`, "content-type": "application/json", ...(isTold ? { "content-length": bytes } : {}) };
    const request = http.request(`${url}/v1/traces`, { method: "POST", headers, agent: false });
    const chunk = Buffer.alloc(MIB, 32);
    let left = bytes;
    const more = () => {
      while (left > 0 && !request.destroyed) {
        left -= chunk.length;
        if (!request.write(chunk)) return void request.once("drain", more);
      }
      request.end();
    };
    request.once("response", (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
      request.destroy();
    });
    request.once("error", reject);
    more();
  });
}

test("100 MB and a gzip bomb are refused with 413, and the process stays small", async ({ ownAddress, start, makeAgent }) => {
  const server = await start({ ...AGENTS_ONLY, DATABASE_URL: ownAddress });
  const agent = await makeAgent({ isBare: true });
  const caller = { url: server.url, secret: await agent.key() };
  const memory = async () => Number(/^holdpoint_process_resident_memory_bytes (\d+)/m.exec(await (await fetch(`${server.url}/metrics`)).text())?.[1]);
  const beforeBytes = await memory();
  let mostBytes = beforeBytes;
  for (const isTold of [true, false, false]) {
    expect(await push(caller, 100 * MIB, isTold)).toBe(413);
    mostBytes = Math.max(mostBytes, await memory());
  }
  const bomb = new Uint8Array(gzipSync(Buffer.alloc(256 * MIB)));
  for (const [, contentType] of ENCODINGS) {
    expect(await post(caller, bomb, { "content-type": contentType, "content-encoding": "gzip" })).toMatchObject({ status: 413, contentType, code: 8 });
    mostBytes = Math.max(mostBytes, await memory());
  }
  expect((mostBytes - beforeBytes) / MIB).toBeLessThan(300);
  expect(await post(caller, JSON.stringify(exportedTrace({ service: agent.id })))).toMatchObject({ status: 200, rejected: 0 });
});
