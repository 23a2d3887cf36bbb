import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { pointToken, type PointIdentity } from "../auth/point-token.ts";
import { probeToken } from "../auth/probe-token.ts";
import { pool, prisma } from "../database/database.ts";
import { PROBE_AGENT_ID, type Bundle } from "../domain/bundle.ts";
import { signBundle } from "../domain/signed-bundle.ts";
import { createApiKey, newKeySchema, revokeApiKey } from "../operations/api-keys.ts";
import { systemActor } from "../operations/people.ts";
import { askRelease, engageStop, releaseStop } from "../operations/stops.ts";
import { listPoints } from "../queries/points.ts";
import { listPoints as listPointsOfStops } from "../queries/stops-points.ts";
import { findShownStop } from "../queries/stops-shown.ts";
import { startAgentServer, type AgentServer } from "../testing/agent-server.ts";
import { makeAgent, makePerson, type MadeAgent } from "../testing/make-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { GRACE_MS } from "./bundle-cache.ts";

useDatabase();

let server: AgentServer;
let agent: MadeAgent, other: MadeAgent;
let key: { id: string; secret: string };
let name: string;
let token: string;
let count = 0;
const identity = (given: Partial<PointIdentity> = {}): PointIdentity => ({ agentId: agent.id, name, instance: "", kind: "sdk", keyId: key.id, readsWithoutLease: false, ...given });
const stop = async () => (await engageStop(await makePerson("Ola", ["on_call"]), { scope: "agent", target: agent.id, reason: null })).stopId;
const release = async (stopId: string) => {
  await askRelease(await makePerson("Ana", ["operator"]), { stopId, reason: "All is well." });
  await releaseStop(await makePerson("Ben", ["operator"]), { stopId });
};
/** What holds for the agent now, as this process tells it. */
async function current(agentId = agent.id) {
  await server.path.cache.refresh();
  const held = await server.path.cache.load(agentId);
  if (!held) throw new Error("no such agent");
  return held;
}
const confirm = (bundle: string, more: object = {}, as = token) => server.call("POST", "/v1/points/confirm", as, { bundle, ...more });
const stored = () => prisma().enforcementPoint.findUnique({ where: { agentId_name_instance: { agentId: agent.id, name, instance: "" } } });
const confirmationsOf = (stopId: string) => prisma().stopConfirmation.findMany({ where: { stopId } });
const LEASED = { status: 200, body: { leaseMs: 10_000, isBehind: false } };
const BEHIND = { status: 200, body: { leaseMs: 0, isBehind: true } };

/** The moment at which a point is no longer excused comes without waiting for it. */
function passGrace(): void {
  const now = performance.now.bind(performance);
  vi.spyOn(performance, "now").mockImplementation(() => now() + GRACE_MS + 1);
}

beforeAll(async () => {
  server = await startAgentServer();
  [agent, other] = [await makeAgent({ tier: 2 }), await makeAgent({ tier: 1 })];
  key = await createApiKey(systemActor, newKeySchema.parse({ name: "point", agentIds: [agent.id], scopes: ["authority"] }));
});
afterAll(() => server.stop());
beforeEach(() => {
  vi.restoreAllMocks();
  name = `web-${++count}`;
  token = pointToken(identity(), new Date());
});

