import { describe, expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import type { AutonomyStage } from "../domain/authority-level.ts";
import { canaryPlanSchema, defaultCanaryPlan, isComparedIn, type CanaryPlan } from "../domain/canary-plan.ts";
import type { PersonActor } from "../domain/roles.ts";
import { BadInput, Conflict, NotPermitted, NotPossible } from "../errors.ts";
import { findRollout } from "../queries/rollout.ts";
import { makePerson, manifest } from "../testing/make-agent.ts";
import { doTasks, makeTriedAgent, runRow, shortStage, startTried, type DoneTask, type TriedAgent } from "../testing/tried-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { judgeRollouts } from "./judge-rollouts.ts";
import { editRolloutPlan } from "./plan-rollout.ts";
import { promoteRollout, waiveRollout } from "./promote-rollout.ts";
import { rollbackVersion } from "./rollback-version.ts";
import { startRollout } from "./start-rollout.ts";
import { abortRollout, pauseRollout, resumeRollout } from "./steer-rollout.ts";
import { engageStop } from "./stops.ts";

useDatabase();

const reason = "Because of Tuesday.";
const currentOf = async (agent: TriedAgent) => (await prisma().agent.findUniqueOrThrow({ where: { id: agent.id } })).currentVersionId;
const approvedAt = async (versionId: string) => (await prisma().agentVersion.findUniqueOrThrow({ where: { id: versionId } })).approvedAt;
const logged = async (agent: TriedAgent) => (await prisma().logEntry.findMany({ where: { subject: agent.rolloutId }, orderBy: { index: "asc" } })).map(({ kind }) => kind);

/** As if the judge had said so of the stage in which it is. */
async function sayPromote(agent: TriedAgent): Promise<void> {
  const { stageIndex } = await agent.read();
  await prisma().rollout.update({ where: { id: agent.rolloutId }, data: { verdict: { decision: "promote", because: { code: "not_worse" }, stageIndex } } });
}

describe("an approved change that asks for a canary", () => {
  test("waits as a rollout that is planned; the current version goes on", async () => {
    const agent = await makeTriedAgent();
    const rollout = await agent.read();
    expect([rollout.state, rollout.exposure, await currentOf(agent), await approvedAt(agent.candidateId)]).toEqual(["planned", 0, agent.currentId, null]);
    expect(rollout.plan).toEqual({ ...defaultCanaryPlan("assisted", "bounded"), actsAt: "bounded", taskLimits: { maxCalls: 500, maxCostNanoUsd: null } });
    expect(await agent.events()).toEqual(["planned"]);
  });

  test.each([[0, "shadow", ["shadow"]], [1, "assisted", ["assisted"]], [null, "shadow", ["shadow"]], [2, "bounded", ["assisted", "partial", "bounded"]]] as const)("of an agent at bounded with tier %s is tried up to where both versions can act", async (tier, actsAt, stages) => {
    const agent = await makeTriedAgent({ tier });
    const plan = canaryPlanSchema.parse((await agent.read()).plan);
    expect([plan.actsAt, plan.stages.map(({ stage }) => stage)]).toEqual([actsAt, stages]);
    const { revision } = await agent.read();
    await editRolloutPlan(agent.author, { rolloutId: agent.rolloutId, revision, plan: { ...plan, actsAt: "bounded" } });
    expect(canaryPlanSchema.parse((await agent.read()).plan).actsAt).toBe(actsAt);
    // Where both are held alike, both are compared: an agent that stops asking is the dangerous one.
    expect(plan.stages.every(({ stage }) => isComparedIn(plan, "escalation", stage) || tier === 2)).toBe(true);
  });

  test("has a breaker for each task, ten times what tasks of the current version usually use", async () => {
    const agent = await makeTriedAgent();
    await doTasks(agent, Array.from({ length: 50 }, (_, index) => ({ toolCalls: index === 0 ? 900 : 14 })));
    const { change } = await agent.register(manifest({ prompt: "Other words again." }));
    await agent.approve(change?.id ?? "", { keepsRollout: true });
    const { plan } = await prisma().rollout.findUniqueOrThrow({ where: { changeId: change?.id ?? "" } });
    expect(canaryPlanSchema.parse(plan).taskLimits).toEqual({ maxCalls: 140, maxCostNanoUsd: 10_000_000 });
  });

  test("is superseded by the next one that is approved, and the other way round never", async () => {
    const agent = await makeTriedAgent();
    await startTried(agent);
    const { change } = await agent.register(manifest({ prompt: "Other words again." }));
    await agent.approve(change?.id ?? "", { keepsRollout: true });
    expect([(await agent.read()).state, await approvedAt(agent.candidateId)]).toEqual(["superseded", null]);
    expect(await prisma().rollout.count({ where: { agentId: agent.id, state: "planned" } })).toBe(1);
    expect((await logged(agent)).at(-1)).toBe("rollout.superseded");
    await expect(resumeRollout(agent.author, { rolloutId: agent.rolloutId, revision: (await agent.read()).revision, reason })).rejects.toThrow(/superseded/);
  });

  test("is superseded when another version becomes current by a rollback", async () => {
    const agent = await makeTriedAgent();
    const { change } = await agent.register(manifest({ prompt: "Third words." }));
    await agent.approve(change?.id ?? "");
    const { change: next } = await agent.register(manifest({ prompt: "Fourth words." }));
    await agent.approve(next?.id ?? "", { keepsRollout: true });
    await rollbackVersion(agent.owners.technical_owner, { agentId: agent.id, reason });
    expect((await prisma().rollout.findUniqueOrThrow({ where: { changeId: next?.id ?? "" } })).state).toBe("superseded");
  });
});

describe("the plan", () => {
  test("is edited before the start only, by who saw it as it is", async () => {
    const agent = await makeTriedAgent();
    const { plan: stored, revision } = await agent.read();
    const plan = { ...canaryPlanSchema.parse(stored), deadlineDays: 7 };
    // At which stage the current version acts is not for the sender to say.
    const edited = await editRolloutPlan(agent.author, { rolloutId: agent.rolloutId, revision, plan: { ...plan, actsAt: "shadow" } });
    expect((await agent.read()).plan).toEqual(plan);
    await expect(editRolloutPlan(agent.author, { rolloutId: agent.rolloutId, revision, plan })).rejects.toThrow(Conflict);
    await startRollout(agent.owners.model_steward, { rolloutId: agent.rolloutId, revision: edited.revision, startsAnyway: true });
    await expect(editRolloutPlan(agent.author, { rolloutId: agent.rolloutId, revision: edited.revision + 1, plan })).rejects.toThrow(/running/);
  });

  test.each<[string, (plan: ReturnType<typeof defaultCanaryPlan>) => unknown, RegExp]>([
    ["a margin of 0", (plan) => ({ ...plan, metrics: [{ ...plan.metrics[1], margin: { kind: "points", value: 0 } }] }), /margin of 0/],
    ["no control at all", (plan) => ({ ...plan, stages: [shortStage("assisted", { exposures: [1] })] }), /no control/],
    ["no metric that decides", (plan) => ({ ...plan, metrics: plan.metrics.map((metric) => ({ ...metric, isGating: false })) }), /At least one metric/],
    ["nothing of a plan", () => "fast", /expected object/],
  ])("is refused with %s", async (_title, change, words) => {
    const agent = await makeTriedAgent();
    const { revision } = await agent.read();
    const plan = change(defaultCanaryPlan("assisted"));
    await expect(editRolloutPlan(agent.author, { rolloutId: agent.rolloutId, revision, plan })).rejects.toThrow(words);
    await expect(startRollout(agent.author, { rolloutId: agent.rolloutId, revision, startsAnyway: true, plan })).rejects.toThrow(BadInput);
    expect((await agent.read()).state).toBe("planned");
  });

  test("begins in shadow where the re-review policy asks for it", async () => {
    const agent = await makeTriedAgent({ model: "gpt-5.4" });
    const { revision, plan: stored } = await agent.read();
    const plan = canaryPlanSchema.parse(stored);
    expect(plan.stages[0]?.stage).toBe("shadow");
    await expect(startRollout(agent.author, { rolloutId: agent.rolloutId, revision, startsAnyway: true, plan: { ...plan, stages: plan.stages.slice(1) } })).rejects.toThrow(/must be shadow/);
  });

  test("is not started where it could not conclude, unless somebody says that it shall be", async () => {
    const agent = await makeTriedAgent();
    const { revision } = await agent.read();
    await expect(startRollout(agent.author, { rolloutId: agent.rolloutId, revision })).rejects.toThrow(/could not conclude\. \S/);
    expect((await agent.read()).state).toBe("planned");
    await startRollout(agent.owners.model_steward, { rolloutId: agent.rolloutId, revision, startsAnyway: true });
    expect((await agent.read()).state).toBe("running");
  });
});

describe("the author of the change", () => {
  const authored = async (stage: AutonomyStage = "bounded") => {
    const agent = await makeTriedAgent({ stage });
    const { plan, revision } = await agent.read();
    const usual = canaryPlanSchema.parse(plan);
    const alone: CanaryPlan = { ...usual, stages: usual.stages.map((stage) => ({ ...stage, approver: "nobody" })) };
    return { agent, usual, alone, seen: { rolloutId: agent.rolloutId, revision } };
  };
  /** So much that a canary in one stage can conclude. */
  const work = (agent: TriedAgent) => prisma().run.createMany({
    data: Array.from({ length: 300 }, (_, index) => runRow(agent.id, `before-${index}`, { versionId: agent.currentId, actionErrors: index % 4 === 0 ? 1 : 0, isEscalated: index % 4 === 1 }, new Date(Date.now() - 10_000))),
  });
  const needsOther = (words: string) => new RegExp(`^You proposed this change, or made the key that did; a plan that is weaker than the usual one needs somebody else\\. Weaker than the usual plan: it ${words}`);

  test("edits the plan to a stricter one, but to no weaker one", async () => {
    const { agent, usual, alone, seen } = await authored();
    await expect(editRolloutPlan(agent.author, { ...seen, plan: alone })).rejects.toThrow(needsOther("lets assisted promote itself; it lets partial promote itself; it lets bounded promote itself\\.$"));
    await expect(editRolloutPlan(agent.author, { ...seen, plan: alone })).rejects.toThrow(NotPermitted);
    await editRolloutPlan(agent.author, { ...seen, plan: { ...usual, holdAt: 10, stages: usual.stages.map((stage) => ({ ...stage, minimumTasks: 500 })) } });
    expect([(await agent.read()).plan, (await findRollout(agent.rolloutId, agent.author, new Date()))?.weaker]).toEqual([expect.objectContaining({ holdAt: 10 }), []]);
  });

  test("starts with no weaker plan, nor with one that somebody else made weaker", async () => {
    const { agent, alone, seen } = await authored();
    const { business_owner: ingrid } = agent.owners;
    await expect(startRollout(agent.author, { ...seen, plan: alone, startsAnyway: true })).rejects.toThrow(needsOther("lets assisted promote itself"));
    const { revision } = await editRolloutPlan(ingrid, { ...seen, plan: alone });
    await expect(startRollout(agent.author, { ...seen, revision, startsAnyway: true })).rejects.toThrow(needsOther("lets assisted promote itself"));
    const seenBy = async (person: PersonActor) => (await findRollout(agent.rolloutId, { ...person, owns: { [agent.id]: ["technical_owner"] } }, new Date()))?.may;
    expect(await seenBy(agent.author)).toMatchObject({ plan: { ok: true }, weaken: { ok: false }, start: { ok: false, reason: expect.stringMatching(needsOther("lets assisted promote itself")) as string } });
    expect(await seenBy(ingrid)).toMatchObject({ weaken: { ok: true }, start: { ok: true } });
    await startRollout(ingrid, { ...seen, revision, startsAnyway: true });
    const said = "Weaker than the usual plan: it lets assisted promote itself; it lets partial promote itself; it lets bounded promote itself";
    const view = await findRollout(agent.rolloutId, ingrid, new Date());
    expect([view?.weaker.length, view?.events.map(({ kind, who, reason: why }) => [kind, who, why])]).toEqual([3, [["started", "Ingrid Holm", `${said}; it starts although it could not conclude.`], ["plan_edited", "Ingrid Holm", `${said}.`], ["planned", "Holdpoint", null]]]);
    const entries = await prisma().logEntry.findMany({ where: { subject: agent.rolloutId }, orderBy: { index: "asc" } });
    expect(entries.map(({ body }) => (JSON.parse(body) as { detail: { weaker: string[] } }).detail.weaker.length)).toEqual([3, 4]);
  });

  test("starts the usual plan where it can conclude, and not where it cannot", async () => {
    const [well, idle] = [await authored("assisted"), await authored()];
    await expect(startRollout(idle.agent.author, { ...idle.seen, startsAnyway: true })).rejects.toThrow(needsOther("starts although it could not conclude\\.$"));
    expect((await idle.agent.read()).state).toBe("planned");
    await work(well.agent);
    expect(await startRollout(well.agent.author, { ...well.seen, plan: { ...well.usual, deadlineDays: 60 } })).toMatchObject({ state: "running" });
    expect((await findRollout(well.agent.rolloutId, well.agent.author, new Date()))?.events[0]?.reason).toBeNull();
  });

  test("resumes what is paused, and not what was held", async () => {
    const { agent } = await authored();
    await startTried(agent);
    await prisma().rollout.update({ where: { id: agent.rolloutId }, data: { state: "held", reason: "The candidate does worse." } });
    const { revision } = await agent.read();
    const words = "You proposed this change, or made the key that did; somebody else resumes what was held.";
    await expect(resumeRollout(agent.author, { rolloutId: agent.rolloutId, revision, reason })).rejects.toThrow(new NotPermitted(words));
    const mayResume = async () => (await findRollout(agent.rolloutId, agent.author, new Date()))?.may.resume;
    expect(await mayResume()).toEqual({ ok: false, reason: `${words} Ask Ingrid Holm or Priya Nair.` });
    await prisma().rollout.update({ where: { id: agent.rolloutId }, data: { state: "paused" } });
    expect([await mayResume(), (await resumeRollout(agent.author, { rolloutId: agent.rolloutId, revision, reason })).state]).toEqual([{ ok: true }, "running"]);
  });
});

describe("on its way", () => {
  test("starts, pauses, resumes at the same step, and is aborted", async () => {
    const agent = await makeTriedAgent();
    const ola = await makePerson("Ola", ["on_call"]);
    const now = new Date("2026-11-20T12:00:00Z");
    await startTried(agent, { deadlineDays: 10 }, now);
    const started = await agent.read();
    expect([started.state, started.exposure, started.startedBy, started.deadlineAt, await approvedAt(agent.candidateId)]).toEqual(["running", 0.5, "Daniel Okafor", new Date("2026-11-30T12:00:00Z"), now]);
    const paused = await pauseRollout(ola, { rolloutId: agent.rolloutId, revision: started.revision, reason });
    expect([paused.state, paused.exposure]).toEqual(["paused", 0]);
    await expect(resumeRollout(ola, { rolloutId: agent.rolloutId, revision: paused.revision, reason })).rejects.toThrow(NotPermitted);
    const resumed = await resumeRollout(agent.author, { rolloutId: agent.rolloutId, revision: paused.revision, reason }, now);
    expect([resumed.state, resumed.exposure, (await agent.read()).deadlineAt]).toEqual(["running", 0.5, started.deadlineAt]);
    const aborted = await abortRollout(ola, { rolloutId: agent.rolloutId, reason });
    expect([aborted.state, aborted.exposure, await approvedAt(agent.candidateId), await currentOf(agent)]).toEqual(["aborted", 0, null, agent.currentId]);
    expect(await agent.events()).toEqual(["planned", "plan_edited", "started", "paused", "resumed", "aborted"]);
    expect(await logged(agent)).toEqual(["rollout.plan_edited", "rollout.started", "rollout.paused", "rollout.resumed", "rollout.aborted"]);
    await expect(abortRollout(ola, { rolloutId: agent.rolloutId, reason })).rejects.toThrow(Conflict);
  });

  test("gets another deadline from whoever resumes it after its deadline", async () => {
    const agent = await makeTriedAgent();
    await startTried(agent, { deadlineDays: 1 }, new Date("2026-11-20T12:00:00Z"));
    const { revision } = await pauseRollout(agent.author, { rolloutId: agent.rolloutId, revision: (await agent.read()).revision, reason });
    await resumeRollout(agent.author, { rolloutId: agent.rolloutId, revision, reason }, new Date("2026-11-25T12:00:00Z"));
    expect((await agent.read()).deadlineAt).toEqual(new Date("2026-11-26T12:00:00Z"));
  });

  test("asks for a reason, and for the revision that was seen", async () => {
    const agent = await makeTriedAgent();
    await startTried(agent);
    const { revision } = await agent.read();
    await expect(pauseRollout(agent.author, { rolloutId: agent.rolloutId, revision, reason: " " })).rejects.toThrow(BadInput);
    await expect(pauseRollout(agent.author, { rolloutId: agent.rolloutId, revision: revision - 1, reason })).rejects.toThrow(Conflict);
    await expect(abortRollout(agent.author, { rolloutId: agent.rolloutId, reason: "" })).rejects.toThrow(BadInput);
  });

  test("neither starts nor goes on while a kill switch is engaged", async () => {
    const [agent, other] = [await makeTriedAgent(), await makeTriedAgent()];
    await startTried(other);
    const { revision } = await pauseRollout(other.author, { rolloutId: other.rolloutId, revision: (await other.read()).revision, reason });
    for (const one of [agent, other]) await engageStop(one.owners.business_owner, { scope: "agent", target: one.id, reason: null });
    await expect(startRollout(agent.author, { rolloutId: agent.rolloutId, revision: 1, startsAnyway: true })).rejects.toThrow(/kill switch/);
    await expect(resumeRollout(other.author, { rolloutId: other.rolloutId, revision, reason })).rejects.toThrow(/kill switch/);
    await prisma().rollout.update({ where: { id: other.rolloutId }, data: { state: "held" } });
    await expect(waiveRollout(other.owners.business_owner, { rolloutId: other.rolloutId, revision, reason })).rejects.toThrow(/kill switch/);
    // What was not started may still be skipped: that is how a version that is stopped gets replaced.
    expect(await waiveRollout(agent.owners.business_owner, { rolloutId: agent.rolloutId, revision: 1, reason })).toMatchObject({ waiversMissing: 1 });
  });
});

describe("a promotion", () => {
  test("takes the evidence and the word of whom the stage names, stage by stage", async () => {
    const agent = await makeTriedAgent();
    await startTried(agent, { stages: [shortStage("assisted"), shortStage("partial", { approver: "business_owner" })] });
    const { business_owner: ingrid, technical_owner: priya } = agent.owners;
    const promote = async (person = priya) => promoteRollout(person, { rolloutId: agent.rolloutId, revision: (await agent.read()).revision });
    await expect(promote()).rejects.toThrow(/not there yet/);
    await sayPromote(agent);
    await expect(promote(agent.author)).rejects.toThrow(NotPermitted);
    expect(await promote()).toMatchObject({ state: "running", stageIndex: 1, exposureIndex: 0, exposure: 0.5 });
    await expect(promote(ingrid)).rejects.toThrow(/not there yet/);
    await sayPromote(agent);
    await expect(promote()).rejects.toThrow(/business owner/);
    expect(await promote(ingrid)).toMatchObject({ state: "completed", exposure: 0 });
    expect([await currentOf(agent), (await approvedAt(agent.candidateId)) !== null]).toEqual([agent.candidateId, true]);
    expect(await agent.events()).toEqual(["planned", "plan_edited", "started", "promoted", "completed"]);
    expect((await logged(agent)).slice(-2)).toEqual(["rollout.promoted", "rollout.completed"]);
    expect(await prisma().rolloutApproval.findMany({ where: { rolloutId: agent.rolloutId }, orderBy: { stageIndex: "asc" }, select: { kind: true, personName: true, roles: true } }))
      .toEqual([{ kind: "promote", personName: "Priya Nair", roles: ["technical_owner"] }, { kind: "promote", personName: "Ingrid Holm", roles: ["business_owner"] }]);
  });

  test("is never the author's, with whatever role", async () => {
    const agent = await makeTriedAgent();
    await startTried(agent);
    await sayPromote(agent);
    const { revision } = await agent.read();
    const owner = { ...agent.author, owns: { [agent.id]: ["business_owner", "technical_owner"] as const } };
    await expect(promoteRollout(owner, { rolloutId: agent.rolloutId, revision })).rejects.toThrow(/You proposed/);
    await expect(waiveRollout(owner, { rolloutId: agent.rolloutId, revision, reason })).rejects.toThrow(/You proposed/);
  });

  test("and an abort in the same moment leave one of the two, whole", async () => {
    const outcomes = new Set<string>();
    for (let round = 0; round < 4; round += 1) {
      const agent = await makeTriedAgent();
      await startTried(agent, { stages: [shortStage("partial")] });
      await sayPromote(agent);
      const { revision } = await agent.read();
      const deciders = [
        () => promoteRollout(agent.owners.technical_owner, { rolloutId: agent.rolloutId, revision }), () => abortRollout(agent.owners.business_owner, { rolloutId: agent.rolloutId, reason }),
      ];
      const settled = await Promise.allSettled((round % 2 === 0 ? deciders : deciders.toReversed()).map((decide) => decide()));
      expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      const refused = settled.find((one) => one.status === "rejected");
      expect(refused?.reason).toBeInstanceOf(Conflict);
      const { state } = await agent.read();
      expect([await currentOf(agent) === agent.candidateId, (await approvedAt(agent.candidateId)) !== null]).toEqual(state === "completed" ? [true, true] : [false, false]);
      expect((await agent.events()).filter((kind) => kind === "completed" || kind === "aborted")).toEqual([state]);
      outcomes.add(state);
    }
    expect([...outcomes].every((state) => state === "completed" || state === "aborted")).toBe(true);
  });

  test.each<[string, Partial<DoneTask>]>([["before its outcome was judged", {}], ["of a task that nobody said the end of", { outcome: null }]])("meets what must never be done, reported %s: neither evidence nor two owners carry it over", async (_when, given) => {
    const agent = await makeTriedAgent();
    await startTried(agent, { stages: [shortStage("partial")] });
    await sayPromote(agent);
    const { business_owner: ingrid, technical_owner: priya, model_steward: daniel } = agent.owners;
    const seen = { rolloutId: agent.rolloutId, revision: (await agent.read()).revision };
    await waiveRollout(ingrid, { ...seen, reason });
    await doTasks(agent, [{ arm: "candidate", hasEscapedViolation: true, ...given }]);
    for (const decide of [() => promoteRollout(priya, seen), () => waiveRollout(daniel, { ...seen, reason })]) await expect(decide()).rejects.toThrow(new NotPossible("The candidate did what must never be done, and that is not judged yet: it is rolled back in a moment."));
    await judgeRollouts(new Date());
    expect([(await agent.read()).state, await currentOf(agent)]).toEqual(["rolled_back", agent.currentId]);
  });

  test("is not kept back by what the current version did", async () => {
    const agent = await makeTriedAgent();
    await startTried(agent, { stages: [shortStage("partial")] });
    await sayPromote(agent);
    await doTasks(agent, [{ arm: "current", hasEscapedViolation: true }]);
    expect(await promoteRollout(agent.owners.technical_owner, { rolloutId: agent.rolloutId, revision: (await agent.read()).revision })).toMatchObject({ state: "completed" });
  });

  test("by two people at once happens once", async () => {
    const agent = await makeTriedAgent();
    await startTried(agent);
    await sayPromote(agent);
    const { revision } = await agent.read();
    const settled = await Promise.allSettled(Object.values(agent.owners).map((owner) => promoteRollout(owner, { rolloutId: agent.rolloutId, revision })));
    expect(settled.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected", "rejected"]);
    expect((await agent.read()).stageIndex).toBe(1);
  });
});

describe("a waiver", () => {
  test("takes two different owners, each with a reason, and leads into the next stage", async () => {
    const agent = await makeTriedAgent();
    await startTried(agent);
    const { business_owner: ingrid, technical_owner: priya } = agent.owners;
    const waive = async (person = priya, why = reason) => waiveRollout(person, { rolloutId: agent.rolloutId, revision: (await agent.read()).revision, reason: why });
    await expect(waive(priya, "")).rejects.toThrow(BadInput);
    expect(await waive()).toMatchObject({ stageIndex: 0, waiversMissing: 1 });
    await expect(waive()).rejects.toThrow(/second person/);
    expect(await waive(ingrid)).toMatchObject({ state: "running", stageIndex: 1, waiversMissing: 0 });
    expect(await waive(ingrid)).toMatchObject({ stageIndex: 1, waiversMissing: 1 });
    expect(await waive()).toMatchObject({ state: "completed", waiversMissing: 0 });
    expect(await currentOf(agent)).toBe(agent.candidateId);
    expect((await logged(agent)).slice(2)).toEqual(["rollout.waiver_given", "rollout.waived", "rollout.waiver_given", "rollout.waived"]);
  });

  test("of a rollout that was not started skips the whole of it, and counts for no stage", async () => {
    const agent = await makeTriedAgent();
    const { business_owner: ingrid, technical_owner: priya } = agent.owners;
    await waiveRollout(priya, { rolloutId: agent.rolloutId, revision: 1, reason });
    await startTried(agent);
    const { revision } = await agent.read();
    expect(await waiveRollout(ingrid, { rolloutId: agent.rolloutId, revision, reason })).toMatchObject({ stageIndex: 0, waiversMissing: 1 });

    const other = await makeTriedAgent();
    await waiveRollout(other.owners.technical_owner, { rolloutId: other.rolloutId, revision: 1, reason });
    expect(await waiveRollout(other.owners.model_steward, { rolloutId: other.rolloutId, revision: 1, reason })).toMatchObject({ state: "completed" });
    expect([await currentOf(other), (await other.events()).at(-1)]).toEqual([other.candidateId, "skipped"]);
  });

  test("does not outlive a hold that came after it", async () => {
    const agent = await makeTriedAgent();
    await startTried(agent);
    const { business_owner: ingrid, technical_owner: priya } = agent.owners;
    await waiveRollout(priya, { rolloutId: agent.rolloutId, revision: (await agent.read()).revision, reason });
    await prisma().rollout.update({ where: { id: agent.rolloutId }, data: { state: "held" } });
    await prisma().rolloutEvent.create({ data: { rolloutId: agent.rolloutId, kind: "held", stageIndex: 0, exposure: 0, by: "system:holdpoint", at: new Date() } });
    const { revision } = await agent.read();
    expect(await waiveRollout(ingrid, { rolloutId: agent.rolloutId, revision, reason })).toMatchObject({ waiversMissing: 1 });
    expect(await waiveRollout(priya, { rolloutId: agent.rolloutId, revision, reason })).toMatchObject({ waiversMissing: 0, state: "running" });
  });

  test("of somebody who is no owner any more, or was disabled, counts no more", async () => {
    const agent = await makeTriedAgent();
    await startTried(agent);
    const { business_owner: ingrid, technical_owner: priya, model_steward: daniel } = agent.owners;
    const waive = async (person: PersonActor) => waiveRollout(person, { rolloutId: agent.rolloutId, revision: (await agent.read()).revision, reason });
    await waive(priya);
    await prisma().agentOwner.deleteMany({ where: { agentId: agent.id, personId: priya.id } });
    expect((await findRollout(agent.rolloutId, ingrid, new Date()))?.waivers).toEqual([]);
    expect(await waive(ingrid)).toMatchObject({ stageIndex: 0, waiversMissing: 1 });
    await prisma().person.update({ where: { id: ingrid.id }, data: { disabledAt: new Date() } });
    expect(await waive(daniel)).toMatchObject({ stageIndex: 0, waiversMissing: 1 });
  });

  test.each([["an operator", ["operator"]], ["an administrator", ["administrator"]], ["someone on call", ["on_call"]]] as const)("is not for %s", async (_who, roles) => {
    const agent = await makeTriedAgent();
    const person = await makePerson("Vi", [...roles]);
    await expect(waiveRollout(person, { rolloutId: agent.rolloutId, revision: 1, reason })).rejects.toThrow(NotPermitted);
    await expect(promoteRollout(person, { rolloutId: agent.rolloutId, revision: 1 })).rejects.toThrow(NotPermitted);
  });
});

test("what nobody rolled out is not there", async () => {
  const agent = await makeTriedAgent();
  await expect(abortRollout(agent.author, { rolloutId: "ro_none", reason })).rejects.toThrow(/no such rollout/);
  await expect(pauseRollout(agent.author, { rolloutId: agent.rolloutId, revision: 1, reason })).rejects.toThrow(/not started yet/);
  await expect(promoteRollout(agent.owners.technical_owner, { rolloutId: agent.rolloutId, revision: 1 })).rejects.toThrow(Conflict);
});
