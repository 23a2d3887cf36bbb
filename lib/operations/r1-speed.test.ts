import { expect, test } from "vitest";
import { doTasks, makeTriedAgent, ofBothArms, startTried } from "../testing/tried-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { judgeRollouts } from "./judge-rollouts.ts";
useDatabase();
test("speed", async () => {
  const agent = await makeTriedAgent();
  const { plan } = await agent.read();
  await startTried(agent, { metrics: (plan as never as { metrics: never }).metrics });
  for (let round = 0; round < 8; round++) {
    await doTasks(agent, ofBothArms(1000));
    let at = performance.now();
    await judgeRollouts(new Date());
    const first = performance.now() - at;
    at = performance.now();
    await judgeRollouts(new Date());
    const idle = performance.now() - at;
    const row = await agent.read();
    console.log(round, Math.round(first), Math.round(idle), JSON.stringify(row.judgeState).length, row.state, (row.verdict as { because: unknown }).because);
  }
  expect(1).toBe(1);
}, 200_000);
