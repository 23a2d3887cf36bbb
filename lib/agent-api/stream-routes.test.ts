import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { probeToken } from "../auth/probe-token.ts";
import { pool, prisma } from "../database/database.ts";
import { PROBE_AGENT_ID, PROBE_TOOL } from "../domain/bundle.ts";
import { createApiKey, newKeySchema, revokeApiKey } from "../operations/api-keys.ts";
import { systemActor } from "../operations/people.ts";
import { lowerTier } from "../operations/stages.ts";
import { askRelease, engageStop, releaseStop, stopSchema } from "../operations/stops.ts";
import { startAgentServer, type AgentServer, type OpenStream } from "../testing/agent-server.ts";
import { makeAgent, makePerson, manifest, type MadeAgent } from "../testing/make-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { BundleCache } from "./bundle-cache.ts";

useDatabase();

let server: AgentServer;
let agent: MadeAgent, other: MadeAgent;
let key: { id: string; secret: string };
const keyFor = (agentIds: string[]) => createApiKey(systemActor, newKeySchema.parse({ name: "point", agentIds, scopes: ["authority"] }));
const stop = async (scope: string, target = "") => (await engageStop(await makePerson("Ola", ["on_call"]), stopSchema.parse({ scope, target }))).stopId;
const release = async (stopId: string) => {
  await askRelease(await makePerson("Ana", ["operator"]), { stopId, reason: "All is well." });
  await releaseStop(await makePerson("Ben", ["operator"]), { stopId });
};
const told = (stream: OpenStream) => stream.bundle().content.stops.map(({ id }) => id);
const until = (check: () => void) => vi.waitFor(check, { timeout: 8_000, interval: 10 });

beforeAll(async () => {
  server = await startAgentServer();
  [agent, other] = [await makeAgent({ tier: 2 }), await makeAgent({ tier: 1 })];
  key = await keyFor([agent.id]);
});
afterAll(() => server.stop());

