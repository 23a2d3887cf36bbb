import { spawn } from "node:child_process";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { getRequestListener } from "@hono/node-server";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { createAgentApi } from "../../lib/agent-api/agent-api.ts";
import { startStopPath, type StopPath } from "../../lib/agent-api/stop-path.ts";
import { prisma } from "../../lib/database/database.ts";
import { inputDigest } from "../../lib/domain/input-digest.ts";
import { createApiKey, newKeySchema, revokeApiKey } from "../../lib/operations/api-keys.ts";
import { approveAction } from "../../lib/operations/approve-action.ts";
import { systemActor } from "../../lib/operations/people.ts";
import { rehearseHook } from "../../lib/operations/rehearse-hook.ts";
import { rejectAction } from "../../lib/operations/reject-action.ts";
import { undoSweep } from "../../lib/jobs/undo-sweep.ts";
import { restartRuns } from "../../lib/operations/restart-runs.ts";
import { askRelease, engageStop, releaseStop } from "../../lib/operations/stops.ts";
import { startUndo } from "../../lib/operations/undo.ts";
import { makeActingAgent, type ActingAgent } from "../../lib/testing/acting-agent.ts";
import { makePerson } from "../../lib/testing/make-agent.ts";
import { useDatabase } from "../../lib/testing/use-database.ts";
import { ActionRepeated, connect, GateDenied, GateHeld, type CompensationRehearsal, type CompensationStep, type EnforcementPoint, type RehearsalHandler } from "./enforcement-point.ts";

useDatabase();

let stopPath: StopPath, server: http.Server, agent: ActingAgent, point: EnforcementPoint, url: string, secret: string;
/** Answers with this status instead of the route, as long as there are any: a Holdpoint that fails in the middle. */
const faults: { path: RegExp; isLost: boolean }[] = [];

