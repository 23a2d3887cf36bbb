import { beforeAll, describe, expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import type { PersonActor } from "../domain/roles.ts";
import { parseStopScope, writeStopScope, type ScopedStop } from "../domain/stop-scope.ts";
import { choiceQuantity } from "../domain/stop-words.ts";
import { askRelease, engageStop, releaseStop } from "../operations/stops.ts";
import { makeAgent, makePerson, manifest, type MadeAgent } from "../testing/make-agent.ts";
import { makeRollout } from "../testing/make-rollout.ts";
import { storeAction } from "../testing/store-action.ts";
import { useDatabase } from "../testing/use-database.ts";
import { findAgentAbout, findAskedStop, listStopChoices } from "./stop-choices.ts";
import { countEngagedStops, findStop, getBlastRadius, listEngagedFor, listEngagedStops, listReleasedStops, listStops, pulseOfStops } from "./stops.ts";

useDatabase();

const now = new Date();
const ago = (minutes: number): Date => new Date(now.getTime() - minutes * 60_000);
const scoped = (text: string): ScopedStop => parseStopScope(text) ?? { scope: "fleet", target: "" };
let refund: MadeAgent, reader: MadeAgent, bare: MadeAgent;
let ana: PersonActor, ben: PersonActor;

async function addRun(agentId: string, { startedAt, endedAt, versionId = null }: { startedAt: Date; endedAt: Date; versionId?: string | null }): Promise<void> {
  const id = `ru_${Math.random().toString(36).slice(2)}`;
  await prisma().run.create({ data: { id, agentId, versionId, conversationId: id, isKeyedByTrace: false, stage: "shadow", startedAt, endedAt, receivedAt: endedAt, updatedAt: endedAt, toolNames: [] } });
}

beforeAll(async () => {
  [refund, reader, bare] = [await makeAgent({ tier: 2 }), await makeAgent({ tier: 1, isApproved: false }), await makeAgent({ tier: null, isApproved: false })];
  const { change } = await reader.register(manifest({ tools: manifest().tools.slice(0, 1) }));
  await reader.approve(change?.id ?? "");
  [ana, ben] = [await makePerson("Ana Ruiz", ["on_call"]), await makePerson("Ben Adler", ["operator"])];
  await addRun(refund.id, { startedAt: ago(60), endedAt: ago(1) });
  await addRun(refund.id, { startedAt: ago(3), endedAt: ago(2) });
  await addRun(refund.id, { startedAt: ago(60), endedAt: ago(6) });
  await addRun(refund.id, { startedAt: ago(25 * 60), endedAt: ago(1) });
  await addRun(reader.id, { startedAt: ago(2), endedAt: ago(1) });
  await prisma().agent.update({ where: { id: refund.id }, data: { lastSeenAt: ago(1) } });
  await prisma().agent.update({ where: { id: reader.id }, data: { lastSeenAt: ago(30) } });
});

describe("the blast radius", () => {
  test("counts agents, those with tools that change something, and runs that were working just now", async () => {
    const radius = (text: string) => getBlastRadius(scoped(text), now);
    expect(await radius("fleet")).toEqual({ agents: 3, withWriteTools: 1, activeRuns: 3, actionsUnderWay: 0, actionsWaiting: 0 });
    expect(await radius(`agent:${refund.id}`)).toEqual({ agents: 1, withWriteTools: 1, activeRuns: 2, actionsUnderWay: 0, actionsWaiting: 0 });
    expect(await radius(`agent:${reader.id}`)).toEqual({ agents: 1, withWriteTools: 0, activeRuns: 1, actionsUnderWay: 0, actionsWaiting: 0 });
    expect(await radius(`tool:${refund.id}/refund_create`)).toEqual({ agents: 1, withWriteTools: 1, activeRuns: 2, actionsUnderWay: 0, actionsWaiting: 0 });
    expect(await radius("tier:1")).toEqual({ agents: 1, withWriteTools: 0, activeRuns: 1, actionsUnderWay: 0, actionsWaiting: 0 });
    expect(await radius("tier:0")).toEqual({ agents: 1, withWriteTools: 0, activeRuns: 0, actionsUnderWay: 0, actionsWaiting: 0 });
    expect(await radius("agent:nobody")).toEqual({ agents: 0, withWriteTools: 0, activeRuns: 0, actionsUnderWay: 0, actionsWaiting: 0 });
  });

  test("of a version is only its own, and of a tool its own actions", async () => {
    const agent = await makeAgent({ tier: 2 });
    const { currentId, candidateId } = await makeRollout(agent, { candidate: manifest({ prompt: "Another prompt." }) });
    for (const versionId of [currentId, null, candidateId]) await addRun(agent.id, { startedAt: ago(2), endedAt: ago(1), versionId });
    await storeAction(agent.id, { versionId: currentId, state: "started" });
    await storeAction(agent.id, { versionId: currentId });
    await storeAction(agent.id, { versionId: currentId, tool: "payout_send" });
    await storeAction(agent.id, { versionId: candidateId });
    const scopes = [`agent:${agent.id}`, `version:${currentId}`, `version:${candidateId}`, `tool:${agent.id}/refund_create`, `tool:${agent.id}/payout_send`, `tool:${agent.id}/order_get`];
    const told = async (text: string) => choiceQuantity({ ...scoped(text), ...(await getBlastRadius(scoped(text), now)) });
    const words = ["3 runs active, 1 action under way, 3 waiting", "2 runs active, 1 action under way, 2 waiting", "1 run active, 1 waiting", "1 action under way, 2 waiting", "0 actions under way, 1 waiting", "0 actions under way"];
    expect(await Promise.all(scopes.map(told))).toEqual(words);
    const { choices } = await listStopChoices(scoped(`tool:${agent.id}/payout_send`), "", now);
    expect(scopes.map((scope) => choices.find((choice) => writeStopScope(choice) === scope)).map((choice) => choice && choiceQuantity(choice))).toEqual(words);
    await prisma().agent.update({ where: { id: agent.id }, data: { archivedAt: now } });
  });

  test("leaves archived agents out", async () => {
    await prisma().agent.update({ where: { id: bare.id }, data: { archivedAt: now } });
    expect(await getBlastRadius(scoped("tier:0"), now)).toMatchObject({ agents: 0 });
    await prisma().agent.update({ where: { id: bare.id }, data: { archivedAt: null } });
  });
});

describe("what can be stopped from here", () => {
  const shown = async (text: string | null, search = "") => {
    const choices = await listStopChoices(text === null ? null : scoped(text), search, now);
    return { ...choices, choices: choices.choices.map((choice) => choice.name) };
  };

  test("around an agent: itself, its version, its tools, its tier, the fleet", async () => {
    const names = [refund.id, `version 1 of ${refund.id}`, `refund_create of ${refund.id}`, `order_get of ${refund.id}`, "tier 2", "the whole fleet"];
    expect(await shown(`agent:${refund.id}`)).toEqual({ choices: names, chosen: `agent:${refund.id}`, agentId: refund.id, otherAgents: 2 });
    const { currentVersionId } = await prisma().agent.findUniqueOrThrow({ where: { id: refund.id } });
    expect(await shown(`version:${currentVersionId}`)).toMatchObject({ choices: names, chosen: `version:${currentVersionId}`, agentId: refund.id });
    expect((await shown(`tool:${refund.id}/order_get`)).choices.slice(2, 4)).toEqual([`order_get of ${refund.id}`, `refund_create of ${refund.id}`]);
    expect((await shown(`agent:${bare.id}`)).choices).toEqual([bare.id, "tier 0", "the whole fleet"]);
  });

  test("a tool that no version declares can be stopped, and is said to be unknown", async () => {
    const { choices, chosen } = await listStopChoices(scoped(`tool:${refund.id}/surprise`), "", now);
    expect(chosen).toBe(`tool:${refund.id}/surprise`);
    expect(choices.find((choice) => choice.target.endsWith("/surprise"))?.effect).toBeNull();
  });

  test("without an agent: the fleet, the tiers, then who acts now and could do harm; nothing is chosen", async () => {
    const house = ["the whole fleet", "tier 2", "tier 1", "tier 0", refund.id, reader.id, bare.id];
    expect(await shown(null)).toEqual({ choices: house, chosen: null, agentId: null, otherAgents: 0 });
    expect(await shown("tier:1")).toMatchObject({ choices: house, chosen: "tier:1" });
    expect(await shown("fleet")).toMatchObject({ chosen: "fleet" });
    expect(await shown("agent:nobody")).toMatchObject({ choices: house, chosen: null, agentId: null });
    expect(await shown("version:av_none")).toMatchObject({ choices: house, chosen: null });
    expect(await shown(null, reader.id.toUpperCase())).toMatchObject({ choices: ["the whole fleet", "tier 2", "tier 1", "tier 0", reader.id], otherAgents: 2 });
    expect((await listStopChoices(null, "", now, 1)).choices.filter((choice) => choice.scope === "agent").map((choice) => choice.name)).toEqual([refund.id]);
  });

  test("a version under trial is offered beside the current one, and chosen where the page is about its rollout", async () => {
    const agent = await makeAgent({ tier: 2 });
    const rollout = await makeRollout(agent, { candidate: manifest({ prompt: "Another prompt." }) });
    await storeAction(agent.id, { versionId: rollout.candidateId });
    await storeAction(agent.id, { versionId: rollout.currentId });
    const candidate = `version:${rollout.candidateId}`;
    const { choices, chosen } = await listStopChoices(await findAskedStop({ scope: null, about: `rollout:${rollout.id}` }), "", now);
    expect(choices.slice(0, 3).map(({ name, isTrial }) => [name, isTrial])).toEqual([[agent.id, false], [`version 1 of ${agent.id}`, false], [`version 2 of ${agent.id}`, true]]);
    expect(choices[2]).toMatchObject({ agentId: agent.id, agents: 1, actionsWaiting: 1, isEngaged: false });
    expect(chosen).toBe(candidate);
    expect(await shown(candidate)).toMatchObject({ chosen: candidate, agentId: agent.id });
    await rollout.set({ state: "rolled_back" });
    expect(await findAskedStop({ scope: null, about: `rollout:${rollout.id}` })).toEqual(scoped(`agent:${agent.id}`));
    expect(await shown(candidate)).toMatchObject({ chosen: null, agentId: agent.id });
    await prisma().agent.update({ where: { id: agent.id }, data: { archivedAt: now } });
  });

  test("whatever page is about an agent leads to it", async () => {
    const [run, change] = [await prisma().run.findFirstOrThrow({ where: { agentId: reader.id } }), await prisma().change.findFirstOrThrow({ where: { agentId: refund.id } })];
    expect([await findAgentAbout(`run:${run.id}`), await findAgentAbout(`change:${change.id}`)]).toEqual([reader.id, refund.id]);
    await prisma().undo.create({ data: { id: "un_1", agentId: bare.id, scope: "run", target: run.id, reason: "Wrong.", state: "waiting", startedBy: ana.id, startedByName: ana.name, startedAt: now } });
    const { id: versionId } = await prisma().agentVersion.findFirstOrThrow({ where: { agentId: refund.id } });
    await prisma().rollout.create({ data: { id: "ro_1", agentId: refund.id, changeId: change.id, candidateId: versionId, currentId: versionId, plan: {}, state: "planned", salt: "s", plannedAt: now } });
    const actionId = await storeAction(reader.id, { state: "expired" });
    expect([await findAgentAbout(`action:${actionId}`), await findAgentAbout("reversal:un_1"), await findAgentAbout("rollout:ro_1")]).toEqual([reader.id, bare.id, refund.id]);
    for (const about of ["run:none", "finding:none", "action:none", "reversal:none", "rollout:none", "agent:x", "run", ""]) expect(await findAgentAbout(about)).toBeNull();
  });
});

describe("the list", () => {
  test("has the engaged ones with who was heard since, and then the released", async () => {
    expect(await listStops()).toEqual({ engaged: [], history: [], older: null });
    expect(await countEngagedStops()).toEqual({ stops: 0, stopNames: [], stopStates: [] });
    const old = await engageStop(ana, { scope: "agent", target: reader.id, reason: "Old." }, ago(50));
    await askRelease(ana, { stopId: old.stopId, reason: "It is well again." }, ago(45));
    await releaseStop(ben, { stopId: old.stopId }, ago(40));
    const { stopId } = await engageStop(ana, { scope: "fleet", target: "", reason: null }, ago(10));
    const tool = await engageStop(ben, { scope: "tool", target: `${refund.id}/refund_create`, reason: "It pays twice." }, ago(5));
    await askRelease(ben, { stopId: tool.stopId, reason: "The bank has a fix." }, ago(4));

    const { engaged, history, older } = await listStops();
    expect(engaged.map((stop) => stop.id)).toEqual([tool.stopId, stopId]);
    expect(engaged[0]).toMatchObject({
      name: `refund_create of ${refund.id}`, agentId: refund.id, reason: "It pays twice.", engagedBy: "Ben Adler", agents: 1, heardSince: 1,
      release: { askedById: ben.id, askedBy: "Ben Adler", reason: "The bank has a fix.", askedAt: ago(4) },
    });
    expect(engaged[1]).toMatchObject({ name: "the whole fleet", agentId: null, release: null, agents: 3, heardSince: 1 });
    expect(engaged[1]?.heard).toEqual([
      { id: refund.id, lastSeenAt: ago(1), isHeardSince: true }, { id: reader.id, lastSeenAt: ago(30), isHeardSince: false }, { id: bare.id, lastSeenAt: null, isHeardSince: false },
    ]);
    expect(history).toMatchObject([{ id: old.stopId, name: reader.id, releasedBy: "Ben Adler", release: { askedBy: "Ana Ruiz", reason: "It is well again." } }]);
    expect(older).toBeNull();
    expect((await listEngagedStops(1))[1]?.heard).toHaveLength(1);
    expect(await countEngagedStops(now)).toEqual({
      stops: 2, stopNames: [`refund_create of ${refund.id}`, "the whole fleet"], stopStates: [{ id: tool.stopId, words: "stop not proven" }, { id: stopId, words: "stop not proven" }],
    });
    expect((await countEngagedStops(new Date(ago(5).getTime() + 4_000))).stopStates[0]?.words).toBe("stopping");
    const probed = new Date(ago(5).getTime() + 3_200);
    await prisma().stop.update({ where: { id: tool.stopId }, data: { provenAt: probed, probeRefusedAt: probed } });
    expect((await countEngagedStops(now)).stopStates[0]?.words).toBe("stopped at the gate, no point connected");
    const point = { id: "pt_1", agentId: refund.id, name: "web-1", kind: "sdk", firstHeardAt: ago(9), lastHeardAt: ago(5), leaseUntil: ago(5) };
    await prisma().enforcementPoint.create({ data: point });
    await prisma().stopConfirmation.create({ data: { stopId: tool.stopId, pointId: "pt_1", agentId: refund.id, name: "web-1", epoch: 1n, at: ago(5) } });
    expect((await countEngagedStops(now)).stopStates[0]?.words).toBe("stopped, proven in 3.2 s");
    await prisma().enforcementPoint.update({ where: { id: "pt_1" }, data: { fault: "It went back.", faultAt: ago(4) } });
    expect((await countEngagedStops(now)).stopStates[0]?.words).toBe("stop not proven, 0 of 1 confirmed");
    await prisma().enforcementPoint.update({ where: { id: "pt_1" }, data: { fault: null, faultAt: null } });
    expect(await findStop(stopId)).toMatchObject({ id: stopId, agents: 3, releasedAt: null });
    expect(await findStop(old.stopId)).toMatchObject({ releasedBy: "Ben Adler" });
    expect(await findStop("st_none")).toBeNull();
  });

  test("a scope without agents is not said to be stopped", async () => {
    const { stopId } = await engageStop(ana, { scope: "tier", target: "0", reason: null }, now);
    await prisma().agent.update({ where: { id: bare.id }, data: { archivedAt: now } });
    await prisma().stop.update({ where: { id: stopId }, data: { provenAt: now } });
    expect((await countEngagedStops(now)).stopStates[0]).toEqual({ id: stopId, words: "stored, covers no agent now" });
    await prisma().stop.delete({ where: { id: stopId } });
    await prisma().agent.update({ where: { id: bare.id }, data: { archivedAt: null } });
  });

  test("shows a choice that is engaged already", async () => {
    const { choices } = await listStopChoices(null, "", now);
    expect(choices.filter((choice) => choice.isEngaged).map((choice) => choice.name)).toEqual(["the whole fleet"]);
  });

  test("a key sees what covers its agents, and nothing of others", async () => {
    const { stopId } = await engageStop(ana, { scope: "tier", target: "1", reason: null }, ago(3));
    const names = async (visible: string[]) => (await listEngagedFor(visible)).map((stop) => stop.name);
    expect(await names(["*"])).toEqual(["tier 1", `refund_create of ${refund.id}`, "the whole fleet"]);
    expect(await names([reader.id])).toEqual(["tier 1", "the whole fleet"]);
    expect(await names([refund.id])).toEqual([`refund_create of ${refund.id}`, "the whole fleet"]);
    expect(await names(["nobody"])).toEqual([]);
    expect(stopId).toMatch(/^st_/);
  });

  test("the pulse moves with a request, with what is heard, and with nothing else", async () => {
    const pulse = async () => pulseOfStops(await listEngagedStops(), now);
    const first = await pulse();
    expect(await pulse()).toBe(first);
    await prisma().agent.update({ where: { id: reader.id }, data: { lastSeenAt: now } });
    const second = await pulse();
    expect(second).not.toBe(first);
    await askRelease(ana, { stopId: (await listEngagedStops()).at(-1)?.id ?? "", reason: "All is well." }, now);
    expect(await pulse()).not.toBe(second);
  });

  test("the history goes on by pages, without a gap where two were released in the same moment", async () => {
    const rows = Array.from({ length: 120 }, (_, n) => ({
      id: `st_old_${String(n).padStart(3, "0")}`, scope: "agent", target: `gone-${n}`, engagedBy: "Ana Ruiz", engagedAt: ago(2_000), releasedBy: "Ben Adler", releasedAt: ago(1_000 + Math.floor(n / 40)),
    }));
    await prisma().stop.createMany({ data: rows });
    const seen: string[] = [];
    for (let after: string | null = null; ;) {
      const page: Awaited<ReturnType<typeof listReleasedStops>> = await listReleasedStops(after);
      seen.push(...page.rows.map((row) => row.id));
      if (page.older === null) break;
      after = page.older;
    }
    expect(new Set(seen).size).toBe(121);
    expect(seen).toHaveLength(121);
  });
});
