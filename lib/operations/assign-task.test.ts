import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import { BadInput, NotFound, NotPermitted } from "../errors.ts";
import { actingManifest, makeActingAgent, type ActingAgent } from "../testing/acting-agent.ts";
import { makeAgent, makePerson } from "../testing/make-agent.ts";
import { makeRollout, type MadeRollout } from "../testing/make-rollout.ts";
import { useDatabase } from "../testing/use-database.ts";
import { assignTask, type TaskAssignment } from "./assign-task.ts";
import { systemActor } from "./people.ts";
import { engageStop, stopSchema } from "./stops.ts";

useDatabase();

const candidate = (prompt = "A new prompt.") => actingManifest({ label: "2.0", prompt });
let agent: ActingAgent, rollout: MadeRollout;
beforeAll(async () => {
  agent = await makeActingAgent();
  rollout = await makeRollout(agent, { candidate: candidate() });
});

const assign = (task: string, more: { unit?: string; agentId?: string } = {}) => assignTask({ ...agent.key, agentIds: ["*"] }, { agentId: agent.id, unit: null, task, ...more });
const assignAll = (tasks: string[]) => Promise.all(tasks.map((task) => assign(task)));
const names = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
const rowOf = (taskId: string) => prisma().assignment.findFirst({ where: { agentId: agent.id, taskId } });
const meant = ({ rolloutId, task, arm, version, probability, stage, shadow, effects }: TaskAssignment) => ({ rolloutId, task, arm, version, probability, stage, shadow, effects });

