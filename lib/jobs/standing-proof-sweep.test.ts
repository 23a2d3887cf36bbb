import { spawn, type ChildProcess } from "node:child_process";
import net from "node:net";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import { pool, prisma } from "../database/database.ts";
import { newId } from "../new-id.ts";
import { createApiKey, newKeySchema } from "../operations/api-keys.ts";
import { systemActor } from "../operations/people.ts";
import { engageStop } from "../operations/stops.ts";
import { getStopPath } from "../queries/stop-path.ts";
import { EnforcementPoint } from "../../sdk/src/enforcement-point.ts";
import { makeAgent, makePerson } from "../testing/make-agent.ts";
import { useDatabase } from "../testing/use-database.ts";

useDatabase();

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const freePort = () => new Promise<number>((resolve) => {
  const probe = net.createServer().listen(0, "127.0.0.1", () => {
    const { port } = probe.address() as net.AddressInfo;
    probe.close(() => resolve(port));
  });
});
const PATIENCE = { timeout: 40_000, interval: 100 };

interface Started {
  url: string;
  child: ChildProcess;
}
let started: Started[] = [];

/** What agents need, as a process of its own: it starts without Next. */
async function start(roles = "agents,jobs"): Promise<Started> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, ["server.ts"], {
    cwd: ROOT, stdio: "ignore",
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, DATABASE_URL: process.env.DATABASE_URL, PORT: String(port), HOST: "127.0.0.1", HOLDPOINT_URL: url, HOLDPOINT_ROLES: roles, HOLDPOINT_LOG_LEVEL: "error", NODE_ENV: "production" },
  });
  started.push({ url, child });
  await expect.poll(() => fetch(`${url}/readyz`).then(({ ok }) => ok || !roles.includes("agents"), () => false), PATIENCE).toBe(true);
  return { url, child };
}
const end = ({ child }: Started, signal: NodeJS.Signals) => new Promise<void>((resolve) => {
  if (child.exitCode !== null || child.signalCode !== null) return resolve();
  child.once("exit", () => resolve());
  child.kill(signal);
});
afterEach(async () => {
  await Promise.all(started.map((one) => end(one, "SIGKILL")));
  started = [];
});
const entries = (subject: string, kind: string) => prisma().logEntry.count({ where: { subject, kind } });
const provenAt = async (id: string) => (await prisma().stop.findUniqueOrThrow({ where: { id } })).provenAt;

test("a process exercises the whole path by itself, and its figures say so", { timeout: 120_000 }, async () => {
  const { url } = await start();
  await expect.poll(async () => (await getStopPath(new Date())).last, PATIENCE).toMatchObject({ isProven: true, expected: 0, answered: 0, sentence: "" });
  const figures = await (await fetch(`${url}/metrics`)).text();
  expect(figures).toMatch(/^holdpoint_stop_path_proven 1$/m);
  expect(figures).toMatch(/^holdpoint_stop_path_last_proof_timestamp_seconds \d{10}(\.\d+)?$/m);
  const rehearsal = await prisma().rehearsal.findFirstOrThrow({ where: { kind: "standing" } });
  expect(rehearsal).toMatchObject({ releasedAt: rehearsal.endedAt, probeRefusedAt: expect.any(Date) as Date });
  expect(await entries(rehearsal.id, "rehearsal.standing_ended")).toBe(1);
});

/** Asks this process for a stop, and kills it while PostgreSQL stores the latch: the rest of the process never learns that it was stored. */
async function pressAndKill({ url, child }: Started, agentId: string): Promise<void> {
  const { secret } = await createApiKey(systemActor, newKeySchema.parse({ name: "phone", personId: (await makePerson("Ola", ["on_call"])).id }));
  await pool().query(`CREATE FUNCTION wait_at_commit() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock(20261122); RETURN NULL; END';
    CREATE CONSTRAINT TRIGGER wait_at_commit AFTER INSERT ON stop DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait_at_commit()`);
  const gate = await pool().connect();
  try {
    await gate.query("BEGIN");
    await gate.query("SELECT pg_advisory_xact_lock(20261122)");
    const body = JSON.stringify({ scope: "agent", target: agentId, reason: null });
    const pressed = fetch(`${url}/v1/stops`, { method: "POST", headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" }, body }).then(({ status }) => status, () => null);
    const waiting = () => prisma().$queryRaw<unknown[]>`SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory' AND query = 'COMMIT'`;
    await expect.poll(async () => (await waiting()).length, PATIENCE).toBe(1);
    await end({ url, child }, "SIGKILL");
    expect(await pressed).toBeNull();
    expect(await prisma().stop.count({ where: { target: agentId } })).toBe(0);
  } finally {
    await gate.query("COMMIT");
    gate.release();
  }
  await expect.poll(() => prisma().stop.count({ where: { target: agentId } }), PATIENCE).toBe(1);
  await pool().query("DROP TRIGGER wait_at_commit ON stop; DROP FUNCTION wait_at_commit()");
}

test("two processes prove a stop once; what one left behind when it was killed, the other puts right", { timeout: 180_000 }, async () => {
  const agent = await makeAgent({ tier: 2 });
  const [first, second] = [await start(), await start()];
  const together = await engageStop(agent.owners.business_owner, { scope: "agent", target: agent.id, reason: null });
  await expect.poll(() => provenAt(together.stopId), PATIENCE).not.toBeNull();
  expect(await entries(together.stopId, "stop.proven")).toBe(1);

  const other = await makeAgent({ tier: 2 });
  const { secret } = await createApiKey(systemActor, newKeySchema.parse({ name: "points", agentIds: [other.id], scopes: ["authority"] }));
  const point = new EnforcementPoint({ url: second.url, apiKey: secret, agentId: other.id, name: "web-1" });
  await point.start();
  expect(point.state).toMatchObject({ state: "open", isConnected: true });
  // Between the latch and the push; and in the middle of a standing proof.
  await pressAndKill(first, other.id);
  const rehearsalId = newId("re");
  await prisma().rehearsal.create({ data: { id: rehearsalId, kind: "standing", scope: "agent", target: "holdpoint:probe", startedBy: "Holdpoint", startedAt: new Date(), epoch: 1n } });
  const { id: stopId } = await prisma().stop.findFirstOrThrow({ where: { target: other.id } });
  await expect.poll(() => prisma().stopConfirmation.findMany({ where: { stopId }, select: { name: true } }), PATIENCE).toEqual([{ name: "web-1" }]);
  await expect.poll(() => provenAt(stopId), PATIENCE).not.toBeNull();
  expect(await entries(stopId, "stop.proven")).toBe(1);
  await point.close();
  await expect.poll(() => prisma().rehearsal.findUniqueOrThrow({ where: { id: rehearsalId } }), { timeout: 90_000, interval: 500 })
    .toMatchObject({ isProven: false, releasedAt: expect.any(Date) as Date, endedAt: expect.any(Date) as Date });
  expect(await entries(rehearsalId, "rehearsal.standing_ended")).toBe(1);
  await end(second, "SIGTERM");
  expect(second.child.exitCode).toBe(0);
});

test("without a process that serves agents the proof fails and says which is missing", { timeout: 120_000 }, async () => {
  await prisma().enforcementPoint.deleteMany({});
  await prisma().rehearsal.deleteMany({});
  await start("jobs");
  await expect.poll(async () => (await getStopPath(new Date())).last, PATIENCE).toMatchObject({ isProven: false, sentence: expect.stringMatching(/No process that serves agents is connected/) as string });
});
