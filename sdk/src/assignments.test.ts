import http from "node:http";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { getRequestListener } from "@hono/node-server";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createAgentApi } from "../../lib/agent-api/agent-api.ts";
import { startStopPath, type StopPath } from "../../lib/agent-api/stop-path.ts";
import { prisma } from "../../lib/database/database.ts";
import type { Bundle } from "../../lib/domain/bundle.ts";
import type { CanaryPlan } from "../../lib/domain/canary-plan.ts";
import { decideGate } from "../../lib/domain/decide-gate.ts";
import { createApiKey, newKeySchema } from "../../lib/operations/api-keys.ts";
import { systemActor } from "../../lib/operations/people.ts";
import { engageStop } from "../../lib/operations/stops.ts";
import { actingManifest, makeActingAgent, type ActingAgent } from "../../lib/testing/acting-agent.ts";
import { makePerson } from "../../lib/testing/make-agent.ts";
import { makeRollout, type MadeRollout } from "../../lib/testing/make-rollout.ts";
import { useDatabase } from "../../lib/testing/use-database.ts";
import { RolloutTasks, readAssignment, type Assignment } from "./assignments.ts";
import { connect, EnforcementPoint, GateDenied } from "./enforcement-point.ts";

useDatabase();

const inputSchema = { type: "object", properties: { amount: { type: "number" } }, required: ["amount"] };
/** Has another tool, and refunds at most 50. */
const CANDIDATE = actingManifest({
  label: "2.0",
  tools: [
    { name: "order_get", inputSchema: { type: "object", properties: { order: { type: "string" } } }, effect: "read" },
    { name: "stock_get", inputSchema: { type: "object", properties: { order: { type: "string" } } }, effect: "read" },
    { name: "refund_create", inputSchema, effect: "write", amount: { path: "amount", unit: "major", currency: "EUR" } },
  ],
  policy: { cedar: `@id("all") permit(principal, action, resource);
    @id("over-50") forbid(principal, action == Action::"refund_create", resource) when { context.input.amount.greaterThan(decimal("50.0")) };
    @id("no-orders") forbid(principal, action == Action::"order_get", resource);` },
});

let stopPath: StopPath, server: http.Server, url: string;
const points: EnforcementPoint[] = [];
/** So many of the next questions for an assignment are worked on, and the answer is lost on its way. */
let lost = 0;

