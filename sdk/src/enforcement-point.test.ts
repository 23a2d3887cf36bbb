import { generateKeyPairSync } from "node:crypto";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { databaseNow } from "../../lib/database/database-now.ts";
import { pool, prisma } from "../../lib/database/database.ts";
import { signBundle } from "../../lib/domain/signed-bundle.ts";
import type { PersonActor } from "../../lib/domain/roles.ts";
import { revokeApiKey } from "../../lib/operations/api-keys.ts";
import { systemActor } from "../../lib/operations/people.ts";
import { askRelease, engageStop, releaseStop } from "../../lib/operations/stops.ts";
import { findShownStop } from "../../lib/queries/stops-shown.ts";
import { makePerson } from "../../lib/testing/make-agent.ts";
import { useDatabase } from "../../lib/testing/use-database.ts";
import { EnforcementPoint, GateDenied, GateHeld, type PointOptions, type PointState } from "./enforcement-point.ts";
import { CuttingProxy } from "./testing/cutting-proxy.ts";
import { anAgent, confirmed, usePointServer } from "../../lib/testing/point-server.ts";

useDatabase();

const { path: stopPath, port, url: direct, onCall, stopAgent } = usePointServer();
let second: PersonActor;
const points: EnforcementPoint[] = [];
const proxies: CuttingProxy[] = [];

beforeAll(async () => {
  second = await makePerson("Ana Ruiz", ["operator"]);
});
afterAll(async () => {
  await Promise.all(points.map((point) => point.close()));
  await Promise.all(proxies.map((proxy) => proxy.close()));
});

function pointOf({ id, secret }: { id: string; secret: string }, { url = direct(), name = "worker-1", ...more }: Partial<PointOptions> = {}): EnforcementPoint {
  const point = new EnforcementPoint({ url, apiKey: secret, agentId: id, name, ...more });
  points.push(point);
  return point;
}

async function proxy(): Promise<CuttingProxy> {
  const made = await CuttingProxy.before(port());
  proxies.push(made);
  return made;
}

/** Without asking in between: the point has to say it by itself. */
function told(point: EnforcementPoint, isIt: (state: PointState) => boolean): Promise<PointState> {
  if (isIt(point.state)) return Promise.resolve(point.state);
  return new Promise((resolve) => {
    const forget = point.onChange((state) => {
      if (!isIt(state)) return;
      forget();
      resolve(state);
    });
  });
}

const isStopped = (point: EnforcementPoint) => point.decide("refund_create").reason === "kill_switch";

