import { prisma } from "../../lib/database/database.ts";
import { placeOf } from "../../lib/domain/assign-arm.ts";
import { canaryPlanSchema, type CanaryPlan, type StagePlan } from "../../lib/domain/canary-plan.ts";
import { promoteRollout, waiveRollout } from "../../lib/operations/promote-rollout.ts";
import { startRollout } from "../../lib/operations/start-rollout.ts";
import { abortRollout, pauseRollout, resumeRollout } from "../../lib/operations/steer-rollout.ts";
import { manifestOf, type TestAgent } from "../fixtures.ts";
import { AGENTS_ONLY, until } from "../own-server.ts";
import { expect, test } from "./own-house.ts";
import { exportedTrace, newTraceId, postTraces, type Caller } from "./telemetry.ts";

test.describe.configure({ timeout: 240_000 });

type Arm = "current" | "candidate";
const LABELS: Readonly<Record<Arm, string>> = { current: "1.0", candidate: "2.0" };

const stage = (name: StagePlan["stage"], changes: Partial<StagePlan> = {}): StagePlan => ({ stage: name, exposures: [0.5], minimumTasks: 20, minimumCoverage: 0.9, approver: "any_reviewer", marginRatio: 10, ...changes });
/** One metric, of which half may be lost: some dozens of tasks conclude. */
const SHORT: Partial<CanaryPlan> = { metrics: [{ metric: "success", weight: 1, isGating: true, margin: { kind: "points", value: 0.5 }, band: null }], stages: [stage("assisted"), stage("partial")] };

interface Doing {
  outcomeOf?: (arm: Arm) => string;
  /** With which version a task runs that was given to this one. */
  runs?: (arm: Arm) => Arm;
  modelOf?: (arm: Arm) => string | undefined;
}

/** The rollout of an agent whose tasks are assigned, told and judged over HTTP. */
class Tried {
  readonly agent: TestAgent;
  readonly rolloutId: string;
  readonly caller: Caller;
  constructor(agent: TestAgent, rolloutId: string, caller: Caller) {
    this.agent = agent;
    this.rolloutId = rolloutId;
    this.caller = caller;
  }

  static async plan(makeAgent: () => Promise<TestAgent>, url: string): Promise<Tried> {
    const agent = await makeAgent();
    const { change } = await agent.register(manifestOf({ label: "2.0", prompt: "You handle refunds and invoices." }));
    await agent.approve(change?.id ?? "");
    const { id } = await prisma().rollout.findUniqueOrThrow({ where: { changeId: change?.id ?? "" } });
    return new Tried(agent, id, { url, secret: await agent.key() });
  }

  read = () => prisma().rollout.findUniqueOrThrow({ where: { id: this.rolloutId } });
  taskOf = (taskId: string) => prisma().assignment.findFirst({ where: { rolloutId: this.rolloutId, taskId } });
  events = async (kind: string) => prisma().rolloutEvent.findMany({ where: { rolloutId: this.rolloutId, kind } });
  now = async () => ({ rolloutId: this.rolloutId, revision: (await this.read()).revision, reason: "For the spec." });
  judged = (where: object = {}) => prisma().assignment.count({ where: { rolloutId: this.rolloutId, judgedAt: { not: null }, ...where } });

  async start(changes: Partial<CanaryPlan> = SHORT): Promise<this> {
    const { plan, revision } = await this.read();
    await startRollout(await this.agent.team.model_steward.actor(), { rolloutId: this.rolloutId, revision, startsAnyway: true, plan: { ...canaryPlanSchema.parse(plan), ...changes } });
    return this;
  }