beforeAll(async () => {
  stopPath = await startStopPath();
  const listener = getRequestListener(createAgentApi().fetch);
  server = http.createServer((request, response) => {
    if (request.url === "/v1/assignments" && lost-- > 0) {
      const { destroy } = response;
      response.end = (() => destroy.call(response)) as typeof response.end;
    }
    void listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await Promise.all(points.map((point) => point.close()));
  await stopPath.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

interface House {
  agent: ActingAgent;
  rollout: MadeRollout;
  point: EnforcementPoint;
  secret: string;
  /** The first of its tasks that gets this arm. */
  taskOf: (arm: Assignment["arm"]) => Promise<string>;
}

async function house(stage: "shadow" | "partial" = "partial", made: Promise<ActingAgent> = makeActingAgent(), plan: Partial<CanaryPlan> = {}): Promise<House> {
  const agent = await made;
  const rollout = await makeRollout(agent, { candidate: CANDIDATE, stage, plan });
  const { secret } = await createApiKey(systemActor, newKeySchema.parse({ name: "sdk", agentIds: [agent.id], scopes: ["authority"] }));
  const point = await connect({ url, apiKey: secret, agentId: agent.id, name: "worker-1" });
  points.push(point);
  const taskOf = async (arm: Assignment["arm"]) => {
    for (let index = 0; ; index++) {
      const { task, arm: got } = await point.assign(`${arm}-${index}`);
      if (got === arm) return task;
    }
  };
  return { agent, rollout, point, secret, taskOf };
}

const refund = (point: EnforcementPoint, amount: number, conversationId: string) => point.guard("refund_create", {}, (input: { amount: number }) => input.amount)({ amount }, { conversationId });
const read = (point: EnforcementPoint, tool: string, conversationId: string) => point.guard(tool, { effect: "read" }, () => "read")({ order: "1" }, { conversationId });
const reasonOf = (call: Promise<unknown>) => call.then(() => "made", (error: unknown) => (error instanceof GateDenied ? error.answer.reason : String(error)));

describe("assign", () => {
  let here: House;
  beforeAll(async () => {
    here = await house();
  });

  test("gives tasks to both versions, and the same task the same answer in another process", async () => {
    const { point, rollout, secret, agent } = here;
    const all = await Promise.all(Array.from({ length: 40 }, (_, index) => point.assign(`T-${index}`)));
    expect(new Set(all.map(({ arm, version }) => `${arm} ${version?.id}`))).toEqual(new Set([`current ${rollout.currentId}`, `candidate ${rollout.candidateId}`]));
    expect(all[0]).toMatchObject({ rolloutId: rollout.id, probability: 0.5, stage: "partial", shadow: null, isRepeat: false, isFallback: false });
    expect(all[0]).not.toHaveProperty("tools");
    const other = new EnforcementPoint({ url, apiKey: secret, agentId: agent.id, name: "worker-2" });
    const again = await Promise.all(all.map(({ task }) => other.assign(task)));
    expect(again.map(({ arm }) => arm)).toEqual(all.map(({ arm }) => arm));
    expect(again.every(({ isRepeat }) => isRepeat)).toBe(true);
  });

  test("lets the candidate's recipe decide in its tasks, reads too, and the current one's in the others", async () => {
    const { point, taskOf } = here;
    const [current, candidate] = [await taskOf("current"), await taskOf("candidate")];
    expect([await reasonOf(refund(point, 60, current)), await reasonOf(refund(point, 60, candidate)), await reasonOf(refund(point, 40, candidate))]).toEqual(["made", "policy", "made"]);
    expect([await reasonOf(read(point, "order_get", current)), await reasonOf(read(point, "order_get", candidate))]).toEqual(["made", "policy"]);
    expect([await reasonOf(read(point, "stock_get", current)), await reasonOf(read(point, "stock_get", candidate))]).toEqual(["tool_unknown", "made"]);
    expect(await reasonOf(point.guard("credit_give", {}, () => 1)({ amount: 1 }, { conversationId: candidate }))).toBe("tool_unknown");
    expect([point.decide("order_get", candidate).reason, point.decide("stock_get", candidate).reason, point.decide("credit_give", candidate).reason, point.decide("stock_get").reason]).toEqual(["policy_unread", "policy_unread", "tool_unknown", "tool_unknown"]);
    const actions = await prisma().action.findMany({ where: { conversationId: candidate, state: "committed" }, select: { versionId: true } });
    expect(actions).toEqual([{ versionId: here.rollout.candidateId }]);
  });

  test("of a version without a policy counts its reads only where what one task may use is limited", async () => {
    const withoutPolicy = () => makeActingAgent({ policy: {} });
    const [limited, free] = [await house("partial", withoutPolicy(), { taskLimits: { maxCalls: 3, maxCostNanoUsd: null } }), await house("partial", withoutPolicy())];
    for (const [{ agent, point, taskOf }, ends] of [[limited, ["made", "made", "made", "task_limit"]], [free, ["made", "made", "made", "made"]]] as const) {
      const task = await taskOf("current");
      const reasons: string[] = [];
      for (let call = 0; call < 4; call++) reasons.push(await reasonOf(point.guard("order_get", { effect: "read" }, () => "read")({ order: "1" }, { conversationId: task, toolCallId: `call_${call}` })));
      expect([reasons, await prisma().gateDecision.count({ where: { agentId: agent.id, conversationId: task } }) > 0]).toEqual([ends, ends[3] === "task_limit"]);
    }
  });

  test("asks again when the answer was lost, and gets what was drawn", async () => {
    lost = 2;
    const answer = await here.point.assign("lost");
    expect(answer).toMatchObject({ isFallback: false, isRepeat: true });
    expect(await prisma().assignment.findFirstOrThrow({ where: { taskId: "lost" } })).toMatchObject({ arm: answer.arm });
  });

  test("takes the current version while Holdpoint is away, never the candidate", async () => {
    await here.rollout.set({ exposure: 0.999 });
    lost = 3;
    expect(await here.point.assign("away")).toMatchObject({ arm: "current", isFallback: true, rolloutId: null, probability: null, version: { id: here.rollout.currentId, number: 1 }, sentence: expect.stringMatching(/could not be asked/) as string });
    const nowhere = new EnforcementPoint({ url: "http://127.0.0.1:9", apiKey: "hp_x", agentId: here.agent.id, name: "worker-3" });
    expect(await nowhere.assign("away")).toMatchObject({ arm: "current", isFallback: true, version: null });
    await here.rollout.set({ exposure: 0.5 });
  });

  test("throws what Holdpoint refuses", async () => {
    await expect(here.point.assign("T-1~shadow")).rejects.toThrow(/shadow of another task/);
    await expect(new EnforcementPoint({ url, apiKey: "hp_unknown", agentId: here.agent.id, name: "worker-4" }).assign("T-1")).rejects.toThrow(/unknown/);
  });

  test("of customers gives all tasks of one the same version", async () => {
    const own = await house();
    const plan = await prisma().rollout.findUniqueOrThrow({ where: { id: own.rollout.id } });
    await prisma().rollout.update({ where: { id: own.rollout.id }, data: { plan: { ...(plan.plan as object), unit: "customer" } } });
    const arms = await Promise.all(Array.from({ length: 6 }, (_, index) => own.point.assign(`order-${index}`, { unit: "customer-7" })));
    expect(new Set(arms.map(({ arm }) => arm)).size).toBe(1);
    expect(await own.point.assign("nobody's")).toMatchObject({ arm: "current", probability: 0 });
  });
});

describe("a task of the candidate", () => {
  test("in shadow reads, and of everything else only recommends; the task itself takes effect", async () => {
    const { point } = await house("shadow");
    const { arm, shadow } = await point.assign("T-1");
    expect([arm, shadow?.conversation]).toEqual(["current", "T-1~shadow"]);
    expect(await reasonOf(read(point, "stock_get", "T-1~shadow"))).toBe("made");
    const never = vi.fn();
    const refused = await point.guard("refund_create", {}, never)({ amount: 20 }, { conversationId: "T-1~shadow" }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ answer: { decision: "deny", reason: "authority", isRecommendation: true } });
    expect(never).not.toHaveBeenCalled();
    expect(await reasonOf(refund(point, 60, "T-1"))).toBe("made");
  });

  test("is refused by a stop of the candidate, though the point's bundle does not hold it", async () => {
    const { point, rollout, taskOf } = await house();
    const [current, candidate] = [await taskOf("current"), await taskOf("candidate")];
    await engageStop(await makePerson("Ola", ["on_call"]), { scope: "version", target: rollout.candidateId, reason: null });
    await vi.waitFor(async () => expect(await reasonOf(refund(point, 20, candidate))).toBe("kill_switch"), { timeout: 8_000 });
    expect(await reasonOf(read(point, "stock_get", candidate))).toBe("kill_switch");
    expect(await reasonOf(refund(point, 20, current))).toBe("made");
  });

  test("goes on under a stop of the current version, and ends by one of the agent without a request", async () => {
    const { point, rollout, taskOf, agent } = await house();
    const [current, candidate] = [await taskOf("current"), await taskOf("candidate")];
    const onCall = await makePerson("Ola", ["on_call"]);
    await engageStop(onCall, { scope: "version", target: rollout.currentId, reason: null });
    await vi.waitFor(() => expect(point.decide("refund_create", current).reason).toBe("kill_switch"), { timeout: 8_000 });
    expect(await reasonOf(refund(point, 20, candidate))).toBe("made");
    await engageStop(onCall, { scope: "agent", target: agent.id, reason: null });
    await vi.waitFor(() => expect(point.decide("refund_create", candidate).reason).toBe("kill_switch"), { timeout: 8_000 });
  });

  test("may only recommend once its rollout was rolled back", async () => {
    const { point, rollout, taskOf } = await house();
    const candidate = await taskOf("candidate");
    await rollout.set({ state: "rolled_back" });
    expect(await reasonOf(refund(point, 20, candidate))).toBe("authority");
  });

  test("is refused while the point is closed", async () => {
    const { point, taskOf } = await house();
    const candidate = await taskOf("candidate");
    await point.close();
    expect(await reasonOf(read(point, "stock_get", candidate))).toBe("no_lease");
  });
});

const VERSION = { id: "av_2", number: 2, label: null, fingerprint: "sha256:2" };
const BUNDLE: Bundle = {
  format: 2, agentId: "a", epoch: 1, authority: { level: "bounded", source: "stage", because: "x" }, version: { id: "av_1", number: 1, fingerprint: "sha256:1" }, stops: [],
  tools: { only_current: { effect: "write", hasCompensation: true } }, policy: null,
};
const told = (task: string, effects: object = { tool: "write" }) => readAssignment({ task, arm: "candidate", version: VERSION, effects });

describe("an answer", () => {
  test("of any shape is read as one of the two arms or refused; the candidate has a version", () => {
    fc.assert(fc.property(fc.oneof(fc.anything(), fc.record({ task: fc.string(), arm: fc.constantFrom("current", "candidate", "both"), version: fc.anything(), shadow: fc.anything(), effects: fc.anything() }, { requiredKeys: [] })), (body) => {
      let read;
      try {
        read = readAssignment(body);
      } catch (error) {
        expect(String(error)).toMatch(/not understood/);
        return;
      }
      expect(["current", "candidate"]).toContain(read.arm);
      if (read.arm === "candidate") expect(read.version?.id).toBeTruthy();
    }));
  });

  test("an effect that is not understood counts as the worst", () => {
    expect(told("T", { a: "read", b: "write", c: "reads", d: 7 }).tools).toMatchObject({ a: { effect: "read" }, b: { effect: "write" }, c: { effect: "irreversible" }, d: { effect: "irreversible" } });
  });
});

describe("what a point holds", () => {
  test.each(["bounded", "partial", "assisted", "shadow", "stopped"] as const)("lets nothing of a candidate's task through by itself, at %s", (level) => {
    const tasks = new RolloutTasks();
    tasks.note(told("T", { reading: "read", writing: "write", ending: "irreversible" }));
    const bundle = tasks.bundleFor("T", { ...BUNDLE, authority: { ...BUNDLE.authority, level } });
    for (const tool of ["reading", "writing", "ending", "only_current", "__proto__", "toString"]) {
      const answer = decideGate({ tool }, { bundle, leaseUntilMs: 1 }, 0);
      expect(answer.decision === "deny" || answer.reason === "policy_unread").toBe(true);
    }
  });

  test("is its own for every other conversation", () => {
    const tasks = new RolloutTasks();
    tasks.note(told("T"));
    tasks.note(readAssignment({ task: "U", arm: "current", version: VERSION, effects: null, isLimited: false }));
    for (const other of [undefined, "", "U", "__proto__"]) expect(tasks.bundleFor(other, BUNDLE)).toBe(BUNDLE);
  });

  test("of ten thousand tasks the longest unused is forgotten", () => {
    const tasks = new RolloutTasks();
    for (let index = 0; index < 10_000; index++) tasks.note(told(`T-${index}`));
    tasks.bundleFor("T-0", BUNDLE);
    tasks.note(told("one more"));
    expect([tasks.bundleFor("T-0", BUNDLE) === BUNDLE, tasks.bundleFor("T-1", BUNDLE) === BUNDLE, tasks.bundleFor("T-2", BUNDLE) === BUNDLE]).toEqual([false, true, false]);
  });
});
