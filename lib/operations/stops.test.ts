import { describe, expect, test } from "vitest";
import { pool, prisma } from "../database/database.ts";
import { authoritySentence } from "../domain/authority-meaning.ts";
import type { PersonActor } from "../domain/roles.ts";
import { Conflict, isRefusal, NotFound, NotPermitted, NotPossible } from "../errors.ts";
import { followUpsDone } from "../follow-up.ts";
import { authoritySweep } from "../jobs/authority-sweep.ts";
import { getAuthority } from "../queries/authority.ts";
import { findStop } from "../queries/stops.ts";
import { makeAgent, makePerson } from "../testing/make-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { systemActor } from "./people.ts";
import { refreshStopped } from "./refresh-stopped.ts";
import { askRelease, engageStop, releaseStop, stopSchema, type StopInput } from "./stops.ts";

useDatabase();

const why = "The bank answers again.";
const onCall = (): Promise<PersonActor> => makePerson("Ola On-call", ["on_call"]);
const stopOf = (scope: StopInput["scope"], target = ""): StopInput => ({ scope, target, reason: null });
const now = () => new Date();
const levelOf = async (agentId: string) => (await getAuthority(agentId, now())).level;
const shownOf = (agentId: string) => prisma().agent.findUniqueOrThrow({ where: { id: agentId }, select: { authorityLevel: true, authorityBinding: true } });
const kindsAbout = async (subject: string) => (await prisma().logEntry.findMany({ where: { subject }, orderBy: { index: "asc" } })).map((entry) => entry.kind);

async function release(stopId: string): Promise<void> {
  await askRelease(await onCall(), { stopId, reason: why });
  await releaseStop(await onCall(), { stopId });
}

describe("engaging", () => {
  test("stops the agent at once, in truth, in lists, in its history and in the log", async () => {
    const agent = await makeAgent();
    const before = await levelOf(agent.id);
    const at = now();
    const { stopId } = await engageStop(agent.owners.technical_owner, { scope: "agent", target: agent.id, reason: "It refunds twice." }, at);
    await followUpsDone();
    const authority = await getAuthority(agent.id, now());
    expect(authority.binding).toMatchObject({ source: "kill_switch", level: "stopped", reason: "A stop of this agent was engaged by Priya Nair: It refunds twice.", evidence: { kind: "stop", id: stopId } });
    expect(await shownOf(agent.id)).toEqual({ authorityLevel: "stopped", authorityBinding: "kill_switch" });
    const record = await prisma().authorityRecord.findFirstOrThrow({ where: { agentId: agent.id }, orderBy: { id: "desc" } });
    expect(record).toMatchObject({ at, level: "stopped", binding: "kill_switch", reason: authoritySentence(authority, null) });
    const moved = await prisma().logEntry.findFirstOrThrow({ where: { subject: agent.id, kind: "authority.changed" }, orderBy: { index: "desc" } });
    expect(JSON.parse(moved.body)).toMatchObject({ agent: agent.id, detail: { level: "stopped", binding: "kill_switch", reason: authority.binding.reason, before } });
    const engaged = await prisma().logEntry.findFirstOrThrow({ where: { subject: stopId } });
    expect(JSON.parse(engaged.body)).toMatchObject({ kind: "stop.engaged", agent: agent.id, detail: { scope: "agent", target: agent.id, by: "Priya Nair", agents: 1 } });
    await release(stopId);
  });

  test("a second press finds the same stop and leaves no second trace", async () => {
    const agent = await makeAgent();
    const person = await onCall();
    const first = await engageStop(person, stopOf("agent", agent.id));
    expect(await engageStop(await onCall(), stopOf("agent", agent.id))).toEqual(first);
    expect(await kindsAbout(first.stopId)).toEqual(["stop.engaged"]);
  });

  test("two people who press in the same moment make one stop", async () => {
    const agent = await makeAgent();
    const people = await Promise.all(Array.from({ length: 6 }, onCall));
    const made = await Promise.all(people.map((person) => engageStop(person, stopOf("agent", agent.id))));
    expect(new Set(made.map((each) => each.stopId)).size).toBe(1);
    expect(await prisma().stop.count({ where: { target: agent.id } })).toBe(1);
  });

  test("is not held up by somebody who holds the agent", async () => {
    const agent = await makeAgent();
    const client = await pool().connect();
    try {
      await client.query("BEGIN");
      await client.query("SELECT 1 FROM agent WHERE id = $1 FOR UPDATE", [agent.id]);
      await engageStop(await onCall(), stopOf("agent", agent.id));
      expect(await levelOf(agent.id)).toBe("stopped");
      await client.query("COMMIT");
      await followUpsDone();
      expect(await shownOf(agent.id)).toMatchObject({ authorityLevel: "stopped" });
    } finally {
      client.release();
    }
  });

  test.each<[string, StopInput]>([
    ["an agent", stopOf("agent", "nobody")], ["a version", stopOf("version", "av_none")], ["a tool of an agent", stopOf("tool", "nobody/refund_create")],
  ])("%s that is not here is refused, and nothing is stored", async (_what, stop) => {
    const stored = await prisma().stop.count();
    await expect(engageStop(await makePerson("Ada", ["operator"]), stop)).rejects.toThrow(NotFound);
    expect(await prisma().stop.count()).toBe(stored);
  });

  test("a tier without agents can be stopped beforehand: who enters it is stopped", async () => {
    await prisma().agent.updateMany({ where: { tier: 1 }, data: { tier: 2 } });
    const { stopId } = await engageStop(await onCall(), stopOf("tier", "1"));
    const agent = await makeAgent({ tier: 1 });
    expect(await levelOf(agent.id)).toBe("stopped");
    await release(stopId);
    expect(await levelOf(agent.id)).not.toBe("stopped");
  });

  test.each([{ scope: "tier", target: "7" }, { scope: "tier", target: "" }, { scope: "fleet", target: "all" }, { scope: "agent", target: "" }, { scope: "tool", target: "refund_create" }, { scope: "house", target: "" }])("%j is no scope", (input) => {
    expect(stopSchema.safeParse(input).success).toBe(false);
  });
});

