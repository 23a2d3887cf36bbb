import { expect, it } from "vitest";
import { prisma } from "../database/database.ts";
import type { CanaryPlan } from "../domain/canary-plan.ts";
import { newId } from "../new-id.ts";
import { systemActor } from "../operations/people.ts";
import { editRolloutPlan } from "../operations/plan-rollout.ts";
import { waiveRollout } from "../operations/promote-rollout.ts";
import { recordOutcome } from "../operations/run-outcome.ts";
import { startRollout } from "../operations/start-rollout.ts";
import { abortRollout, pauseRollout } from "../operations/steer-rollout.ts";
import { engageStop, stopSchema } from "../operations/stops.ts";
import { makeAgent, makePerson, manifest, type MadeAgent } from "../testing/make-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { getInbox } from "./inbox.ts";
import { judgeSelfTest } from "../judge-self-test.ts";
import { findRollout, findRolloutPulse } from "./rollout.ts";
import { readTraffic } from "../database/rollout-traffic.ts";
import { findOpenRollout, findRolloutOfChange, hasAnyRollout, listRollouts } from "./rollouts.ts";

useDatabase();

const MINUTE = 60_000;
const now = new Date();
const ago = (minutes: number): Date => new Date(now.getTime() - minutes * MINUTE);

interface Made {
  agent: MadeAgent;
  changeId: string;
  rolloutId: string;
}

async function planned(): Promise<Made> {
  const agent = await makeAgent();
  await prisma().agent.update({ where: { id: agent.id }, data: { stage: "bounded" } });
  const { change } = await agent.register(manifest({ label: "1.1", model: { provider: "openai", name: "gpt-5.1" } }));
  if (!change) throw new Error("another model needs a review");
  await agent.approve(change.id, { keepsRollout: true });
  const { id } = await prisma().rollout.findUniqueOrThrow({ where: { changeId: change.id }, select: { id: true } });
  return { agent, changeId: change.id, rolloutId: id };
}

const revisionOf = async (rolloutId: string): Promise<number> => (await prisma().rollout.findUniqueOrThrow({ where: { id: rolloutId }, select: { revision: true } })).revision;

/** Two hours ago, in the stage assisted at half of the tasks. */
async function running(): Promise<Made> {
  const made = await planned();
  await startRollout(made.agent.owners.technical_owner, { rolloutId: made.rolloutId, revision: await revisionOf(made.rolloutId), startsAnyway: true }, ago(120));
  await prisma().rollout.update({ where: { id: made.rolloutId }, data: { stageIndex: 1, exposure: 0.5, stepSince: ago(110) } });
  return made;
}

interface Task { arm: "current" | "candidate"; values: Record<string, number | null>; at: Date; segments?: Record<string, string>; exclusion?: string; shadowValues?: Record<string, number>; stageIndex?: number }

async function judged({ agent, rolloutId }: Made, tasks: readonly Task[]): Promise<void> {
  await prisma().assignment.createMany({
    data: tasks.map(({ arm, values, at, segments = {}, exclusion = null, shadowValues, stageIndex = 1 }) => {
      const taskId = newId("ru");
      return {
        rolloutId, taskId, agentId: agent.id, unit: taskId, arm, probability: 0.5, stageIndex, exposureIndex: 0, assignedAt: new Date(at.getTime() - MINUTE), judgedAt: at, values, segments, exclusion,
        ...(shadowValues ? { shadowValues } : {}),
      };
    }),
  });
}

