import { describe, expect, test, vi } from "vitest";
import { prisma } from "../database/database.ts";
import { stopSentence } from "../domain/stop-words.ts";
import { stopProofSweep } from "../jobs/stop-proof-sweep.ts";
import { newId } from "../new-id.ts";
import { findShownStop, listStopMoments } from "../queries/stops-shown.ts";
import { countEngagedStops, getBlastRadius, listEngagedStops, pulseOfStops } from "../queries/stops.ts";
import { connectSdkPoint } from "../testing/connect-point.ts";
import { makeAgent, makePerson, manifest, type MadeAgent } from "../testing/make-agent.ts";
import { makeRollout } from "../testing/make-rollout.ts";
import { useAgentServer } from "../testing/use-agent-server.ts";
import { useDatabase } from "../testing/use-database.ts";
import { proveStops, recheckProven } from "./prove-stops.ts";
import { askRelease, engageStop, giveReason, releaseStop } from "./stops.ts";

useDatabase();

const server = useAgentServer();

const later = (ms: number) => new Date(Date.now() + ms);
const stopOf = (agent: MadeAgent) => engageStop(agent.owners.business_owner, { scope: "agent", target: agent.id, reason: null });
const stored = (id: string) => prisma().stop.findUniqueOrThrow({ where: { id } });
const entries = (subject: string, kind: string) => prisma().logEntry.count({ where: { subject, kind } });

const sdkPoint = (agent: MadeAgent, name: string) => connectSdkPoint(server(), agent.id, name);