describe("a point that applies what holds", () => {
  test("gets its lease, and is known by name", async () => {
    const { jws, bundle } = await current();
    expect(await confirm(jws)).toEqual(LEASED);
    const point = await stored();
    expect(point).toMatchObject({ id: expect.stringMatching(/^pt_/) as string, kind: "sdk", keyId: key.id, epoch: BigInt(bundle.epoch), leftAt: null, fault: null });
    expect((point?.leaseUntil.getTime() ?? 0) - (point?.lastHeardAt.getTime() ?? 0)).toBe(10_000);
  });

  test("says how it is set up when it connects, and closes when it does not say", async () => {
    const { jws } = await current();
    const setUp = async () => (await stored())?.readsWithoutLease;
    await confirm(jws);
    expect(await setUp()).toBe(false);
    const address = `/v1/bundle?agent=${agent.id}&point=${name}`;
    const told = async (more: string) => String((await server.call("GET", address + more, key.secret)).body.token);
    await confirm(jws, {}, await told("&readsWithoutLease=permit"));
    expect(await setUp()).toBe(true);
    await confirm(jws, {}, await told(""));
    expect(await setUp()).toBe(false);
    await confirm(jws, { agent: agent.id, point: name, readsWithoutLease: "permit" }, key.secret);
    expect(await setUp()).toBe(true);
    expect((await server.call("GET", `${address}&readsWithoutLease=perhaps`, key.secret)).status).toBe(400);
  });

  test("confirms each stop of its bundle, once", async () => {
    const stopId = await stop();
    const { jws, bundle } = await current();
    expect(await confirm(jws)).toEqual(LEASED);
    expect(await confirm(jws)).toEqual(LEASED);
    expect(await confirmationsOf(stopId)).toEqual([{ stopId, pointId: (await stored())?.id, agentId: agent.id, name, epoch: BigInt(bundle.epoch), at: expect.any(Date) as Date }]);
    await release(stopId);
  });

  test("says goodbye and has closed", async () => {
    const { jws } = await current();
    await confirm(jws);
    expect(await confirm(jws, { isLeaving: true })).toEqual({ status: 200, body: { leaseMs: 0, isBehind: false } });
    const point = await stored();
    expect([point?.leftAt, point?.leaseUntil]).toEqual([point?.lastHeardAt, point?.lastHeardAt]);
    expect(await confirm(jws)).toEqual(LEASED);
    expect((await stored())?.leftAt).toBeNull();
  });

  test("may use the API key, and then names itself", async () => {
    const { jws } = await current();
    expect(await confirm(jws, { agent: agent.id, point: name, kind: "mcp_gateway" }, key.secret)).toEqual(LEASED);
    expect(await stored()).toMatchObject({ kind: "mcp_gateway", keyId: key.id });
    expect((await confirm(jws, {}, key.secret)).status).toBe(400);
    expect((await confirm(jws, { agent: other.id, point: name }, key.secret)).status).toBe(403);
    expect((await confirm(jws, { agent: agent.id, point: "a\u0000b" }, key.secret)).status).toBe(400);
  });

  test("answers the drills it was told of, and no other", async () => {
    const drill = { kind: "drill", scope: "agent", startedBy: "Ola", startedAt: new Date(), epoch: 1n };
    await prisma().rehearsal.createMany({ data: [{ ...drill, id: "re_1", target: agent.id }, { ...drill, id: "re_2", target: other.id }] });
    const { jws } = await current();
    expect(await confirm(jws, { rehearsals: ["re_1", "re_2", "re_unknown"] })).toEqual(LEASED);
    expect((await prisma().rehearsalAnswer.findMany({ where: { pointId: (await stored())?.id ?? "" } })).map(({ rehearsalId }) => rehearsalId)).toEqual(["re_1"]);
    await prisma().rehearsal.updateMany({ data: { endedAt: new Date() } });
  });

  test("answers one of which only another process has told so far: this one catches up", async () => {
    const { jws } = await current();
    await prisma().rehearsal.create({ data: { id: "re_3", kind: "drill", scope: "agent", target: agent.id, startedBy: "Ola", startedAt: new Date(), epoch: 1n } });
    expect(await confirm(jws, { rehearsals: ["re_3"] })).toEqual(LEASED);
    expect(await prisma().rehearsalAnswer.count({ where: { rehearsalId: "re_3" } })).toBe(1);
    await prisma().rehearsal.updateMany({ data: { endedAt: new Date() } });
  });

  test("holding what another process signed of the same state is as good, at any epoch", async () => {
    const { bundle } = await current();
    for (const epoch of [bundle.epoch - 1, bundle.epoch + 1]) expect(await confirm(signBundle({ ...bundle, epoch }, server.path.key))).toEqual(LEASED);
    expect(await confirm(signBundle({ ...bundle, epoch: bundle.epoch - 2 }, server.path.key))).toEqual(LEASED);
    expect(await stored()).toMatchObject({ epoch: BigInt(bundle.epoch + 1), fault: null });
  });

  test("whoever listens is told of the news, and not of the routine", async () => {
    const client = await pool().connect();
    const heard: string[] = [];
    client.on("notification", ({ payload }) => heard.push(payload ?? ""));
    await client.query("LISTEN holdpoint");
    const { jws } = await current();
    await confirm(jws);
    await vi.waitFor(() => expect(heard.filter((event) => event.includes("points.confirmed"))).toHaveLength(1));
    await confirm(jws);
    await confirm(jws, { isLeaving: true });
    await vi.waitFor(() => expect(heard.filter((event) => event.includes("points.confirmed"))).toHaveLength(2));
    await client.query("UNLISTEN *");
    client.release(true);
  });
});

