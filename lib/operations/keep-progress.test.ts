import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { prisma, type Transaction } from "../database/database.ts";
import { canaryPlanSchema, type CanaryPlan } from "../domain/canary-plan.ts";
import type { RatioGroup } from "../domain/sample-ratio.ts";
import { EXCLUSIONS } from "../domain/task-values.ts";
import { doTasks, giveOut, later, ofBothArms, runRow, shortStage, tried, triedAlike, verdictOf, type TriedAgent } from "../testing/tried-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { foldOutcomes, loadJudgeState, stateAsStored } from "./fold-outcomes.ts";
import { judgeRollouts } from "./judge-rollouts.ts";
import { keepProgress, type RolloutProgress } from "./keep-progress.ts";
import { planOf, readRollout } from "./lock-rollout.ts";
import { systemActor } from "./people.ts";
import { readPermits } from "./rollout-permits.ts";
import { recordOutcome } from "./run-outcome.ts";
import { readNewOutcomes } from "./task-outcomes.ts";

useDatabase();

type Task = Awaited<ReturnType<Transaction["assignment"]["findMany"]>>[number];
type Run = Awaited<ReturnType<Transaction["run"]["findMany"]>>[number];
interface Standing { stageIndex: number; exposureIndex: number; plan: CanaryPlan; since: Date; now: Date }

const HOUR_MS = 3_600_000;
const isByChance = ({ probability, shadowTaskId }: Task): boolean => probability > 0 && probability < 1 && shadowTaskId === null;
const isCompared = ({ exclusion }: Task): boolean => exclusion === null || EXCLUSIONS.some((one) => one === exclusion);

function firstOf(tasks: readonly Task[], keyOf: (task: Task) => string): Task[] {
  const inOrder = tasks.toSorted((a, b) => a.assignedAt.getTime() - b.assignedAt.getTime() || (a.taskId < b.taskId ? -1 : 1));
  return inOrder.filter((task, place) => inOrder.findIndex((other) => keyOf(other) === keyOf(task)) === place);
}

function groupsOf(tasks: readonly Task[], counted: readonly Task[] = tasks): RatioGroup[] {
  const chances = [...new Set(tasks.map(({ probability }) => probability))].toSorted();
  return chances.map((probability) => {
    const same = counted.filter((task) => task.probability === probability);
    return { probability, candidate: same.filter(({ arm }) => arm === "candidate").length, tasks: same.length };
  });
}

/** From every task, as the words say it. */
function byDefinition(tasks: readonly Task[], runs: readonly Run[], { stageIndex, exposureIndex, plan, since, now }: Standing): RolloutProgress {
  const isShadow = plan.stages[stageIndex]?.stage === "shadow";
  const ofStage = tasks.filter((task) => task.stageIndex === stageIndex && task.exclusion === null && (!isShadow || task.shadowTaskId !== null));
  const judged = tasks.filter((task) => task.judgedAt !== null && isCompared(task));
  const judgedSince = judged.filter(({ judgedAt }) => judgedAt !== null && judgedAt >= since);
  const hasRun = (id: string | null, isTold: boolean) => runs.some((run) => run.conversationId === id && (!isTold || run.outcome !== null));
  const armOf = (arm: string) => ({ tasks: ofStage.filter((task) => task.arm === arm).length, known: ofStage.filter((task) => task.arm === arm && task.judgedAt !== null).length });
  const drawn = firstOf(tasks.filter((task) => task.stageIndex === stageIndex && isByChance(task)), (task) => (plan.unit === "task" ? task.taskId : task.unit));
  const late = isShadow ? [] : [...new Set([HOUR_MS, plan.noDataHours * HOUR_MS])].map((age) => {
    const termOf = ({ assignedAt }: Task) => assignedAt.getTime() + age;
    const [old, isLate] = [drawn.filter((task) => termOf(task) <= now.getTime()), (task: Task) => task.judgedAt === null || task.judgedAt.getTime() > termOf(task)];
    const of = (arm: string) => ({ tasks: old.filter((task) => task.arm === arm).length, late: old.filter((task) => task.arm === arm && isLate(task)).length });
    return { current: of("current"), candidate: of("candidate"), groups: groupsOf(old, old.filter(isLate)) };
  });
  return {
    coverage: {
      stageIndex,
      current: isShadow ? { tasks: ofStage.length, known: ofStage.filter(({ taskId }) => hasRun(taskId, true)).length } : armOf("current"),
      candidate: isShadow ? { tasks: ofStage.length, known: ofStage.filter(({ shadowTaskId }) => hasRun(shadowTaskId, false)).length } : armOf("candidate"),
      router: groupsOf(firstOf(tasks.filter(isByChance), ({ unit }) => unit)), late,
    },
    tasksOfStep: isShadow ? 0 : ofStage.filter((task) => task.arm === "candidate" && task.judgedAt !== null && task.exposureIndex === exposureIndex).length,
    excluded: Object.fromEntries(EXCLUSIONS.map((name) => [name, judged.filter(({ exclusion }) => exclusion === name).length] as const).filter(([, count]) => count > 0)),
    crossedSince: judgedSince.filter(({ exclusion }) => exclusion === "crossed").length, judgedSince: judgedSince.length,
  };
}