  async post(path: string, body: object): Promise<{ status: number; body: Record<string, unknown> }> {
    const response = await fetch(this.caller.url + path, { method: "POST", headers: { authorization: `Bearer ${this.caller.secret}`, "content-type": "application/json" }, body: JSON.stringify(body) });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  async assign(task: string, unit?: string): Promise<Arm> {
    const { status, body } = await this.post("/v1/assignments", { agent: { id: this.agent.id }, task, ...(unit === undefined ? {} : { unit }) });
    expect(status).toBe(200);
    return body.arm === "candidate" ? "candidate" : "current";
  }

  /** `skewMs`: by so much the sender's clock is wrong. */
  async run(task: string, arm: Arm, { skewMs = 0, model }: { skewMs?: number; model?: string | undefined } = {}): Promise<void> {
    const trace = exportedTrace({ service: this.agent.id, traceId: task, version: LABELS[arm] });
    for (const span of trace.resourceSpans[0]?.scopeSpans[0]?.spans ?? []) {
      for (const attribute of span.attributes) if (model !== undefined && attribute.key === "gen_ai.request.model") attribute.value = { stringValue: model };
      span.startTimeUnixNano = `${BigInt(span.startTimeUnixNano) + BigInt(skewMs) * 1_000_000n}`;
      span.endTimeUnixNano = `${BigInt(span.endTimeUnixNano) + BigInt(skewMs) * 1_000_000n}`;
    }
    expect((await postTraces(this.caller, trace)).status).toBe(200);
  }

  outcome = (task: string, outcome = "success") => this.post(`/v1/runs/${task}/outcome`, { outcome });

  /** Left out: as a well-behaved agent does it. */
  async do({ outcomeOf = () => "success", runs = (arm) => arm, modelOf = () => undefined }: Doing = {}): Promise<string> {
    const task = newTraceId();
    const arm = await this.assign(task);
    await this.run(task, runs(arm), { model: modelOf(arm) });
    expect((await this.outcome(task, outcomeOf(arm))).status).toBe(200);
    return task;
  }

  async doMany(count: number, how: Doing = {}): Promise<string[]> {
    const tasks: string[] = [];
    while (tasks.length < count) tasks.push(...(await Promise.all(Array.from({ length: Math.min(10, count - tasks.length) }, () => this.do(how)))));
    return tasks;
  }
}

test("outcomes that come twice, too early, of nobody's task or by a wrong clock", async ({ ownAddress, start, makeAgent }) => {
  const { url } = await start({ DATABASE_URL: ownAddress, ...AGENTS_ONLY });
  const tried = await (await Tried.plan(makeAgent, url)).start();

  await test.step("twice: judged once", async () => {
    const task = await tried.do();
    await until(async () => (await tried.judged({ taskId: task })) === 1, "the task is judged");
    const first = await tried.taskOf(task);
    await tried.run(task, first?.arm === "candidate" ? "candidate" : "current");
    await tried.outcome(task);
    await tried.outcome(task, "failure");
    const next = await tried.do();
    await until(async () => (await tried.judged({ taskId: next })) === 1, "the next task is judged");
    // What was judged stays; that somebody said otherwise afterwards is kept beside it.
    expect(await tried.taskOf(task)).toEqual({ ...first, values: { ...(first?.values as object), corrected: { success: 0 } } });
  });

  await test.step("of a task that nobody knows: refused; of one that was never assigned: no part of it", async () => {
    expect((await tried.outcome(newTraceId())).status).toBe(404);
    const task = newTraceId();
    await tried.run(task, "candidate");
    expect((await tried.outcome(task)).status).toBe(200);
    expect(await tried.taskOf(task)).toBeNull();
  });

  await test.step("before the assignment: counts for nothing", async () => {
    const task = newTraceId();
    await tried.run(task, "current");
    await tried.outcome(task);
    await tried.assign(task);
    await until(async () => (await tried.judged({ taskId: task })) === 1, "the early task is looked at");
    expect((await tried.taskOf(task))?.exclusion).toBe("early");
  });

  await test.step("by a clock that is a day late or early: counted, because only Holdpoint's clock decides what was first", async () => {
    for (const skewMs of [-86_400_000, 86_400_000]) {
      const task = newTraceId();
      await tried.run(task, await tried.assign(task), { skewMs });
      await tried.outcome(task);
      await until(async () => (await tried.judged({ taskId: task })) === 1, "the skewed task is judged");
      expect(await tried.taskOf(task)).toMatchObject({ exclusion: null, values: expect.objectContaining({ success: 1 }) as object });
    }
  });
});

test("arms swapped by the caller hold the rollout, and the tasks after that are the current version's", async ({ ownAddress, start, makeAgent }) => {
  const { url } = await start({ DATABASE_URL: ownAddress, ...AGENTS_ONLY });
  const tried = await (await Tried.plan(makeAgent, url)).start();
  await tried.doMany(8, { runs: (arm) => (arm === "current" ? "candidate" : "current") });
  await until(async () => (await tried.read()).state === "held", "the rollout is held");
  expect(await tried.judged({ exclusion: "crossed" })).toBeGreaterThan(5);
  expect((await tried.events("held")).map(({ detail }) => (detail as { code?: string }).code)).toEqual(["crossed"]);
  for (let index = 0; index < 10; index++) expect(await tried.assign(newTraceId())).toBe("current");
});

test("outcomes that are all late, and traffic that stops", async ({ ownAddress, start, makeAgent }) => {
  const { url } = await start({ DATABASE_URL: ownAddress, ...AGENTS_ONLY });
  const tried = await (await Tried.plan(makeAgent, url)).start();
  const tasks: string[] = [];
  for (let index = 0; index < 60; index++) {
    const task = newTraceId();
    await tried.run(task, await tried.assign(task));
    tasks.push(task);
  }
  expect([await tried.judged(), (await tried.read()).state]).toEqual([0, "running"]);
  for (const task of tasks) await tried.outcome(task);
  await until(async () => (await tried.judged()) === 60, "all of them are judged");
  await until(async () => ((await tried.read()).verdict as { decision?: string } | null)?.decision === "promote", "the stage may end");
  expect((await tried.read()).stageIndex).toBe(0);

  const dayAgo = new Date(Date.now() - 25 * 3_600_000);
  await prisma().rolloutEvent.updateMany({ where: { rolloutId: tried.rolloutId }, data: { at: dayAgo } });
  await prisma().rollout.update({ where: { id: tried.rolloutId }, data: { lastOutcomeAt: dayAgo } });
  await until(async () => (await tried.read()).state === "held", "nothing was heard for a day");
  expect((await tried.events("held")).map(({ detail }) => (detail as { code?: string }).code)).toEqual(["no_data"]);
  expect(await tried.assign(newTraceId())).toBe("current");
});

test("a customer who comes to the other arm is judged no more", async ({ ownAddress, start, makeAgent }) => {
  const { url } = await start({ DATABASE_URL: ownAddress, ...AGENTS_ONLY });
  const tried = await (await Tried.plan(makeAgent, url)).start({ ...SHORT, unit: "customer", stages: [stage("assisted", { exposures: [0.9] }), stage("partial", { exposures: [0.001] })] });
  const { salt } = await tried.read();
  const customer = Array.from({ length: 100 }, (_, index) => `customer-${index}`).find((unit) => placeOf(salt, unit) > 0.2 && placeOf(salt, unit) < 0.8) ?? "";
  const first = newTraceId();
  expect(await tried.assign(first, customer)).toBe("candidate");
  await tried.run(first, "candidate");
  await tried.outcome(first);
  await until(async () => (await tried.judged({ taskId: first })) === 1, "the first task is judged");
  for (const role of ["business_owner", "technical_owner"] as const) await waiveRollout(await tried.agent.team[role].actor(), await tried.now());
  expect((await tried.read()).stageIndex).toBe(1);
  const second = newTraceId();
  expect(await tried.assign(second, customer)).toBe("current");
  await tried.run(second, "current");
  await tried.outcome(second);
  await until(async () => (await tried.judged({ taskId: second })) === 1, "the second task is looked at");
  expect([(await tried.taskOf(first))?.exclusion, (await tried.taskOf(second))?.exclusion]).toEqual([null, "moved_unit"]);
});

test("plans that can conclude nothing, a metric that one arm lacks, and two people at once", async ({ ownAddress, start, makeAgent }) => {
  const { url } = await start({ DATABASE_URL: ownAddress, ...AGENTS_ONLY });

  await test.step("margin 0, and exposure 100 % without control, are refused by name", async () => {
    const tried = await Tried.plan(makeAgent, url);
    await expect(tried.start({ metrics: [{ metric: "success", weight: 1, isGating: true, margin: { kind: "points", value: 0 }, band: null }] })).rejects.toThrow(/margin of 0/);
    await expect(tried.start({ stages: [stage("assisted", { exposures: [0.5, 1] })] })).rejects.toThrow(/no control is left/);
    expect((await tried.read()).state).toBe("planned");
    expect((await tried.post("/v1/assignments", { agent: { id: tried.agent.id }, task: "T-1" })).body).toMatchObject({ rolloutId: null, arm: "current" });
  });

  await test.step("a metric that the candidate never tells holds it", async () => {
    const tried = await (await Tried.plan(makeAgent, url)).start({ ...SHORT, metrics: [...(SHORT.metrics ?? []), { metric: "cost", weight: 1, isGating: true, margin: { kind: "ratio", value: 3 }, band: null }] });
    await tried.doMany(80, { modelOf: (arm) => (arm === "candidate" ? "a-model-without-a-price" : undefined) });
    await until(async () => (await tried.judged()) === 80, "all of them are judged");
    const known = await prisma().$queryRaw<{ arm: string; costs: number }[]>`SELECT arm, count(values->>'cost')::int AS costs FROM assignment WHERE rollout_id = ${tried.rolloutId} GROUP BY arm ORDER BY arm`;
    expect(known.map(({ arm, costs }) => [arm, costs > 0])).toEqual([["candidate", false], ["current", true]]);
    await until(async () => (await tried.read()).state === "held", "the rollout is held");
    expect(await tried.read()).toMatchObject({ stageIndex: 0, verdict: { decision: "hold", because: { code: "metric_missing", metric: "cost" } } });
  });

  await test.step("one promotes while another aborts: the rollout is aborted, once, and the candidate is not approved", async () => {
    const tried = await (await Tried.plan(makeAgent, url)).start();
    await tried.doMany(60);
    await until(async () => ((await tried.read()).verdict as { decision?: string } | null)?.decision === "promote", "the stage may end");
    const { revision } = await tried.read();
    const [owner, author] = [await tried.agent.team.business_owner.actor(), await tried.agent.team.author.actor()];
    const [promoted, aborted] = await Promise.allSettled([promoteRollout(owner, { rolloutId: tried.rolloutId, revision }), abortRollout(author, await tried.now())]);
    expect(aborted.status).toBe("fulfilled");
    const { state, candidateId } = await tried.read();
    expect([state, (await tried.events("aborted")).length, (await tried.events("promoted")).length]).toEqual(["aborted", 1, promoted.status === "fulfilled" ? 1 : 0]);
    expect((await prisma().agentVersion.findUniqueOrThrow({ where: { id: candidateId } })).approvedAt).toBeNull();
    expect(await tried.assign(newTraceId())).toBe("current");
  });

  await test.step("paused, nobody gets the candidate; resumed, some do", async () => {
    const tried = await (await Tried.plan(makeAgent, url)).start();
    const author = await tried.agent.team.author.actor();
    await pauseRollout(author, await tried.now());
    for (let index = 0; index < 10; index++) expect(await tried.assign(newTraceId())).toBe("current");
    await resumeRollout(author, await tried.now());
    await expect.poll(() => tried.assign(newTraceId())).toBe("candidate");
  });
});

test("the process is killed again and again while a bad candidate is judged: it is rolled back once", async ({ ownAddress, start, makeAgent }) => {
  const environment = { DATABASE_URL: ownAddress, ...AGENTS_ONLY };
  let server = await start(environment);
  const tried = await Tried.plan(makeAgent, server.url);
  await tried.start({ metrics: SHORT.metrics ?? [], stages: SHORT.stages ?? [], rollBackAt: 20 });
  let told = 0;
  for (let round = 0; round < 3; round++) {
    const here = new Tried(tried.agent, tried.rolloutId, { ...tried.caller, url: server.url });
    if ((await tried.read()).state === "running") told += (await here.doMany(20, { outcomeOf: (arm) => (arm === "candidate" ? "failure" : "success") })).length;
    await server.stop("SIGKILL");
    server = await start(environment);
  }
  await until(async () => (await tried.read()).state === "rolled_back", "the candidate is rolled back", 60_000);
  expect(told).toBeGreaterThanOrEqual(20);
  expect([(await tried.events("rolled_back")).length, await prisma().logEntry.count({ where: { kind: "rollout.rolled_back", subject: tried.rolloutId } })]).toEqual([1, 1]);
  const { candidateId, currentId } = await tried.read();
  expect((await prisma().agentVersion.findUniqueOrThrow({ where: { id: candidateId } })).approvedAt).toBeNull();
  expect((await prisma().agent.findUniqueOrThrow({ where: { id: tried.agent.id } })).currentVersionId).toBe(currentId);
});
