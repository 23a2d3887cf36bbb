import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { prisma } from "../database/database.ts";
import { doTasks, later, ofBothArms, shortStage, tried, triedAlike, verdictOf, type TriedAgent } from "../testing/tried-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { judgeRollouts } from "./judge-rollouts.ts";
import { systemActor } from "./people.ts";
import { promoteRollout } from "./promote-rollout.ts";
import { recordOutcome, type outcomeSchema } from "./run-outcome.ts";

useDatabase();

type Said = z.infer<typeof outcomeSchema>;

/** Of the tasks in turns of the current and the candidate: so many of each are said to be otherwise. */
async function correct(agent: TriedAgent, tasks: readonly string[], { current, candidate }: { current: number; candidate: number }, said: Said, now: Date): Promise<void> {
  const chosen = tasks.filter((_, index) => Math.floor(index / 2) < (index % 2 === 0 ? current : candidate));
  for (const task of chosen) await recordOutcome(systemActor, task, { ...said, agent: agent.id }, now);
}

const standing = async (agent: TriedAgent) => [(await agent.read()).state, (await verdictOf(agent))?.decision, (await verdictOf(agent))?.because];
const promote = async (agent: TriedAgent) => promoteRollout(agent.owners.technical_owner, { rolloutId: agent.rolloutId, revision: (await agent.read()).revision }, later(200));
const SUCCESS = { metric: "success", weight: 1, isGating: true, margin: { kind: "points", value: 0.5 }, band: null } as const;

describe("a candidate of which other outcomes are reported after they were judged", () => {
  test("holds its rollout when that happens more often than to the current version, and is promoted no more", async () => {
    const agent = await triedAlike();
    const tasks = await doTasks(agent, ofBothArms(100), later(1));
    await judgeRollouts(later(2));
    expect((await standing(agent))[1]).toBe("promote");
    await correct(agent, tasks, { current: 3, candidate: 30 }, { outcome: "failure" }, later(100));
    await judgeRollouts(later(101));
    expect(await standing(agent)).toEqual(["held", "hold", { code: "corrections_differ", metric: "success" }]);
    expect((await agent.read()).reason).toBe("Outcomes were corrected more often for one of the versions.");
    expect((await verdictOf(agent))?.coverage.corrected).toEqual([{ metric: "success", current: { tasks: 100, late: 3 }, candidate: { tasks: 100, late: 30 }, groups: [{ probability: 0.5, candidate: 30, tasks: 33 }] }]);
    await expect(promote(agent)).rejects.toThrow();
  });

  test("holds it for an escalation that is reported late, too", async () => {
    const agent = await triedAlike({ metrics: [SUCCESS, { metric: "escalation", weight: 1, isGating: false, margin: { kind: "ratio", value: 3 }, band: null }] });
    const tasks = await doTasks(agent, ofBothArms(60), later(1));
    await judgeRollouts(later(2));
    await correct(agent, tasks, { current: 0, candidate: 20 }, { outcome: "success", isEscalated: true }, later(100));
    await judgeRollouts(later(101));
    expect(await standing(agent)).toEqual(["held", "hold", { code: "corrections_differ", metric: "escalation" }]);
  });

  test("is not held for its escalations where its writes wait for people", async () => {
    const agent = await tried({ metrics: [SUCCESS, { metric: "escalation", weight: 1, isGating: false, margin: { kind: "ratio", value: 3 }, band: null }] });
    const tasks = await doTasks(agent, ofBothArms(60), later(1));
    await judgeRollouts(later(2));
    await correct(agent, tasks, { current: 0, candidate: 20 }, { outcome: "success", isEscalated: true }, later(100));
    await judgeRollouts(later(101));
    expect((await standing(agent)).slice(0, 2)).toEqual(["running", "promote"]);
  });

  test("waits where both versions are corrected alike and what is left shows nothing, until it is said as it was first", async () => {
    const agent = await triedAlike({ metrics: [{ ...SUCCESS, margin: { kind: "points", value: 0.1 } }] });
    const tasks = await doTasks(agent, ofBothArms(100), later(1));
    await judgeRollouts(later(2));
    expect((await standing(agent))[1]).toBe("promote");
    await correct(agent, tasks, { current: 50, candidate: 50 }, { outcome: "failure" }, later(100));
    await judgeRollouts(later(101));
    expect(await standing(agent)).toEqual(["running", "wait", { code: "corrected_not_shown", metric: "success" }]);
    await expect(promote(agent)).rejects.toThrow(/not there yet/);
    await judgeRollouts(later(102));
    expect((await standing(agent))[1]).toBe("wait");
    await correct(agent, tasks, { current: 50, candidate: 50 }, { outcome: "success" }, later(110));
    await judgeRollouts(later(111));
    expect((await standing(agent)).slice(0, 2)).toEqual(["running", "promote"]);
    // Once corrected they stay it: the evidence must not come and go.
    expect((await verdictOf(agent))?.coverage.corrected).toMatchObject([{ candidate: { late: 0 }, groups: [{ candidate: 50, tasks: 100 }] }]);
  });

  test("is weighed by its customers' first tasks only", async () => {
    const agent = await triedAlike({ unit: "customer", stages: [shortStage("assisted", { minimumTasks: 1_000 })] });
    await doTasks(agent, [{ arm: "candidate", unit: "one", task: "first" }], later(0));
    await doTasks(agent, [{ arm: "candidate", unit: "one", task: "second" }, { arm: "current", unit: "other", task: "third" }], later(1));
    await judgeRollouts(later(2));
    for (const task of ["first", "second", "third"]) await recordOutcome(systemActor, task, { outcome: "failure", agent: agent.id }, later(10));
    await judgeRollouts(later(11));
    expect((await verdictOf(agent))?.coverage.corrected).toMatchObject([{ current: { late: 1 }, candidate: { late: 2 }, groups: [{ probability: 0.5, candidate: 1, tasks: 2 }] }]);
  });

  test("is never judged by an outcome that is corrected in that very moment without anybody knowing", async () => {
    const agent = await triedAlike();
    for (let round = 0; round < 4; round += 1) {
      const tasks = await doTasks(agent, ofBothArms(6), later(round));
      await Promise.all([judgeRollouts(later(round + 1)), ...tasks.map((task) => recordOutcome(systemActor, task, { outcome: "failure", agent: agent.id }, later(round + 1)))]);
      await judgeRollouts(later(round + 1));
    }
    const kept = await prisma().assignment.findMany({ where: { rolloutId: agent.rolloutId }, select: { values: true } });
    const isKnown = kept.map(({ values }) => (values as { success?: number; corrected?: { success?: number } })).map(({ success, corrected }) => success === 0 || corrected?.success === 0);
    expect(isKnown).toEqual(Array.from({ length: 48 }, () => true));
  });
});
