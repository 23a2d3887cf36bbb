import { beforeAll, describe, expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import { newId } from "../new-id.ts";
import { actingManifest, makeActingAgent, type ActingAgent } from "../testing/acting-agent.ts";
import { makePerson } from "../testing/make-agent.ts";
import { makeRollout, type MadeRollout } from "../testing/make-rollout.ts";
import { useDatabase } from "../testing/use-database.ts";
import { approveAction } from "./approve-action.ts";
import { assignTask } from "./assign-task.ts";
import { bundleNow } from "./bundle-now.ts";
import { checkCall } from "./check-calls.ts";
import { startAction } from "./start-action.ts";
import { engageStop, stopSchema } from "./stops.ts";

useDatabase();

const amount = { path: "amount", unit: "major", currency: "EUR" } as const;
const inputSchema = { type: "object", properties: { amount: { type: "number" } }, required: ["amount"] };
/** Has a tool that the current version lacks, lacks one that it has, and refunds at most 50. */
const CANDIDATE = actingManifest({
  label: "2.0",
  tools: [
    { name: "order_get", inputSchema: { type: "object", properties: { order: { type: "string" } } }, effect: "read" },
    { name: "stock_get", inputSchema: { type: "object", properties: { order: { type: "string" } } }, effect: "read" },
    { name: "refund_create", inputSchema, effect: "write", amount },
    { name: "voucher_send", inputSchema, effect: "write", amount: { ...amount, currency: "USD" } },
  ],
  policy: { cedar: `@id("all") permit(principal, action, resource);
    @id("over-50") forbid(principal, action == Action::"refund_create", resource) when { context.input.amount.greaterThan(decimal("50.0")) };
    @id("vouchers") forbid(principal, action == Action::"voucher_send", resource) unless { context has spentTodayMinor && context has amountMinor && context.spentTodayMinor + context.amountMinor <= 10000 };` },
});

const bundleOf = (agentId: string) => prisma().$transaction((tx) => bundleNow(tx, agentId, new Date()));
let made = 0;

class House {
  readonly agent: ActingAgent;
  readonly rollout: MadeRollout;
  constructor(agent: ActingAgent, rollout: MadeRollout) {
    this.agent = agent;
    this.rollout = rollout;
  }

  /** In a task that was assigned to this arm, or as the shadow of one. */
  async task(arm: "current" | "candidate" | "shadow"): Promise<string> {
    const taskId = `${arm}-${++made}`;
    await prisma().assignment.create({
      data: {
        rolloutId: this.rollout.id, taskId, agentId: this.agent.id, unit: taskId, arm: arm === "shadow" ? "current" : arm, probability: 0.5, stageIndex: 1, exposureIndex: 0,
        shadowTaskId: arm === "shadow" ? `${taskId}~shadow` : null, assignedAt: new Date(),
      },
    });
    return arm === "shadow" ? `${taskId}~shadow` : taskId;
  }

  prepare(conversationId: string, tool = "refund_create", input: { amount: number } = { amount: 20 }) {
    return this.agent.prepare({ conversationId, tool, input });
  }

  async check(conversationId: string, tool: string, input: object = {}) {
    return checkCall(this.agent.key, { agentId: this.agent.id, conversationId, toolCallId: newId("gd"), tool, input: input as never, onBehalfOf: null, confidence: null }, await bundleOf(this.agent.id));
  }
}

async function house(more: Partial<Parameters<typeof makeRollout>[1]> = {}): Promise<House> {
  const agent = await makeActingAgent();
  return new House(agent, await makeRollout(agent, { candidate: CANDIDATE, stage: "partial", ...more }));
}

describe("a task of the candidate", () => {
  let here: House;
  beforeAll(async () => {
    here = await house();
  });

  test("is decided by the candidate's policy and recorded as its, a task of the current version by its own", async () => {
    const [current, candidate] = [await here.task("current"), await here.task("candidate")];
    expect([(await here.prepare(current, "refund_create", { amount: 60 })).decision, (await here.prepare("no task", "refund_create", { amount: 60 })).decision]).toEqual(["permit", "permit"]);
    const denied = await here.prepare(candidate, "refund_create", { amount: 60 });
    expect([denied.decision, denied.reason, denied.action.policies, denied.action.versionId]).toEqual(["deny", "policy", ["over-50"], here.rollout.candidateId]);
    expect(await prisma().gateDecision.findFirst({ where: { actionId: denied.action.id } })).toMatchObject({ versionId: here.rollout.candidateId });
    expect((await here.prepare(candidate)).action).toMatchObject({ state: "started", versionId: here.rollout.candidateId, compensation: null });
    expect((await here.prepare(current)).action).toMatchObject({ state: "started", versionId: here.rollout.currentId, compensation: expect.anything() as unknown });
  });

  test("has the candidate's tools and no others, a task of the current version has its own", async () => {
    const [current, candidate] = [await here.task("current"), await here.task("candidate")];
    const reasons = async (conversation: string) => [(await here.check(conversation, "stock_get")).reason, (await here.check(conversation, "order_get")).reason, (await here.prepare(conversation, "credit_give")).reason];
    expect(await reasons(candidate)).toEqual(["permitted", "permitted", "tool_unknown"]);
    expect(await reasons(current)).toEqual(["tool_unknown", "permitted", "permitted"]);
  });

  test("counts what it spends by the candidate's own declaration, over all of its tasks", async () => {
    const answers = [];
    for (let index = 0; index < 3; index++) answers.push((await here.prepare(await here.task("candidate"), "voucher_send", { amount: 60 })).decision);
    expect(answers).toEqual(["permit", "deny", "deny"]);
  });

  test("shares the agent's counters with the current version's tasks", async () => {
    const counters = () => prisma().usageCounter.findFirst({ where: { agentId: here.agent.id, scope: "spent_day", key: { contains: "EUR" } } });
    const before = (await counters())?.amountMinor ?? 0n;
    await here.prepare(await here.task("candidate"));
    await here.prepare(await here.task("current"));
    expect(((await counters())?.amountMinor ?? 0n) - before).toBe(4_000n);
  });
});

describe("the level of a candidate's task", () => {
  test.each([
    ["shadow", "partial", "deny"], ["assisted", "partial", "hold"], ["partial", "partial", "permit"], ["bounded", "partial", "permit"], ["bounded", "assisted", "hold"], ["partial", "shadow", "deny"],
  ] as const)("rollout at %s, agent at %s: a write is answered with %s", async (stage, level, decision) => {
    const here = await house({ stage });
    await prisma().agent.update({ where: { id: here.agent.id }, data: { stage: level } });
    expect((await here.prepare(await here.task("candidate"))).decision).toBe(decision);
  });

  test("its shadow only recommends, while the current version's part of the same task takes effect", async () => {
    const here = await house({ stage: "bounded" });
    const shadow = await here.task("shadow");
    const recommended = await here.prepare(shadow);
    expect([recommended.decision, recommended.reason, recommended.isRecommendation, recommended.action.versionId]).toEqual(["deny", "authority", true, here.rollout.candidateId]);
    expect((await here.check(shadow, "stock_get")).decision).toBe("permit");
    expect((await here.prepare(shadow.replace("~shadow", ""))).action).toMatchObject({ state: "started", versionId: here.rollout.currentId });
  });

  test.each(["rolled_back", "aborted", "superseded"])("of a candidate whose rollout is %s: it may only recommend, the current version goes on", async (state) => {
    const here = await house();
    const [candidate, current] = [await here.task("candidate"), await here.task("current")];
    expect((await here.prepare(candidate)).decision).toBe("permit");
    await here.rollout.set({ state });
    expect(await here.prepare(candidate)).toMatchObject({ decision: "deny", reason: "authority", isRecommendation: true });
    expect((await here.prepare(current)).decision).toBe("permit");
  });

  test.each(["paused", "held"])("of a candidate whose rollout is %s: what is under way is finished", async (state) => {
    const here = await house();
    const candidate = await here.task("candidate");
    await here.rollout.set({ state });
    expect((await here.prepare(candidate)).decision).toBe("permit");
  });

  test("of a rollout whose stage cannot be read is shadow", async () => {
    const here = await house();
    const candidate = await here.task("candidate");
    await here.rollout.set({ stageIndex: 99 });
    expect(await here.prepare(candidate)).toMatchObject({ decision: "deny", reason: "authority", isRecommendation: true });
  });

  test("once the rollout is completed every task is decided by the version that is current now", async () => {
    const here = await house();
    const [candidate, current] = [await here.task("candidate"), await here.task("current")];
    await here.rollout.set({ state: "completed" });
    await prisma().agent.update({ where: { id: here.agent.id }, data: { currentVersionId: here.rollout.candidateId } });
    for (const conversation of [candidate, current]) expect((await here.prepare(conversation, "refund_create", { amount: 60 })).action).toMatchObject({ state: "denied", policies: ["over-50"] });
  });
});

describe("an approval", () => {
  test("that the candidate was given is not used after its rollout was rolled back", async () => {
    const here = await house({ stage: "assisted" });
    const { action } = await here.prepare(await here.task("candidate"));
    const { dispatchAt } = await approveAction(here.agent.owners.technical_owner, { actionId: action.id, inputDigest: action.inputDigest });
    await here.rollout.set({ state: "rolled_back" });
    const started = await startAction(here.agent.key, { actionId: action.id, idempotencyKey: action.idempotencyKey, bundle: await bundleOf(here.agent.id) }, new Date((dispatchAt ?? new Date()).getTime() + 1));
    expect([started.mayExecute, started.decision, started.action.state]).toEqual([false, "deny", "denied"]);
  });

  test("is used by the candidate's recipe", async () => {
    const here = await house({ stage: "assisted" });
    const { action } = await here.prepare(await here.task("candidate"));
    const { dispatchAt } = await approveAction(here.agent.owners.technical_owner, { actionId: action.id, inputDigest: action.inputDigest });
    const started = await startAction(here.agent.key, { actionId: action.id, idempotencyKey: action.idempotencyKey, bundle: await bundleOf(here.agent.id) }, new Date((dispatchAt ?? new Date()).getTime() + 1));
    expect([started.mayExecute, started.action.versionId]).toEqual([true, here.rollout.candidateId]);
  });
});

describe("a stop", () => {
  const stop = async (scope: string, target: string) => (await engageStop(await makePerson("Ola", ["on_call"]), stopSchema.parse({ scope, target }))).stopId;
  const reasons = async (here: House) => [(await here.prepare(await here.task("current"))).reason, (await here.prepare(await here.task("candidate"))).reason];

  test("of the candidate refuses its tasks and not those of the current version", async () => {
    const here = await house();
    const stopId = await stop("version", here.rollout.candidateId);
    expect(await reasons(here)).toEqual(["permitted", "kill_switch"]);
    expect(await here.check(await here.task("shadow"), "order_get")).toMatchObject({ decision: "deny", stopId });
  });

  test("of the current version refuses its tasks and not those of the candidate", async () => {
    const here = await house();
    await stop("version", here.rollout.currentId);
    expect(await reasons(here)).toEqual(["kill_switch", "permitted"]);
  });

  test.each([["agent", (id: string) => id, "kill_switch"], ["tool", (id: string) => `${id}/refund_create`, "tool_stopped"]] as const)("of the %s refuses both", async (scope, targetOf, reason) => {
    const here = await house();
    await stop(scope, targetOf(here.agent.id));
    expect(await reasons(here)).toEqual([reason, reason]);
  });

  test("of a version that nobody runs names nothing", async () => {
    const here = await house();
    await here.rollout.set({ state: "aborted" });
    await expect(stop("version", here.rollout.candidateId)).rejects.toThrow(/not the one that runs any more/);
  });
});

describe("the limits of a task", () => {
  test("count its calls in either arm, by no statistics; other conversations have none", async () => {
    const here = await house({ plan: { taskLimits: { maxCalls: 2, maxCostNanoUsd: null } } });
    for (const conversation of [await here.task("candidate"), await here.task("current")]) {
      const answers = [];
      for (let index = 0; index < 3; index++) answers.push(await here.prepare(conversation));
      expect(answers.map(({ reason }) => reason)).toEqual(["permitted", "permitted", "task_limit"]);
      expect(answers[2]).toMatchObject({ decision: "deny", sentence: "This task has made 2 calls, and one task may make 2.", isRecommendation: false });
    }
    for (let index = 0; index < 3; index++) expect((await here.prepare("elsewhere")).decision).toBe("permit");
  });

  test("count what is refused as well: a loop of calls that change nothing is ended, in shadow and outside", async () => {
    const here = await house({ stage: "shadow", plan: { taskLimits: { maxCalls: 4, maxCostNanoUsd: null } } });
    const [shadow, current] = [await here.task("shadow"), await here.task("current")];
    const recommended = [];
    for (let index = 0; index < 3; index++) recommended.push(await here.prepare(shadow));
    expect((await here.check(shadow, "order_get")).reason).toBe("permitted");
    expect(recommended.map(({ isRecommendation }) => isRecommendation)).toEqual([true, true, true]);
    for (let index = 0; index < 2; index++) {
      expect(await here.prepare(shadow)).toMatchObject({ decision: "deny", reason: "task_limit", isRecommendation: false, sentence: "This task has made 4 calls, 3 of them refused, and one task may make 4." });
    }
    for (let index = 0; index < 4; index++) expect((await here.check(current, "refund_create", { amount: 5_000 })).reason).toBe("policy");
    expect([(await here.check(current, "order_get")).reason, (await here.check(current, "refund_create", { amount: 5_000 })).reason]).toEqual(["task_limit", "policy"]);
  });

  test("hold against 20 calls of one task at once", async () => {
    const here = await house({ plan: { taskLimits: { maxCalls: 3, maxCostNanoUsd: null } } });
    const task = await here.task("candidate");
    const answers = await Promise.all(Array.from({ length: 20 }, () => here.prepare(task)));
    expect(answers.filter(({ decision }) => decision === "permit")).toHaveLength(3);
  });

  test("end a task that has cost too much, as far as telemetry has told", async () => {
    const here = await house({ plan: { taskLimits: { maxCalls: null, maxCostNanoUsd: 2_000_000_000 } } });
    const task = await here.task("candidate");
    const now = new Date();
    await prisma().run.create({ data: { id: newId("ru"), agentId: here.agent.id, conversationId: task, isKeyedByTrace: false, stage: "partial", startedAt: now, endedAt: now, receivedAt: now, costNanoUsd: 1_999_999_999n, updatedAt: now, toolNames: [] } });
    expect((await here.prepare(task)).decision).toBe("permit");
    await prisma().run.updateMany({ where: { conversationId: task }, data: { costNanoUsd: 2_000_000_000n } });
    expect(await here.prepare(task)).toMatchObject({ decision: "deny", reason: "task_limit", sentence: "This task has cost 2.00 USD, and one task may cost 2.00 USD." });
    expect((await here.check(task, "order_get")).reason).toBe("task_limit");
  });
});

test("a task that was assigned through the API is decided by its arm from the next call on", async () => {
  const here = await house({ exposure: 0.999 });
  expect((await here.prepare("T-1", "refund_create", { amount: 60 })).decision).toBe("permit");
  expect(await assignTask(here.agent.key, { agentId: here.agent.id, task: "T-2", unit: null })).toMatchObject({ arm: "candidate" });
  expect((await here.prepare("T-2", "refund_create", { amount: 60 })).decision).toBe("deny");
});