describe("a point", () => {
  test("opens with a bundle and a lease, and decides by itself", async () => {
    const point = pointOf(await anAgent());
    expect(point.decide("order_get")).toMatchObject({ decision: "deny", reason: "no_lease", epoch: null });
    await point.start();
    expect(point.state).toMatchObject({ state: "open", isConnected: true, problem: null });
    expect(point.decide("order_get")).toMatchObject({ decision: "permit" });
    expect(await point.guard("refund_create", {}, ({ amount }: { amount: number }) => amount + 1)({ amount: 3 })).toBe(4);
    const never = vi.fn();
    await expect(point.guard("refund_twice", {}, never)({})).rejects.toThrow(GateDenied);
    expect(never).not.toHaveBeenCalled();
  });

  test("holds what waits for a person", async () => {
    const point = pointOf(await anAgent("assisted"));
    await point.start();
    const refused = await point.guard("refund_create", { waitMs: 0 }, () => 1)({}).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(GateHeld);
    expect(refused).toMatchObject({ answer: { decision: "hold", reason: "needs_person" } });
  });

  test("hears of a stop, refuses, confirms it, and goes on when two people released it", async () => {
    const agent = await anAgent();
    const point = pointOf(agent);
    const stops: unknown[] = [];
    point.onStop((stop) => stops.push([stop.scope, stop.target, point.decide("order_get").decision]));
    await point.start();
    const { stopId } = await stopAgent(agent.id);
    await told(point, () => isStopped(point));
    expect(point.decide("order_get")).toMatchObject({ decision: "deny", reason: "kill_switch", stopId });
    expect(stops).toEqual([["agent", agent.id, "deny"]]);
    await confirmed(stopId);
    await askRelease(onCall(), { stopId, reason: "All is well." });
    await releaseStop(second, { stopId });
    await told(point, () => !isStopped(point));
    expect(point.decide("refund_create").decision).toBe("permit");
    expect(stops.length).toBe(1);
  });

  test("refuses one tool when only that is stopped", async () => {
    const agent = await anAgent();
    const point = pointOf(agent);
    await point.start();
    const { stopId } = await engageStop(onCall(), { scope: "tool", target: `${agent.id}/refund_create`, reason: null });
    await told(point, () => point.decide("refund_create").reason === "tool_stopped");
    expect(point.decide("order_get").decision).toBe("permit");
    await confirmed(stopId);
  });

  test("answers a drill, and nothing else happens", async () => {
    const agent = await anAgent();
    const point = pointOf(agent);
    await point.start();
    const { next } = await prisma().logHead.findFirstOrThrow();
    const id = `re_${agent.id}`;
    await prisma().rehearsal.create({ data: { id, kind: "drill", scope: "agent", target: agent.id, startedBy: "test", startedAt: new Date(), epoch: next, expected: 1 } });
    await pool().query("SELECT pg_notify('holdpoint', $1)", [JSON.stringify({ kind: "rehearsal.started", subject: id, agentId: agent.id })]);
    await vi.waitFor(async () => expect(await prisma().rehearsalAnswer.count({ where: { rehearsalId: id } })).toBe(1), { timeout: 10_000 });
    expect(point.decide("refund_create").decision).toBe("permit");
    await prisma().rehearsal.update({ where: { id }, data: { endedAt: new Date() } });
  });

  test("says goodbye, and refuses from then on", async () => {
    const agent = await anAgent();
    const point = pointOf(agent);
    await point.start();
    const reading = pointOf(agent, { name: "worker-2", readsWithoutLease: "permit" });
    await reading.start();
    await Promise.all([point.close(), reading.close()]);
    expect([point, reading].map((each) => each.decide("order_get").reason)).toEqual(["no_lease", "no_lease"]);
    expect(await prisma().enforcementPoint.findFirstOrThrow({ where: { agentId: agent.id, name: "worker-1" } })).toMatchObject({ kind: "sdk", leftAt: expect.any(Date) as Date });
  });

  test("closes at once when its key is revoked", async () => {
    const agent = await anAgent();
    const point = pointOf(agent, { readsWithoutLease: "permit" });
    await point.start();
    const { leaseUntilMs } = point.state;
    await revokeApiKey(systemActor, { keyId: agent.keyId });
    expect(await told(point, ({ state }) => state === "closed")).toMatchObject({ problem: expect.stringContaining("API key") as string });
    expect(performance.now()).toBeLessThan(leaseUntilMs ?? 0);
    expect(point.decide("order_get").reason).toBe("no_lease");
  });
});

describe("without a point", () => {
  test("Holdpoint itself is asked, and no answer is a no", async () => {
    const agent = await anAgent();
    expect(await pointOf(agent).check({ tool: "refund_create", input: { amount: 3 } })).toMatchObject({ decision: "permit", reason: "permitted" });
    await stopAgent(agent.id);
    await vi.waitFor(async () => expect(await pointOf(agent).check({ tool: "refund_create" })).toMatchObject({ decision: "deny", reason: "kill_switch", stopId: expect.any(String) as string }));
    expect(await pointOf({ ...agent, secret: "hp_unknown" }).check({ tool: "refund_create" })).toMatchObject({ decision: "deny", reason: "no_lease" });
    expect(await pointOf(agent, { url: "http://127.0.0.1:9" }).check({ tool: "refund_create" })).toMatchObject({ decision: "deny", reason: "no_lease" });
  });
});

