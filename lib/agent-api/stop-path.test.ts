import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { pool, prisma } from "../database/database.ts";
import { createApiKey, newKeySchema } from "../operations/api-keys.ts";
import { systemActor } from "../operations/people.ts";
import { engageStop, stopSchema } from "../operations/stops.ts";
import { startAgentServer, type AgentServer, type OpenStream } from "../testing/agent-server.ts";
import { startDatabaseProxy, type DatabaseProxy } from "../testing/database-proxy.ts";
import { makeAgent, makePerson, manifest, type MadeAgent } from "../testing/make-agent.ts";
import { useDatabase } from "../testing/use-database.ts";

useDatabase();

let proxy: DatabaseProxy;
/** Somebody whose way to the database is whole. */
let elsewhere: pg.Client;
let direct: string;
let server: AgentServer;
let agent: MadeAgent;
let secret: string;
const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 20_000, interval: 20 });
const told = (stream: OpenStream) => stream.bundle().content.stops.map(({ id }) => id);
const ask = async () => (await server.call("POST", "/v1/gate/check", secret, { agent: { id: agent.id }, tool: { name: "order_get" } })).body.reason;
const confirm = async (stream: OpenStream) => (await server.call("POST", "/v1/points/confirm", stream.token(), { bundle: stream.bundle().jws })).status;
const opened = async (agentId: string, point: string) => {
  const stream = await server.stream(agentId, point, secret);
  await until(() => expect(stream.events.length).toBeGreaterThan(1));
  return stream;
};

beforeAll(async () => {
  direct = process.env.DATABASE_URL ?? "";
  elsewhere = new pg.Client({ connectionString: direct, application_name: "elsewhere" });
  await elsewhere.connect();
  proxy = await startDatabaseProxy(direct);
  process.env.DATABASE_URL = proxy.url;
  server = await startAgentServer();
  agent = await makeAgent({ tier: 2 });
  secret = (await createApiKey(systemActor, newKeySchema.parse({ name: "points", agentIds: ["*"], scopes: ["authority"] }))).secret;
});
afterAll(async () => {
  await server.stop();
  await elsewhere.end();
  await proxy.stop();
});

describe.each(["cut", "silence"] as const)("while the way to the database is broken (%s)", (how) => {
  test("the gate closes, no lease is given, streams stay; afterwards all catches up", { timeout: 60_000 }, async () => {
    const stream = await opened(agent.id, `web-${how}`);
    await until(async () => expect(await ask()).toBe("permitted"));
    expect(await confirm(stream)).toBe(200);
    proxy[how]();
    await until(async () => expect(await ask()).toBe("no_lease"));
    expect(await confirm(stream)).toBe(503);
    // Stored by another process meanwhile, which nobody here is told.
    const stopId = `st_${how}`;
    await elsewhere.query(`WITH head AS (UPDATE log_head SET next = next + 1 RETURNING next)
      INSERT INTO stop (id, scope, target, engaged_by, engaged_at, epoch) SELECT '${stopId}', 'agent', '${agent.id}', 'Ola', now(), next FROM head`);
    const pings = () => stream.events.filter(({ event }) => event === "ping").length;
    const before = pings();
    await until(() => expect(pings()).toBeGreaterThan(before));
    expect([stream.hasEnded(), told(stream), await ask()]).toEqual([false, [], "no_lease"]);
    proxy.mend();
    await until(() => expect(told(stream)).toEqual([stopId]));
    await until(async () => expect(await ask()).toBe("kill_switch"));
    await until(async () => expect(await confirm(stream)).toBe(200));
    expect((await elsewhere.query("SELECT name FROM stop_confirmation WHERE stop_id = $1", [stopId])).rows).toEqual([{ name: `web-${how}` }]);
    await elsewhere.query("WITH head AS (UPDATE log_head SET next = next + 1) UPDATE stop SET released_at = now() WHERE released_at IS NULL");
    await until(() => expect(told(stream)).toEqual([]));
    stream.close();
  });
});