describe("a task", () => {
  test("gets a version with its probability, stored and in the log", async () => {
    const all = await assignAll(names("first", 60));
    const of = (arm: string) => all.filter((one) => one.arm === arm);
    expect([of("current").length > 5, of("candidate").length > 5]).toEqual([true, true]);
    expect(of("candidate")[0]).toMatchObject({
      rolloutId: rollout.id, version: { id: rollout.candidateId, number: 2, label: "2.0" }, probability: 0.5, stage: "assisted", shadow: null, effects: { order_get: "read", payout_send: "irreversible" }, isRepeat: false,
      sentence: "The candidate version does this task: the candidate gets 50 % of them.",
    });
    expect(of("current")[0]).toMatchObject({ rolloutId: rollout.id, version: { id: rollout.currentId, number: 1, label: "1.0" }, probability: 0.5, effects: null });
    const task = of("candidate")[0]?.task ?? "";
    expect(await rowOf(task)).toMatchObject({ rolloutId: rollout.id, unit: task, arm: "candidate", probability: 0.5, stageIndex: 1, exposureIndex: 0, judgedAt: null, exclusion: null });
    const entries = await prisma().logEntry.findMany({ where: { kind: "task.assigned", agentId: agent.id } });
    expect(entries.filter(({ body }) => body.includes(`"task":"${task}"`)).map(({ subject }) => subject)).toEqual([rollout.id]);
  });

  test("stays where it is: asked again, asked twenty times at once, after the exposure changed", async () => {
    const tasks = names("stable", 12);
    const first = await assignAll(tasks);
    await rollout.set({ exposure: 0.9 });
    const again = await assignAll([...tasks, ...tasks]);
    await rollout.set({ exposure: 0.5 });
    expect(again.map(meant)).toEqual([...first, ...first].map(meant));
    expect(again.every(({ isRepeat }) => isRepeat)).toBe(true);
    const twenty = await assignAll(Array.from({ length: 20 }, () => "twenty"));
    expect(new Set(twenty.map(({ arm }) => arm)).size).toBe(1);
    expect(twenty.filter(({ isRepeat }) => !isRepeat)).toHaveLength(1);
    expect(await prisma().assignment.count({ where: { taskId: "twenty" } })).toBe(1);
  });

  test.each(["paused", "held"])("is the current version's while the rollout is %s, also afterwards, and counts for nothing", async (state) => {
    await rollout.set({ state, exposure: 0.99 });
    const all = await assignAll(names(state, 20));
    await rollout.set({ state: "running" });
    const later = await assignAll(names(state, 20));
    await rollout.set({ exposure: 0.5 });
    for (const one of [...all, ...later]) expect(one).toMatchObject({ arm: "current", probability: 0, version: { id: rollout.currentId }, effects: null });
    expect(all[0]?.sentence).toBe(`The rollout is ${state}, so the current version does this task.`);
    expect(await rowOf(`${state}-0`)).toMatchObject({ exclusion: "not_compared", probability: 0 });
    expect((await rowOf(`${state}-0`))?.judgedAt).not.toBeNull();
  });

  test("that the candidate has, keeps it while the rollout pauses and is told the truth when it is over", async () => {
    const other = await makeActingAgent();
    const own = await makeRollout(other, { candidate: candidate(), exposure: 0.999 });
    expect(await assign("T-1", { agentId: other.id })).toMatchObject({ arm: "candidate" });
    await own.set({ state: "paused" });
    expect(await assign("T-1", { agentId: other.id })).toMatchObject({ arm: "candidate", isRepeat: true });
    await own.set({ state: "rolled_back" });
    expect(await assign("T-1", { agentId: other.id })).toMatchObject({ arm: "candidate", version: { id: own.candidateId }, sentence: expect.stringMatching(/may only recommend/) as string });
    expect(await assign("T-2", { agentId: other.id })).toMatchObject({ rolloutId: null, arm: "current", version: { id: own.currentId }, probability: null });
    expect(await prisma().assignment.count({ where: { agentId: other.id } })).toBe(1);
  });

  describe("of a rollout that ended as planned", () => {
    const HOUR = 3_600_000;
    let other: ActingAgent, own: MadeRollout, told: TaskAssignment[];
    const again = (hours = 0) => Promise.all(told.map(({ task }) => assignTask({ ...other.key, agentIds: ["*"] }, { agentId: other.id, unit: null, task }, new Date(Date.now() + hours * HOUR))));
    const of = (all: readonly TaskAssignment[], arm: string) => all.filter((_, index) => told[index]?.arm === arm);
    const current = async (currentVersionId: string) => prisma().agent.update({ where: { id: other.id }, data: { currentVersionId } });

    beforeEach(async () => {
      other = await makeActingAgent();
      own = await makeRollout(other, { candidate: candidate() });
      told = [];
      for (const task of names("ended", 16)) told.push(await assign(task, { agentId: other.id }));
      await own.set({ state: "completed", exposure: 0 });
      await current(own.candidateId);
    });

    test("ends with the version that it began with, for a day", async () => {
      const repeated = await again(1);
      expect(new Set(told.map(({ arm }) => arm)).size).toBe(2);
      expect(repeated.map(meant)).toEqual(told.map(meant));
      expect(repeated.every(({ isRepeat }) => isRepeat)).toBe(true);
      expect(of(repeated, "current")[0]).toMatchObject({ version: { id: own.currentId }, sentence: "The version before the current one has this task, as it was assigned: what was begun with it ends with it." });
      expect(await assign("new", { agentId: other.id })).toMatchObject({ rolloutId: null, version: { id: own.candidateId }, isRepeat: false });
      for (const one of await again(25)) expect(one).toMatchObject({ rolloutId: null, arm: "current", version: { id: own.candidateId }, isRepeat: false });
    });

    test("is not told a version that a kill switch covers or that is not approved any more", async () => {
      await prisma().agentVersion.update({ where: { id: own.currentId }, data: { approvedAt: null } });
      for (const one of of(await again(), "current")) expect(one).toMatchObject({ rolloutId: null, version: { id: own.candidateId } });
      await prisma().agentVersion.update({ where: { id: own.currentId }, data: { approvedAt: new Date() } });
      await current(own.currentId);
      await engageStop(systemActor, stopSchema.parse({ scope: "version", target: own.currentId, reason: "It pays twice." }));
      await current(own.candidateId);
      for (const one of of(await again(), "current")) expect(one).toMatchObject({ rolloutId: null, version: { id: own.candidateId } });
    });

    test("is not told the candidate once another version is current", async () => {
      await current(own.currentId);
      for (const one of await again()) expect(one).toMatchObject({ rolloutId: null, arm: "current", version: { id: own.currentId } });
    });
  });

  test("in the shadow stage is the current version's, and the candidate's beside it", async () => {
    const other = await makeActingAgent();
    const own = await makeRollout(other, { candidate: candidate(), stage: "shadow" });
    expect(await assign("T-1", { agentId: other.id })).toMatchObject({
      arm: "current", probability: 0, stage: "shadow", version: { id: own.currentId }, shadow: { version: { id: own.candidateId }, conversation: "T-1~shadow" }, effects: { order_get: "read" },
    });
    expect(await prisma().assignment.findFirst({ where: { agentId: other.id } })).toMatchObject({ arm: "current", shadowTaskId: "T-1~shadow", exclusion: null, judgedAt: null });
    await own.set({ state: "aborted" });
    expect(await assign("T-1", { agentId: other.id })).toMatchObject({ arm: "current", shadow: null, effects: null, isRepeat: true });
  });

  test("of one customer goes where the customer's other tasks went; without one it is compared with nothing", async () => {
    const other = await makeActingAgent();
    await makeRollout(other, { candidate: candidate(), plan: { unit: "customer" } });
    const arms = new Map<string, Set<string>>();
    for (const customer of names("customer", 12)) {
      for (const task of names(customer, 3)) arms.set(customer, (arms.get(customer) ?? new Set()).add((await assign(task, { agentId: other.id, unit: customer })).arm));
    }
    expect([...arms.values()].map(({ size }) => size)).toEqual(Array.from({ length: 12 }, () => 1));
    expect(new Set([...arms.values()].flatMap((set) => [...set])).size).toBe(2);
    expect(await prisma().assignment.count({ where: { agentId: other.id, unit: "customer-3" } })).toBe(3);
    expect(await assign("alone", { agentId: other.id })).toMatchObject({ arm: "current", probability: 0, sentence: expect.stringMatching(/whole customer/) as string });
    const bodies = await prisma().logEntry.findMany({ where: { kind: "task.assigned", agentId: other.id }, select: { body: true } });
    expect(bodies.filter(({ body }) => body.includes('"customer-3"'))).toEqual([]);
  });

  test.each<[string, (made: { agent: ActingAgent; own: MadeRollout }) => { scope: string; target?: string }, boolean]>([
    ["the agent", ({ agent: { id } }) => ({ scope: "agent", target: id }), true],
    ["the candidate", ({ own }) => ({ scope: "version", target: own.candidateId }), true],
    ["the current version", ({ own }) => ({ scope: "version", target: own.currentId }), true],
    ["one tool", ({ agent: { id } }) => ({ scope: "tool", target: `${id}/refund_create` }), false],
    ["another agent", () => ({ scope: "agent", target: agent.id }), false],
  ])("under a stop of %s", async (_, scopeOf, isStopped) => {
    const made = await makeActingAgent();
    const own = await makeRollout(made, { candidate: candidate(), exposure: 0.999 });
    const { stopId } = await engageStop(await makePerson("Ola", ["on_call"]), stopSchema.parse(scopeOf({ agent: made, own })));
    expect(await assign("T-1", { agentId: made.id })).toMatchObject(isStopped ? { arm: "current", probability: 0 } : { arm: "candidate", probability: 0.999 });
    await prisma().stop.update({ where: { id: stopId }, data: { releasedAt: new Date() } });
  });

  test("of an agent without a rollout is the current version's, and nothing is stored", async () => {
    const other = await makeAgent();
    expect(await assign("T-1", { agentId: other.id })).toMatchObject({ rolloutId: null, arm: "current", version: { number: 1 }, probability: null, stage: null, shadow: null, isRepeat: false });
    const bare = await makeAgent({ isApproved: false });
    expect(await assign("T-1", { agentId: bare.id })).toMatchObject({ arm: "current", version: null });
    expect(await prisma().assignment.count({ where: { agentId: { in: [other.id, bare.id] } } })).toBe(0);
  });

  test("of another agent with the same id is another task", async () => {
    const other = await makeActingAgent();
    const own = await makeRollout(other, { candidate: candidate(), exposure: 0.999 });
    await rollout.set({ exposure: 0.001 });
    const [mine, theirs] = await Promise.all([assign("shared"), assign("shared", { agentId: other.id })]);
    await rollout.set({ exposure: 0.5 });
    expect([mine, theirs]).toMatchObject([{ rolloutId: rollout.id, arm: "current" }, { rolloutId: own.id, arm: "candidate" }]);
  });
});