it("lists what is open, the newest first, and finds it by agent and by change", async () => {
  const { agent, changeId, rolloutId } = await planned();
  const page = await listRollouts({ state: "open", agent: agent.id }, null);
  expect(page).toMatchObject({ older: null, rows: [{ id: rolloutId, agentId: agent.id, state: "planned", currentNumber: 1, candidateNumber: 2, exposure: 0, verdict: null, startedAt: null }] });
  expect(await findOpenRollout(agent.id)).toMatchObject({ id: rolloutId });
  expect(await findRolloutOfChange(changeId)).toMatchObject({ id: rolloutId });
  await abortRollout(agent.owners.technical_owner, { rolloutId, reason: "Not now." });
  expect((await listRollouts({ state: "open", agent: agent.id }, null)).rows).toEqual([]);
  expect((await listRollouts({ state: "aborted", agent: agent.id }, null)).rows).toMatchObject([{ id: rolloutId, reason: "Not now." }]);
  expect((await listRollouts({ state: "all", agent: agent.id }, null)).rows).toHaveLength(1);
  expect(await findOpenRollout(agent.id)).toBeNull();
  expect(await hasAnyRollout()).toBe(true);
});

it("goes on behind a cursor, and ignores one that nobody gave out", async () => {
  const made = await planned();
  const { agentId, candidateId, currentId, plan, salt } = await prisma().rollout.findUniqueOrThrow({ where: { id: made.rolloutId } });
  const past = Array.from({ length: 60 }, (_value, index) => ({
    id: newId("ro"), changeId: newId("ch"), agentId, candidateId, currentId, plan: plan as object, salt, state: "superseded", plannedAt: ago(index + 10),
  }));
  await prisma().rollout.createMany({ data: past });
  const first = await listRollouts({ state: "all", agent: made.agent.id }, null);
  const second = await listRollouts({ state: "all", agent: made.agent.id }, first.older);
  expect([first.rows.length, second.rows.length, second.older]).toEqual([50, 11, null]);
  expect(new Set([...first.rows, ...second.rows].map(({ id }) => id)).size).toBe(61);
  expect((await listRollouts({ state: "all", agent: made.agent.id }, "nonsense")).rows[0]?.id).toBe(made.rolloutId);
});

it("says of each decision who may take it, and why not", async () => {
  const { agent, rolloutId } = await planned();
  const viewer = await makePerson("Vera", ["viewer"]);
  const seen = await findRollout(rolloutId, viewer, now);
  expect(seen?.may.start).toMatchObject({ ok: false, reason: expect.stringContaining("start or resume a rollout") as string });
  expect(seen?.may.pause).toMatchObject({ ok: false, reason: expect.stringContaining("not started yet") as string });
  const byOwner = await findRollout(rolloutId, agent.owners.technical_owner, now);
  expect(byOwner?.may).toMatchObject({ plan: { ok: true }, start: { ok: true }, waive: { ok: true }, abort: { ok: true }, promote: { ok: false } });
  const byAuthor = await findRollout(rolloutId, { ...agent.author, owns: { [agent.id]: ["technical_owner"] } }, now);
  expect(byAuthor?.may.waive).toEqual({ ok: false, reason: "You proposed this change, or made the key that did; somebody else decides. Ask Ingrid Holm or Priya Nair." });
  expect(await findRollout("ro_none", viewer, now)).toBeNull();
});

it("names the first of two who waive, until a hold voids the waiver", async () => {
  const { agent, rolloutId } = await planned();
  const owner = agent.owners.business_owner;
  await waiveRollout(owner, { rolloutId, revision: await revisionOf(rolloutId), reason: "Tried by hand." });
  const view = await findRollout(rolloutId, owner, new Date());
  expect(view?.waivers).toMatchObject([{ personId: owner.id, reason: "Tried by hand." }]);
  expect(view?.may.waive).toEqual({ ok: false, reason: "You waived it. A second person has to. Ask Priya Nair or Daniel Okafor." });
  expect((await findRollout(rolloutId, agent.owners.technical_owner, new Date()))?.may.waive).toEqual({ ok: true });
  await prisma().rolloutEvent.create({ data: { rolloutId, kind: "held", stageIndex: 0, exposure: 0, by: "system:holdpoint", reason: "No outcome.", at: new Date(Date.now() + MINUTE) } });
  expect((await findRollout(rolloutId, owner, new Date()))?.waivers).toEqual([]);
});

