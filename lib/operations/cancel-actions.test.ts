import { beforeAll, describe, expect, test } from "vitest";
import { actionsInFlight } from "../database/actions-covered.ts";
import { pool, prisma } from "../database/database.ts";
import type { StopScope } from "../domain/stop-scope.ts";
import { followUpsDone } from "../follow-up.ts";
import { actingManifest, makeActingAgent, type ActingAgent } from "../testing/acting-agent.ts";
import { makePerson } from "../testing/make-agent.ts";
import { makeRollout } from "../testing/make-rollout.ts";
import { useDatabase } from "../testing/use-database.ts";
import { cancelCovered, cancelStopped, expireActions } from "./cancel-actions.ts";
import { endAction } from "./end-action.ts";
import { askRelease, engageStop, releaseStop, stopSchema } from "./stops.ts";

useDatabase();

let agent: ActingAgent, other: ActingAgent;
beforeAll(async () => {
  [agent, other] = [await makeActingAgent(), await makeActingAgent()];
});
const stored = (id: string) => prisma().action.findUniqueOrThrow({ where: { id } });
let runs = 0;
/** Each in a run of its own: one that a stop cut stays cut. */
const prepare = (given: Parameters<ActingAgent["prepare"]>[0] = {}, of = agent) => of.prepare({ conversationId: `run ${++runs}`, ...given });
const hold = (of = agent, tool = "refund_create") => prepare({ tool, input: { amount: 200 } }, of).then(({ action }) => action.id);
const onCall = () => makePerson("Ola", ["on_call"]);
async function release(stopId: string): Promise<void> {
  await askRelease(await onCall(), { stopId, reason: "It is over." });
  await releaseStop(await onCall(), { stopId });
}

describe("what nobody decided or told the end of", () => {
  test("expires, is no rejection, and what had begun is said to be unknown; a late report is still believed", async () => {
    const [held, begun] = [await hold(), (await prepare()).action.id];
    expect(await expireActions(new Date())).toBe(0);
    expect(await expireActions(new Date(Date.now() + 3_600_000))).toBe(2);
    expect(await stored(held)).toMatchObject({ state: "expired", error: null });
    expect(await stored(begun)).toMatchObject({ state: "expired", error: expect.stringMatching(/not known/) as string });
    const report = { state: "committed" as const, result: 1, downstream: null };
    expect(await endAction(agent.key, { ...report, actionId: begun })).toMatchObject({ state: "committed" });
    await expect(endAction(agent.key, { ...report, actionId: held })).rejects.toThrow(/expired/);
    expect((await stored(begun)).error).toBeNull();
  });

  test("expires once, in however many processes", async () => {
    const ids = await Promise.all(Array.from({ length: 12 }, () => hold()));
    const later = new Date(Date.now() + 3_600_000);
    const counts = await Promise.all([expireActions(later), expireActions(later), expireActions(later)]);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(12);
    expect(await prisma().logEntry.count({ where: { subject: { in: ids }, kind: "action.expired" } })).toBe(12);
  });
});