describe.concurrent("when the network fails", () => {
  test("a stop during a cut is caught up with", async () => {
    const agent = await anAgent();
    const network = await proxy();
    const point = pointOf(agent, { url: network.url });
    await point.start();
    network.isClosed = true;
    network.cut();
    await told(point, ({ isConnected }) => !isConnected);
    const { stopId } = await stopAgent(agent.id);
    network.isClosed = false;
    await told(point, () => isStopped(point));
    await confirmed(stopId);
  });

  test("closes by itself when its lease ends, says so, and opens when Holdpoint is back", async () => {
    const network = await proxy();
    const point = pointOf(await anAgent(), { url: network.url });
    await point.start();
    network.isClosed = true;
    network.cut();
    const { leaseUntilMs } = point.state;
    await told(point, ({ state }) => state === "closed");
    // A timer of whole milliseconds may come within one of them.
    expect(performance.now()).toBeGreaterThanOrEqual((leaseUntilMs ?? Infinity) - 1);
    expect(point.decide("order_get").reason).toBe("no_lease");
    network.isClosed = false;
    await told(point, ({ state, isConnected }) => state === "open" && isConnected);
    expect(point.decide("order_get").decision).toBe("permit");
  });

  test("reads on without a lease where it was set up so, and nothing else, until Holdpoint is back", async () => {
    const agent = await anAgent();
    const network = await proxy();
    const point = pointOf(agent, { url: network.url, readsWithoutLease: "permit" });
    expect(point.decide("order_get").reason).toBe("no_lease");
    await point.start();
    network.isClosed = true;
    network.cut();
    await told(point, ({ state }) => state === "closed");
    expect(["order_get", "refund_create", "refund_twice"].map((tool) => point.decide(tool).reason)).toEqual(["permitted", "no_lease", "no_lease"]);
    expect(await point.guard("order_get", {}, () => "read")({})).toBe("read");
    const never = vi.fn();
    await expect(point.guard("order_get", { effect: "write" }, never)({})).rejects.toMatchObject({ answer: { reason: "no_lease" } });
    await expect(point.guard("refund_create", {}, never)({})).rejects.toMatchObject({ answer: { reason: "no_lease" } });
    expect(never).not.toHaveBeenCalled();
    await revokeApiKey(systemActor, { keyId: agent.keyId });
    network.isClosed = false;
    // It is heard again, and says no.
    await vi.waitFor(() => expect(point.decide("order_get").reason).toBe("no_lease"), { timeout: 20_000 });
  });

  test("a stop does not count it as closed where it reads on, and is proven when it is heard again", async () => {
    const agent = await anAgent();
    const network = await proxy();
    const reading = pointOf(agent, { name: "reads on", url: network.url, readsWithoutLease: "permit" });
    const closing = pointOf(agent, { name: "closes", url: network.url });
    await Promise.all([reading.start(), closing.start()]);
    network.isClosed = true;
    network.cut();
    const { stopId } = await stopAgent(agent.id);
    const { stopId: ofTool } = await engageStop(onCall(), { scope: "tool", target: `${agent.id}/refund_create`, reason: null });
    await Promise.all([reading, closing].map((point) => told(point, ({ state }) => state === "closed")));
    expect([reading, closing].map((point) => point.decide("order_get").decision)).toEqual(["permit", "deny"]);
    const proofOf = async (id: string) => (await findShownStop(id, await databaseNow(prisma())))?.proof;
    await vi.waitFor(async () => expect(await proofOf(stopId)).toMatchObject({ confirmed: 0, closed: 1, missing: 1, readsOn: 1, points: [{ name: "reads on", state: "reads_on" }, { name: "closes", state: "closed" }] }), { timeout: 20_000 });
    expect(await proofOf(ofTool)).toMatchObject({ closed: 2, missing: 0, readsOn: 0 });
    network.isClosed = false;
    await told(reading, () => isStopped(reading));
    await vi.waitFor(async () => expect(await proofOf(stopId)).toMatchObject({ missing: 0, readsOn: 0 }), { timeout: 20_000 });
    expect(reading.decide("order_get").reason).toBe("kill_switch");
  });

  test("a message that never came is noticed by the next ping", async () => {
    const agent = await anAgent();
    const network = await proxy();
    const point = pointOf(agent, { url: network.url });
    await point.start();
    let swallowed = 0;
    network.swallows = (chunk) => {
      const isIt = chunk.includes("event: bundle");
      if (isIt) swallowed += 1;
      return isIt;
    };
    const { stopId } = await stopAgent(agent.id);
    await told(point, () => isStopped(point));
    expect([swallowed, point.state.isConnected]).toEqual([1, true]);
    await confirmed(stopId);
  });

  test("behind a proxy that holds the stream back it polls", async () => {
    const agent = await anAgent();
    const network = await proxy();
    network.isBuffering = true;
    const point = pointOf(agent, { url: network.url });
    await point.start();
    expect(point.state).toMatchObject({ state: "open", isConnected: false });
    const { stopId } = await stopAgent(agent.id);
    await told(point, () => isStopped(point));
    await confirmed(stopId);
  });

  test("two hundred points that lose Holdpoint at once all come back, and hold the stop", async () => {
    const agent = await anAgent();
    const network = await proxy();
    const many = Array.from({ length: 200 }, (_, index) => pointOf(agent, { url: network.url, name: `worker-${index}` }));
    await Promise.all(many.map((point) => point.start()));
    network.isClosed = true;
    network.cut();
    await Promise.all(many.map((point) => told(point, ({ isConnected }) => !isConnected)));
    const { stopId } = await stopAgent(agent.id);
    network.isClosed = false;
    await Promise.all(many.map((point) => told(point, ({ isConnected }) => isConnected && isStopped(point))));
    await confirmed(stopId, 200);
  });
});