it("offers a promotion to the role that the plan asks, and only on the evidence of this stage", async () => {
  const { agent, rolloutId } = await running();
  await prisma().rollout.update({ where: { id: rolloutId }, data: { stageIndex: 2, verdict: { decision: "promote", stageIndex: 1, because: { code: "not_worse" }, metrics: [], named: [] } } });
  const promote = async (who: "technical_owner" | "business_owner") => (await findRollout(rolloutId, agent.owners[who], now))?.may.promote;
  expect(await promote("technical_owner")).toEqual({ ok: false, reason: "Opens when every gating metric is judged not worse." });
  await prisma().rollout.update({ where: { id: rolloutId }, data: { verdict: { decision: "promote", stageIndex: 2, because: { code: "not_worse" }, metrics: [], named: [] } } });
  expect(await promote("technical_owner")).toEqual({ ok: true });
  expect(await promote("business_owner")).toEqual({ ok: false, reason: "The plan asks the technical owner for this stage. Ask Priya Nair." });
});

const lastKnown = <Point extends { value: number | null }>(points: readonly Point[] | undefined): Point | undefined => points?.findLast(({ value }) => value !== null);

it("draws both versions so far and how far they are apart, without what counts for nothing", async () => {
  const made = await running();
  const task = (arm: Task["arm"], minutes: number, values: Task["values"], more: Partial<Task> = {}): Task => ({ arm, at: ago(minutes), values, ...more });
  await judged(made, [
    ...Array.from({ length: 40 }, (_, index) => task("current", 100 - index, { success: index < 36 ? 1 : 0, latency: 1_000, cost: null })),
    ...Array.from({ length: 40 }, (_, index) => task("candidate", 100 - index, { success: index < 20 ? 1 : 0, latency: 2_000, cost: null })),
    task("candidate", 50, { success: 0, latency: 9_000 }, { exclusion: "crossed" }),
  ]);
  const view = await findRollout(made.rolloutId, made.agent.owners.technical_owner, now);
  const success = view?.series.find(({ metric }) => metric === "success");
  // Both have been silent for an hour: nothing is drawn of it.
  expect(success?.current.at(-1)).toMatchObject({ n: 40, value: null });
  expect(lastKnown(success?.current)).toMatchObject({ n: 40, value: 0.9 });
  expect(lastKnown(success?.candidate)).toMatchObject({ n: 40, value: 0.5 });
  const difference = lastKnown(success?.difference);
  expect(difference?.value).toBeCloseTo(-0.4, 10);
  expect(difference?.low).toBeLessThan(-0.4);
  expect(difference?.high).toBeGreaterThan(-0.4);
  expect(success?.limit).toEqual({ above: null, below: -0.05 });
  expect(success?.current[0]).toMatchObject({ n: 0, value: null });
  expect(success?.current.map(({ n }) => n)).toEqual([...(success?.current ?? [])].map(({ n }) => n).toSorted((a, b) => a - b));
  const latency = view?.series.find(({ metric }) => metric === "latency");
  expect((lastKnown(latency?.candidate)?.value ?? 0) / 2_000).toBeCloseTo(1, 1);
  expect(lastKnown(latency?.difference)?.value).toBeGreaterThan(900);
  expect(view?.series.find(({ metric }) => metric === "cost")?.candidate.at(-1)).toMatchObject({ n: 0, value: null, low: null });
  expect(view?.tasks).toEqual([{ stageIndex: 1, arm: "candidate", given: 40, known: 40 }, { stageIndex: 1, arm: "current", given: 40, known: 40 }]);
  expect(view?.excluded).toEqual({ crossed: 1, early: 0, moved_unit: 0 });
});