const AT_ONCE = 3;

/** As the judge does, without what follows from a verdict. */
async function judge(agent: TriedAgent, now: Date): Promise<{ progress: RolloutProgress; expected: RolloutProgress }> {
  return prisma().$transaction(async (tx) => {
    const rollout = await readRollout(tx, agent.rolloutId);
    const plan = planOf(rollout);
    const state = await loadJudgeState(tx, rollout, plan);
    const outcomes = await readNewOutcomes(tx, rollout, AT_ONCE, now);
    const judged = await foldOutcomes(tx, { rollout, plan, state, outcomes }, now);
    await tx.rollout.update({ where: { id: rollout.id }, data: { judgeState: stateAsStored(state) } });
    const { since } = await readPermits(tx, rollout);
    const progress = await keepProgress(tx, rollout, plan, { judged, since, now });
    const [tasks, runs] = [await tx.assignment.findMany({ where: { rolloutId: rollout.id } }), await tx.run.findMany({ where: { agentId: agent.id } })];
    return { progress, expected: byDefinition(tasks, runs, { ...rollout, plan, since, now }) };
  });
}

interface History { agent: TriedAgent; given: { task: string; arm: "current" | "candidate"; at: Date; isShadow: boolean }[]; minutes: number }

const CHANCES = [0.25, 0.5, 0.5, 1, 0] as const;

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("give" as const), isCandidate: fc.boolean(), chance: fc.constantFrom(...CHANCES), unit: fc.nat(4), minutesAgo: fc.constantFrom(0, 0, 0, 1, 50, 61, 130) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("tell" as const), task: fc.nat(30), outcome: fc.constantFrom("success" as const, "failure" as const), what: fc.constantFrom("well", "well", "well", "well", "crossed", "early", "half") }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("correct" as const), task: fc.nat(30), outcome: fc.constantFrom("success" as const, "failure" as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("pass" as const), minutes: fc.constantFrom(1, 9, 10, 30, 60, 60, 120, -5) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("move" as const), to: fc.constantFrom("stage", "step", "resumption") }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("judge" as const) }) },
);

async function take(history: History, one: typeof step extends fc.Arbitrary<infer Step> ? Step : never): Promise<void> {
  const { agent, given } = history;
  const now = later(history.minutes);
  if (one.do === "pass") history.minutes += one.minutes;
  if (one.do === "judge") {
    const { progress, expected } = await judge(agent, now);
    expect(progress).toEqual(expected);
  }
  if (one.do === "give") await give(history, one);
  if (one.do === "move") {
    const { stageIndex, exposureIndex } = await agent.read();
    const at = one.to === "stage" ? { stageIndex: Math.min(2, stageIndex + 1), exposureIndex: 0 } : { stageIndex, exposureIndex: exposureIndex + (one.to === "step" ? 1 : 0) };
    await prisma().rollout.update({ where: { id: agent.rolloutId }, data: at });
    const kind = one.to === "step" ? "exposure" : one.to === "stage" ? "promoted" : "resumed";
    await prisma().rolloutEvent.create({ data: { rolloutId: agent.rolloutId, kind, ...{ stageIndex: at.stageIndex }, exposure: 0.5, by: "test", at: now } });
  }
  const known = one.do === "tell" || one.do === "correct" ? given[one.task % Math.max(1, given.length)] : undefined;
  if (known && one.do === "tell") await tell(history, known, one);
  if (known && one.do === "correct" && (await prisma().run.count({ where: { agentId: agent.id, conversationId: known.task } })) > 0) await recordOutcome(systemActor, known.task, { outcome: one.outcome, agent: agent.id }, now);
}

async function give({ agent, given, minutes }: History, { isCandidate, chance, unit, minutesAgo }: { isCandidate: boolean; chance: number; unit: number; minutesAgo: number }): Promise<void> {
  const { stageIndex, exposureIndex, plan: stored } = await agent.read();
  const plan = canaryPlanSchema.parse(stored);
  const isShadow = plan.stages[stageIndex]?.stage === "shadow" && chance > 0;
  const [task, at, arm] = [`t-${agent.id}-${given.length}`, later(minutes - minutesAgo), isCandidate && !isShadow && chance > 0 ? "candidate" as const : "current" as const];
  await giveOut([{
    rolloutId: agent.rolloutId, taskId: task, agentId: agent.id, unit: plan.unit === "task" ? task : `unit ${unit}`, arm, probability: isShadow ? 0 : chance, stageIndex, exposureIndex, shadowTaskId: isShadow ? `${task}~shadow` : null, assignedAt: at,
    ...(chance === 0 ? { exclusion: "not_compared", judgedAt: at } : {}),
  }]);
  given.push({ task, arm, at, isShadow });
}