describe("what is not Holdpoint's word", () => {
  /** Passes everything through but the stream, which says what the test wants. */
  async function hostile(secret: string, agentId: string) {
    let send: (bundle: string) => void = () => undefined;
    const liar = http.createServer(async (request, response) => {
      const isStream = request.url?.startsWith("/v1/stream") ?? false;
      if (!isStream) {
        const chunks: Uint8Array[] = [];
        for await (const chunk of request) chunks.push(chunk as Uint8Array);
        const { authorization = "" } = request.headers;
        const answer = await fetch(direct() + request.url, { method: request.method ?? "GET", headers: { authorization, "content-type": "application/json" }, ...(chunks.length > 0 ? { body: Buffer.concat(chunks) } : {}) });
        return void response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text());
      }
      let sequence = 0;
      response.writeHead(200, { "content-type": "text/event-stream" }).write(`event: hello\ndata: {"sequence":0,"token":"${(await reading(secret, agentId)).token}","leaseMs":10000,"confirmEveryMs":3000}\n\n`);
      send = (bundle) => {
        sequence += 1;
        response.write(`event: bundle\ndata: ${JSON.stringify({ sequence, bundle })}\n\n`);
      };
      send((await reading(secret, agentId)).bundle);
    });
    await new Promise<void>((resolve) => liar.listen(0, "127.0.0.1", resolve));
    return {
      url: `http://127.0.0.1:${(liar.address() as AddressInfo).port}`,
      send: (bundle: string) => send(bundle),
      close: () => {
        liar.closeAllConnections();
        liar.close();
      },
    };
  }

  const reading = async (secret: string, agentId: string) =>
    (await (await fetch(`${direct()}/v1/bundle?agent=${agentId}&point=liar`, { headers: { authorization: `Bearer ${secret}` } })).json()) as { bundle: string; token: string };

  test("an old bundle, a changed one, one of another key and one of another agent change nothing", async () => {
    const [agent, other] = [await anAgent(), await anAgent()];
    const liar = await hostile(agent.secret, agent.id);
    try {
      const point = pointOf(agent, { url: liar.url });
      await point.start();
      const before = await reading(agent.secret, agent.id);
      await stopAgent(agent.id);
      const stopped = await vi.waitFor(async () => {
        const { bundle } = await reading(agent.secret, agent.id);
        expect(bundle).not.toBe(before.bundle);
        return bundle;
      });
      liar.send(stopped);
      await told(point, () => isStopped(point));
      const { epoch } = point.state;
      const payload = { ...(JSON.parse(Buffer.from(stopped.split(".")[1] ?? "", "base64url").toString()) as { stops: unknown[]; epoch: number }), stops: [] };
      payload.epoch += 1_000;
      const [head = "", , signature = ""] = stopped.split(".");
      const changed = `${head}.${Buffer.from(JSON.stringify(payload)).toString("base64url")}.${signature}`;
      const { privateKey } = generateKeyPairSync("ed25519");
      const forged = signBundle(payload as unknown as Parameters<typeof signBundle>[0], { privateKey, keyId: stopPath().key.keyId });
      const unknown = signBundle(payload as unknown as Parameters<typeof signBundle>[0], { privateKey, keyId: "another" });
      const ofOther = [(await reading(other.secret, other.id)).bundle, `A bundle of ${other.id}`] as const;
      const old = [before.bundle, "came after one of"] as const;
      // Never twice the same complaint in a row: it would not be told again.
      for (const [bundle, because] of [old, [changed, "not signed"], ofOther, [forged, "not signed"], old, [unknown, "not signed"], ofOther] as const) {
        const said = told(point, ({ problem }) => problem?.includes(because) ?? false);
        liar.send(bundle);
        await said;
        expect([point.state.epoch, isStopped(point)]).toEqual([epoch, true]);
      }
      // The next confirmation says that all is well again.
      await told(point, ({ problem }) => problem === null);
    } finally {
      liar.close();
    }
  });
});