describe("refused", () => {
  test.each(["", "T-1~shadow", "\ud800", "a".repeat(201), "a\u0000"])("the task %j", async (task) => {
    await expect(assign(task)).rejects.toThrow(BadInput);
  });

  test("a unit that cannot be stored, an agent that is not there, and whoever may not; the others of the group get their answers", async () => {
    const answers = await Promise.allSettled([
      assign("ok-1"), assign("bad", { unit: "\ud800" }), assign("bad", { agentId: "nobody" }), assign("ok-2"),
      assignTask({ ...agent.key, scopes: ["telemetry"] }, { agentId: agent.id, task: "bad", unit: null }),
      assignTask({ ...agent.key, agentIds: ["another"] }, { agentId: agent.id, task: "bad", unit: null }),
      assignTask(agent.owners.technical_owner, { agentId: agent.id, task: "bad", unit: null }),
    ]);
    expect(answers.map((answer) => (answer.status === "fulfilled" ? answer.status : (answer.reason as Error).constructor))).toEqual(["fulfilled", BadInput, NotFound, "fulfilled", NotPermitted, NotPermitted, NotPermitted]);
    expect(await rowOf("bad")).toBeNull();
    expect(await assignTask(systemActor, { agentId: agent.id, task: "ok-1", unit: null })).toMatchObject({ isRepeat: true });
  });
});
