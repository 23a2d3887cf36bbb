import { describe, expect, test, vi } from "vitest";
import { probeToken } from "../auth/probe-token.ts";
import { databaseNow } from "../database/database-now.ts";
import { pool, prisma } from "../database/database.ts";
import { onStopPool } from "../database/stop-pool.ts";
import { PROBE_AGENT_ID } from "../domain/bundle.ts";
import { standingProofSweep } from "../jobs/standing-proof-sweep.ts";
import { startWorker } from "../jobs/worker.ts";
import { findRehearsal, listDrills } from "../queries/rehearsals.ts";
import { getStopPath } from "../queries/stop-path.ts";
import { connectPoint, connectSdkPoint } from "../testing/connect-point.ts";
import { makeAgent, makePerson, type MadeAgent } from "../testing/make-agent.ts";
import { useAgentServer } from "../testing/use-agent-server.ts";
import { useDatabase } from "../testing/use-database.ts";
import { endDrills, exerciseStopPath, startDrill } from "./rehearsals.ts";

useDatabase();

const server = useAgentServer();

const later = (ms: number) => new Date(Date.now() + ms);
const entries = (subject: string, kind: string) => prisma().logEntry.count({ where: { subject, kind } });
const sdkPoint = (agent: MadeAgent, name: string) => connectSdkPoint(server(), agent.id, name);
const connectProbe = () => connectPoint(server(), PROBE_AGENT_ID, "probe here", probeToken(new Date()), "&kind=probe");