describe("a stop that is pressed while the database goes away", () => {
  let personKey: string;
  /** Sees what waits while `elsewhere` is in a transaction. */
  let watcher: pg.Client;
  const press = () => server.call("POST", "/v1/stops", personKey, { scope: "agent", target: agent.id, reason: "It refunds twice." });
  const engaged = async () => (await elsewhere.query<{ id: string }>("SELECT id FROM stop WHERE target = $1 AND released_at IS NULL", [agent.id])).rows.map(({ id }) => id);
  const engagedEntries = async () => (await elsewhere.query("SELECT FROM log_entry WHERE kind = 'stop.engaged' AND agent_id = $1", [agent.id])).rowCount ?? 0;
  beforeAll(async () => {
    watcher = new pg.Client({ connectionString: direct, application_name: "elsewhere" });
    await watcher.connect();
    personKey = (await createApiKey(systemActor, newKeySchema.parse({ name: "phone", personId: (await makePerson("Ola", ["on_call"])).id }))).secret;
  });
  afterAll(() => watcher.end());
  afterEach(async () => {
    await elsewhere.query("WITH head AS (UPDATE log_head SET next = next + 1) UPDATE stop SET released_at = now() WHERE released_at IS NULL");
  });

  test.each([
    ["the network breaks", () => proxy.cut()],
    ["PostgreSQL ends its connections", () => elsewhere.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name <> 'elsewhere'")],
  ])("is answered as not stored when %s before its end, and leaves nothing behind; pressed again it is stored", { timeout: 60_000 }, async (_how, goAway) => {
    const before = await engagedEntries();
    await elsewhere.query("BEGIN");
    await elsewhere.query("SELECT FROM log_head WHERE id = 1 FOR UPDATE");
    const pressed = press();
    await until(async () => expect((await watcher.query("SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND application_name = 'holdpoint stop'")).rowCount).toBe(1));
    await goAway();
    expect(await pressed).toMatchObject({ status: 503, body: { message: "The database cannot be reached. Nothing was changed; try again in a moment." } });
    await elsewhere.query("COMMIT");
    expect([await engaged(), await engagedEntries()]).toEqual([[], before]);
    proxy.mend();
    await until(async () => expect((await press()).status).toBe(200));
    expect([(await engaged()).length, await engagedEntries()]).toEqual([1, before + 1]);
  });

  test("is not said to be unstored when the answer to its commit was lost", { timeout: 60_000 }, async () => {
    await elsewhere.query(`CREATE FUNCTION end_backend() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END';
      CREATE CONSTRAINT TRIGGER end_at_commit AFTER INSERT ON stop DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION end_backend()`);
    try {
      expect(await press()).toMatchObject({ status: 503, body: { message: "The database cannot be reached. Whether this was stored is not known; look before you do it again." } });
    } finally {
      await elsewhere.query("DROP TRIGGER end_at_commit ON stop; DROP FUNCTION end_backend()");
    }
    await until(async () => expect((await press()).status).toBe(200));
    expect((await engaged()).length).toBe(1);
  });
});

test("the points of 1,000 agents come back at once, and a stop of the fleet reaches each", { timeout: 120_000 }, async () => {
  await pool().query(
    `INSERT INTO agent SELECT (jsonb_populate_record(a, jsonb_build_object('id', 'many-' || n, 'current_version_id', null))).* FROM agent a, generate_series(1, 1000) n WHERE a.id = $1`, [agent.id],
  );
  const streams = await Promise.all(Array.from({ length: 1_000 }, (_, index) => server.stream(`many-${index + 1}`, "web", secret)));
  expect(new Set(streams.map(({ status }) => status))).toEqual(new Set([200]));
  await until(() => expect(streams.filter(({ events }) => events.some(({ event }) => event === "bundle"))).toHaveLength(1_000));
  expect(streams.map((stream) => stream.bundle().content.agentId)).toEqual(streams.map((_, index) => `many-${index + 1}`));
  const { stopId } = await engageStop(await makePerson("Ola", ["on_call"]), stopSchema.parse({ scope: "fleet" }));
  await until(() => expect(streams.filter((stream) => told(stream).includes(stopId))).toHaveLength(1_000));
  const { epoch } = await prisma().stop.findUniqueOrThrow({ where: { id: stopId } });
  for (const stream of streams) {
    expect(stream.bundle().content.epoch).toBeGreaterThanOrEqual(Number(epoch));
    // Showing the stop in lists changes the authority of each, and the bundle of none.
    expect(stream.events.filter(({ event }) => event === "bundle")).toHaveLength(2);
    stream.close();
  }
  await until(() => expect(server.path.hub.size).toBe(0));
});

test("who takes nothing is cut, and keeps nobody else from being told", { timeout: 120_000 }, async () => {
  const large = await makeAgent({ tier: 2 });
  const tools = Array.from({ length: 2_000 }, (_, index) => ({ name: `${"t".repeat(190)}${index}`, effect: "read" as const, inputSchema: {} }));
  const { change } = await large.register(manifest({ tools }));
  await large.approve(change?.id ?? "");
  const [deaf, well] = [await opened(large.id, "deaf"), await opened(large.id, "well")];
  deaf.pause();
  // How much a kernel takes for somebody who reads nothing is its own affair: up to some 32 MB, half of one for each round.
  for (let round = 0; round < 12 || (server.path.hub.size > 1 && round < 120); round++) {
    const { stopId } = await engageStop(await makePerson("Ola", ["on_call"]), stopSchema.parse({ scope: "tool", target: `${large.id}/tool-${round}` }));
    await until(() => expect(told(well)).toContain(stopId));
  }
  await until(() => expect(server.path.hub.size).toBe(1));
  expect(well.hasEnded()).toBe(false);
});

test("a process that ends says goodbye first", async () => {
  const stream = await opened(agent.id, "web-last");
  await server.path.close();
  await until(() => expect(stream.hasEnded()).toBe(true));
  expect(stream.events.at(-1)).toEqual({ event: "bye", id: null, data: { reason: "closing" } });
});
