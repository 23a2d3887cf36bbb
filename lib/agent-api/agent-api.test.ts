import { beforeAll, describe, expect, test } from "vitest";
import { emptyCard } from "../domain/agent-card.ts";
import type { ApiKeyScope } from "../domain/roles.ts";
import { createAgent } from "../operations/agents.ts";
import { createApiKey, newKeySchema, revokeApiKey } from "../operations/api-keys.ts";
import { createPerson, personSchema, systemActor } from "../operations/people.ts";
import { seedDefaults } from "../operations/seed-defaults.ts";
import { useDatabase } from "../testing/use-database.ts";
import { agentApiRoutes, createAgentApi } from "./agent-api.ts";

useDatabase();

const api = createAgentApi();
const AGENT = "refund-bot";

async function keyFor(given: { agentIds?: string[]; scopes?: ApiKeyScope[]; personId?: string }) {
  return createApiKey(systemActor, newKeySchema.parse({ name: "test", agentIds: [AGENT], ...given }));
}

async function call(method: string, path: string, secret: string | null, body?: unknown, headers: Record<string, string> = {}) {
  const response = await api.request(path, {
    method,
    headers: { ...(secret === null ? {} : { authorization: `Bearer ${secret}` }), ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: (text === "" ? null : JSON.parse(text)) as never };
}

const manifest = { label: "1.0", model: { name: "gpt-5.4" }, prompt: "You refund.", tools: [{ name: "refund_payment", effect: "write" }], memory: { kept: ["nothing"] } };

let agentKey = "";
beforeAll(async () => {
  await seedDefaults();
  await createAgent(systemActor, { agentId: AGENT, card: emptyCard });
  await createAgent(systemActor, { agentId: "other-bot", card: emptyCard });
  agentKey = (await keyFor({})).secret;
});

describe("every route", () => {
  test("says what it needs; without a need there is only what tells nothing about agents", () => {
    const open = agentApiRoutes.filter((route) => route.needs === "nothing" || route.needs.length === 0).map((route) => route.path);
    expect(open.sort()).toEqual(["/.well-known/authzen-configuration", "/healthz", "/metrics", "/readyz", "/v1/keys"]);
  });

  test("is made by the one helper: the application has no other", () => {
    const known = new Set([...agentApiRoutes.map((route) => `${route.method.toUpperCase()} ${route.path.replace(/\{(\w+)\}/g, ":$1")}`), "GET /v1/openapi.json"]);
    const registered = api.routes.map((route) => `${route.method} ${route.path}`);
    expect(registered.filter((route) => !known.has(route))).toEqual([]);
    expect(new Set(registered)).toEqual(known);
  });

  test.each(agentApiRoutes.filter((route) => route.needs !== "nothing").map((route) => [route.method.toUpperCase(), route.path] as const))("%s %s asks for a key", async (method, path) => {
    const response = await api.request(path.replace(/\{\w+\}/g, "x"), { method });
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toMatch(/^Bearer/);
  });

  test("is in the OpenAPI document, with a schema for each reference", async () => {
    const { status, body } = await call("GET", "/v1/openapi.json", null);
    expect(status).toBe(200);
    const document = body as { openapi: string; paths: Record<string, Record<string, { security: unknown[] }>>; components: { schemas: Record<string, unknown>; securitySchemes: unknown } };
    expect(document.openapi).toBe("3.1.0");
    for (const { method, path, needs } of agentApiRoutes) expect(document.paths[path]?.[method]?.security).toHaveLength(needs === "nothing" ? 0 : 1);
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map((match) => match[1] ?? "");
    expect(references.length).toBeGreaterThan(10);
    expect(references.filter((name) => !(name in document.components.schemas))).toEqual([]);
    expect(JSON.stringify(document)).not.toContain("#/$defs");
  });
});

describe("who asks", () => {
  test.each([
    ["no key", null, 401],
    ["something else", "Basic abc", 401],
    ["a key that never was", `hp_${"x".repeat(43)}`, 401],
  ])("%s", async (_, secret, status) => {
    expect((await call("GET", `/v1/agents/${AGENT}`, secret)).status).toBe(status);
  });

  test("a key is refused from the moment it is revoked", async () => {
    const { id, secret } = await keyFor({});
    expect((await call("GET", `/v1/agents/${AGENT}`, secret)).status).toBe(200);
    await revokeApiKey(systemActor, { keyId: id });
    expect(await call("GET", `/v1/agents/${AGENT}`, secret)).toMatchObject({ status: 401, body: { error: "not_authenticated" } });
  });

  test("a key for another agent, or without the scope, is told why not", async () => {
    expect(await call("GET", "/v1/agents/other-bot", agentKey)).toMatchObject({ status: 403, body: { message: "This key is not for the agent other-bot." } });
    const { secret } = await keyFor({ scopes: ["telemetry"] });
    expect(await call("GET", `/v1/agents/${AGENT}/authority`, secret)).toMatchObject({ status: 403, body: { message: expect.stringContaining("scope authority") as string } });
    expect((await call("POST", "/v1/agents", agentKey, { agentId: "x", card: {} })).status).toBe(403);
  });

  test("a list shows only the key's agents", async () => {
    expect((await call("GET", "/v1/agents", agentKey)).body).toMatchObject({ agents: [{ id: AGENT }], next: null });
    const { secret } = await keyFor({ agentIds: ["*"] });
    expect((await call("GET", "/v1/agents", secret)).body).toMatchObject({ agents: [{ id: "other-bot" }, { id: AGENT }] });
  });
});

describe("what is asked", () => {
  test("bad input is told field by field, with 400", async () => {
    expect(await call("POST", `/v1/agents/${AGENT}/versions`, agentKey, { manifest: { ...manifest, tools: [{ name: "a", effect: "destroy" }] } })).toMatchObject({
      status: 400, body: { error: "bad_input", fields: [{ path: "manifest.tools.0.effect" }] },
    });
    expect(await call("POST", `/v1/agents/${AGENT}/versions`, agentKey, { manifest: { ...manifest, tools: undefined } })).toMatchObject({ status: 400, body: { fields: [{ path: "manifest.tools" }] } });
    expect(await call("POST", `/v1/agents/${AGENT}/versions`, agentKey, "{")).toMatchObject({ status: 400, body: { message: "The body is not valid JSON." } });
    expect(await call("POST", `/v1/agents/${AGENT}/versions`, agentKey, "a: 1", { "content-type": "text/yaml" })).toMatchObject({ status: 415 });
    expect(await call("GET", `/v1/agents/${AGENT}/metrics?range=1y`, agentKey)).toMatchObject({ status: 400, body: { fields: [{ path: "range" }] } });
  });

  test("a manifest with a thousand tools is taken, one above the limit is not, whether told or not", async () => {
    const tools = Array.from({ length: 1_000 }, (_, index) => ({ name: `tool_${index}`, effect: "read" }));
    expect((await call("POST", `/v1/agents/${AGENT}/versions`, agentKey, { manifest: { ...manifest, tools } })).status).toBe(201);
    expect((await call("POST", `/v1/agents/${AGENT}/versions`, agentKey, { manifest: { ...manifest, prompt: "x".repeat(9_000_000) } })).status).toBe(413);
    const duplicate = [{ name: "a", effect: "read" }, { name: "a", effect: "write" }];
    expect(await call("POST", `/v1/agents/${AGENT}/versions`, agentKey, { manifest: { ...manifest, tools: duplicate } })).toMatchObject({ status: 400 });
  });

  test("the same manifest is the same version", async () => {
    const first = await call("POST", `/v1/agents/${AGENT}/versions`, agentKey, { manifest, sourceRef: "ci#1" });
    const second = await call("POST", `/v1/agents/${AGENT}/versions`, agentKey, { manifest });
    expect(first).toMatchObject({ status: 201, body: { isNew: true, change: { state: "open" } } });
    expect(second).toMatchObject({ status: 200, body: { isNew: false } });
    expect((second.body as { version: unknown }).version).toEqual((first.body as { version: unknown }).version);
    const change = (first.body as { change: { id: string } }).change.id;
    expect((await call("GET", `/v1/changes/${change}`, agentKey)).body).toMatchObject({ id: change, agentId: AGENT, state: "open", blockers: expect.any(Array) as unknown[] });
    expect((await call("GET", "/v1/changes?state=open", agentKey)).body).toMatchObject({ changes: expect.arrayContaining([expect.objectContaining({ id: change })]) as unknown[] });
    expect((await call("GET", `/v1/agents/${AGENT}/versions`, agentKey)).body).toMatchObject({ hasMore: false });
    expect((await call("POST", `/v1/changes/${change}/approve`, agentKey, { fingerprint: "x" })).status).toBe(403);
    expect((await call("POST", `/v1/changes/${change}/withdraw`, agentKey, {})).status).toBe(200);
  });

  test("what is not there is 404, and another key's change too is not for everybody", async () => {
    const { secret } = await keyFor({ agentIds: ["*"] });
    expect((await call("GET", "/v1/agents/nobody", secret)).status).toBe(404);
    expect((await call("GET", "/v1/changes/ch_none", secret)).status).toBe(404);
    expect((await call("GET", "/v1/nowhere", secret)).status).toBe(404);
  });

  test("authority, metrics and the A2A card answer", async () => {
    expect((await call("GET", `/v1/agents/${AGENT}/authority`, agentKey)).body).toMatchObject({ agent: AGENT, level: "shadow", binding: { source: expect.any(String) as string } });
    expect((await call("GET", `/v1/agents/${AGENT}/metrics`, agentKey)).body).toMatchObject({ metrics: { successRate: null } });
    expect((await call("GET", `/v1/agents/${AGENT}/a2a-card`, agentKey)).body).toMatchObject({ name: AGENT, capabilities: {} });
  });
});

describe("a person's own key", () => {
  test("acts with that person's roles: approves what somebody else proposed, once the obligations are met", async () => {
    const roles = ["business_owner", "technical_owner", "model_steward"] as const;
    const people = await Promise.all(roles.map((role) => createPerson(systemActor, personSchema.parse({ name: role, email: `${role}@example.com` }))));
    const admin = await createPerson(systemActor, personSchema.parse({ name: "Admin", email: "admin@example.com", houseRoles: ["administrator", "operator"] }));
    const secretOf = async (personId: string) => (await keyFor({ agentIds: [], personId })).secret;
    const adminKey = await secretOf(admin);
    expect((await call("POST", "/v1/agents", adminKey, { agentId: "new-bot", card: { purpose: "Tests." } })).status).toBe(201);
    expect((await call("POST", "/v1/agents", adminKey, { agentId: "new-bot", card: {} })).status).toBe(409);
    expect((await call("PUT", "/v1/agents/new-bot/owners", adminKey, { owners: roles.map((role, index) => ({ role, personId: people[index] })) })).status).toBe(200);
    const keys = await Promise.all(people.map(secretOf));
    expect(await call("PUT", "/v1/agents/new-bot/card", keys[0]!, { card: { purpose: "Tests more." }, expectedRevision: 7 })).toMatchObject({ status: 409 });
    expect(await call("PUT", "/v1/agents/new-bot/card", keys[0]!, { card: { purpose: "Tests more." } })).toMatchObject({ status: 200, body: { revision: 2 } });
    expect((await call("PUT", `/v1/agents/${AGENT}/card`, keys[0]!, { card: {} })).status).toBe(403);

    const tier = await call("POST", "/v1/agents/new-bot/tier", keys[1]!, { tier: 1, reason: "Moves money." });
    expect(tier.status).toBe(202);
    const { changeId } = tier.body as { changeId: string };
    const { fingerprint } = (await call("GET", `/v1/changes/${changeId}`, keys[0]!)).body as { fingerprint: string };
    expect((await call("POST", `/v1/changes/${changeId}/approve`, keys[1]!, { fingerprint })).status).toBe(403);
    expect((await call("POST", `/v1/changes/${changeId}/approve`, keys[0]!, { fingerprint: "another" })).status).toBe(409);
    expect((await call("POST", `/v1/changes/${changeId}/approve`, keys[0]!, { fingerprint })).body).toEqual({ state: "approved", blockers: [], rolloutId: null });
    expect((await call("POST", "/v1/agents/new-bot/tier", keys[0]!, { tier: 0, reason: "Safer." })).status).toBe(200);
    expect((await call("POST", "/v1/agents/new-bot/stage", keys[1]!, { stage: "assisted", reason: "Good." })).status).toBe(422);
    expect((await call("POST", "/v1/traces", keys[1]!, {})).status).toBe(403);
  });
});

describe("requests", () => {
  test.each([
    ["a harmless id is kept", "ci-run:42.1", "ci-run:42.1"],
    ["one that could forge a log line is not", "a\tb", null],
    ["one that is too long is not", "x".repeat(200), null],
  ])("%s", async (_, given, kept) => {
    const { headers } = await call("GET", "/healthz", null, undefined, { "x-request-id": given });
    if (kept === null) expect(headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
    else expect(headers.get("x-request-id")).toBe(kept);
  });

  test("health, readiness and figures", async () => {
    expect(await call("GET", "/healthz", null)).toMatchObject({ status: 200 });
    expect(await call("GET", "/readyz", null)).toMatchObject({ status: 200, body: { status: "ready", unwell: [] } });
    const text = await (await api.request("/metrics")).text();
    expect(text).toContain("holdpoint_open_changes ");
    expect(text).toMatch(/holdpoint_http_requests_total\{route="GET \/healthz",status="200"\} \d+/);
  });
});
