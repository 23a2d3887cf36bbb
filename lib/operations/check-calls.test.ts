import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import { after, START_MS } from "../domain/action-window.ts";
import type { Bundle } from "../domain/bundle.ts";
import type { Json } from "../domain/manifest.ts";
import type { KeyActor } from "../domain/roles.ts";
import { BadInput, Conflict, Unavailable } from "../errors.ts";
import { ACTING_POLICY, actingManifest, makeActingAgent, type ActingAgent } from "../testing/acting-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { noteHeartbeat } from "./action-words.ts";
import { approveAction } from "./approve-action.ts";
import { bundleNow } from "./bundle-now.ts";
import { checkCall, type CheckedCall } from "./check-calls.ts";
import { endAction } from "./end-action.ts";
import { callOfAction, startAction } from "./start-action.ts";
import { lockUsage } from "./usage.ts";

useDatabase();

let one: ActingAgent;
let other: ActingAgent;
let bundles: Map<string, Bundle>;

beforeAll(async () => {
  [one, other] = [await makeActingAgent(), await makeActingAgent()];
  const read = async ({ id }: ActingAgent) => [id, await prisma().$transaction((tx) => bundleNow(tx, id, new Date()))] as const;
  bundles = new Map([await read(one), await read(other)]);
});

interface Asked {
  agent?: ActingAgent;
  key?: KeyActor;
  tool?: string;
  input?: Json;
  conversationId: string;
  toolCallId: string;
  onBehalfOf?: string | null;
  segment?: string | null;
  confidence?: number | null;
  isNamedAnew?: boolean;
  now?: Date;
}

function check({ agent = one, key = agent.key, tool = "refund_create", input = { amount: 20, order: "5512" }, conversationId, toolCallId, onBehalfOf = null, segment = null, confidence = null, isNamedAnew, now = new Date() }: Asked, changes: Partial<Bundle> = {}): Promise<CheckedCall> {
  const bundle = bundles.get(agent.id);
  if (!bundle) throw new Error("no bundle");
  return checkCall(key, { agentId: agent.id, conversationId, toolCallId, tool, input, onBehalfOf, segment, confidence, isNamedAnew }, { ...bundle, ...changes }, now);
}

const countOf = async (agent: ActingAgent, conversationId: string): Promise<number> => Number((await prisma().usageCounter.findUnique({ where: { agentId_scope_key: { agentId: agent.id, scope: "run", key: conversationId } } }))?.calls ?? 0n);

test("a held call keeps its way back, so that it can be taken back when its end is told", async () => {
  const held = async (tool: string, input: Json) => {
    const { approval } = await check({ tool, input, conversationId: "held", toolCallId: tool });
    return prisma().action.findUniqueOrThrow({ where: { id: approval?.id ?? "" } });
  };
  expect((await held("refund_create", { amount: 200 })).compensation).toEqual({ hook: { kind: "http", url: "https://payments.example.test/void" }, arguments: { amount: 200 }, description: "Void the refund.", withinHours: 24 });
  expect((await held("payout_send", { amount: 3 })).compensation).toBeNull();
});

test("arguments that would be others once they are kept are decided by nobody", async () => {
  const input = JSON.parse('{"order":"5512","__proto__":{"amount":5000}}') as Json;
  await expect(check({ input, conversationId: "dropped", toolCallId: "t" })).rejects.toThrow(BadInput);
  expect(await prisma().gateDecision.count({ where: { conversationId: "dropped" } })).toBe(0);
});