describe("what each scope covers", () => {
  test("the version's stop covers the agent while that version is current, a tool's stop leaves the level", async () => {
    const agent = await makeAgent();
    const { currentVersionId } = await prisma().agent.findUniqueOrThrow({ where: { id: agent.id } });
    const before = await levelOf(agent.id);
    const version = await engageStop(agent.owners.model_steward, stopOf("version", currentVersionId ?? ""));
    expect(await levelOf(agent.id)).toBe("stopped");
    await release(version.stopId);
    const tool = await engageStop(agent.owners.business_owner, stopOf("tool", `${agent.id}/refund_create`));
    const authority = await getAuthority(agent.id, now());
    expect([authority.level, authority.stoppedTools.map((each) => each.tool)]).toEqual([before, ["refund_create"]]);
    await release(tool.stopId);
    expect((await getAuthority(agent.id, now())).stoppedTools).toEqual([]);
  });

  test("the tier and the fleet cover their agents and nobody else", async () => {
    const [two, one, none] = [await makeAgent({ tier: 2 }), await makeAgent({ tier: 1 }), await makeAgent({ tier: null, isApproved: false })];
    const person = await onCall();
    const tier = await engageStop(person, stopOf("tier", "0"));
    expect([await levelOf(two.id), await levelOf(one.id), await levelOf(none.id)].map((level) => level === "stopped")).toEqual([false, false, true]);
    const fleet = await engageStop(person, stopOf("fleet"));
    await followUpsDone();
    for (const agent of [two, one, none]) {
      const authority = await getAuthority(agent.id, now());
      expect(authority.level).toBe("stopped");
      expect(await shownOf(agent.id)).toEqual({ authorityLevel: authority.level, authorityBinding: authority.binding.source });
    }
    await release(fleet.stopId);
    await authoritySweep.run(now());
    expect([await levelOf(two.id), await levelOf(none.id)].map((level) => level === "stopped")).toEqual([false, true]);
    await release(tier.stopId);
    expect(await levelOf(none.id)).not.toBe("stopped");
  });
});