describe("a stop", () => {
  test("is proven when its point confirmed and the gate refused, and once only", async () => {
    const agent = await makeAgent({ tier: 2 });
    const point = await sdkPoint(agent, "web-1");
    const { stopId } = await stopOf(agent);
    await point.holds(stopId);
    expect(await proveStops(new Date())).toBe(1);
    expect((await stored(stopId)).provenAt).toBeNull();
    expect((await findShownStop(stopId, new Date()))?.proof).toMatchObject({ state: "stopping", missing: 1, confirmed: 0, isProbeRefused: false });

    await point.confirm();
    await Promise.all([proveStops(new Date()), proveStops(new Date())]);
    const stop = await stored(stopId);
    expect(stop.provenAt).not.toBeNull();
    expect(stop.probeRefusedAt).not.toBeNull();
    expect(await entries(stopId, "stop.proven")).toBe(1);
    const proof = await findShownStop(stopId, later(60_000));
    expect(proof?.proof).toMatchObject({ callsSince: 0, state: "proven", provenAt: stop.provenAt?.toISOString() });
    point.close();
  });

  test("is not proven after ten seconds with a point that is heard and does not confirm; its name stands in the evidence", async () => {
    const agent = await makeAgent({ tier: 2 });
    const { stopId } = await stopOf(agent);
    const { engagedAt } = await stored(stopId);
    const at = new Date(engagedAt.getTime() + 10_500);
    await prisma().enforcementPoint.create({ data: { id: newId("pt"), agentId: agent.id, name: "stubborn-1", kind: "sdk", firstHeardAt: engagedAt, lastHeardAt: at, leaseUntil: engagedAt } });
    await proveStops(at);
    await proveStops(at);
    const stop = await stored(stopId);
    expect(stop).toMatchObject({ provenAt: null, notProvenAt: at });
    expect(JSON.stringify(stop.proof)).toContain("stubborn-1");
    expect(await entries(stopId, "stop.not_proven")).toBe(1);

    await prisma().enforcementPoint.updateMany({ where: { agentId: agent.id }, data: { leftAt: at } });
    await proveStops(at);
    expect((await stored(stopId)).provenAt).not.toBeNull();
    expect((await stored(stopId)).notProvenAt).toEqual(at);
  });

  test("is proven by silence only when the lease ran out in it", async () => {
    const agent = await makeAgent({ tier: 2 });
    const now = new Date();
    await prisma().enforcementPoint.create({ data: { id: newId("pt"), agentId: agent.id, name: "gone-1", kind: "sdk", firstHeardAt: now, lastHeardAt: now, leaseUntil: new Date(now.getTime() + 10_000) } });
    const { stopId } = await stopOf(agent);
    await proveStops(later(9_000));
    expect((await stored(stopId)).provenAt).toBeNull();
    await proveStops(later(10_500));
    expect((await findShownStop(stopId, later(10_600)))?.proof).toMatchObject({ state: "proven", closed: 1, confirmed: 0 });
  });

  test("is told of a point that left in order as of one that said goodbye", async () => {
    const agent = await makeAgent({ tier: 2 });
    const point = await sdkPoint(agent, "left-1");
    const { jws } = point.bundle();
    const { stopId } = await stopOf(agent);
    await server().call("POST", "/v1/points/confirm", point.token(), { bundle: jws, isLeaving: true });
    await proveStops(new Date());
    expect(stopSentence((await findShownStop(stopId, new Date()))!)).toMatch(/^1 of 1 point: 1 had said goodbye\. /);
    point.close();
  });

  test.each([30_000, -30_000])("of a process whose clock is wrong by %i ms is proven by what its points say, and not by a lease that has not run out", async (shiftMs) => {
    const agent = await makeAgent({ tier: 2 });
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + shiftMs });
    try {
      const point = await sdkPoint(agent, "web-1");
      const { stopId } = await stopOf(agent);
      const sweep = stopProofSweep.run(new Date());
      await point.holds(stopId);
      await point.confirm();
      await sweep;
      expect((await stored(stopId)).proof).toMatchObject({ confirmed: 1, closed: 0, missing: 0 });
      const [live] = await prisma().$queryRaw<unknown[]>`SELECT 1 FROM enforcement_point, stop WHERE agent_id = ${agent.id} AND stop.id = ${stopId}
        AND engaged_at <= last_heard_at AND last_heard_at <= clock_timestamp() AND lease_until > clock_timestamp() AND lease_until <= clock_timestamp() + interval '10 s'`;
      expect(live).toBeDefined();
      point.close();
    } finally {
      vi.useRealTimers();
    }
  });

  test("a lease never ends sooner than was granted, though PostgreSQL's clock was set back between", async () => {
    const agent = await makeAgent({ tier: 2 });
    const point = await sdkPoint(agent, "web-1");
    const [{ leaseUntil } = { leaseUntil: null }] = await prisma().$queryRaw<{ leaseUntil: Date }[]>`
      UPDATE enforcement_point SET lease_until = lease_until + interval '1 minute' WHERE agent_id = ${agent.id} RETURNING lease_until AS "leaseUntil"`;
    await point.confirm();
    expect((await prisma().enforcementPoint.findFirstOrThrow({ where: { agentId: agent.id } })).leaseUntil).toEqual(leaseUntil);
    point.close();
  });

  test("with no point connected is proven by the gate alone, and of a scope without agents there is nothing to ask", async () => {
    const agent = await makeAgent({ tier: 2 });
    const { stopId } = await stopOf(agent);
    await proveStops(new Date());
    expect(await stored(stopId)).toMatchObject({ provenAt: expect.any(Date) as Date, probeRefusedAt: expect.any(Date) as Date });

    const person = await makePerson("Ola", ["on_call"]);
    await prisma().agent.updateMany({ where: { tier: 0 }, data: { tier: 1 } });
    const nobody = await engageStop(person, { scope: "tier", target: "0", reason: null });
    await proveStops(new Date());
    expect(await stored(nobody.stopId)).toMatchObject({ provenAt: expect.any(Date) as Date, probeRefusedAt: null });

    await makeAgent({ tier: 0 });
    expect((await findShownStop(nobody.stopId, new Date()))?.proof?.state).not.toBe("proven");
    await recheckProven(new Date());
    expect(await stored(nobody.stopId)).toMatchObject({ probeRefusedAt: expect.any(Date) as Date });
    expect((await findShownStop(nobody.stopId, new Date()))?.proof).toMatchObject({ state: "proven", isProbeRefused: true });
    await prisma().stop.update({ where: { id: nobody.stopId }, data: { releasedAt: new Date() } });
  });

  test("is not proven by a point that contradicts itself, until it says what holds", async () => {
    const agent = await makeAgent({ tier: 2 });
    const point = await sdkPoint(agent, "liar-1");
    const { stopId } = await stopOf(agent);
    await point.holds(stopId);
    await point.confirm();
    await server().call("POST", "/v1/points/confirm", point.token(), { bundle: point.bundle().jws, refusesProbe: false });
    await proveStops(new Date());
    expect((await stored(stopId)).provenAt).toBeNull();
    // Silence after a lie is no proof, whatever became of the lease.
    await proveStops(later(30_000));
    expect(await stored(stopId)).toMatchObject({ provenAt: null, notProvenAt: expect.any(Date) as Date });
    expect(JSON.stringify((await stored(stopId)).proof)).toMatch(/It says that it does not refuse what.*liar-1/);
    await point.confirm();
    await proveStops(new Date());
    expect((await stored(stopId)).provenAt).not.toBeNull();
    point.close();
  });

  test("that was proven is followed on: a point that goes back contradicts it, everywhere, until it is proven anew", async () => {
    const agent = await makeAgent({ tier: 2 });
    const point = await sdkPoint(agent, "back-1");
    const words = async (stopId: string) => (await countEngagedStops(later(30_000))).stopStates.find(({ id }) => id === stopId)?.words;
    const { stopId } = await stopOf(agent);
    await point.holds(stopId);
    await point.confirm();
    await proveStops(new Date());
    await recheckProven(new Date());
    expect([await entries(stopId, "stop.contradicted"), await words(stopId)]).toEqual([0, expect.stringMatching(/^stopped, proven in/) as string]);
    const pulse = await pulseOfStops(await listEngagedStops(), new Date());

    await prisma().enforcementPoint.updateMany({ where: { name: "back-1" }, data: { fault: "It went back from epoch 9 to 8.", faultAt: new Date() } });
    expect(await words(stopId)).toBe("stop not proven, 0 of 1 confirmed");
    expect(await pulseOfStops(await listEngagedStops(), new Date())).not.toBe(pulse);
    await Promise.all([recheckProven(later(100)), recheckProven(later(100))]);
    expect([await entries(stopId, "stop.contradicted"), await entries(stopId, "stop.not_proven")]).toEqual([1, 0]);
    expect(await stored(stopId)).toMatchObject({ provenAt: null, probeRefusedAt: null, notProvenAt: expect.any(Date) as Date });
    await proveStops(later(20_000));
    expect(await entries(stopId, "stop.not_proven")).toBe(0);

    await point.confirm();
    await proveStops(new Date());
    expect(await words(stopId)).toMatch(/^stopped, proven in/);
    expect((await listStopMoments(stopId)).map(({ kind }) => kind)).toEqual(["stop.proven", "stop.contradicted", "stop.proven"]);
    point.close();
  });

  test("that was proven gives a point that comes back a moment to confirm, and no more", async () => {
    const agent = await makeAgent({ tier: 2 });
    const { stopId } = await stopOf(agent);
    await proveStops(new Date());
    const at = later(1_000);
    const after = (ms: number) => new Date(at.getTime() + ms);
    await prisma().enforcementPoint.create({ data: { id: newId("pt"), agentId: agent.id, name: "deaf-1", kind: "sdk", firstHeardAt: at, lastHeardAt: at, leaseUntil: after(-500) } });
    await recheckProven(after(0));
    await recheckProven(after(2_900));
    expect(await entries(stopId, "stop.contradicted")).toBe(0);
    await recheckProven(after(3_000));
    expect(await entries(stopId, "stop.contradicted")).toBe(1);
    expect(JSON.stringify((await stored(stopId)).proof)).toContain("deaf-1");
  });

  test("that was released keeps what was proven of it, whoever connects afterwards", async () => {
    const agent = await makeAgent({ tier: 2 });
    const point = await sdkPoint(agent, "web-8");
    const { stopId } = await stopOf(agent);
    await point.holds(stopId);
    await point.confirm();
    await proveStops(new Date());
    const before = await findShownStop(stopId, new Date());
    await askRelease(agent.owners.technical_owner, { stopId, reason: "All is well." });
    await releaseStop(agent.owners.model_steward, { stopId });
    const at = later(60_000);
    await prisma().enforcementPoint.create({ data: { id: newId("pt"), agentId: agent.id, name: "worker-9", kind: "sdk", firstHeardAt: at, lastHeardAt: at, leaseUntil: later(70_000) } });
    await prisma().enforcementPoint.updateMany({ where: { name: "web-8" }, data: { fault: "It lies.", faultAt: at } });
    const after = await findShownStop(stopId, later(90_000));
    const { points: told, ...kept } = before?.proof ?? { points: [] };
    expect(after?.proof).toMatchObject({ ...kept, points: told.map(({ name, state, confirmedAt }) => ({ name, state, confirmedAt })) });
    expect(after?.proof).toMatchObject({ state: "proven", confirmed: 1, missing: 0 });
    point.close();
  });

  test("that was proven keeps its numbers and times: a point that comes later is told by itself, also after the release", async () => {
    const agent = await makeAgent({ tier: 2 });
    const point = await sdkPoint(agent, "web-1");
    const { stopId } = await stopOf(agent);
    await point.holds(stopId);
    await point.confirm();
    await proveStops(new Date());
    const shown = async () => (await findShownStop(stopId, later(60_000)))!;
    const { proof: before } = await shown();
    expect(before).toMatchObject({ state: "proven", confirmed: 1, later: 0, points: [{ name: "web-1" }] });

    const second = await sdkPoint(agent, "web-2");
    await second.holds(stopId);
    await second.confirm();
    const { proof: after } = await shown();
    expect(after).toMatchObject({ state: "proven", confirmed: 1, elapsedMs: before!.elapsedMs, provenAt: before!.provenAt, lastConfirmedAt: before!.lastConfirmedAt, later: 1, points: [{ name: "web-1" }] });
    expect(stopSentence(await shown())).toMatch(/^1 of 1 point: 1 confirmed\. A probe call was refused at .*\. 1 more point came since\.$/);

    await askRelease(agent.owners.technical_owner, { stopId, reason: "All is well." });
    await releaseStop(agent.owners.model_steward, { stopId });
    expect((await stored(stopId)).proof).toMatchObject({ confirmed: 1, elapsedMs: before!.elapsedMs, lastConfirmedAt: before!.lastConfirmedAt, later: 1 });
    for (const one of [point, second]) one.close();
  });

  test("that was released before it was proven says who was missing then", async () => {
    const agent = await makeAgent({ tier: 2 });
    const now = new Date();
    await prisma().enforcementPoint.create({ data: { id: newId("pt"), agentId: agent.id, name: "slow-1", kind: "sdk", firstHeardAt: now, lastHeardAt: now, leaseUntil: later(10_000) } });
    const { stopId } = await stopOf(agent);
    await askRelease(agent.owners.technical_owner, { stopId, reason: "Pressed by mistake." });
    await releaseStop(agent.owners.model_steward, { stopId });
    await prisma().enforcementPoint.deleteMany({ where: { agentId: agent.id } });
    expect((await findShownStop(stopId, later(60_000)))?.proof).toMatchObject({ state: "stopping", missing: 1, provenAt: null, points: [{ name: "slow-1", state: "missing" }] });
  });

  test("waits for a point that joins after the latch", async () => {
    const agent = await makeAgent({ tier: 2 });
    const { stopId } = await stopOf(agent);
    const joined = new Date();
    const id = newId("pt");
    await prisma().enforcementPoint.create({ data: { id, agentId: agent.id, name: "late-1", kind: "sdk", firstHeardAt: joined, lastHeardAt: joined, leaseUntil: later(10_000) } });
    await proveStops(new Date());
    expect((await findShownStop(stopId, new Date()))?.proof).toMatchObject({ state: "stopping", missing: 1 });
    const point = await sdkPoint(agent, "late-1");
    await proveStops(new Date());
    expect(await stored(stopId)).toMatchObject({ provenAt: expect.any(Date) as Date });
    expect((await findShownStop(stopId, new Date()))?.proof).toMatchObject({ state: "proven", confirmed: 1 });
    point.close();
  });

  test.each(["tier", "version", "tool"] as const)("on a %s is proven by the gate and by the points of whom it covers alone", async (scope) => {
    const [agent, other] = [await makeAgent({ tier: 1 }), await makeAgent({ tier: 0 })];
    const { currentVersionId } = await prisma().agent.findUniqueOrThrow({ where: { id: agent.id } });
    await prisma().agent.updateMany({ where: { tier: 1, id: { not: agent.id } }, data: { tier: 2 } });
    const [covered, outside] = [await sdkPoint(agent, `in-${scope}`), await sdkPoint(other, `out-${scope}`)];
    const { stopId } = await engageStop(await makePerson("Ola", ["on_call"]), { scope, target: { tier: "1", version: currentVersionId ?? "", tool: `${agent.id}/refund_create` }[scope], reason: null });
    await covered.holds(stopId);
    await covered.confirm();
    await proveStops(new Date());
    expect((await findShownStop(stopId, new Date()))?.proof).toMatchObject({ state: "proven", points: [{ name: `in-${scope}` }] });
    for (const one of [covered, outside]) one.close();
  });

  test("on a version under trial is proven by a call in one of its tasks, though the agent's points hold nothing of it", async () => {
    const agent = await makeAgent({ tier: 2 });
    const point = await sdkPoint(agent, "trial-1");
    const rollout = await makeRollout(agent, { candidate: manifest({ prompt: "Another prompt." }) });
    const { stopId } = await engageStop(await makePerson("Ola", ["on_call"]), { scope: "version", target: rollout.candidateId, reason: null });
    // As long as it was given no task, nothing of it runs.
    expect((await findShownStop(stopId, new Date()))?.proof).toMatchObject({ state: "proven", isTrial: false, isProbeRefused: false });
    await prisma().assignment.create({ data: { rolloutId: rollout.id, agentId: agent.id, taskId: "task-1", unit: "task-1", arm: "candidate", probability: 0.5, stageIndex: 0, exposureIndex: 0, assignedAt: new Date() } });
    expect(await findShownStop(stopId, new Date())).toMatchObject({ agents: 1, proof: { state: "stopping", isTrial: true, isProbeRefused: false } });
    expect(await getBlastRadius({ scope: "version", target: rollout.candidateId }, new Date())).toMatchObject({ agents: 1, withWriteTools: 1 });
    await proveStops(new Date());
    expect(await stored(stopId)).toMatchObject({ provenAt: expect.any(Date) as Date, probeRefusedAt: expect.any(Date) as Date });
    expect((await findShownStop(stopId, new Date()))?.proof).toMatchObject({ state: "proven", isTrial: true, points: [] });
    point.close();
  });

  test("that was released meanwhile is not proven any more", async () => {
    const agent = await makeAgent({ tier: 2 });
    const { stopId } = await stopOf(agent);
    await askRelease(agent.owners.technical_owner, { stopId, reason: "Pressed by mistake." });
    await Promise.all([releaseStop(agent.owners.model_steward, { stopId }), proveStops(new Date())]);
    const { releasedAt, provenAt } = await stored(stopId);
    expect(releasedAt).not.toBeNull();
    await proveStops(new Date());
    expect((await stored(stopId)).provenAt).toEqual(provenAt);
  });

  test("is given its reason afterwards", async () => {
    const agent = await makeAgent({ tier: 2 });
    const { stopId } = await stopOf(agent);
    await giveReason(agent.owners.technical_owner, { stopId, reason: "It paid twice." });
    await giveReason(agent.owners.technical_owner, { stopId, reason: "It paid twice." });
    expect((await stored(stopId)).reason).toBe("It paid twice.");
    expect(await entries(stopId, "stop.reason_given")).toBe(1);
  });
});