describe("calls that come at the same time", () => {
  test("each get their own answer and record, whatever the others are", async () => {
    const asked: [Asked, string][] = Array.from({ length: 24 }, (_, index) => {
      const call = { agent: index % 2 === 0 ? one : other, conversationId: "mixed", toolCallId: `m${index}` };
      if (index % 4 === 1) return [{ ...call, input: { amount: 200 } }, "hold"];
      if (index % 6 === 2) return [{ ...call, input: { amount: 5_000 } }, "deny"];
      if (index % 6 === 3) return [{ ...call, tool: "nobody_knows_it", input: {} }, "deny"];
      return [call, "permit"];
    });
    const answers = await Promise.all(asked.map(([call]) => check(call)));
    expect(answers.map(({ decision }) => decision)).toEqual(asked.map(([, decision]) => decision));
    for (const agent of [one, other]) expect(await countOf(agent, "mixed")).toBe(asked.filter(([call, decision]) => call.agent === agent && decision === "permit").length);
    const stored = await prisma().gateDecision.findMany({ where: { conversationId: "mixed" } });
    expect(new Map(stored.map(({ id, decision }) => [id, decision]))).toEqual(new Map(answers.map(({ evaluationId, decision }) => [evaluationId, decision])));
    const logged = await prisma().logEntry.findMany({ where: { kind: "decision.made", subject: { in: answers.map(({ evaluationId }) => evaluationId) } } });
    expect(logged).toHaveLength(answers.length);
    const again = await Promise.all(asked.map(([call]) => check(call)));
    expect(again.map(({ evaluationId }) => evaluationId)).toEqual(answers.map(({ evaluationId }) => evaluationId));
    expect(await prisma().action.count({ where: { conversationId: "mixed" } })).toBe(asked.filter(([, decision]) => decision === "hold").length);
  });

  test("are counted exactly beside whoever counts statement by statement", async () => {
    const bySteps = async (): Promise<void> => prisma().$transaction(async (tx) => {
      const counted = { conversationId: "beside", tool: "refund_create", onBehalfOf: null, amount: null };
      const usage = await lockUsage(tx, one.id, [counted], new Date());
      usage.add(counted, new Date());
      await usage.store(tx, new Date());
    }, { maxWait: 20_000, timeout: 20_000 });
    await Promise.all(Array.from({ length: 30 }, (_, index) => (index % 3 === 0 ? bySteps() : check({ conversationId: "beside", toolCallId: `b${index}` }))));
    expect(await countOf(one, "beside")).toBe(30);
  });

  test("asked twice in one group have one record", async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => check({ conversationId: "twice", toolCallId: "t" })));
    expect(new Set(answers.map(({ evaluationId }) => evaluationId)).size).toBe(1);
    expect(await countOf(one, "twice")).toBe(1);
  });

  test("one that cannot be stored, or is about another version, keeps nobody else from an answer", async () => {
    const outcomes = await Promise.allSettled([
      check({ conversationId: "bad", toolCallId: "good" }), check({ conversationId: "bad", toolCallId: "no \u0000 text" }),
      check({ agent: other, conversationId: "bad", toolCallId: "old" }, { version: { id: "av_of_before", number: 1, fingerprint: "x" }, epoch: Number.MAX_SAFE_INTEGER }),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected"]);
    expect(outcomes[2]).toMatchObject({ reason: expect.any(Unavailable) as Unavailable });
    expect(await countOf(one, "bad")).toBe(1);
    expect(await countOf(other, "bad")).toBe(0);
  });
});

