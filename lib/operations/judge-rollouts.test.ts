import { describe, expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import { readJudgeState } from "../domain/judge-state.ts";
import { manifest } from "../testing/make-agent.ts";
import { storeAction } from "../testing/store-action.ts";
import { doTasks, FAILING, later, makeTriedAgent, ofBothArms, ofOneIn, shortStage, startTried, timesLogged, tried, verdictOf, type TriedAgent } from "../testing/tried-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { LOG_HEAD, ofWaitingForLog, oneWaitsForLog, whileLocked } from "../testing/while-locked.ts";
import { followUpsDone } from "../follow-up.ts";
import { judgeRollouts } from "./judge-rollouts.ts";
import { promoteRollout } from "./promote-rollout.ts";
import { recordOutcome } from "./run-outcome.ts";
import { resumeRollout } from "./steer-rollout.ts";
import { engageStop } from "./stops.ts";
import { systemActor } from "./people.ts";

useDatabase();

const HOUR = 60;
const reason = "Looked at it.";

const happened = async (agent: TriedAgent, kind: string) => (await agent.events()).filter((event) => event === kind).length;
const assignments = (agent: TriedAgent) => prisma().assignment.findMany({ where: { rolloutId: agent.rolloutId } });
const isWithdrawn = async ({ id, currentId, candidateId }: TriedAgent) =>
  (await prisma().agent.findUniqueOrThrow({ where: { id } })).currentVersionId === currentId && (await prisma().agentVersion.findUniqueOrThrow({ where: { id: candidateId } })).approvedAt === null;

const WELL = ofBothArms(60);

describe("a candidate that does as well", () => {
  test("may be promoted, is not promoted by itself, and starts the next stage without that evidence", async () => {
    const agent = await tried();
    await judgeRollouts(later(1));
    expect(await verdictOf(agent)).toMatchObject({ decision: "wait", because: { code: "too_few_tasks" }, stageIndex: 0 });
    await doTasks(agent, WELL, later(2));
    await judgeRollouts(later(3));
    await judgeRollouts(later(4));
    const rollout = await agent.read();
    expect([rollout.state, rollout.stageIndex, rollout.lastOutcomeAt, await timesLogged(agent, "rollout.promotable")]).toEqual(["running", 0, later(3), 1]);
    expect(await verdictOf(agent)).toMatchObject({ decision: "promote", coverage: { current: { tasks: 60, known: 60 }, candidate: { tasks: 60, known: 60 } } });
    await promoteRollout(agent.owners.technical_owner, { rolloutId: agent.rolloutId, revision: rollout.revision }, later(5));
    await judgeRollouts(later(6));
    expect([(await agent.read()).stageIndex, (await verdictOf(agent))?.decision]).toEqual([1, "wait"]);
    const [one] = await assignments(agent);
    expect(one).toMatchObject({ judgedAt: later(3), exclusion: null, segments: { country: "NO" }, values: { success: 1, latency: 900, cost: 1_000_000, violations: 0, escalation: 0, action_errors: 0 } });
  });

  test("is promoted by itself where the plan asks nobody", async () => {
    const agent = await tried({ stages: [shortStage("assisted", { approver: "nobody" }), shortStage("partial", { approver: "nobody" })] });
    for (const minutes of [10, 20]) {
      await doTasks(agent, WELL, later(minutes));
      await judgeRollouts(later(minutes + 5));
    }
    expect([(await agent.read()).state, (await prisma().agent.findUniqueOrThrow({ where: { id: agent.id } })).currentVersionId]).toEqual(["completed", agent.candidateId]);
    expect([await happened(agent, "promoted"), await happened(agent, "completed"), await timesLogged(agent, "rollout.completed")]).toEqual([1, 1, 1]);
  });

  test("becomes current by itself, and the open change of the policy is tried against its text", async () => {
    const ALLOW = "permit(principal, action, resource);";
    const agent = await makeTriedAgent({ cedar: ALLOW });
    await startTried(agent, { stages: [shortStage("assisted", { approver: "nobody" })] }, later(0));
    const { change } = await agent.register(manifest({ label: "next", policy: { cedar: `${ALLOW}\nforbid(principal, action, resource) when { context.hour < 6 };` } }));
    const factsOf = async () => (await prisma().change.findUniqueOrThrow({ where: { id: change?.id ?? "" } })).facts as { sentence: string }[];
    expect((await factsOf())[0]?.sentence).toBe("The policy has a text, which the gate applies to each call.");
    await doTasks(agent, WELL, later(10));
    await judgeRollouts(later(15));
    expect((await agent.read()).state).toBe("completed");
    expect((await factsOf())[0]?.sentence).toBe("The text of the policy says something else: +1 −0 lines. There were no recorded calls to try it on.");
  });

  test("gets more tasks step by step, each after its own", async () => {
    const agent = await tried({ stages: [shortStage("assisted", { exposures: [0.1, 0.25, 0.5] })], metrics: [{ metric: "success", weight: 1, isGating: true, margin: { kind: "points", value: 0.01 }, band: null }] });
    const exposures = [];
    for (const [minutes, oneIn] of [[10, 10], [20, 4], [30, 2], [40, 2]] as const) {
      await doTasks(agent, ofOneIn(oneIn, 20), later(minutes));
      await judgeRollouts(later(minutes + 1));
      await judgeRollouts(later(minutes + 2));
      exposures.push((await agent.read()).exposure);
    }
    expect(exposures).toEqual([0.25, 0.5, 0.5, 0.5]);
    expect([await happened(agent, "exposure"), (await agent.read()).exposureIndex]).toEqual([2, 2]);
  });
});

describe("a candidate that does worse", () => {
  test("is rolled back, once, whoever judges at the same time", async () => {
    const agent = await tried();
    await doTasks(agent, FAILING, later(1));
    await Promise.all(Array.from({ length: 4 }, () => judgeRollouts(later(2))));
    await judgeRollouts(later(3));
    expect([(await agent.read()).state, (await agent.read()).exposure, await isWithdrawn(agent)]).toEqual(["rolled_back", 0, true]);
    expect([await happened(agent, "rolled_back"), await timesLogged(agent, "rollout.rolled_back")]).toEqual([1, 1]);
    expect(await verdictOf(agent)).toMatchObject({ decision: "roll_back", because: { code: "worse", metric: "success" } });
  });

  test("is only held where the plan says so, and not for the same reason again once somebody resumed it", async () => {
    const agent = await tried({ onWorse: "hold" });
    await doTasks(agent, FAILING, later(1));
    await judgeRollouts(later(2));
    const held = await agent.read();
    expect([held.state, held.exposure, held.reason, await timesLogged(agent, "rollout.held")]).toEqual(["held", 0, "The candidate does worse.", 1]);
    await resumeRollout(agent.owners.model_steward, { rolloutId: agent.rolloutId, revision: held.revision, reason }, later(3));
    await judgeRollouts(later(4));
    expect([(await agent.read()).state, (await agent.read()).exposure]).toEqual(["running", 0.5]);
    await expect(promoteRollout(agent.owners.technical_owner, { rolloutId: agent.rolloutId, revision: (await agent.read()).revision })).rejects.toThrow(/not there yet/);
  });

  test("has taken back what it did where the plan says so; what takes a second person waits for one", async () => {
    const agent = await tried({ onRollBack: "compensate" });
    const compensation = { hook: { kind: "tool", tool: "credit_take" }, description: "Take it back." };
    const did = await Promise.all([later(1), later(2)].map((at) => storeAction(agent.id, { state: "committed", versionId: agent.candidateId, preparedAt: at, startedAt: at, compensation })));
    await storeAction(agent.id, { state: "committed", versionId: agent.currentId, preparedAt: later(1), compensation });
    await storeAction(agent.id, { state: "committed", versionId: agent.candidateId, preparedAt: later(-1), compensation });
    await doTasks(agent, FAILING, later(3));
    await judgeRollouts(later(4));
    const { state, undoId } = await agent.read();
    const undo = await prisma().undo.findUniqueOrThrow({ where: { id: undoId ?? "" }, include: { steps: true } });
    expect([state, undo.state, undo.startedByName, undo.steps.map(({ actionId }) => actionId).toSorted()]).toEqual(["rolled_back", "waiting", "Holdpoint", did.toSorted()]);
    expect(await prisma().logEntry.count({ where: { subject: undo.id, kind: "undo.started" } })).toBe(1);
  });

  test("is rolled back even where there is too much to take back at once", async () => {
    const agent = await tried({ onRollBack: "compensate" });
    const one = await storeAction(agent.id, { state: "committed", versionId: agent.candidateId, preparedAt: later(1) });
    await prisma().$executeRaw`INSERT INTO action SELECT (jsonb_populate_record(a, jsonb_build_object('id', 'ac_' || n || a.id, 'idempotency_key', n || a.id))).* FROM action a, generate_series(1, 1000) n WHERE a.id = ${one}`;
    await doTasks(agent, FAILING, later(3));
    await judgeRollouts(later(4));
    const event = await prisma().rolloutEvent.findFirstOrThrow({ where: { rolloutId: agent.rolloutId, kind: "rolled_back" } });
    expect([(await agent.read()).state, (await agent.read()).undoId, (event.detail as { undoFault?: string }).undoFault]).toEqual(["rolled_back", null, "At most 1,000 actions are taken back at once; choose a later time."]);
  });

  test("and a process that dies after the verdict leave nothing behind: the next one does it, once", async () => {
    const agent = await tried();
    await doTasks(agent, FAILING, later(1));
    // The entry in the log is the last thing of the transaction: there it waits, and there it dies.
    await whileLocked(LOG_HEAD, async (locked) => {
      const dying = judgeRollouts(later(2));
      await oneWaitsForLog(locked);
      await locked.other.query(`SELECT pg_terminate_backend(pid) ${ofWaitingForLog}`);
      await dying;
    });
    expect([(await agent.read()).state, (await assignments(agent)).filter(({ judgedAt }) => judgedAt).length, await happened(agent, "verdict")]).toEqual(["running", 0, 0]);
    await judgeRollouts(later(3));
    await judgeRollouts(later(4));
    expect([(await agent.read()).state, await happened(agent, "rolled_back"), await timesLogged(agent, "rollout.rolled_back")]).toEqual(["rolled_back", 1, 1]);
  });

  test("never waits for somebody who decides about the agent, and comes back", async () => {
    const agent = await tried();
    await doTasks(agent, FAILING, later(1));
    await whileLocked(`SELECT 1 FROM agent WHERE id = '${agent.id}' FOR UPDATE`, async () => {
      await judgeRollouts(later(2));
      expect([(await agent.read()).state, (await assignments(agent)).filter(({ judgedAt }) => judgedAt).length]).toEqual(["running", 0]);
    });
    await judgeRollouts(later(3));
    expect((await agent.read()).state).toBe("rolled_back");
  });

  test("is judged on while it is paused or held", async () => {
    const agent = await tried();
    await prisma().rollout.update({ where: { id: agent.rolloutId }, data: { state: "paused" } });
    await doTasks(agent, FAILING, later(1));
    await judgeRollouts(later(2));
    expect((await agent.read()).state).toBe("rolled_back");
  });
});

describe("what must never be done", () => {
  test.each([["the candidate", "candidate", "rolled_back"], ["the current version", "current", "running"]] as const)("by %s", async (_who, arm, state) => {
    const agent = await tried();
    await doTasks(agent, [{ arm, hasEscapedViolation: true }], later(1));
    await judgeRollouts(later(2));
    expect((await agent.read()).state).toBe(state);
  });

  test("counts when it is told after the outcome was judged, even of a task that is not compared", async () => {
    for (const given of [{}, { receivedBeforeMs: 60_000 }]) {
      const agent = await tried();
      const [task] = await doTasks(agent, [{ arm: "candidate", ...given }], later(1));
      await judgeRollouts(later(2));
      expect((await agent.read()).state).toBe("running");
      await recordOutcome(systemActor, task ?? "", { outcome: "success", hasEscapedViolation: true, agent: agent.id }, later(3));
      await judgeRollouts(later(4));
      expect([(await agent.read()).state, (await agent.read()).reason]).toEqual(["rolled_back", "The candidate did what must never be done."]);
    }
  });
});

describe("an outcome", () => {
  test("that is said twice is judged once", async () => {
    const agent = await tried();
    const [task] = await doTasks(agent, [{ arm: "candidate" }, { arm: "current" }], later(1));
    await judgeRollouts(later(2));
    await recordOutcome(systemActor, task ?? "", { outcome: "failure", agent: agent.id }, later(3));
    await judgeRollouts(later(4));
    expect((await verdictOf(agent))?.metrics.find(({ metric }) => metric === "success")?.candidate).toMatchObject({ tasks: 1, known: 1, events: 1 });
    expect((await assignments(agent)).every(({ judgedAt }) => judgedAt?.getTime() === later(2).getTime())).toBe(true);
  });

  test("of a task that was heard of before it was assigned counts for nothing", async () => {
    const agent = await tried();
    await doTasks(agent, ofBothArms(60, { candidate: { outcome: "failure", receivedBeforeMs: 60_000 } }), later(1));
    await judgeRollouts(later(2));
    expect([(await agent.read()).state, (await verdictOf(agent))?.excluded]).toEqual(["running", { early: 60 }]);
  });

  test("of a version that the task was not given to counts for nothing, and many of them hold it", async () => {
    const agent = await tried();
    const swapped = [{ arm: "candidate", versionId: agent.currentId }, { arm: "current", versionId: agent.candidateId, outcome: "failure" }, { arm: "candidate", versionId: null }] as const;
    await doTasks(agent, swapped, later(1));
    await judgeRollouts(later(2));
    expect([(await agent.read()).state, (await verdictOf(agent))?.excluded]).toEqual(["running", { crossed: 3 }]);
    await doTasks(agent, swapped, later(3));
    await judgeRollouts(later(4));
    const held = await agent.read();
    expect([held.state, held.reason]).toEqual(["held", "Too many tasks ran with another version than the one that they were given to."]);
    // Whoever resumes it has mended the cause: only what crosses from now on counts, and it counts again.
    await resumeRollout(agent.owners.model_steward, { rolloutId: agent.rolloutId, revision: held.revision, reason }, later(5));
    await judgeRollouts(later(6));
    expect((await agent.read()).state).toBe("running");
    await doTasks(agent, [...swapped, ...swapped], later(7));
    await judgeRollouts(later(8));
    expect((await agent.read()).state).toBe("held");
  });

  test("of a customer that the other version served counts for nothing", async () => {
    const agent = await tried({ unit: "customer" });
    await doTasks(agent, [{ arm: "current", unit: "c1" }, { arm: "candidate", unit: "c2" }], later(1));
    await judgeRollouts(later(2));
    await doTasks(agent, [{ arm: "candidate", unit: "c1", task: "moved" }, { arm: "candidate", unit: "c2" }, { arm: "current", unit: "c3" }, { arm: "candidate", unit: "c3" }], later(3));
    await judgeRollouts(later(4));
    const moved = (await assignments(agent)).filter(({ exclusion }) => exclusion === "moved_unit");
    expect([moved.length, moved.some(({ taskId }) => taskId === "moved"), (await agent.read()).state]).toEqual([2, true, "running"]);
  });
});

describe("ends", () => {
  test("at its deadline in a hold, and goes on when somebody resumes it", async () => {
    const agent = await tried({ deadlineDays: 1, noDataHours: 300 });
    await judgeRollouts(later(24 * HOUR));
    const held = await agent.read();
    expect([held.state, held.reason]).toEqual(["held", "Its deadline has passed."]);
    await resumeRollout(agent.owners.model_steward, { rolloutId: agent.rolloutId, revision: held.revision, reason }, later(25 * HOUR));
    await judgeRollouts(later(26 * HOUR));
    expect([(await agent.read()).state, (await agent.read()).deadlineAt]).toEqual(["running", later(49 * HOUR)]);
    await judgeRollouts(later(49 * HOUR));
    expect((await agent.read()).state).toBe("held");
  });

  test.each([
    ["its agent", "agent", ({ id }: TriedAgent) => id], ["the fleet", "fleet", () => ""], ["the version that is current", "version", ({ currentId }: TriedAgent) => currentId],
    ["the version that is tried", "version", ({ candidateId }: TriedAgent) => candidateId],
  ] as const)("with a kill switch on %s", async (_what, scope, targetOf) => {
    const agent = await tried();
    const { stopId } = await engageStop(systemActor, { scope, target: targetOf(agent), reason: null });
    // An agent that is busy with its stop is judged in the next round.
    await followUpsDone();
    await judgeRollouts(later(1));
    await prisma().stop.update({ where: { id: stopId }, data: { releasedAt: later(2) } });
    expect([(await agent.read()).state, (await agent.read()).reason, await isWithdrawn(agent), await timesLogged(agent, "rollout.aborted")]).toEqual(["aborted", "A kill switch was engaged.", true, 1]);
  });

  test("with no switch that another agent, or one tool, is stopped by", async () => {
    const [agent, other] = [await tried(), await makeTriedAgent()];
    await engageStop(systemActor, { scope: "agent", target: other.id, reason: null });
    await engageStop(systemActor, { scope: "tool", target: `${agent.id}/refund_create`, reason: null });
    await judgeRollouts(later(1));
    expect([(await agent.read()).state, (await other.read()).state]).toEqual(["running", "planned"]);
  });
});

describe("in shadow", () => {
  test("both versions' runs of one task are a pair, and a candidate that errs is rolled back", async () => {
    const errors = [{ metric: "action_errors", weight: 1, isGating: true, margin: { kind: "ratio", value: 3 }, band: null }] as const;
    const [good, bad] = [await tried({ stages: [shortStage("shadow")], metrics: [...errors] }), await tried({ stages: [shortStage("shadow")], metrics: [...errors] })];
    await doTasks(good, Array.from({ length: 40 }, () => ({ shadow: {} })), later(1));
    await doTasks(bad, Array.from({ length: 40 }, () => ({ shadow: { actionErrors: 1 } })), later(1));
    await judgeRollouts(later(1));
    expect((await assignments(good)).filter(({ judgedAt }) => judgedAt)).toHaveLength(0);
    await judgeRollouts(later(5));
    expect([(await good.read()).state, (await good.read()).reason, (await bad.read()).state]).toEqual(["running", null, "rolled_back"]);
    expect(await verdictOf(good)).toMatchObject({ coverage: { current: { tasks: 40, known: 40 }, candidate: { tasks: 40, known: 40 } } });
    expect((await assignments(good))[0]).toMatchObject({ values: { action_errors: 0, success: 1 }, shadowValues: { action_errors: 0, success: null } });
  });

  test("a run of another version than the candidate is no pair", async () => {
    const agent = await tried({ stages: [shortStage("shadow")] });
    await doTasks(agent, [{ shadow: { versionId: agent.currentId, outcome: "failure" } }], later(1));
    await judgeRollouts(later(2));
    expect((await assignments(agent))[0]?.exclusion).toBe("crossed");
  });
});

test("violations are counted over what the gate refused by policy, but not for reading", async () => {
  const agent = await tried();
  const [refused, stopped, read, none] = await doTasks(agent, ofBothArms(2), later(1));
  const row = { agentId: agent.id, versionId: agent.candidateId, toolCallId: "1", inputDigest: "x", decision: "deny", sentence: "", policies: [], facts: {}, decidedAt: later(1) };
  await prisma().gateDecision.createMany({ data: [
    { ...row, id: "gd_1", conversationId: refused ?? "", tool: "refund_create", reason: "policy" }, { ...row, id: "gd_2", conversationId: stopped ?? "", tool: "refund_create", reason: "kill_switch" },
    { ...row, id: "gd_3", conversationId: read ?? "", tool: "order_get", reason: "policy" }, { ...row, id: "gd_4", conversationId: none ?? "", tool: "refund_create", reason: "policy", decision: "hold" },
  ] });
  await judgeRollouts(later(2));
  const violations = new Map((await assignments(agent)).map(({ taskId, values }) => [taskId, (values as Record<string, number>).violations]));
  expect([refused, stopped, read, none].map((task) => violations.get(task ?? ""))).toEqual([1, 0, 0, 0]);
});

test("what another version of the judge learned is learned again from what is kept", async () => {
  const agent = await tried();
  await doTasks(agent, ofBothArms(30, { candidate: { isEscalated: true } }), later(1));
  await judgeRollouts(later(2));
  const [verdict, learned] = [await verdictOf(agent), (await agent.read()).judgeState];
  await prisma().rollout.update({ where: { id: agent.rolloutId }, data: { judgeState: { version: 0 }, verdict: {} } });
  await doTasks(agent, [{ arm: "current" }], later(3));
  await judgeRollouts(later(4));
  const again = await verdictOf(agent);
  expect(again?.metrics.map(({ candidate }) => candidate)).toEqual(verdict?.metrics.map(({ candidate }) => candidate));
  expect([readJudgeState(learned)?.tasks, readJudgeState((await agent.read()).judgeState)?.tasks]).toEqual([[30, 30], [31, 30]]);
});

test("one rollout that cannot be judged holds up no other, and a plan that cannot be read holds its own", async () => {
  const [broken, fine] = [await tried(), await tried()];
  await prisma().rollout.update({ where: { id: broken.rolloutId }, data: { plan: { of: "another time" } } });
  await doTasks(fine, FAILING, later(1));
  await judgeRollouts(later(2));
  expect([(await broken.read()).state, (await fine.read()).state]).toEqual(["held", "rolled_back"]);
});