describe("releasing", () => {
  test("takes a reason and a second person, and goes back to what held before", async () => {
    const agent = await makeAgent();
    const before = await shownOf(agent.id);
    const [first, second] = [await onCall(), await onCall()];
    const { stopId } = await engageStop(first, stopOf("agent", agent.id));
    await expect(releaseStop(second, { stopId })).rejects.toThrow("Somebody has to ask");
    await expect(askRelease(first, { stopId, reason: " ok " })).rejects.toThrow(NotPossible);
    await askRelease(first, { stopId, reason: ` ${why} ` });
    await expect(releaseStop(first, { stopId })).rejects.toThrow("A release needs a second person.");
    expect(await levelOf(agent.id)).toBe("stopped");
    await releaseStop(second, { stopId });
    expect(await levelOf(agent.id)).not.toBe("stopped");
    expect(await shownOf(agent.id)).toEqual(before);
    expect(await kindsAbout(stopId)).toEqual(["stop.engaged", "stop.release_asked", "stop.released"]);
    expect(await prisma().stop.findUniqueOrThrow({ where: { id: stopId } })).toMatchObject({ releaseReason: why, releasedBy: second.name });
    await expect(releaseStop(second, { stopId })).rejects.toThrow(Conflict);
    await expect(askRelease(second, { stopId, reason: why })).rejects.toThrow(Conflict);
    await expect(releaseStop(second, { stopId: "st_none" })).rejects.toThrow(NotFound);
  });

  test("a second request by somebody else does not let the same person do both", async () => {
    const agent = await makeAgent();
    const [first, second] = [await onCall(), await onCall()];
    const { stopId } = await engageStop(first, stopOf("agent", agent.id));
    await askRelease(first, { stopId, reason: why });
    const { releaseAskedAt } = await prisma().stop.findUniqueOrThrow({ where: { id: stopId } });
    await askRelease(second, { stopId, reason: "Another reason." }, new Date(Date.now() + 1_000));
    await expect(releaseStop(second, { stopId })).rejects.toThrow("second person");
    await expect(releaseStop(first, { stopId, askedAt: releaseAskedAt ?? now() })).rejects.toThrow(Conflict);
    await releaseStop(first, { stopId });
  });

  test.each<[string, object]>([["was disabled", { disabledAt: new Date() }], ["lost the role", { houseRoles: ["viewer"] }]])("whoever asked and %s since counts no more: it is asked for anew", async (_what, changes) => {
    const agent = await makeAgent();
    const [gone, first, second] = [await onCall(), await onCall(), await onCall()];
    const { stopId } = await engageStop(first, stopOf("agent", agent.id));
    await askRelease(gone, { stopId, reason: why });
    expect((await findStop(stopId))?.release?.askedById).toBe(gone.id);
    await prisma().person.update({ where: { id: gone.id }, data: changes });
    await expect(releaseStop(second, { stopId })).rejects.toThrow(/may no longer release/);
    expect((await findStop(stopId))?.release).toBeNull();
    expect(await levelOf(agent.id)).toBe("stopped");
    await askRelease(first, { stopId, reason: why });
    await releaseStop(second, { stopId });
    expect((await findStop(stopId))?.release?.askedById).toBe(first.id);
  });

  test("of two stops that overlap, releasing one keeps the agent stopped", async () => {
    const agent = await makeAgent({ tier: 1 });
    const person = await onCall();
    const [wide, narrow] = [await engageStop(person, stopOf("tier", "1")), await engageStop(person, stopOf("agent", agent.id))];
    await release(wide.stopId);
    expect(await levelOf(agent.id)).toBe("stopped");
    expect(await shownOf(agent.id)).toEqual({ authorityLevel: "stopped", authorityBinding: "kill_switch" });
    await release(narrow.stopId);
    expect(await levelOf(agent.id)).not.toBe("stopped");
  });

  test("who stops again what is about to be released voids the request", async () => {
    const agent = await makeAgent();
    const [first, second, third] = [await onCall(), await onCall(), await onCall()];
    const { stopId } = await engageStop(first, stopOf("agent", agent.id));
    await askRelease(first, { stopId, reason: why });
    expect(await engageStop(third, stopOf("agent", agent.id))).toEqual({ stopId });
    await expect(releaseStop(second, { stopId })).rejects.toThrow("Somebody has to ask");
    expect(await kindsAbout(stopId)).toEqual(["stop.engaged", "stop.release_asked", "stop.engaged_again"]);
  });
});