async function tell({ agent, minutes }: History, { task, arm, isShadow, at }: History["given"][number], { outcome, what }: { outcome: "success" | "failure"; what: string }): Promise<void> {
  const [own, other] = arm === "candidate" ? [agent.candidateId, agent.currentId] : [agent.currentId, agent.candidateId];
  const doneAt = later(Math.max(minutes, (at.getTime() - later(0).getTime()) / 60_000));
  const received = { receivedBeforeMs: what === "early" ? doneAt.getTime() - at.getTime() + 60_000 : 0 };
  const runs = [
    ...(isShadow && what === "half" ? [] : [runRow(agent.id, task, { versionId: what === "crossed" ? other : own, outcome: what === "half" ? null : outcome, ...received }, doneAt)]),
    ...(isShadow ? [runRow(agent.id, `${task}~shadow`, { versionId: agent.candidateId, outcome: "success" }, doneAt)] : []),
  ];
  await prisma().run.createMany({ data: runs, skipDuplicates: true });
  if (what !== "half") await prisma().run.updateMany({ where: { agentId: agent.id, conversationId: task, outcome: null }, data: { outcome, outcomeSource: "reported", outcomeAt: doneAt } });
}

/** From shadow to where the candidate acts as the current version does, so that whoever is late is looked at. */
async function triedInStages(unit: CanaryPlan["unit"]): Promise<TriedAgent> {
  const agent = await tried({ unit, noDataHours: 2, stages: [shortStage("shadow"), shortStage("assisted", { exposures: [0.25, 0.5] }), shortStage("partial")] });
  const { actsAt: _actsAt, ...plan } = planOf(await agent.read());
  await prisma().rollout.update({ where: { id: agent.rolloutId }, data: { plan } });
  return agent;
}

describe("what is kept from one judgement to the next", () => {
  test.each(["task", "customer"] as const)("says exactly what a count of every task says, after whatever happened, by %s", async (unit) => {
    const histories = fc.tuple(fc.nat(2), fc.array(step, { minLength: 20, maxLength: 60 }));
    await fc.assert(fc.asyncProperty(histories, async ([stageIndex, steps]) => {
      const agent = await triedInStages(unit);
      await prisma().rollout.update({ where: { id: agent.rolloutId }, data: { stageIndex } });
      const history: History = { agent, given: [], minutes: 10 };
      for (const one of steps) await take(history, one);
      await take(history, { do: "judge" });
      await prisma().rollout.update({ where: { id: agent.rolloutId }, data: { state: "aborted" } });
    }), { numRuns: 15, endOnFailure: true });
  }, 120_000);

  const tallyOf = async (agent: TriedAgent) => (await prisma().rolloutProgress.findUniqueOrThrow({ where: { rolloutId: agent.rolloutId } })).tally;
  const keptAs = (agent: TriedAgent, changed: object) => prisma().$executeRaw`UPDATE rollout_progress SET tally = tally || ${JSON.stringify(changed)}::jsonb WHERE rollout_id = ${agent.rolloutId}`;
  const isWrong = [{ probability: 0.5, candidate: 1_000, tasks: 2_000 }];

  async function judgedOnce(): Promise<TriedAgent> {
    const agent = await triedAlike({ onWorse: "hold" });
    await doTasks(agent, ofBothArms(10), later(1));
    await judgeRollouts(later(2));
    return agent;
  }

  test("is added to, and not counted again", async () => {
    const agent = await judgedOnce();
    await keptAs(agent, { router: isWrong });
    await doTasks(agent, ofBothArms(3), later(3));
    await judgeRollouts(later(4));
    expect((await verdictOf(agent))?.coverage).toMatchObject({ current: { tasks: 13, known: 13 }, candidate: { tasks: 13, known: 13 }, router: [{ probability: 0.5, candidate: 1_003, tasks: 2_006 }] });
  });

  test.each([
    ["of another version", { version: 0 }], ["of another shape", { step: "two" }], ["that judged otherwise than was stored", { known: [9, 10] }], ["of a time that is still to come", { agedUntilMs: later(90).getTime() }],
    ["of another step", { exposureIndex: 1 }], ["of another stage", { stageIndex: 1 }], ["from before somebody let it go on", { sinceMs: later(-5).getTime() }], ["of other ages", { ages: [1] }],
  ])("by a count %s is not believed", async (_what, changed) => {
    const agent = await judgedOnce();
    await keptAs(agent, { ...changed, router: isWrong });
    await doTasks(agent, ofBothArms(3), later(3));
    await judgeRollouts(later(4));
    expect((await verdictOf(agent))?.coverage).toMatchObject({ current: { tasks: 13, known: 13 }, candidate: { tasks: 13, known: 13 }, router: [{ probability: 0.5, candidate: 13, tasks: 26 }] });
    expect(await tallyOf(agent)).toMatchObject({ version: 1, known: [13, 13], router: [{ probability: 0.5, candidate: 13, tasks: 26 }] });
  });
});