it("counts a task in shadow for both versions", async () => {
  const made = await running();
  await judged(made, Array.from({ length: 10 }, (_, index) => ({ arm: "current" as const, at: ago(90 - index), stageIndex: 0, values: { action_errors: 0 }, shadowValues: { action_errors: index < 5 ? 1 : 0 }, segments: { tier: "gold" } })));
  const view = await findRollout(made.rolloutId, made.agent.owners.technical_owner, now);
  const errors = view?.series.find(({ metric }) => metric === "action_errors");
  expect([lastKnown(errors?.current)?.value, lastKnown(errors?.candidate)?.value]).toEqual([0, 0.5]);
  expect(view?.tasks).toEqual([{ stageIndex: 0, arm: "candidate", given: 10, known: 10 }, { stageIndex: 0, arm: "current", given: 10, known: 10 }]);
  expect(view?.segments).toMatchObject([{ name: "tier", value: "gold", tasks: { current: 10, candidate: 10 }, metrics: [{ metric: "action_errors", current: { events: 0 }, candidate: { events: 5 } }] }]);
});

it("counts the outcomes that were reported otherwise after they were judged", async () => {
  const made = await running();
  await judged(made, (["current", "candidate", "candidate", "candidate", "candidate"] as const).map((arm, index) => ({ arm, values: { success: index === 1 ? 0 : 1 }, at: ago(60), ...(index === 4 ? { exclusion: "crossed" } : {}) })));
  const tasks = await prisma().assignment.findMany({ where: { rolloutId: made.rolloutId }, select: { taskId: true, arm: true, values: true } });
  const word = (values: unknown, isOther: boolean) => (((values as { success: number }).success === 1) === isOther ? "failure" as const : "success" as const);
  await prisma().run.createMany({ data: tasks.map(({ taskId, values }) => ({
    id: newId("ru"), agentId: made.agent.id, conversationId: taskId, isKeyedByTrace: false, stage: "partial", startedAt: ago(61), endedAt: ago(61), receivedAt: ago(61), updatedAt: ago(61), outcome: word(values, false), outcomeSource: "agent",
  })) });
  const report = async (isOther: (arm: string) => boolean) => {
    for (const { taskId, arm, values } of tasks) await recordOutcome(systemActor, taskId, { outcome: word(values, isOther(arm)), agent: made.agent.id }, ago(5));
    return (await findRollout(made.rolloutId, made.agent.author, now))?.corrected;
  };
  expect([await report(() => false), await report((arm) => arm === "candidate"), await report(() => false)]).toEqual([{ current: 0, candidate: 0 }, { current: 0, candidate: 3 }, { current: 0, candidate: 0 }]);
});

it("splits rates by segment, the largest first, whatever the names are", async () => {
  const made = await running();
  const of = (value: string, count: number, success: number): Task[] => Array.from({ length: count }, (_, index) => ({ arm: index % 2 === 0 ? "current" as const : "candidate" as const, at: ago(60), values: { success, latency: 5 }, segments: { tier: value } }));
  await judged(made, [...of("free", 20, 1), ...of('"; DROP', 8, 0)]);
  const view = await findRollout(made.rolloutId, made.agent.owners.technical_owner, now);
  expect(view?.segments).toMatchObject([
    { name: "tier", value: "free", tasks: { current: 10, candidate: 10 }, metrics: [{ metric: "success", current: { events: 10, known: 10 }, candidate: { events: 10, known: 10 } }] },
    { name: "tier", value: '"; DROP', tasks: { current: 4, candidate: 4 }, metrics: [{ metric: "success", current: { events: 0, known: 4 }, candidate: { events: 0, known: 4 } }] },
  ]);
});

