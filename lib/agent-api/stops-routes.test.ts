import { beforeAll, describe, expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import { createApiKey, newKeySchema } from "../operations/api-keys.ts";
import { systemActor } from "../operations/people.ts";
import { askRelease, engageStop, releaseStop } from "../operations/stops.ts";
import { makeAgent, makePerson, type MadeAgent } from "../testing/make-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { createAgentApi } from "./agent-api.ts";

useDatabase();

const api = createAgentApi();
const keyOf = async (given: { agentIds?: string[]; personId?: string }) => (await createApiKey(systemActor, newKeySchema.parse({ name: "test", agentIds: [], ...given }))).secret;

async function call(method: "GET" | "POST", path: string, secret: string, body?: unknown) {
  const response = await api.request(path, {
    method, headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" }, ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> & { stops: { name: string }[] } };
}

let agent: MadeAgent, other: MadeAgent;
let onCall: string, owner: string, agentKey: string, otherKey: string;
beforeAll(async () => {
  [agent, other] = [await makeAgent({ tier: 2 }), await makeAgent({ tier: 1 })];
  onCall = await keyOf({ personId: (await makePerson("Ola On-call", ["on_call"])).id });
  owner = await keyOf({ personId: agent.owners.business_owner.id });
  [agentKey, otherKey] = [await keyOf({ agentIds: [agent.id] }), await keyOf({ agentIds: [other.id] })];
});
const namesFor = async (secret: string) => (await call("GET", "/v1/stops", secret)).body.stops.map((stop) => stop.name);

describe("POST /v1/stops", () => {
  test("a person's key stops, and the agent's next question is answered with it", async () => {
    const { status, body } = await call("POST", "/v1/stops", onCall, { scope: "agent", target: agent.id, reason: "It refunds twice." });
    expect([status, body]).toEqual([200, { stopId: expect.stringMatching(/^st_/) as string, agents: 1, activeRuns: 0 }]);
    expect((await call("GET", `/v1/agents/${agent.id}/authority`, agentKey)).body).toMatchObject({ level: "stopped", binding: { source: "kill_switch" } });
    expect((await call("POST", "/v1/stops", onCall, { scope: "agent", target: agent.id })).body.stopId).toBe(body.stopId);
    expect(await prisma().stop.count()).toBe(1);
  });

  test("an agent's key stops nothing, and an owner's only what is theirs", async () => {
    expect(await call("POST", "/v1/stops", agentKey, { scope: "agent", target: agent.id })).toMatchObject({ status: 403, body: { message: "A key may not engage a kill switch; a person must." } });
    expect((await call("POST", "/v1/stops", owner, { scope: "agent", target: other.id })).status).toBe(403);
    expect((await call("POST", "/v1/stops", owner, { scope: "fleet" })).status).toBe(403);
    expect((await call("POST", "/v1/stops", owner, { scope: "tool", target: `${agent.id}/refund_create` })).status).toBe(200);
  });

  test.each([[{ scope: "house" }, 400], [{ scope: "tier", target: "7" }, 400], [{ scope: "agent" }, 400], [{ scope: "tool", target: "refund_create" }, 400], [{}, 400], [{ scope: "agent", target: "nobody" }, 404]])("%j is answered with %i", async (body, status) => {
    expect((await call("POST", "/v1/stops", onCall, body)).status).toBe(status);
  });
});

describe("GET /v1/stops", () => {
  test("tells a key of what covers its agents, and of nothing else", async () => {
    const { stopId } = await engageStop(await makePerson("Ben Adler", ["operator"]), { scope: "tier", target: "1", reason: null });
    expect(await namesFor(otherKey)).toEqual(["tier 1"]);
    expect(await namesFor(agentKey)).toEqual([`refund_create of ${agent.id}`, agent.id]);
    expect(await namesFor(onCall)).toEqual(["tier 1", `refund_create of ${agent.id}`, agent.id]);
    await askRelease(await makePerson("Ana Ruiz", ["operator"]), { stopId, reason: "All is well." });
    const { body } = await call("GET", "/v1/stops", otherKey);
    expect(body.stops[0]).toEqual({
      id: stopId, scope: "tier", target: "1", name: "tier 1", reason: null, engagedBy: "Ben Adler", engagedAt: expect.any(String) as string,
      release: { askedBy: "Ana Ruiz", reason: "All is well.", askedAt: expect.any(String) as string },
    });
    await releaseStop(await makePerson("Vic", ["operator"]), { stopId });
    expect(await namesFor(otherKey)).toEqual([]);
  });

  test("the figures say how many are engaged", async () => {
    const text = await (await api.request("/metrics")).text();
    expect(text).toMatch(/^holdpoint_kill_switches_engaged 2$/m);
  });
});

describe("one stop", () => {
  test("is read with its proof by whom it covers, and is not there for others", async () => {
    const { stopId } = await engageStop(agent.owners.business_owner, { scope: "agent", target: agent.id, reason: "It refunds twice." });
    const { status, body } = await call("GET", `/v1/stops/${stopId}`, agentKey);
    expect([status, body]).toEqual([200, expect.objectContaining({ id: stopId, scope: "agent", releasedAt: null, proof: expect.objectContaining({ confirmed: 0, missing: 0, points: [] }) as unknown })]);
    expect((await call("GET", `/v1/stops/${stopId}`, otherKey)).status).toBe(404);
    expect((await call("GET", "/v1/stops/st_none", onCall)).status).toBe(404);
  });

  test("tells a key of its own agents' points only, though it covers more", async () => {
    const { stopId } = await engageStop(await makePerson("Ola", ["on_call"]), { scope: "fleet", target: "", reason: null });
    const at = new Date();
    const point = { kind: "sdk", firstHeardAt: at, lastHeardAt: at, leaseUntil: new Date(at.getTime() + 10_000) };
    await prisma().enforcementPoint.createMany({ data: [{ ...point, id: "pt_own", agentId: agent.id, name: "web-own" }, { ...point, id: "pt_other", agentId: other.id, name: "web-other" }] });
    const told = JSON.stringify((await call("GET", `/v1/stops/${stopId}`, agentKey)).body);
    expect(told).toContain("web-own");
    expect(told).not.toMatch(/web-other/);
    expect(told).toMatch(/"missing":2/);
    expect(JSON.stringify((await call("GET", `/v1/stops/${stopId}`, onCall)).body)).toContain("web-other");
    await prisma().enforcementPoint.deleteMany({});
  });
});

describe("releasing", () => {
  test("takes two persons' keys, a reason, and the request that was read", async () => {
    const { stopId } = await engageStop(agent.owners.business_owner, { scope: "agent", target: agent.id, reason: null });
    const second = await keyOf({ personId: (await makePerson("Ana", ["operator"])).id });
    const post = (path: string, secret: string, body: unknown) => call("POST", `/v1/stops/${stopId}/${path}`, secret, body);
    expect((await post("release-request", agentKey, { reason: "All is well." })).status).toBe(403);
    expect((await post("release-request", onCall, {})).status).toBe(400);
    expect((await post("release", second, { askedAt: new Date().toISOString() })).status).toBe(422);
    const { status, body: { askedAt } } = await post("release-request", onCall, { reason: "All is well." });
    expect(status).toBe(200);
    expect(await post("release", onCall, { askedAt })).toMatchObject({ status: 422, body: { message: "You asked for it. A release needs a second person." } });
    expect((await post("release", agentKey, { askedAt })).status).toBe(403);
    expect((await post("release", second, {})).status).toBe(400);
    expect((await post("release", second, { askedAt: "2026-01-01T00:00:00Z" })).status).toBe(409);
    expect(await post("release", second, { askedAt })).toMatchObject({ status: 200, body: { state: "released" } });
    expect((await post("release", second, { askedAt })).status).toBe(409);
    expect((await call("GET", `/v1/stops/${stopId}`, onCall)).body).toMatchObject({ releasedBy: "Ana", headline: "This stop was released." });
  });

  test("an owner releases nothing of others", async () => {
    const { stopId } = await engageStop(other.owners.business_owner, { scope: "agent", target: other.id, reason: null });
    expect((await call("POST", `/v1/stops/${stopId}/release-request`, owner, { reason: "All is well." })).status).toBe(403);
  });
});