describe("the stop path", () => {
  test("fails its proof when no process is connected, and says so", async () => {
    const startedMs = Date.now();
    expect(await exerciseStopPath(new Date(startedMs - 10_000))).toMatch(/No process that serves agents is connected/);
    expect((await getStopPath(new Date())).last).toMatchObject({ isProven: false, sentence: expect.stringMatching(/No process/) as string });
  });

  test("is proven when Holdpoint's own point applied the stop, the gate refused and every point answered", async () => {
    const agent = await makeAgent({ tier: 2 });
    const point = await sdkPoint(agent, "web-2");
    const probe = await connectProbe();
    const answering = setInterval(() => {
      void probe.confirm();
      void point.confirm(point.events.filter(({ event }) => event === "rehearsal").map(({ data }) => String(data.rehearsal)));
    }, 50);
    try {
      await prisma().enforcementPoint.deleteMany({ where: { kind: "sdk", name: { not: "web-2" } } });
      expect(await exerciseStopPath(await databaseNow())).toBeNull();
    } finally {
      clearInterval(answering);
    }
    const path = await getStopPath(new Date());
    expect(path.last).toMatchObject({ isProven: true, answered: 1, expected: 1, slowest: "web-2", sentence: "" });
    expect(path.nextAt?.getTime()).toBeGreaterThan(Date.now());
    await expect.poll(() => probe.bundle().content.stops).toEqual([]);
    for (const one of [point, probe]) one.close();
  });

  const last = () => prisma().rehearsal.findFirstOrThrow({ where: { kind: "standing" }, orderBy: { startedAt: "desc" } });

  /** Statements that name this fail, as where no connection is to be had. */
  async function whileOutOfReach(named: RegExp, work: () => Promise<void>): Promise<void> {
    const query = pool().query.bind(pool()) as (...sent: unknown[]) => unknown;
    const spy = vi.spyOn(pool(), "query").mockImplementation(((...sent: unknown[]) =>
      (named.test(typeof sent[0] === "string" ? sent[0] : JSON.stringify(sent[0])) ? Promise.reject(new Error("timeout exceeded when trying to connect")) : query(...sent))) as never);
    try {
      await work();
    } finally {
      spy.mockRestore();
    }
  }
  const ENDED = { isProven: false, endedAt: expect.any(Date) as Date, releasedAt: expect.any(Date) as Date, detail: { sentence: "The database could not be reached while the stop path was exercised." } };

  test("says the true reason when it could not be gone through with, at once or as soon as that can be stored", async () => {
    const broken = async () => expect(exerciseStopPath(await databaseNow())).rejects.toThrow();
    await whileOutOfReach(/FILTER \(WHERE epoch/, broken);
    expect(await last()).toMatchObject(ENDED);
    await whileOutOfReach(/rehearsal_answer a ON/, broken);
    const { id, endedAt } = await last();
    expect(endedAt).toBeNull();
    await exerciseStopPath(later(-10_000));
    expect(await prisma().rehearsal.findUniqueOrThrow({ where: { id } })).toMatchObject(ENDED);
  });

  test("is exercised while all everyday connections are in use", async () => {
    await prisma().enforcementPoint.deleteMany({ where: { kind: "sdk" } });
    const before = await prisma().rehearsal.count({ where: { kind: "standing", endedAt: { not: null } } });
    const probe = await connectProbe();
    const answering = setInterval(() => void probe.confirm(), 50);
    const taken = await Promise.all(Array.from({ length: pool().options.max }, () => pool().connect()));
    const worker = startWorker([standingProofSweep]);
    try {
      await expect.poll(() => onStopPool(() => prisma().rehearsal.count({ where: { kind: "standing", endedAt: { not: null } } })), { timeout: 15_000 }).toBeGreaterThan(before);
    } finally {
      clearInterval(answering);
      for (const client of taken) client.release();
      await worker.stop();
      probe.close();
    }
  });
});

describe("a drill", () => {
  test("is answered, measured and ended, and stops nobody", async () => {
    const agent = await makeAgent({ tier: 2 });
    const point = await sdkPoint(agent, "web-3");
    const { rehearsalId } = await startDrill(agent.owners.business_owner, { scope: "agent", target: agent.id });
    await expect.poll(() => point.events.some(({ event, data }) => event === "rehearsal" && data.rehearsal === rehearsalId)).toBe(true);
    expect(await endDrills(new Date())).toBe(1);
    expect(await findRehearsal(rehearsalId, new Date())).toMatchObject({ endedAt: null, expected: 1, answered: 0 });
    expect(point.bundle().content.stops).toEqual([]);
    await point.confirm([rehearsalId]);
    expect(await endDrills(new Date())).toBe(0);
    expect((await listDrills(new Date()))[0]).toMatchObject({ id: rehearsalId, isProven: true, expected: 1, answered: 1 });
    expect(await entries(rehearsalId, "rehearsal.drill_ended")).toBe(1);
    point.close();
  });

  test("ends after ten seconds and names who did not answer", async () => {
    const agent = await makeAgent({ tier: 2 });
    const point = await sdkPoint(agent, "web-4");
    const { rehearsalId } = await startDrill(agent.owners.business_owner, { scope: "agent", target: agent.id });
    await prisma().enforcementPoint.updateMany({ where: { name: "web-4" }, data: { leaseUntil: later(60_000) } });
    await endDrills(later(10_100));
    expect(await findRehearsal(rehearsalId, new Date())).toMatchObject({ isProven: false, sentence: `1 of 1 points did not answer: web-4 of ${agent.id}.` });
    point.close();
  });

  test("that asked nobody proves nothing, and where the scope names nobody there is none", async () => {
    const agent = await makeAgent({ tier: 2 });
    const { rehearsalId } = await startDrill(agent.owners.business_owner, { scope: "agent", target: agent.id });
    expect(await endDrills(new Date())).toBe(0);
    expect(await findRehearsal(rehearsalId, new Date())).toMatchObject({ isProven: false, expected: 0, sentence: "No enforcement point is connected there." });
    expect(await prisma().logEntry.findFirstOrThrow({ where: { subject: rehearsalId, kind: "rehearsal.drill_ended" } })).toMatchObject({ body: expect.stringContaining('"isProven":false') as string });
    const ola = await makePerson("Ola", ["on_call"]);
    for (const scope of [{ scope: "agent", target: "ghost" }, { scope: "tool", target: "ghost/refund_create" }, { scope: "version", target: "av_none" }] as const) await expect(startDrill(ola, scope)).rejects.toThrow("This names no agent that is here.");
  });

  test("is not for who may not stop", async () => {
    const agent = await makeAgent({ tier: 2 });
    await expect(startDrill(await makePerson("Vera", ["viewer"]), { scope: "agent", target: agent.id })).rejects.toThrow(/Only/);
  });
});
