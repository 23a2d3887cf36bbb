import { describe, expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import type { SelfTestResult } from "../domain/judge-self-test.ts";
import { findRollout } from "../queries/rollout.ts";
import { doTasks, FAILING, later, ofBothArms, shortStage, timesLogged, tried, triedAlike, verdictOf, type TriedAgent } from "../testing/tried-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { judgeRollouts } from "./judge-rollouts.ts";
import { promoteRollout } from "./promote-rollout.ts";
import { resumeRollout } from "./steer-rollout.ts";

useDatabase();

const HOUR = 60;
const reason = "Looked at it.";


describe("outcomes that stay away", () => {
  test("hold it after a while, promote nothing, and are judged when they come", async () => {
    const agent = await tried({ noDataHours: 24 });
    const tasks = await doTasks(agent, ofBothArms(60, { current: { outcome: null }, candidate: { outcome: null } }), later(1));
    await judgeRollouts(later(2));
    expect([(await agent.read()).state, (await verdictOf(agent))?.decision]).not.toContain("promote");
    await judgeRollouts(later(24 * HOUR + 1));
    const held = await agent.read();
    expect([held.state, held.reason]).toEqual(["held", "No outcome has come in for too long."]);
    await prisma().run.updateMany({ where: { agentId: agent.id, conversationId: { in: tasks } }, data: { outcome: "success", outcomeAt: later(25 * HOUR) } });
    await judgeRollouts(later(26 * HOUR));
    expect([(await agent.read()).state, (await verdictOf(agent))?.decision]).toEqual(["held", "promote"]);
    const { revision } = await agent.read();
    await expect(promoteRollout(agent.owners.technical_owner, { rolloutId: agent.rolloutId, revision })).rejects.toThrow(/held/);
    await resumeRollout(agent.owners.model_steward, { rolloutId: agent.rolloutId, revision, reason }, later(27 * HOUR));
    await judgeRollouts(later(28 * HOUR));
    expect((await agent.read()).state).toBe("running");
  });

  const agreed = async (agent: TriedAgent) => [(await agent.read()).state, (await verdictOf(agent))?.because.code];

  test("from one version only hold it once they are late, and not while they are on their way", async () => {
    const agent = await triedAlike();
    const tasks = await doTasks(agent, ofBothArms(60, { candidate: { outcome: null } }), later(1));
    await judgeRollouts(later(2));
    await judgeRollouts(later(60));
    expect((await agreed(agent))[0]).toBe("running");
    await judgeRollouts(later(61));
    expect(await agreed(agent)).toEqual(["held", "coverage_differs"]);
    // What comes in now was late all the same: the evidence does not go away by waiting.
    await prisma().run.updateMany({ where: { agentId: agent.id, conversationId: { in: tasks } }, data: { outcome: "success", outcomeAt: later(70) } });
    await judgeRollouts(later(71));
    expect(await agreed(agent)).toEqual(["held", "coverage_differs"]);
    const { revision } = await agent.read();
    await resumeRollout(agent.owners.model_steward, { rolloutId: agent.rolloutId, revision, reason }, later(72));
    await judgeRollouts(later(73));
    expect((await agent.read()).state).toBe("running");
  });

  test("of a candidate whose writes wait for people hold nothing", async () => {
    const agent = await tried();
    await doTasks(agent, ofBothArms(15, { candidate: { outcome: null } }), later(1));
    await judgeRollouts(later(3 * HOUR));
    expect((await agent.read()).state).toBe("running");
  });

  test("of a candidate whose writes wait for people and that dies on some keep it from being promoted, and hold it once people had their time", async () => {
    const agent = await tried();
    const lost = await doTasks(agent, ofBothArms(200).map((task, index) => (index % 26 === 1 ? { ...task, outcome: null } : task)), later(1));
    await judgeRollouts(later(2));
    expect(await agreed(agent)).toEqual(["running", "coverage_differs"]);
    expect((await verdictOf(agent))?.metrics.map(({ verdict }) => verdict)).toEqual(["not_worse"]);
    const { technical_owner: priya } = agent.owners;
    const { revision } = await agent.read();
    await expect(promoteRollout(priya, { rolloutId: agent.rolloutId, revision })).rejects.toThrow(/not there yet/);
    expect((await findRollout(agent.rolloutId, priya, later(2)))?.may.promote).toEqual({ ok: false, reason: expect.stringMatching(/missing more often from one version/) as string });
    await judgeRollouts(later(24 * HOUR));
    expect((await agent.read()).state).toBe("running");
    await doTasks(agent, ofBothArms(1), later(24 * HOUR));
    await judgeRollouts(later(24 * HOUR + 1));
    expect([lost.length, await agreed(agent)]).toEqual([400, ["held", "coverage_differs"]]);
  });

  test("of shadow tasks that nobody has said the end of yet hold nothing", async () => {
    const agent = await tried({ stages: [shortStage("shadow"), shortStage("assisted")] });
    await doTasks(agent, Array.from({ length: 18 }, () => ({ outcome: null, shadow: {} })), later(1));
    await judgeRollouts(later(3 * HOUR));
    expect((await agent.read()).state).toBe("running");
  });

  test("from one version later than from the other say nothing of the router, but tasks that it gives out otherwise than it says do", async () => {
    const [late, unfair] = [await tried(), await tried()];
    await doTasks(late, ofBothArms(15, { candidate: { outcome: null } }), later(1));
    await doTasks(unfair, Array.from({ length: 30 }, () => ({ arm: "candidate" as const })), later(1));
    await judgeRollouts(later(2));
    expect((await verdictOf(late))?.sampleRatio.isClean).toBe(true);
    expect([(await unfair.read()).state, (await verdictOf(unfair))?.because.code]).toEqual(["held", "sample_ratio"]);
  });

  test("of a metric that decides, on one version only, hold it", async () => {
    const metrics = [{ metric: "success", weight: 1, isGating: true, margin: { kind: "points", value: 0.5 }, band: null }, { metric: "cost", weight: 1, isGating: true, margin: { kind: "ratio", value: 3 }, band: null }] as const;
    const agent = await tried({ metrics: [...metrics] });
    await doTasks(agent, ofBothArms(60, { candidate: { unknownCostCalls: 1 } }), later(1));
    await judgeRollouts(later(2));
    expect([(await agent.read()).state, (await verdictOf(agent))?.because]).toEqual(["held", { code: "metric_missing", metric: "cost" }]);
  });

  test("because the traffic stopped hold it, until tasks come again", async () => {
    const agent = await tried({ noDataHours: 2 });
    await doTasks(agent, ofBothArms(5), later(1));
    await judgeRollouts(later(2));
    await judgeRollouts(later(2 * HOUR + 1));
    expect((await agent.read()).state).toBe("running");
    await judgeRollouts(later(2 * HOUR + 2));
    const { state, revision } = await agent.read();
    expect(state).toBe("held");
    await resumeRollout(agent.owners.model_steward, { rolloutId: agent.rolloutId, revision, reason }, later(3 * HOUR));
    await judgeRollouts(later(5 * HOUR - 1));
    expect((await agent.read()).state).toBe("running");
    await judgeRollouts(later(5 * HOUR));
    expect((await agent.read()).state).toBe("held");
  });
});

describe("one version that goes silent", () => {
  const SILENT = { candidate: "No outcome of the candidate has come in for too long.", current: "No outcome of the current version has come in for too long." } as const;

  test.each(["candidate", "current"] as const)("holds it, whatever the other one tells, also where writes wait for people: the %s", async (silent) => {
    const agent = await tried();
    await doTasks(agent, ofBothArms(30), later(1));
    await judgeRollouts(later(2));
    for (const hour of [1, 12]) {
      await doTasks(agent, ofBothArms(2, { [silent]: { outcome: null } }), later(hour * HOUR));
      await judgeRollouts(later(hour * HOUR + 1));
    }
    await doTasks(agent, ofBothArms(1, { [silent]: { outcome: null } }), later(24 * HOUR));
    await judgeRollouts(later(47 * HOUR));
    expect((await agent.read()).state).toBe("running");
    // Two of the first hour, two of the twelfth, and now one more have had a day; so few are no evidence that the outcomes differ.
    await judgeRollouts(later(48 * HOUR));
    const held = await agent.read();
    expect([held.state, held.exposure, held.reason]).toEqual(["held", 0, SILENT[silent]]);
    await resumeRollout(agent.owners.model_steward, { rolloutId: agent.rolloutId, revision: held.revision, reason }, later(49 * HOUR));
    await doTasks(agent, ofBothArms(5, { [silent]: { outcome: null } }), later(50 * HOUR));
    await doTasks(agent, [{ arm: silent === "candidate" ? "current" : "candidate" }], later(73 * HOUR));
    await judgeRollouts(later(74 * HOUR - 1));
    expect((await agent.read()).state).toBe("running");
    await judgeRollouts(later(74 * HOUR));
    expect([(await agent.read()).state, await timesLogged(agent, "rollout.held")]).toEqual(["held", 2]);
  });

  test("holds nothing while it tells of some, or was given few", async () => {
    const [telling, few] = [await tried(), await tried()];
    await doTasks(telling, ofBothArms(9, { candidate: { outcome: null } }), later(1));
    await doTasks(telling, [{ arm: "candidate" }, { arm: "current" }], later(HOUR));
    await doTasks(few, ofBothArms(4, { candidate: { outcome: null } }), later(1));
    await judgeRollouts(later(HOUR + 1));
    for (const agent of [telling, few]) await doTasks(agent, [{ arm: "current" }], later(24 * HOUR));
    await judgeRollouts(later(24 * HOUR + 2));
    expect([(await telling.read()).state, (await few.read()).state]).toEqual(["running", "running"]);
  });
});

test("outcomes that count for nothing do not hide that none counts", async () => {
  const agent = await tried({ noDataHours: 2 });
  await doTasks(agent, ofBothArms(2), later(1));
  await judgeRollouts(later(2));
  await doTasks(agent, [{ arm: "candidate", receivedBeforeMs: 60_000 }], later(100));
  await judgeRollouts(later(101));
  await judgeRollouts(later(2 * HOUR + 2));
  expect([(await agent.read()).state, (await agent.read()).reason]).toEqual(["held", "No outcome has come in for too long."]);
});

describe("a judge that fails its test", () => {
  const failed: SelfTestResult = { passed: false, checks: [{ name: "swapped_pairs", expected: "action_errors better", found: "action_errors worse", passed: false }] };

  test("holds what is running and rolls nothing back by what it believes; a resumption changes nothing", async () => {
    const agent = await tried();
    await doTasks(agent, FAILING, later(1));
    await judgeRollouts(later(2), failed);
    const held = await agent.read();
    expect([held.state, held.exposure, await timesLogged(agent, "rollout.rolled_back")]).toEqual(["held", 0, 0]);
    expect(held.reason).toMatch(/nothing that it says counts/);
    await resumeRollout(agent.owners.model_steward, { rolloutId: agent.rolloutId, revision: held.revision, reason }, later(3));
    await judgeRollouts(later(4), failed);
    expect((await agent.read()).state).toBe("held");
  });

  test("is told with what it said, by whichever process judged, and promotes nothing until another one judges", async () => {
    const agent = await tried();
    await doTasks(agent, ofBothArms(60), later(1));
    await judgeRollouts(later(2));
    expect(await verdictOf(agent)).toMatchObject({ decision: "promote", selfTest: { passed: true, checks: 6, missed: [] } });
    await prisma().rollout.update({ where: { id: agent.rolloutId }, data: { state: "paused" } });
    await judgeRollouts(later(3), failed);
    expect(await verdictOf(agent)).toMatchObject({ decision: "promote", selfTest: { passed: false, missed: ["swapped_pairs"] } });
    await prisma().rollout.update({ where: { id: agent.rolloutId }, data: { state: "running" } });
    const promote = async () => promoteRollout(agent.owners.technical_owner, { rolloutId: agent.rolloutId, revision: (await agent.read()).revision }, later(4));
    await expect(promote()).rejects.toThrow(/failed its self-test/);
    await judgeRollouts(later(5));
    await promote();
    expect((await agent.read()).stageIndex).toBe(1);
  });

  test("still sees what took effect", async () => {
    const agent = await tried();
    await doTasks(agent, [{ arm: "candidate", hasEscapedViolation: true }, { arm: "current" }], later(1));
    await judgeRollouts(later(2), failed);
    expect((await agent.read()).state).toBe("rolled_back");
  });
});

describe("a hold that somebody resumed", () => {
  test("for one metric does not excuse another", async () => {
    const metric = (name: "escalation" | "action_errors") => ({ metric: name, weight: 1, isGating: true, margin: { kind: "ratio" as const, value: 10 }, band: null });
    const agent = await triedAlike({ onWorse: "hold", metrics: [metric("escalation"), metric("action_errors")] });
    await doTasks(agent, ofBothArms(60, { candidate: { isEscalated: true } }), later(1));
    await judgeRollouts(later(2));
    const held = await agent.read();
    expect([held.state, (await verdictOf(agent))?.named]).toEqual(["held", ["escalation"]]);
    await resumeRollout(agent.owners.model_steward, { rolloutId: agent.rolloutId, revision: held.revision, reason }, later(3));
    await judgeRollouts(later(4));
    expect((await agent.read()).state).toBe("running");
    await doTasks(agent, ofBothArms(60, { candidate: { isEscalated: true, actionErrors: 3 } }), later(5));
    await judgeRollouts(later(6));
    expect([(await agent.read()).state, (await verdictOf(agent))?.named.toSorted()]).toEqual(["held", ["action_errors", "escalation"]]);
  });
});