describe("GET /v1/stream", () => {
  let stream: OpenStream;
  beforeAll(async () => {
    stream = await server.stream(agent.id, "web-1", key.secret);
    await until(() => void stream.bundle());
  });

  test("says hello, and at once what the agent may do", () => {
    expect(stream.status).toBe(200);
    expect(stream.events[0]).toEqual({ event: "hello", id: null, data: { sequence: 0, token: expect.stringMatching(/^hpt_/) as string, leaseMs: 10_000, confirmEveryMs: 3_000 } });
    expect(stream.events[1]).toMatchObject({ event: "bundle", id: "0", data: { sequence: 0 } });
    const { content } = stream.bundle();
    expect(content).toMatchObject({
      format: 2, agentId: agent.id, authority: { level: "shadow", source: "stage", because: "its stage is shadow" }, version: { number: 1 }, stops: [],
      tools: { order_get: { effect: "read", hasCompensation: false }, refund_create: { effect: "write", hasCompensation: false } },
    });
  });

  test.each(["fleet", "tier", "agent", "version", "tool"])("a stop of scope %s is told, with an epoch that holds it, and so is its release", async (scope) => {
    const { currentVersionId } = await prisma().agent.findUniqueOrThrow({ where: { id: agent.id } });
    const target = { fleet: "", tier: "2", agent: agent.id, version: currentVersionId ?? "", tool: `${agent.id}/refund_create` }[scope] ?? "";
    const stopId = await stop(scope, target);
    await until(() => expect(told(stream)).toEqual([stopId]));
    const { epoch } = await prisma().stop.findUniqueOrThrow({ where: { id: stopId } });
    expect(stream.bundle().content.epoch).toBeGreaterThanOrEqual(Number(epoch));
    expect(stream.bundle().content.stops).toEqual([{ id: stopId, scope, target }]);
    // The level stands beside the stops, so that it is known again the moment they are released.
    expect(stream.bundle().content.authority.level).toBe("shadow");
    await release(stopId);
    await until(() => expect(told(stream)).toEqual([]));
  });

  test("events are numbered without a gap, and a ping tells the last number", async () => {
    const numbers = stream.events.filter(({ event }) => event === "bundle").map(({ id }) => Number(id));
    expect(numbers).toEqual(numbers.map((_, index) => index));
    await until(() => expect(stream.events.findLast(({ event }) => event === "ping")?.data).toEqual({ sequence: numbers.at(-1) }));
  });

  test("of two stops that overlap the other holds when one is released", async () => {
    const first = await stop("agent", agent.id);
    const second = await stop("tier", "2");
    await until(() => expect(told(stream)).toEqual([first, second]));
    await release(first);
    await until(() => expect(told(stream)).toEqual([second]));
    await release(second);
    await until(() => expect(told(stream)).toEqual([]));
  });

  test("a stop that does not cover the agent changes nothing, and one that names nobody is refused", async () => {
    const [before, count] = [stream.bundle().jws, stream.events.filter(({ event }) => event === "bundle").length];
    const elsewhere = [await stop("agent", other.id), await stop("tier", "0"), await stop("tool", `${other.id}/order_get`)];
    await server.path.cache.refresh();
    await expect(stop("agent", "nobody")).rejects.toThrow("This names no agent that is here.");
    expect([stream.bundle().jws, stream.events.filter(({ event }) => event === "bundle").length]).toEqual([before, count]);
    for (const stopId of elsewhere) await release(stopId);
  });

  test("stop and release racing end in what is stored", async () => {
    for (let round = 0; round < 5; round++) {
      const stopId = await stop("agent", agent.id);
      await askRelease(await makePerson("Ana", ["operator"]), { stopId, reason: "All is well." });
      const ben = await makePerson("Ben", ["operator"]);
      await Promise.allSettled([releaseStop(ben, { stopId }), stop("agent", agent.id), stop("tool", `${agent.id}/order_get`)]);
      const stored = await prisma().stop.findMany({ where: { releasedAt: null }, orderBy: [{ engagedAt: "asc" }, { id: "asc" }] });
      await until(() => expect(told(stream)).toEqual(stored.map(({ id }) => id)));
      for (const { id } of stored) await release(id);
    }
    await until(() => expect(told(stream)).toEqual([]));
  });

  test("a new version brings its tools, and leaves the stop of the old one behind", async () => {
    const { currentVersionId } = await prisma().agent.findUniqueOrThrow({ where: { id: agent.id } });
    const stopId = await stop("version", currentVersionId ?? "");
    await until(() => expect(told(stream)).toEqual([stopId]));
    const { change } = await agent.register(manifest({ tools: [{ name: "order_find", effect: "read", inputSchema: {} }, { name: "refund_void", effect: "irreversible", inputSchema: {}, compensation: { description: "Pay again.", hook: { kind: "http", url: "https://pay.example.test/again" } } }, { name: "mail_send", effect: "irreversible", inputSchema: {}, compensation: { description: "Write another mail." } }] }));
    await agent.approve(change?.id ?? "");
    await until(() => expect(stream.bundle().content).toMatchObject({ version: { number: 2 }, stops: [], tools: { order_find: { effect: "read", hasCompensation: false }, refund_void: { effect: "irreversible", hasCompensation: true }, mail_send: { effect: "irreversible", hasCompensation: false } } }));
    await release(stopId);
  });

  test("another tier brings the stops of that tier", async () => {
    const stopId = await stop("tier", "1");
    await server.path.cache.refresh();
    expect(told(stream)).toEqual([]);
    await lowerTier(agent.owners.business_owner, { agentId: agent.id, tier: 1, reason: "It is not ready." });
    await until(() => expect(told(stream)).toEqual([stopId]));
    await release(stopId);
    await until(() => expect(told(stream)).toEqual([]));
  });

  test("a stop whose notification got lost is noticed all the same", async () => {
    await pool().query(`WITH head AS (UPDATE log_head SET next = next + 1 RETURNING next)
      INSERT INTO stop (id, scope, target, engaged_by, engaged_at, epoch) SELECT 'st_unheard', 'fleet', '', 'Ola', now(), next FROM head`);
    await until(() => expect(told(stream)).toEqual(["st_unheard"]));
    await pool().query("WITH head AS (UPDATE log_head SET next = next + 1) UPDATE stop SET released_at = now() WHERE id = 'st_unheard'");
    await until(() => expect(told(stream)).toEqual([]));
  });

  test("a drill reaches the agents of its scope, also those who come while it is under way", async () => {
    const drill = { kind: "drill", startedBy: "Ola", startedAt: new Date(), epoch: 1n };
    await prisma().rehearsal.createMany({ data: [{ ...drill, id: "re_here", scope: "agent", target: agent.id }, { ...drill, id: "re_there", scope: "agent", target: other.id }] });
    await until(() => expect(stream.events.filter(({ event }) => event === "rehearsal").map(({ data }) => data.rehearsal)).toEqual(["re_here"]));
    const late = await server.stream(agent.id, "web-late", key.secret);
    await until(() => expect(late.events.map(({ event, data }) => [event, data.rehearsal])).toContainEqual(["rehearsal", "re_here"]));
    expect((await server.call("GET", `/v1/bundle?agent=${agent.id}&point=web-2`, key.secret)).body.rehearsals).toEqual(["re_here"]);
    await prisma().rehearsal.updateMany({ data: { endedAt: new Date() } });
    late.close();
  });

  test("a revoked key closes its streams, and no other", async () => {
    const mine = await keyFor([agent.id]);
    const revoked = await server.stream(agent.id, "web-9", mine.secret);
    await until(() => expect(revoked.events.length).toBeGreaterThan(1));
    await revokeApiKey(systemActor, { keyId: mine.id });
    await until(() => expect(revoked.hasEnded()).toBe(true));
    expect(revoked.events.at(-1)).toEqual({ event: "bye", id: null, data: { reason: "revoked" } });
    expect(stream.hasEnded()).toBe(false);
    expect((await server.call("GET", `/v1/bundle?agent=${agent.id}&point=web-9`, mine.secret)).status).toBe(401);
  });
});