describe("a call that was asked about for somebody", () => {
  const usersCalls = async (user: string): Promise<number> =>
    (await prisma().usageCounter.findMany({ where: { agentId: one.id, scope: "day_user", key: { contains: JSON.stringify(user) } } })).reduce((sum, { calls }) => sum + Number(calls), 0);

  test("is answered again for them, and for nobody else", async () => {
    const call = { conversationId: "for", toolCallId: "f", onBehalfOf: "u_1", segment: "retail" };
    const first = await check(call);
    expect([first.decision, (await check(call)).evaluationId]).toEqual(["permit", first.evaluationId]);
    for (const other of [{ onBehalfOf: "u_2" }, { onBehalfOf: null }, { segment: "wholesale" }, { segment: null }]) await expect(check({ ...call, ...other })).rejects.toThrow(Conflict);
    expect(await check({ ...call, toolCallId: "another", onBehalfOf: "u_2" })).toMatchObject({ decision: "permit" });
    expect([await usersCalls("u_1"), await usersCalls("u_2")]).toEqual([1, 1]);
  });

  test("at the same moment for two: one is answered, the other told, and the rest of the group as always", async () => {
    for (const input of [{ amount: 20 }, { amount: 200 }]) {
      const call = { conversationId: "for two", toolCallId: `both ${input.amount}`, input };
      const outcomes = await Promise.allSettled([...["u_3", "u_4", "u_3"].map((onBehalfOf) => check({ ...call, onBehalfOf })), check({ conversationId: "for two", toolCallId: `beside ${input.amount}` })]);
      expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "fulfilled"]);
      expect(outcomes[1]).toMatchObject({ reason: expect.any(Conflict) as Conflict });
    }
    expect(await usersCalls("u_4")).toBe(0);
  });

  test("and approved, is not permitted for another", async () => {
    const call = { conversationId: "for", toolCallId: "held", input: { amount: 200 }, onBehalfOf: "u_5" };
    const { approval, inputDigest } = await check(call);
    await approveAction(one.owners.technical_owner, { actionId: approval?.id ?? "", inputDigest, reason: null });
    const later = new Date(Date.now() + 60_000);
    await expect(check({ ...call, onBehalfOf: "u_6", now: later })).rejects.toThrow(Conflict);
    expect(await check({ ...call, now: later })).toMatchObject({ decision: "permit", approval: { status: "started" } });
    await expect(check({ ...call, onBehalfOf: "u_6", now: later })).rejects.toThrow(Conflict);
    expect(await check({ ...call, now: later })).toMatchObject({ decision: "permit" });
    await endAction(one.key, { state: "committed", actionId: approval?.id ?? "", result: null, downstream: null }, later);
    expect(await check({ ...call, now: later })).toMatchObject({ decision: "deny", reason: "ended", approval: { status: "committed" } });
  });

  test("and prepared as an action, is no answer for another", async () => {
    const { action } = await one.prepare({ conversationId: "for", toolCallId: "prepared", onBehalfOf: "u_7" });
    const call = { conversationId: "for", toolCallId: "prepared", input: action.input as Json };
    await expect(check({ ...call, onBehalfOf: "u_8" })).rejects.toThrow(Conflict);
    expect(await check({ ...call, onBehalfOf: "u_7" })).toMatchObject({ decision: "deny", reason: "ended", approval: { id: action.id } });
  });
});