describe("who may", () => {
  const permitted = async (actor: PersonActor, stop: StopInput) => engageStop(actor, stop).then(() => true, (error: unknown) => {
    expect(error).toBeInstanceOf(NotPermitted);
    return false;
  });

  test("an owner stops what is theirs, not the house; a viewer stops nothing", async () => {
    const [agent, other] = [await makeAgent(), await makeAgent()];
    const { currentVersionId } = await prisma().agent.findUniqueOrThrow({ where: { id: agent.id } });
    const owner = agent.owners.business_owner;
    const own = [stopOf("agent", agent.id), stopOf("version", currentVersionId ?? ""), stopOf("tool", `${agent.id}/refund_create`)];
    for (const stop of own) expect(await permitted(owner, stop)).toBe(true);
    for (const stop of [stopOf("fleet"), stopOf("tier", "2"), stopOf("agent", other.id)]) expect(await permitted(owner, stop)).toBe(false);
    const viewer = await makePerson("Vera Viewer", ["viewer", "auditor"]);
    for (const stop of [...own, stopOf("fleet")]) expect(await permitted(viewer, stop)).toBe(false);
    const { id: stopId } = await prisma().stop.findFirstOrThrow({ where: { target: agent.id } });
    await expect(askRelease(viewer, { stopId, reason: why })).rejects.toThrow(NotPermitted);
    await askRelease(owner, { stopId, reason: why });
    await expect(releaseStop(viewer, { stopId })).rejects.toThrow(NotPermitted);
    await releaseStop(agent.owners.technical_owner, { stopId });
  });

  test("the command line stops, and the evidence names its account; it releases nothing", async () => {
    const agent = await makeAgent();
    const actor = { ...systemActor, id: "command-line/ops", name: "ops, by the command line" };
    const { stopId } = await engageStop(actor, stopOf("agent", agent.id));
    const { body } = await prisma().logEntry.findFirstOrThrow({ where: { subject: stopId } });
    expect(JSON.parse(body)).toMatchObject({ actor: "system:command-line/ops", detail: { by: "ops, by the command line" } });
    await expect(askRelease(actor, { stopId, reason: why })).rejects.toThrow(NotPermitted);
  });
});

test("engaging and releasing race: after a press that was answered the agent is stopped, whoever came first", async () => {
  const agent = await makeAgent();
  for (let round = 0; round < 20; round++) {
    const [first, second, third] = [await onCall(), await onCall(), await onCall()];
    const { stopId } = await engageStop(first, stopOf("agent", agent.id));
    await askRelease(first, { stopId, reason: why });
    const results = await Promise.allSettled([
      ...(round % 2 === 0 ? [releaseStop(second, { stopId })] : []), engageStop(third, stopOf("agent", agent.id)), ...(round % 2 === 1 ? [releaseStop(second, { stopId })] : []),
      engageStop(second, stopOf("agent", agent.id)),
    ]);
    for (const result of results) if (result.status === "rejected") expect(isRefusal(result.reason)).toBe(true);
    expect(await levelOf(agent.id)).toBe("stopped");
    const engaged = await prisma().stop.findMany({ where: { target: agent.id, releasedAt: null } });
    expect(engaged).toHaveLength(1);
    await refreshStopped(now());
    expect(await shownOf(agent.id)).toMatchObject({ authorityLevel: "stopped" });
    await release(engaged[0]?.id ?? "");
    expect(await levelOf(agent.id)).not.toBe("stopped");
  }
});

test("what a process that ended left behind is put right by the sweep", async () => {
  const [agent, other] = [await makeAgent(), await makeAgent()];
  const honest = await shownOf(agent.id);
  await prisma().stop.create({ data: { id: "st_cut_short", scope: "agent", target: agent.id, engagedBy: "Ola", engagedAt: now() } });
  await authoritySweep.run(now());
  expect(await shownOf(agent.id)).toEqual({ authorityLevel: "stopped", authorityBinding: "kill_switch" });
  await prisma().stop.update({ where: { id: "st_cut_short" }, data: { releasedAt: now(), releasedBy: "Ola" } });
  await authoritySweep.run(now());
  expect(await shownOf(agent.id)).toEqual(honest);
  expect(await shownOf(other.id)).not.toMatchObject({ authorityLevel: "stopped" });
  expect(await refreshStopped(now())).toBe(0);
});

test("a fleet of a thousand is stopped in one go", async () => {
  const agent = await makeAgent();
  await pool().query(
    `INSERT INTO agent SELECT (jsonb_populate_record(a, jsonb_build_object('id', 'many-' || n, 'current_version_id', null))).* FROM agent a, generate_series(1, 1000) n WHERE a.id = $1`, [agent.id],
  );
  await engageStop(await onCall(), stopOf("fleet"));
  await followUpsDone();
  expect(await prisma().agent.count({ where: { archivedAt: null, authorityLevel: { not: "stopped" } } })).toBe(0);
  expect(await prisma().authorityRecord.count({ where: { agentId: { startsWith: "many-" }, binding: "kill_switch" } })).toBe(1_000);
});