describe("who may", () => {
  test.each<[string, () => [agentId: string, token: string, more?: string], number]>([
    ["another agent's key", () => [other.id, key.secret], 403], ["no key", () => [agent.id, ""], 401], ["an unknown key", () => [agent.id, `hp_${"x".repeat(43)}`], 401],
    ["a forged probe", () => [PROBE_AGENT_ID, "hpp_9999999999999.x", "&kind=probe"], 401], ["a key that asks for the probe", () => [PROBE_AGENT_ID, key.secret, "&kind=probe"], 403],
    ["a probe of an agent", () => [agent.id, probeToken(new Date()), "&kind=probe"], 400], ["an agent that is not there", () => ["nobody", probeToken(new Date())], 404],
  ])("%s", async (_, given, status) => {
    const [agentId, token, more] = given();
    expect((await server.stream(agentId, "x", token, more)).status).toBe(status);
    expect((await server.call("GET", `/v1/bundle?agent=${agentId}&point=x${more ?? ""}`, token)).status).toBe(status);
  });

  test("a key for all agents gets no probe", async () => {
    const { secret } = await keyFor(["*"]);
    expect((await server.stream(PROBE_AGENT_ID, "x", secret, "&kind=probe")).status).toBe(403);
    expect((await server.stream(other.id, "x", secret)).status).toBe(200);
  });
});

test("the probe is stopped by a standing rehearsal alone", async () => {
  const probe = await server.stream(PROBE_AGENT_ID, "probe here", probeToken(new Date()), "&kind=probe");
  await until(() => expect(probe.bundle().content).toMatchObject({ authority: { level: "bounded" }, stops: [], tools: { [PROBE_TOOL]: { effect: "write" } } }));
  const fleet = await stop("fleet");
  await prisma().rehearsal.create({ data: { id: "re_standing", kind: "standing", scope: "agent", target: PROBE_AGENT_ID, startedBy: "system", startedAt: new Date(), epoch: 1n } });
  await until(() => expect(probe.bundle().content.stops).toEqual([{ id: "re_standing", scope: "agent", target: PROBE_AGENT_ID }]));
  await prisma().rehearsal.update({ where: { id: "re_standing" }, data: { releasedAt: new Date() } });
  await until(() => expect(probe.bundle().content.stops).toEqual([]));
  await release(fleet);
});

test("the key is published as a JWK whose id is its thumbprint", async () => {
  const { body } = await server.call("GET", "/v1/keys", "");
  const [jwk] = body.keys as { kty: string; crv: string; x: string; kid: string }[];
  expect(jwk).toMatchObject({ kty: "OKP", crv: "Ed25519", use: "sig", alg: "EdDSA" });
  expect(jwk?.kid).toBe(createHash("sha256").update(JSON.stringify({ crv: jwk?.crv, kty: jwk?.kty, x: jwk?.x })).digest("base64url"));
});

test("another process tells the same of the same state", async () => {
  const second = new BundleCache(server.path.key);
  second.start();
  const stopId = await stop("agent", other.id);
  await until(() => expect(second.isFresh(performance.now())).toBe(true));
  const [here, there] = [await server.path.cache.load(other.id), await second.load(other.id)];
  await until(() => expect(server.path.cache.read(other.id)?.bundle.stops.map(({ id }) => id)).toEqual([stopId]));
  expect(there?.content).toBe(server.path.cache.read(other.id)?.content);
  expect(here?.bundle.agentId).toBe(other.id);
  await release(stopId);
  await until(() => expect([second.read(other.id)?.bundle.stops, server.path.cache.read(other.id)?.bundle.stops]).toEqual([[], []]));
  await second.close();
});