describe("a held call that is named anew each time it is made", () => {
  const held = { input: { amount: 200, order: "5512" }, isNamedAnew: true };
  const at = (seconds: number) => new Date(Date.now() + seconds * 1_000);
  const approve = (made: CheckedCall) => approveAction(one.owners.technical_owner, { actionId: made.approval?.id ?? "", inputDigest: made.inputDigest, reason: null });
  const actions = (conversationId: string) => prisma().action.findMany({ where: { agentId: one.id, conversationId }, select: { id: true, toolCallId: true, state: true }, orderBy: { preparedAt: "asc" } });
  const logged = (subject: string) => prisma().logEntry.findMany({ where: { subject }, select: { kind: true }, orderBy: { index: "asc" } });

  test("takes up the request of the time before, and uses its approval once", async () => {
    const first = await check({ ...held, conversationId: "anew", toolCallId: "t1" });
    const second = await check({ ...held, conversationId: "anew", toolCallId: "t2", now: at(30) });
    expect(second).toMatchObject({ decision: "hold", approval: { id: first.approval?.id, status: "held" } });
    expect(second.evaluationId).not.toBe(first.evaluationId);
    expect(await actions("anew")).toEqual([{ id: first.approval?.id, toolCallId: "t2", state: "held" }]);
    await approve(first);
    expect(await check({ ...held, conversationId: "anew", toolCallId: "t3", now: at(60) })).toMatchObject({ decision: "permit", reason: "approved", approval: { id: first.approval?.id, status: "started" } });
    for (const toolCallId of ["t1", "t2"]) expect(await check({ ...held, conversationId: "anew", toolCallId, now: at(61) })).toMatchObject({ decision: "deny", reason: "ended", sentence: expect.stringContaining("made again") as string });
    expect(await check({ ...held, conversationId: "anew", toolCallId: "t3", now: at(61) })).toMatchObject({ decision: "permit" });
    expect(await check({ ...held, conversationId: "anew", toolCallId: "t4", now: at(90) })).toMatchObject({ decision: "hold", approval: { id: expect.not.stringContaining(String(first.approval?.id)) as string, status: "held" } });
    expect(await countOf(one, "anew")).toBe(1);
    expect((await logged(first.approval?.id ?? "")).map(({ kind }) => kind)).toEqual(["action.held", "action.approved", "action.started"]);
  });

  test("is another call while the first still waits for its answer: each needs its own approval", async () => {
    const made = [await check({ ...held, conversationId: "two", toolCallId: "t1" }), await check({ ...held, conversationId: "two", toolCallId: "t2", now: at(20) })];
    expect(new Set(made.map(({ approval }) => approval?.id)).size).toBe(2);
    await approve(made[1]!);
    const later = await Promise.all(["t3", "t4", "t5"].map((toolCallId) => check({ ...held, conversationId: "two", toolCallId, now: at(60) })));
    expect(later.map(({ decision }) => decision).toSorted()).toEqual(["hold", "hold", "permit"]);
    expect((await actions("two")).map(({ state }) => state).toSorted()).toEqual(["held", "held", "started"]);
  });

  test.each<[string, Partial<Asked>]>([
    ["for somebody else", { onBehalfOf: "u_2" }], ["for another segment", { segment: "trade" }], ["in another session", { conversationId: "same elsewhere" }], ["with other arguments", { input: { amount: 201, order: "5512" } }],
    ["by who keeps the ids of calls", { isNamedAnew: false }], ["by another key", { key: { kind: "key", id: "key_other", name: "other", agentIds: ["*"], scopes: ["authority"] } }], ["when nobody decided in time", { now: at(16 * 60) }],
  ])("is a new one %s", async (what, other) => {
    const call = { ...held, conversationId: `same ${what}`, onBehalfOf: "u_1", segment: "retail" };
    const first = await check({ ...call, toolCallId: "t1" });
    const second = await check({ ...call, toolCallId: "t2", now: at(60), ...other });
    expect(second).toMatchObject({ decision: "hold", approval: { status: "held" } });
    expect(second.approval?.id).not.toBe(first.approval?.id);
  });

  test("is told of a rejection that nobody was there to hear, once", async () => {
    const { approval } = await check({ ...held, conversationId: "no", toolCallId: "t1" });
    await prisma().action.update({ where: { id: approval?.id ?? "" }, data: { state: "rejected", endedAt: at(40) } });
    expect(await check({ ...held, conversationId: "no", toolCallId: "t2", now: at(60) })).toMatchObject({ decision: "deny", reason: "rejected", approval: { id: approval?.id } });
    expect(await check({ ...held, conversationId: "no", toolCallId: "t3", now: at(90) })).toMatchObject({ decision: "hold", approval: { status: "held" } });
  });

  test("is refused by the policy like every other, whatever waits", async () => {
    const { approval } = await check({ ...held, conversationId: "refused", toolCallId: "t1" });
    expect(await check({ ...held, conversationId: "refused", toolCallId: "t2", input: { amount: 5_000 }, now: at(60) })).toMatchObject({ decision: "deny", reason: "policy", approval: null });
    expect(await actions("refused")).toEqual([{ id: approval?.id, toolCallId: "t1", state: "held" }]);
  });
});

test("what was prepared is begun by whoever prepared it: the gate uses no approval of it, and permits it before as after its end to nobody", async () => {
  const { action } = await one.prepare({ conversationId: "prepared", toolCallId: "p", input: { amount: 200 } });
  const call = { conversationId: "prepared", toolCallId: "p", input: { amount: 200 }, now: new Date(Date.now() + 60_000) };
  expect(await check(call)).toMatchObject({ decision: "hold", approval: { id: action.id, status: "held" } });
  await approveAction(one.owners.technical_owner, { actionId: action.id, inputDigest: action.inputDigest, reason: null });
  expect(await check(call)).toMatchObject({ decision: "hold", approval: { status: "approved" } });
  const bundle = bundles.get(one.id)!;
  expect(await startAction(one.key, { actionId: action.id, idempotencyKey: action.idempotencyKey, bundle }, call.now)).toMatchObject({ mayExecute: true });
  expect(await check(call)).toMatchObject({ decision: "deny", reason: "ended" });
  await endAction(one.key, { state: "committed", actionId: action.id, result: null, downstream: null }, call.now);
  expect(await check(call)).toMatchObject({ decision: "deny", reason: "ended" });
});