describe("two processes that call themselves the same", () => {
  const as = (instance: string) => pointToken(identity({ instance }), new Date());
  const statesIn = async (stopId: string) => (await findShownStop(stopId, new Date()))?.proof?.points.filter((point) => point.name === name).map(({ state }) => state);

  test("are two points: each has its lease, and each confirms a stop", async () => {
    const before = (await current()).jws;
    for (const instance of ["a", "b"]) expect(await confirm(before, {}, as(instance))).toEqual(LEASED);
    const stopId = await stop();
    expect(await confirm((await current()).jws, {}, as("a"))).toEqual(LEASED);
    expect(await statesIn(stopId)).toEqual(["missing", "confirmed"]);
    expect(await confirm((await current()).jws, {}, as("b"))).toEqual(LEASED);
    expect(await statesIn(stopId)).toEqual(["confirmed", "confirmed"]);
    await release(stopId);
  });

  test("leave each other's goodbye alone", async () => {
    const { jws } = await current();
    for (const instance of ["a", "b"]) await confirm(jws, {}, as(instance));
    await confirm(jws, { isLeaving: true }, as("a"));
    const stopId = await stop();
    expect(await statesIn(stopId)).toEqual(["missing"]);
    await release(stopId);
  });

  test("one after the other are listed as one: the last", async () => {
    const { jws } = await current();
    await confirm(jws, {}, as("a"));
    await confirm(jws, { isLeaving: true }, as("a"));
    await confirm(jws, {}, as("b"));
    const [{ rows }, all] = [await listPointsOfStops(new Date(), { agentId: agent.id }), await listPoints(new Date())];
    expect(rows.filter((point) => point.name === name).map(({ standing }) => standing)).toEqual(["live"]);
    expect(all.filter((point) => point.name === name).map(({ standing }) => standing)).toEqual(["open"]);
  });

  test("with an API key they say which they are", async () => {
    const { jws } = await current();
    for (const instance of ["a", "b"]) await confirm(jws, { agent: agent.id, point: name, instance }, key.secret);
    expect(await prisma().enforcementPoint.count({ where: { agentId: agent.id, name } })).toBe(2);
  });
});

describe("a point that is behind", () => {
  test("is excused for a moment, then gets no lease, and its old one runs out", async () => {
    const before = await current();
    await confirm(before.jws);
    const stopId = await stop();
    await current();
    expect(await confirm(before.jws)).toEqual(LEASED);
    const lease = (await stored())?.leaseUntil;
    passGrace();
    expect(await confirm(before.jws)).toEqual(BEHIND);
    expect(await stored()).toMatchObject({ leaseUntil: lease, fault: null });
    expect(await confirmationsOf(stopId)).toEqual([]);
    vi.restoreAllMocks();
    expect(await confirm((await current()).jws)).toEqual(LEASED);
    expect(await confirmationsOf(stopId)).toHaveLength(1);
    await release(stopId);
  });

  test("that goes back to an older bundle than it confirmed is found out", async () => {
    const before = await current();
    const stopId = await stop();
    const after = await current();
    expect(await confirm(after.jws)).toEqual(LEASED);
    passGrace();
    expect(await confirm(before.jws)).toEqual(BEHIND);
    expect(await stored()).toMatchObject({ fault: `It went back from epoch ${after.bundle.epoch} to ${before.bundle.epoch}.`, faultAt: expect.any(Date) as Date, epoch: BigInt(after.bundle.epoch) });
    vi.restoreAllMocks();
    expect(await confirm(after.jws)).toEqual(LEASED);
    expect(await stored()).toMatchObject({ fault: null, faultAt: null });
    await release(stopId);
  });
});