describe("a stop", () => {
  test.each<[StopScope, (agentId: string, versionId: string) => string]>([["agent", (id) => id], ["version", (_id, version) => version], ["tool", (id) => `${id}/refund_create`]])("of the scope %s cancels what it covers and nothing else", async (scope, targetOf) => {
    const [mine, elsewhere, otherTool] = [await hold(), await hold(other), await hold(agent, "payout_send")];
    const versionId = (await stored(mine)).versionId ?? "";
    const { stopId } = await engageStop(await onCall(), stopSchema.parse({ scope, target: targetOf(agent.id, versionId) }));
    await followUpsDone();
    expect(await stored(mine)).toMatchObject({ state: "stopped", stopId });
    expect((await stored(elsewhere)).state).toBe("held");
    expect((await stored(otherTool)).state).toBe(scope === "tool" ? "held" : "stopped");
    expect((await prisma().logEntry.findFirstOrThrow({ where: { subject: mine, kind: "action.stopped" } })).agentId).toBe(agent.id);
    await release(stopId);
  });

  test("of a version that is being tried cancels what it prepared, and leaves what the current one did", async () => {
    const own = await makeActingAgent();
    const rollout = await makeRollout(own, { candidate: actingManifest({ prompt: "Refund everything." }), stage: "partial" });
    const [ofCurrent, ofCandidate] = [await hold(own), await hold(own)];
    await prisma().action.update({ where: { id: ofCandidate }, data: { versionId: rollout.candidateId } });
    const { stopId } = await engageStop(await onCall(), stopSchema.parse({ scope: "version", target: rollout.candidateId }));
    await followUpsDone();
    expect([(await stored(ofCurrent)).state, (await stored(ofCandidate)).state]).toEqual(["held", "stopped"]);
    await prisma().action.update({ where: { id: ofCandidate }, data: { state: "held", stopId: null, endedAt: null } });
    expect(await cancelStopped(new Date())).toBe(1);
    expect([(await stored(ofCurrent)).state, (await stored(ofCandidate)).state]).toEqual(["held", "stopped"]);
    await release(stopId);
  });

  test("of the current version cancels what it, an older one or an unknown one prepared, and leaves what one beside it did, which the gate lets go on", async () => {
    const own = await makeActingAgent();
    const rollout = await makeRollout(own, { candidate: actingManifest({ prompt: "Refund everything." }), stage: "partial" });
    const ids = [await hold(own), await hold(own), await hold(own)] as const;
    await prisma().action.update({ where: { id: ids[1] }, data: { versionId: null } });
    await prisma().action.update({ where: { id: ids[2] }, data: { versionId: rollout.candidateId } });
    const states = async () => Promise.all(ids.map(async (id) => (await stored(id)).state));
    const { stopId } = await engageStop(await onCall(), stopSchema.parse({ scope: "version", target: rollout.currentId }));
    await followUpsDone();
    expect(await states()).toEqual(["stopped", "stopped", "held"]);
    await prisma().action.updateMany({ where: { id: { in: [...ids] } }, data: { state: "held", stopId: null, endedAt: null } });
    expect(await cancelStopped(new Date())).toBe(2);
    expect(await states()).toEqual(["stopped", "stopped", "held"]);
    await release(stopId);
  });

  test("that could not cancel is made up for, also for what somebody held in that moment", async () => {
    const [locked, free] = [await hold(), await hold()];
    const client = await pool().connect();
    await client.query("BEGIN");
    await client.query("SELECT 1 FROM action WHERE id = $1 FOR UPDATE", [locked]);
    const { stopId } = await engageStop(await onCall(), stopSchema.parse({ scope: "fleet" }));
    await followUpsDone();
    expect([(await stored(locked)).state, (await stored(free)).state]).toEqual(["held", "stopped"]);
    await client.query("COMMIT");
    client.release();
    await cancelStopped(new Date());
    expect(await stored(locked)).toMatchObject({ state: "stopped", stopId });
    expect(await cancelStopped(new Date())).toBe(0);
    await release(stopId);
    expect(await cancelStopped(new Date())).toBe(0);
  });

  test("is answered before anything is cancelled", async () => {
    const waiting = await hold();
    const client = await pool().connect();
    await client.query("BEGIN; LOCK TABLE action IN EXCLUSIVE MODE");
    const { stopId } = await engageStop(await onCall(), stopSchema.parse({ scope: "fleet" }));
    expect((await stored(waiting)).state).toBe("held");
    await client.query("COMMIT");
    client.release();
    await followUpsDone();
    expect(await stored(waiting)).toMatchObject({ state: "stopped", stopId });
    await release(stopId);
  });

  test("whose process ended right after the latch is released with nothing left that waits", async () => {
    const waiting = await hold();
    await prisma().stop.create({ data: { id: "st_left", scope: "agent", target: agent.id, engagedBy: "Ola", engagedAt: new Date() } });
    await release("st_left");
    expect(await stored(waiting)).toMatchObject({ state: "stopped", stopId: "st_left" });
  });

  test("that is released cancels nothing any more, however late its process comes to it", async () => {
    const { stopId } = await engageStop(await onCall(), stopSchema.parse({ scope: "agent", target: agent.id }));
    await release(stopId);
    const waiting = await hold();
    await cancelCovered({ id: stopId, scope: "agent", target: agent.id }, new Date());
    expect((await stored(waiting)).state).toBe("held");
  });

  test("lists what is under way, and leaves it", async () => {
    const { action } = await prepare({ tool: "credit_give", input: { amount: 3 } });
    await prepare();
    const of = (scope: StopScope, target: string) => actionsInFlight(prisma(), { scope, target });
    expect((await of("tool", `${agent.id}/credit_give`)).actions.map(({ id }) => id)).toEqual([action.id]);
    expect(await of("agent", other.id)).toEqual({ actions: [], total: 0 });
    expect((await of("fleet", "")).total).toBeGreaterThanOrEqual(2);
    const { stopId } = await engageStop(await onCall(), stopSchema.parse({ scope: "agent", target: agent.id }));
    expect((await stored(action.id)).state).toBe("started");
    await release(stopId);
  });
});