describe("a permit that is asked for again", () => {
  const LIMITED = `@id("all") permit(principal, action, resource);
@id("once") forbid(principal, action == Action::"refund_create", resource) when { !(context has callsOfToolInRun && context.callsOfToolInRun < 1) };`;
  let own: ActingAgent;
  let asked = 0;
  const again = async (more: Partial<Asked> = {}, changes: Partial<Bundle> = {}) => check({ agent: own, conversationId: `again ${asked}`, toolCallId: "call_1", ...more }, changes);
  beforeAll(async () => {
    own = await makeActingAgent({ policy: { cedar: LIMITED } });
    bundles.set(own.id, await prisma().$transaction((tx) => bundleNow(tx, own.id, new Date())));
  });
  beforeEach(async () => {
    asked++;
    if ((await again()).decision !== "permit") throw new Error("the first answer is no permit");
  });
  const level = (name: "shadow" | "assisted") => ({ authority: { level: name, source: "stage", because: "its stage is lower" } as Bundle["authority"] });

  test("is the same one, though it has reached its limit itself, and counts once", async () => {
    expect([await again(), await again()]).toMatchObject([{ decision: "permit" }, { decision: "permit" }]);
    expect(await again({ toolCallId: "call_2" })).toMatchObject({ decision: "deny", policies: ["once"] });
    expect(await countOf(own, `again ${asked}`)).toBe(1);
  });

  test("is none at a stage that would not give it", async () => {
    expect(await again({}, level("shadow"))).toMatchObject({ decision: "deny", reason: "authority", isRecommendation: false });
    expect(await again({}, level("assisted"))).toMatchObject({ decision: "deny", reason: "ended", approval: null });
    expect(await again()).toMatchObject({ decision: "permit" });
  });

  test("is none once its call cannot be under way any more", async () => {
    expect(await again({ now: new Date(Date.now() + START_MS - 60_000) })).toMatchObject({ decision: "permit" });
    expect(await again({ now: new Date(Date.now() + START_MS + 1_000) })).toMatchObject({ decision: "deny", reason: "ended" });
  });

  test("is none under a policy that refuses it", async () => {
    const ruled = await makeActingAgent();
    const read = async () => void bundles.set(ruled.id, await prisma().$transaction((tx) => bundleNow(tx, ruled.id, new Date())));
    await read();
    expect(await again({ agent: ruled })).toMatchObject({ decision: "permit" });
    const { change } = await ruled.register(actingManifest({ policy: { cedar: '@id("few") permit(principal, action, resource) when { context.effect == "read" };' } }));
    await ruled.approve(change?.id ?? "");
    await prisma().agent.update({ where: { id: ruled.id }, data: { stage: "partial" } });
    await read();
    expect(await again({ agent: ruled })).toMatchObject({ decision: "deny", reason: "policy" });
  });
});

describe("an approval that was used, when its call is asked about again", () => {
  let own: ActingAgent;
  let asked = 0;
  let startedAt: Date;
  const read = async () => void bundles.set(own.id, await prisma().$transaction((tx) => bundleNow(tx, own.id, new Date())));
  const again = (minutes: number, changes: Partial<Bundle> = {}) => check({ agent: own, conversationId: "used", toolCallId: `u${asked}`, input: { amount: 200 }, now: after(startedAt, minutes * 60_000) }, changes);
  beforeAll(async () => {
    own = await makeActingAgent();
    await read();
  });
  beforeEach(async () => {
    asked++;
    startedAt = after(new Date(), 60_000);
    const { approval, inputDigest } = await again(-1);
    await approveAction(own.owners.technical_owner, { actionId: approval?.id ?? "", inputDigest, reason: null });
    if ((await again(0)).decision !== "permit") throw new Error("the approval is not used");
  });

  test("is the same permit", async () => {
    expect(await again(1)).toMatchObject({ decision: "permit", reason: "approved", approval: { status: "started" } });
    expect(await countOf(own, "used")).toBe(asked);
  });

  test("is none at a stage that would not give it", async () => {
    expect(await again(1, { authority: { level: "shadow", source: "stage", because: "its stage is lower" } })).toMatchObject({ decision: "deny", reason: "authority", isRecommendation: false });
    expect(await again(1, { authority: { level: "assisted", source: "stage", because: "its stage is lower" } })).toMatchObject({ decision: "permit" });
  });

  test("is none once its call cannot be under way any more, whatever its heart says", async () => {
    const { approval } = await again(1);
    await noteHeartbeat(own.key, { actionId: approval?.id ?? "" }, after(startedAt, START_MS - 60_000));
    expect(await again(9)).toMatchObject({ decision: "permit" });
    expect(await again(11)).toMatchObject({ decision: "deny", reason: "ended", approval: { status: "started" } });
  });

  test("is none under another policy than it was given under", async () => {
    const { change } = await own.register(actingManifest({ policy: { cedar: ACTING_POLICY.replace("100.0", "150.0") } }));
    await own.approve(change?.id ?? "");
    await prisma().agent.update({ where: { id: own.id }, data: { stage: "partial" } });
    await read();
    expect(await again(1)).toMatchObject({ decision: "deny", reason: "ended" });
  });
});

