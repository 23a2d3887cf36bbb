import { expect, test } from "vitest";
import { judgeRollouts } from "../operations/judge-rollouts.ts";
import { abortRollout, pauseRollout, resumeRollout } from "../operations/steer-rollout.ts";
import { doTasks, later, ofBothArms, tried, type TriedAgent } from "../testing/tried-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { findRollout } from "./rollout.ts";

useDatabase();

const spanAt = async (agent: TriedAgent, minutes: number) => (await findRollout(agent.rolloutId, agent.owners.technical_owner, later(minutes)))?.span;
const steer = async (agent: TriedAgent, how: typeof pauseRollout, minutes: number): Promise<void> => {
  await how(agent.owners.technical_owner, { rolloutId: agent.rolloutId, revision: (await agent.read()).revision, reason: "For this test." }, later(minutes));
};

test("of a rollout that waits for people it ends with what was told last, and while tasks are given out with now", async () => {
  const agent = await tried();
  const from = later(0);
  expect(await spanAt(agent, 60)).toEqual({ from, to: later(60), isAtRest: false });
  await doTasks(agent, ofBothArms(5), later(10));
  await steer(agent, pauseRollout, 11);
  expect(await spanAt(agent, 5_000)).toEqual({ from, to: later(11), isAtRest: true });
  // What was under way is told afterwards.
  await judgeRollouts(later(30));
  const rested = await spanAt(agent, 5_000);
  expect(rested?.to.getTime()).toBeGreaterThanOrEqual(later(30).getTime());
  expect(rested?.to.getTime()).toBeLessThan(later(32).getTime());
  // No chart ends in the future.
  expect((await spanAt(agent, 30))?.to).toEqual(later(30));
  await steer(agent, resumeRollout, 6_000);
  expect(await spanAt(agent, 6_001)).toEqual({ from, to: later(6_001), isAtRest: false });
  await steer(agent, abortRollout, 6_002);
  expect(await spanAt(agent, 9_000)).toEqual({ from, to: later(6_002), isAtRest: false });
});

test("of one that was ended long after it was held it is as short as the trial was", async () => {
  const agent = await tried();
  await steer(agent, pauseRollout, 20);
  await steer(agent, abortRollout, 8_000);
  expect(await spanAt(agent, 9_000)).toEqual({ from: later(0), to: later(20), isAtRest: true });
});