describe("what cannot be true", () => {
  const theirs = generateKeyPairSync("ed25519");
  const faulty = async (bundle: string, fault: string, more: object = {}) => {
    expect(await confirm(bundle, more)).toEqual(BEHIND);
    expect(await stored()).toMatchObject({ fault, faultAt: expect.any(Date) as Date, epoch: null });
    expect(await prisma().stopConfirmation.count({ where: { name } })).toBe(0);
  };

  test("a bundle that somebody else signed", async () => {
    const { bundle } = await current();
    await faulty(signBundle({ ...bundle, epoch: 1_000_000 }, { privateKey: theirs.privateKey, keyId: server.path.key.keyId }), "It applies a bundle that Holdpoint did not sign.");
  });

  test.each(["", "a.b.c", "no bundle"])("%j as a bundle", async (text) => faulty(text, "It applies a bundle that Holdpoint did not sign."));

  test("the bundle of another agent", async () => faulty((await current(other.id)).jws, `It applies a bundle of another agent, ${other.id}.`));

  test("that it applies a stop and lets calls through", async () => {
    const stopId = await stop();
    await faulty((await current()).jws, "It says that it does not refuse what its bundle stops.", { refusesProbe: false });
    await release(stopId);
  });

  test("that it applies the stop of one tool and lets that tool through", async () => {
    const { stopId } = await engageStop(await makePerson("Ola", ["on_call"]), { scope: "tool", target: `${agent.id}/refund_create`, reason: null });
    await faulty((await current()).jws, "It says that it does not refuse what its bundle stops.", { refusesProbe: false });
    await release(stopId);
  });

  test("an epoch that has not come: content that nobody stored gets no lease", async () => {
    const { bundle } = await current();
    const invented: Bundle = { ...bundle, epoch: bundle.epoch + 1_000, authority: { ...bundle.authority, level: "bounded" } };
    expect(await confirm(signBundle(invented, server.path.key))).toEqual(BEHIND);
  });
});

describe("who may", () => {
  test("a token that is forged, has ended, or is none", async () => {
    const { jws } = await current();
    const [content = "", seal = ""] = token.slice(4).split(".");
    const foreign = Buffer.from(JSON.stringify([other.id, name, "sdk", null, Date.now() + 1e6])).toString("base64url");
    for (const bad of [`hpt_${foreign}.${seal}`, `hpt_${content}.`, "hpt_x", pointToken(identity(), new Date(Date.now() - 25 * 3_600_000)), ""]) expect((await confirm(jws, {}, bad)).status).toBe(401);
    expect(await stored()).toBeNull();
  });

  test("a point whose key was revoked gets no lease from the next word on", async () => {
    const mine = await createApiKey(systemActor, newKeySchema.parse({ name: "mine", agentIds: [agent.id], scopes: ["authority"] }));
    token = pointToken(identity({ keyId: mine.id }), new Date());
    const { jws } = await current();
    expect(await confirm(jws)).toEqual(LEASED);
    const before = await stored();
    await revokeApiKey(systemActor, { keyId: mine.id });
    expect((await confirm(jws)).status).toBe(401);
    expect(await stored()).toEqual(before);
  });

  test("the probe says which standing rehearsal it applies", async () => {
    await prisma().rehearsal.create({ data: { id: "re_standing", kind: "standing", scope: "agent", target: PROBE_AGENT_ID, startedBy: "system", startedAt: new Date(), epoch: 1n } });
    const { jws } = await current(PROBE_AGENT_ID);
    expect(await confirm(jws, { agent: PROBE_AGENT_ID, point: "probe here", kind: "probe" }, probeToken(new Date()))).toEqual(LEASED);
    expect(await prisma().rehearsalAnswer.count({ where: { rehearsalId: "re_standing" } })).toBe(1);
    expect((await confirm(jws, { agent: PROBE_AGENT_ID, point: name, kind: "probe" }, key.secret)).status).toBe(403);
    await prisma().rehearsal.updateMany({ data: { releasedAt: new Date() } });
  });
});

test("200 points at once, some of them twice, are each stored and answered", async () => {
  const stopId = await stop();
  const { jws } = await current();
  const answers = await Promise.all(Array.from({ length: 200 }, (_, index) => confirm(jws, {}, pointToken(identity({ name: `many-${index % 180}` }), new Date()))));
  expect(answers).toEqual(answers.map(() => LEASED));
  expect(await prisma().enforcementPoint.count({ where: { name: { startsWith: "many-" } } })).toBe(180);
  expect(new Set((await confirmationsOf(stopId)).map((one) => one.pointId)).size).toBe(180);
  await release(stopId);
});

test("a point that confirmed a stop and goes back to the bundle before it is not believed, however soon", async () => {
  const before = await current();
  await confirm(before.jws);
  const stopId = await stop();
  const after = await current();
  await confirm(after.jws);
  expect(await confirm(before.jws)).toEqual(BEHIND);
  expect(await stored()).toMatchObject({ fault: expect.stringMatching(/^It went back from epoch/) as string });
  await release(stopId);
});