describe("what a policy can ask for", () => {
  const HOURS = `@id("all") permit(principal, action, resource);
@id("day") forbid(principal, action == Action::"refund_create", resource) unless { context.hour >= 8 && context.hour < 18 && context.weekday <= 5 };
@id("market") forbid(principal, action == Action::"refund_create", resource) when { context has segment && context.segment == "wholesale" };
@id("whose") forbid(principal, action == Action::"refund_create", resource) unless { context has user && context.user != "u_blocked" };
@id("unsure") @decision("require_approval") forbid(principal, action == Action::"refund_create", resource)
  when { context has confidence && context.confidence.lessThan(decimal("0.8")) } unless { context has approval && context.approval.granted };`;
  let ruled: ActingAgent;
  beforeAll(async () => {
    ruled = await makeActingAgent({ policy: { cedar: HOURS } });
    bundles.set(ruled.id, await prisma().$transaction((tx) => bundleNow(tx, ruled.id, new Date())));
  });

  let asked = 0;
  test.each<[string, Partial<Asked> & { at?: string }, string, string[]]>([
    ["in the day", {}, "permit", ["all"]], ["at the last moment", { at: "2026-11-20T17:59:59.999Z" }, "permit", ["all"]], ["when the hour is full", { at: "2026-11-20T18:00:00.000Z" }, "deny", ["day"]],
    ["by UTC, wherever this machine is", { at: "2026-11-20T08:30:00.000+02:00" }, "deny", ["day"]], ["on a Saturday", { at: "2026-11-21T10:00:00.000Z" }, "deny", ["day"]],
    ["of a segment", { segment: "retail" }, "permit", ["all"]], ["of another segment", { segment: "wholesale" }, "deny", ["market"]],
    ["for somebody", { onBehalfOf: "u_blocked" }, "deny", ["whose"]], ["for nobody", { onBehalfOf: null }, "deny", ["whose"]],
    ["sure enough", { confidence: 0.8 }, "permit", ["all"]], ["not sure, by a hair", { confidence: 0.79999999 }, "hold", ["unsure"]],
  ])("%s", async (_, { at = "2026-11-20T10:00:00.000Z", ...more }, decision, policies) => {
    expect(await check({ agent: ruled, conversationId: "facts", toolCallId: `fact ${++asked}`, onBehalfOf: "u_1", ...more, now: new Date(at) })).toMatchObject({ decision, policies });
  });

  test("of an action is what it was when the agent asked, also when it begins", async () => {
    const { action } = await ruled.prepare({ onBehalfOf: "u_1", segment: "wholesale" });
    expect(action).toMatchObject({ state: "denied", facts: { segment: "wholesale", user: "u_1" } });
    await expect(ruled.prepare({ onBehalfOf: "u_1", segment: "retail", idempotencyKey: action.idempotencyKey, toolCallId: action.toolCallId })).rejects.toThrow(Conflict);
    expect(callOfAction(action)).toMatchObject({ segment: "wholesale", onBehalfOf: "u_1" });
  });
});
