import { expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import { readJudgeState, type JudgeState } from "../domain/judge-canary.ts";
import { doTasks, later, shortStage, triedAlike, type DoneTask, type TriedAgent } from "../testing/tried-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { foldOutcomes, loadJudgeState, stateAsStored } from "./fold-outcomes.ts";
import { judgeRollouts } from "./judge-rollouts.ts";
import { planOf, readRollout } from "./lock-rollout.ts";
import { readNewOutcomes } from "./task-outcomes.ts";

useDatabase();

const byCustomer = () => triedAlike({ unit: "customer", stages: [shortStage("assisted", { minimumTasks: 10_000 })], onWorse: "hold" });
/** Of each customer one task, always with the same version. */
const ofCustomers = (from: number, to: number): Partial<DoneTask>[] => Array.from({ length: to - from }, (_, index) => ({ unit: `customer ${from + index}`, arm: (from + index) % 2 === 0 ? "current" : "candidate" }));

async function stored(agent: TriedAgent): Promise<{ state: JudgeState; size: number }> {
  const { judgeState } = await agent.read();
  const state = readJudgeState(judgeState);
  if (!state) throw new Error("no state is stored");
  return { state, size: JSON.stringify(judgeState).length };
}

const unitsIn = ({ ratio }: JudgeState): number => ratio.reduce((sum, { tasks }) => sum + tasks, 0);

/** As a judgement does, and then its process dies. */
async function judgeInVain(agent: TriedAgent, now: Date): Promise<number> {
  let folded = 0;
  await prisma().$transaction(async (tx) => {
    const rollout = await readRollout(tx, agent.rolloutId);
    const state = await loadJudgeState(tx, rollout, planOf(rollout));
    folded = (await foldOutcomes(tx, { rollout, plan: planOf(rollout), state, outcomes: await readNewOutcomes(tx, rollout, 1_000, now) }, now)).length;
    await tx.rollout.update({ where: { id: rollout.id }, data: { judgeState: stateAsStored(state) } });
    throw new Error("died");
  }).catch((error: unknown) => expect(String(error)).toContain("died"));
  return folded;
}

test("a judgement reads and stores no more, however many customers there were", async () => {
  const agent = await byCustomer();
  await doTasks(agent, ofCustomers(0, 40), later(1));
  await judgeRollouts(later(2));
  const before = await stored(agent);
  await doTasks(agent, ofCustomers(40, 640), later(3));
  await judgeRollouts(later(4));
  const after = await stored(agent);
  expect([unitsIn(before.state), unitsIn(after.state)]).toEqual([40, 640]);
  // Numbers have more digits.
  expect(after.size - before.size).toBeLessThan(600);
});

test("each customer bets once: not again with a later task, nor when the judge died meanwhile, nor when all is learned again", async () => {
  const agent = await byCustomer();
  await doTasks(agent, [...ofCustomers(0, 40), ...ofCustomers(0, 4)], later(1));
  expect(await judgeInVain(agent, later(2))).toBe(44);
  await judgeRollouts(later(2));
  expect(unitsIn((await stored(agent)).state)).toBe(40);
  await doTasks(agent, ofCustomers(0, 60), later(3));
  await judgeRollouts(later(4));
  const { state } = await stored(agent);
  expect([unitsIn(state), state.tasks]).toEqual([60, [52, 52]]);
  await prisma().rollout.update({ where: { id: agent.rolloutId }, data: { judgeState: { version: 0 } } });
  await doTasks(agent, ofCustomers(58, 60), later(5));
  await judgeRollouts(later(6));
  const again = (await stored(agent)).state;
  expect([again.ratio, again.tasks]).toEqual([state.ratio, [53, 53]]);
});