it("marks where the exposure changed, and its pulse moves with each decision", async () => {
  const { agent, rolloutId } = await running();
  const before = await findRolloutPulse(rolloutId);
  const raised = { rolloutId, kind: "exposure_raised", stageIndex: 1, by: "system:holdpoint" };
  await prisma().rolloutEvent.createMany({ data: [{ ...raised, exposure: 0.1, at: ago(100) }, { ...raised, exposure: 0.5, at: ago(50) }, { ...raised, kind: "verdict", exposure: 0.5, at: ago(40) }] });
  await pauseRollout(agent.owners.technical_owner, { rolloutId, revision: await revisionOf(rolloutId), reason: "Looking." }, ago(1));
  const view = await findRollout(rolloutId, agent.owners.technical_owner, now);
  expect(view?.rollout).toMatchObject({ state: "paused", reason: "Looking.", exposure: 0 });
  expect(view?.events[0]).toMatchObject({ kind: "paused", who: agent.owners.technical_owner.name, reason: "Looking." });
  expect(view?.markers).toEqual([[100, "10 %"], [50, "50 %"], [1, "0 %"]].map(([minutes, label]) => ({ at: ago(Number(minutes)).getTime(), kind: "exposure", label, id: null })));
  expect(view?.events.find(({ kind }) => kind === "verdict")?.who).toBe("Holdpoint");
  expect(view?.pulse).toEqual(await findRolloutPulse(rolloutId));
  expect(view?.pulse).not.toEqual(before);
  expect(await findRolloutPulse("ro_none")).toBeNull();
});

it("marks the incidents of its agent while it ran: stops, unreviewed changes, forbidden actions that took effect", async () => {
  const [{ agent, rolloutId }, other] = [await running(), await makeAgent()];
  const finding = (id: string, minutes: number, agentId = agent.id) => ({ id, agentId, kind: "unreviewed_change", about: id, sentence: "It runs another prompt.", evidence: {}, openedAt: ago(minutes), lastSeenAt: ago(minutes) });
  await prisma().finding.createMany({ data: [finding("fi_before", 130), finding("fi_open", 60), { ...finding("fi_closed", 30), state: "closed", closedAt: ago(20) }, finding("fi_other", 40, other.id)] });
  const run = (id: string, minutes: number, hasEscapedViolation: boolean, agentId = agent.id) => ({
    id, agentId, conversationId: id, isKeyedByTrace: false, stage: "partial", startedAt: ago(minutes), endedAt: ago(minutes), receivedAt: ago(minutes), updatedAt: ago(minutes), hasEscapedViolation,
  });
  await prisma().run.createMany({ data: [run("ru_escaped", 45, true), run("ru_well", 44, false), run("ru_early", 125, true), run("ru_other", 43, true, other.id)] });
  const { stopId } = await engageStop(await makePerson("Ola", ["on_call"]), stopSchema.parse({ scope: "agent", target: agent.id }), ago(10));
  const view = await findRollout(rolloutId, agent.owners.technical_owner, now);
  expect(view?.markers.filter(({ kind }) => kind !== "exposure")).toEqual([
    { at: ago(60).getTime(), kind: "finding", label: "unreviewed change", id: "fi_open" }, { at: ago(45).getTime(), kind: "escaped", label: "forbidden action", id: "ru_escaped" },
    { at: ago(30).getTime(), kind: "finding", label: "unreviewed change", id: "fi_closed" }, { at: ago(10).getTime(), kind: "stop", label: "stop", id: stopId },
  ]);
});

it("waits in the inbox of whoever may start, resume or promote it", async () => {
  const { agent, rolloutId } = await planned();
  const viewer = await makePerson("Vera", ["viewer"]);
  const itemOf = async (actor: MadeAgent["author"]) => (await getInbox(actor, "all", now)).items.find(({ key }) => key === rolloutId);
  expect(await itemOf(agent.owners.technical_owner)).toMatchObject({ kind: "rollout", word: "Rollout planned", isMine: true, next: "Start it" });
  expect(await itemOf(viewer)).toMatchObject({ isMine: false, next: "Look" });
  await startRollout(agent.owners.technical_owner, { rolloutId, revision: await revisionOf(rolloutId), startsAnyway: true }, ago(5));
  expect(await itemOf(viewer)).toBeUndefined();
  await prisma().rollout.update({ where: { id: rolloutId }, data: { verdict: { decision: "promote", stageIndex: 0, because: { code: "not_worse" }, metrics: [], named: [] } } });
  expect(await itemOf(agent.owners.technical_owner)).toMatchObject({ kind: "promotion", isMine: true, next: "Promote it" });
  expect(await itemOf(agent.author)).toMatchObject({ isMine: false });
  await prisma().rollout.update({ where: { id: rolloutId }, data: { state: "held", reason: "No outcome." } });
  expect(await itemOf(agent.owners.business_owner)).toMatchObject({ kind: "rollout", word: "Rollout held", detail: "No outcome.", isMine: true });
  expect(await itemOf(agent.author)).toMatchObject({ word: "Rollout held", isMine: false, next: "Look" });
});