beforeAll(async () => {
  stopPath = await startStopPath();
  const listener = getRequestListener(createAgentApi().fetch);
  server = http.createServer((request, response) => {
    const index = faults.findIndex(({ path }) => path.test(`${request.method} ${request.url}`));
    const [fault] = index < 0 ? [] : faults.splice(index, 1);
    if (!fault) return void listener(request, response);
    if (!fault.isLost) return void response.writeHead(503, { "retry-after": "1" }).end();
    // Worked on, and the answer is lost on its way.
    const { destroy } = response;
    response.end = (() => destroy.call(response)) as typeof response.end;
    return void listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  agent = await makeActingAgent();
  ({ secret } = await createApiKey(systemActor, newKeySchema.parse({ name: "sdk", agentIds: [agent.id], scopes: ["authority"] })));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  point = await connect({ url, apiKey: secret, agentId: agent.id, name: "worker-1" });
});
afterAll(async () => {
  await point.close();
  await stopPath.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const refund = (run: (input: { amount: number }) => unknown = ({ amount }) => ({ refunded: amount })) => point.guard("refund_create", {}, run);
const actionOf = (toolCallId: string) => prisma().action.findFirst({ where: { agentId: agent.id, toolCallId } });
const held = (toolCallId: string) => vi.waitFor(async () => {
  const action = await actionOf(toolCallId);
  if (action?.state !== "held") throw new Error("it does not wait");
  return action;
}, { timeout: 10_000 });

describe("a guarded call", () => {
  test("that may go ahead is prepared before it runs, and its end is told", async () => {
    const during: (string | undefined)[] = [];
    const run = point.guard("refund_create", {}, async (input: { amount: number }, { idempotencyKey }) => {
      during.push((await actionOf("call-1"))?.state, idempotencyKey ?? undefined);
      return { refunded: input.amount };
    });
    expect(await run({ amount: 20 }, { conversationId: "c", toolCallId: "call-1", justification: "Broken." })).toEqual({ refunded: 20 });
    expect(during).toEqual(["started", "c call-1 refund_create"]);
    expect(await actionOf("call-1")).toMatchObject({ state: "committed", result: { refunded: 20 }, justification: "Broken." });
  });

  test("that only reads asks the policy and leaves no action", async () => {
    expect(await point.guard("order_get", {}, ({ order }: { order: string }) => order)({ order: "5512" }, { toolCallId: "read-1" })).toBe("5512");
    expect(await actionOf("read-1")).toBeNull();
    expect(await prisma().gateDecision.count({ where: { agentId: agent.id, toolCallId: "read-1", decision: "permit" } })).toBe(1);
  });

  test("that the code knows to do more than its version declares is an action", async () => {
    const run = vi.fn((_: { order: string }, { actionId }: { actionId: string | null }) => actionId);
    const actionId = await point.guard("order_get", { effect: "write" }, run)({ order: "5512" }, { toolCallId: "read-that-writes" });
    expect(await actionOf("read-that-writes")).toMatchObject({ id: actionId, effect: "write", state: "committed" });
    await expect(point.guard("order_get", { effect: "irreversible", waitMs: 0 }, run)({ order: "5512" }, { toolCallId: "read-for-good" })).rejects.toThrow(GateHeld);
    expect(run).toHaveBeenCalledTimes(1);
  });

  test("of a long conversation has a key of its own, and the same when it is tried again", async () => {
    const run = vi.fn(() => "done");
    const conversationId = "c".repeat(900);
    for (const toolCallId of ["long-1", "long-2"]) expect(await refund(run)({ amount: 29 }, { conversationId, toolCallId })).toBe("done");
    await expect(refund(run)({ amount: 29 }, { conversationId, toolCallId: "long-1" })).rejects.toThrow(ActionRepeated);
    expect(run).toHaveBeenCalledTimes(2);
  });

  test("that the policy refuses does not run", async () => {
    const run = vi.fn();
    await expect(refund(run)({ amount: 5_000 }, { toolCallId: "call-2" })).rejects.toThrow(GateDenied);
    expect(run).not.toHaveBeenCalled();
  });

  test("waits for a person, and runs with the arguments that were approved", async () => {
    const waiting = refund()({ amount: 200 }, { toolCallId: "call-3" });
    const action = await held("call-3");
    await approveAction(agent.owners.technical_owner, { actionId: action.id, inputDigest: action.inputDigest, editedInput: { amount: 150 }, reason: null });
    await prisma().action.update({ where: { id: action.id }, data: { dispatchAt: new Date() } });
    expect(await waiting).toEqual({ refunded: 150 });
    expect(await actionOf("call-3")).toMatchObject({ state: "committed", inputDigest: inputDigest({ amount: 150 }), askedInput: { amount: 200 } });
  }, 30_000);

  test.each([3_600_000, -3_600_000])("of a machine whose clock is wrong by %i ms begins when Holdpoint's clock says so", async (shiftMs) => {
    const program = fileURLToPath(new URL("testing/point-process.ts", import.meta.url));
    const child = spawn(process.execPath, [program], { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, URL_OF_HOLDPOINT: url, API_KEY: secret, AGENT: agent.id, LAST: "refund", CLOCK_SHIFT_MS: String(shiftMs) } });
    onTestFinished(() => void child.kill("SIGKILL"));
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (part: string) => (said += part));
    const ended = new Promise((resolve) => child.once("exit", resolve));
    const action = await held(`by ${shiftMs}`);
    const { dispatchAt } = await approveAction(agent.owners.technical_owner, { actionId: action.id, inputDigest: action.inputDigest, reason: null });
    expect([await ended, said]).toEqual([0, "open\nrefunded 204\n"]);
    const { startedAt, state } = (await actionOf(`by ${shiftMs}`)) ?? {};
    expect([state, (startedAt?.getTime() ?? 0) >= (dispatchAt?.getTime() ?? Infinity)]).toEqual(["committed", true]);
  }, 40_000);

  test.each([["stays valid", false], ["is revoked while it runs", true]])("is told of to its end by the key that prepared it, and by the next only when that %s", async (_, isRevoked) => {
    const make = () => createApiKey(systemActor, newKeySchema.parse({ name: "sdk", agentIds: [agent.id], scopes: ["authority"] }));
    const [old, next] = [await make(), await make()];
    let handedOut = old;
    const renewed = await connect({ url, apiKey: () => handedOut.secret, agentId: agent.id, name: `renewed ${isRevoked}` });
    const toolCallId = `renewed ${isRevoked}`;
    const run = renewed.guard("refund_create", {}, async () => {
      handedOut = next;
      if (!isRevoked) return "done";
      await revokeApiKey(systemActor, { keyId: old.id });
      await vi.waitFor(async () => expect((await fetch(`${url}/v1/actions/none`, { headers: { authorization: `Bearer ${old.secret}` } })).status).toBe(401), { timeout: 10_000 });
      return "done";
    });
    expect(await run({ amount: 20 }, { toolCallId })).toBe("done");
    const action = await actionOf(toolCallId);
    expect(action).toMatchObject({ state: "committed", preparedBy: `key:${old.id}` });
    const entry = await prisma().logEntry.findFirstOrThrow({ where: { subject: action?.id ?? "", kind: "action.committed" } });
    expect(entry.actor).toBe(`key:${(isRevoked ? next : old).id}`);
    await renewed.close();
  });

  test("that only reads tells the policy for whom and how sure", async () => {
    const context = { toolCallId: "read-2", onBehalfOf: { id: "u_7" }, segment: "retail", confidence: 0.4 };
    await point.guard("order_get", {}, ({ order }: { order: string }) => order)({ order: "5512" }, context);
    expect(await prisma().gateDecision.findFirst({ where: { agentId: agent.id, toolCallId: "read-2" } })).toMatchObject({ facts: { user: "u_7", segment: "retail", confidence: 0.4 } });
  });

  test("ends with what the person said, or when its time is over", async () => {
    const run = vi.fn();
    const waiting = refund(run)({ amount: 201 }, { toolCallId: "call-4" }).catch((error: unknown) => error);
    const action = await held("call-4");
    await rejectAction(agent.owners.technical_owner, { actionId: action.id, inputDigest: action.inputDigest, reason: "Ask for the photo first." });
    expect(await waiting).toBeInstanceOf(GateDenied);
    await expect(point.guard("refund_create", { waitMs: 0 }, run)({ amount: 202 }, { toolCallId: "call-5" })).rejects.toThrow(GateHeld);
    expect(run).not.toHaveBeenCalled();
  }, 30_000);

  test("is not made twice under one key, however often it is tried", async () => {
    const run = vi.fn(({ amount }: { amount: number }) => amount);
    const answers = await Promise.allSettled(Array.from({ length: 20 }, () => refund(run)({ amount: 21 }, { idempotencyKey: "once" })));
    expect(run).toHaveBeenCalledTimes(1);
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(answers.filter((answer) => answer.status === "rejected" && answer.reason instanceof ActionRepeated)).toHaveLength(19);
  });

  test.each(["prepare", "commit"] as const)("survives a Holdpoint that fails in the middle of %s", async (step) => {
    const path = step === "prepare" ? /^POST \/v1\/actions$/ : /\/commit$/;
    faults.push({ path, isLost: false }, { path, isLost: false });
    const run = vi.fn(() => "done");
    expect(await refund(run)({ amount: 22 }, { toolCallId: `fault-${step}` })).toBe("done");
    expect(run).toHaveBeenCalledTimes(1);
    expect(await actionOf(`fault-${step}`)).toMatchObject({ state: "committed" });
  }, 30_000);

  test.each([
    ["nobody gives", {}], ["is made of the tool call's id", { toolCallId: "lost" }], ["the application gives", { idempotencyKey: "lost" }],
  ])("whose answer to the preparation is lost is made once under a key that %s", async (whose, key) => {
    faults.push({ path: /^POST \/v1\/actions$/, isLost: true }, { path: /^POST \/v1\/actions$/, isLost: true });
    const context = { conversationId: `lost: ${whose}`, ...key };
    const run = vi.fn((_: { amount: number }, { actionId }: { actionId: string | null }) => actionId);
    const made = point.guard("refund_create", {}, run);
    const actionId = await made({ amount: 23 }, context);
    expect(run).toHaveBeenCalledTimes(1);
    expect(await prisma().action.findMany({ where: { agentId: agent.id, conversationId: context.conversationId } })).toMatchObject([{ id: actionId, state: "committed" }]);
    if (whose === "nobody gives") return;
    await expect(made({ amount: 23 }, context)).rejects.toThrow(ActionRepeated);
    expect(run).toHaveBeenCalledTimes(1);
  }, 30_000);

  test("whose answer to the preparation is lost is not made when somebody else makes it under the same key", async () => {
    const [begun, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const context = { conversationId: "shared", toolCallId: "shared" };
    const first = refund(async () => {
      begun.resolve();
      await over.promise;
      return "by the first";
    })({ amount: 23 }, context);
    await begun.promise;
    faults.push({ path: /^POST \/v1\/actions$/, isLost: true });
    const run = vi.fn();
    await expect(refund(run)({ amount: 23 }, context)).rejects.toThrow(ActionRepeated);
    expect(run).not.toHaveBeenCalled();
    over.resolve();
    expect(await first).toBe("by the first");
  }, 30_000);

  test.each([["nobody gives", {}], ["is made of the tool call's id", { toolCallId: "lost-start" }]])("whose answer to the start is lost after an approval is made once under a key that %s", async (whose, key) => {
    const conversationId = `lost start: ${whose}`;
    const run = vi.fn(() => "done");
    const waiting = point.guard("refund_create", {}, run)({ amount: 203 }, { conversationId, ...key });
    const action = await vi.waitFor(async () => prisma().action.findFirstOrThrow({ where: { agentId: agent.id, conversationId, state: "held" } }), { timeout: 10_000 });
    faults.push({ path: /\/start$/, isLost: true });
    await approveAction(agent.owners.technical_owner, { actionId: action.id, inputDigest: action.inputDigest, reason: null });
    await prisma().action.update({ where: { id: action.id }, data: { dispatchAt: new Date() } });
    expect(await waiting).toBe("done");
    expect(run).toHaveBeenCalledTimes(1);
    expect(await prisma().action.findUnique({ where: { id: action.id } })).toMatchObject({ state: "committed" });
  }, 30_000);

  test("under a key that belongs to another call is refused as a conflict, and not made", async () => {
    const mine = { idempotencyKey: "belongs", onBehalfOf: { id: "u_1" } };
    await refund()({ amount: 27 }, mine);
    const run = vi.fn();
    for (const [amount, context] of [[28, mine], [27, { ...mine, onBehalfOf: { id: "u_2" } }], [27, { ...mine, segment: "retail" }]] as const) {
      const refused = await refund(run)({ amount }, context).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(GateDenied);
      expect((refused as GateDenied).answer).toMatchObject({ decision: "deny", reason: "conflict", sentence: "This idempotency key was used for another request of this agent." });
    }
    const read = point.guard("order_get", {}, run);
    await point.check({ tool: "order_get", input: {}, toolCallId: "read-of-one", onBehalfOf: { id: "u_1" } });
    await expect(read({}, { toolCallId: "read-of-one", onBehalfOf: { id: "u_2" } })).rejects.toMatchObject({ answer: { reason: "conflict" } });
    expect(run).not.toHaveBeenCalled();
  });

  test("that fails is told as failed only when it certainly had no effect", async () => {
    const failing = (hadNoEffect: boolean) => point.guard("refund_create", { hadNoEffect: () => hadNoEffect }, () => {
      throw new Error("422: unknown order");
    });
    await expect(failing(true)({ amount: 24 }, { toolCallId: "fails" })).rejects.toThrow("422");
    await expect(failing(false)({ amount: 24 }, { toolCallId: "unsure" })).rejects.toThrow("422");
    expect(await actionOf("fails")).toMatchObject({ state: "failed", error: "422: unknown order" });
    expect(await actionOf("unsure")).toMatchObject({ state: "started" });
  });

  test("is taken back by its handler, again after a failure, once", async () => {
    const given = point.guard("credit_give", {
      compensate: {
        handler: "credit_take", run: (step) => {
          steps.push(step);
          if (steps.length === 1) throw new Error("the ledger is locked");
          return { taken: true };
        },
      },
    }, ({ amount }: { amount: number }) => ({ credit: `cr_${amount}` }));
    const steps: CompensationStep[] = [];
    await given({ amount: 26 }, { toolCallId: "given" });
    const action = await actionOf("given");
    await startUndo(agent.owners.technical_owner, { agentId: agent.id, scope: "action", target: action?.id ?? "", since: null, reason: "Given to the wrong customer." });
    await vi.waitFor(async () => {
      await undoSweep.run(new Date());
      await prisma().undoStep.updateMany({ where: { actionId: action?.id ?? "", state: "waiting" }, data: { nextAttemptAt: new Date() } });
      expect((await actionOf("given"))?.state).toBe("compensated");
    }, { timeout: 20_000, interval: 200 });
    expect(steps.map(({ arguments: args, result }) => [args, result])).toEqual([[{ amount: 26 }, { credit: "cr_26" }], [{ amount: 26 }, { credit: "cr_26" }]]);
    expect(new Set(steps.map(({ stepId }) => stepId)).size).toBe(1);
  }, 30_000);

  test.each<[string, RehearsalHandler | undefined, { isOk: boolean; sentence: string }]>([
    ["that passes", () => Promise.resolve({ wouldVoid: true }), { isOk: true, sentence: "The handler went through its rehearsal." }],
    ["that throws at once", () => {
      throw new Error("The right to void is gone.");
    }, { isOk: false, sentence: "The handler's rehearsal failed. The right to void is gone." }],
    ["that is not there", undefined, { isOk: false, sentence: "Its handler declares no rehearsal, so it was not called." }],
  ])("has a way back with a rehearsal %s, and what takes back for real is not called for it", async (_, rehearse, end) => {
    const run = vi.fn();
    const heard: CompensationRehearsal[] = [];
    const noLonger = point.onCompensate("credit_take", run, rehearse && { rehearse: (asked) => {
      heard.push(asked);
      return rehearse(asked);
    } });
    expect(await rehearseHook(agent.owners.technical_owner, { agentId: agent.id, tool: "credit_give" })).toMatchObject(end);
    expect(heard).toEqual(rehearse ? [{ rehearsalId: expect.stringMatching(/^hr_/) as string, tool: "credit_give" }] : []);
    expect(run).not.toHaveBeenCalled();
    noLonger();
  }, 40_000);

  test("is aborted by a stop, and none begins afterwards", async () => {
    const begun = Promise.withResolvers<void>();
    const running = point.guard("refund_create", {}, (_: { amount: number }, { signal }) => new Promise((_resolve, reject) => {
      begun.resolve();
      signal.addEventListener("abort", () => reject(signal.reason instanceof Error ? signal.reason : new Error("aborted")));
    }))({ amount: 25 }, { toolCallId: "in-flight" }).catch((error: unknown) => error);
    await begun.promise;
    await engageStop(await makePerson("Ola", ["on_call"]), { scope: "agent", target: agent.id, reason: null });
    expect(await running).toBeInstanceOf(GateDenied);
    const run = vi.fn();
    await expect(refund(run)({ amount: 1 }, {})).rejects.toThrow(GateDenied);
    expect(run).not.toHaveBeenCalled();
  }, 30_000);

  test("of a run that a stop cut stays refused after the release, here and in every other process, until a person lets it go on", async () => {
    const { id: stopId } = await prisma().stop.findFirstOrThrow({ where: { target: agent.id, releasedAt: null } });
    const order = point.guard("order_get", {}, () => "there");
    const reasonOf = (made: Promise<unknown>) => made.then(() => "made", (error: unknown) => (error instanceof GateDenied ? error.answer.reason : String(error)));
    expect(await Promise.all([reasonOf(order({}, { conversationId: "cut here" })), reasonOf(refund()({ amount: 1 }, { conversationId: "wrote here" }))])).toEqual(["kill_switch", "kill_switch"]);
    await vi.waitFor(async () => expect(await prisma().cutRun.count({ where: { stopId, conversationId: { in: ["cut here", "wrote here"] } } })).toBe(2), { timeout: 10_000 });
    await askRelease(await makePerson("Ola", ["on_call"]), { stopId, reason: "It is over." });
    await releaseStop(await makePerson("Ana", ["on_call"]), { stopId });
    const another = await connect({ url, apiKey: secret, agentId: agent.id, name: "worker-2" });
    onTestFinished(() => another.close());
    await vi.waitFor(() => expect([point.decide("order_get").reason, another.decide("order_get").reason]).toEqual(["policy_unread", "policy_unread"]), { timeout: 20_000 });
    expect(point.decide("order_get", "cut here")).toMatchObject({ decision: "deny", reason: "run_cut", stopId });
    const elsewhere = another.guard("refund_create", {}, () => "made");
    const tried = (conversationId: string) => Promise.all([reasonOf(order({}, { conversationId })), reasonOf(refund()({ amount: 1 }, { conversationId })), reasonOf(elsewhere({ amount: 1 }, { conversationId }))]);
    expect(await tried("cut here")).toEqual(["run_cut", "run_cut", "run_cut"]);
    expect(await tried("a new one")).toEqual(["made", "made", "made"]);
    await restartRuns(await makePerson("Ola", ["on_call"]), { stopId });
    expect(await tried("cut here")).toEqual(["made", "made", "made"]);
    expect(point.decide("order_get", "cut here").reason).toBe("policy_unread");
  }, 60_000);
});