it("shows the plan as it was edited", async () => {
  const { agent, rolloutId } = await planned();
  const { plan } = await prisma().rollout.findUniqueOrThrow({ where: { id: rolloutId }, select: { plan: true } });
  await editRolloutPlan(agent.owners.technical_owner, { rolloutId, revision: await revisionOf(rolloutId), plan: { ...(plan as unknown as CanaryPlan), deadlineDays: 7 } });
  expect((await findRollout(rolloutId, agent.author, now))?.rollout.plan.deadlineDays).toBe(7);
});

it("knows how much work there is and what is usual, and nothing of an agent without any", async () => {
  const { agent } = await planned();
  const { currentVersionId } = await prisma().agent.findUniqueOrThrow({ where: { id: agent.id }, select: { currentVersionId: true } });
  const versionId = currentVersionId ?? "";
  expect(await readTraffic(agent.id, versionId, now)).toEqual({ tasksPerDay: 0, coverage: null, acting: null, escalationKnown: 0, rates: { action_errors: null, success: null, escalation: null, violations: null } });
  await prisma().run.createMany({
    data: Array.from({ length: 20 }, (_, index) => ({
      id: newId("ru"), agentId: agent.id, conversationId: `c${index}`, isKeyedByTrace: false, versionId, stage: "bounded", startedAt: ago(index * 12 * 60), endedAt: now, receivedAt: now, updatedAt: now,
      outcome: index < 10 ? (index < 8 ? "success" : "failure") : null, outcomeSource: index < 10 ? (index % 2 === 0 ? "reported" : "agent") : null, isEscalated: index === 0, consequentialCalls: index < 5 ? 1 : 0, actionErrors: index < 2 ? 3 : 0, toolNames: [],
    })),
  });
  const { tasksPerDay, rates, coverage, acting } = await readTraffic(agent.id, versionId, now);
  // None of those that began in the older half is among the ten.
  expect([coverage, acting]).toEqual([0, 0.25]);
  expect(tasksPerDay).toBeCloseTo(10 / 9.5, 5);
  expect(rates).toEqual({ action_errors: 0.1, success: 0.8, escalation: 0.05, violations: 0 });
  expect(await readTraffic(agent.id, versionId, now, "reported")).toMatchObject({ tasksPerDay: tasksPerDay / 2, coverage: 0 });
  // Ten of the twenty made a call that their telemetry does not show, the two with errors among them.
  const decision = { agentId: agent.id, versionId, toolCallId: "1", tool: "order_get", inputDigest: "x", decision: "permit", reason: "authority", sentence: "", policies: [], facts: {}, decidedAt: ago(60) };
  await prisma().gateDecision.createMany({ data: Array.from({ length: 10 }, (_, index) => ({ ...decision, id: newId("gd"), conversationId: `c${index}` })) });
  expect((await readTraffic(agent.id, versionId, now)).rates).toEqual({ action_errors: 0, success: 0.8, escalation: 0, violations: 0 });
});

it("the judge of this process passes its own test, which runs once", () => {
  const first = judgeSelfTest(now);
  expect(first.passed).toBe(true);
  expect(judgeSelfTest(new Date(0))).toBe(first);
});
