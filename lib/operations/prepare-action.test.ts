import { beforeAll, describe, expect, test } from "vitest";
import { pool, prisma } from "../database/database.ts";
import type { CompensationHook } from "../domain/manifest.ts";
import { BadInput, Conflict, NotPermitted } from "../errors.ts";
import { actingManifest, makeActingAgent, type ActingAgent } from "../testing/acting-agent.ts";
import { makePerson } from "../testing/make-agent.ts";
import { makeRollout } from "../testing/make-rollout.ts";
import { useDatabase } from "../testing/use-database.ts";
import { noteHeartbeat } from "./action-words.ts";
import { digestForLog } from "./append-to-log.ts";
import { approveAction } from "./approve-action.ts";
import { bundleNow } from "./bundle-now.ts";
import { endAction } from "./end-action.ts";
import { startAction } from "./start-action.ts";
import { engageStop, stopSchema } from "./stops.ts";

useDatabase();

let agent: ActingAgent;
beforeAll(async () => {
  agent = await makeActingAgent();
});
const stored = (id: string) => prisma().action.findUniqueOrThrow({ where: { id } });
const kindsAbout = async (subject: string) => (await prisma().logEntry.findMany({ where: { subject }, orderBy: { index: "asc" } })).map(({ kind }) => kind);

describe("prepare", () => {
  test("what is permitted is stored as begun, with the way back that the tool declares, and counted", async () => {
    const { decision, state, action } = await agent.prepare({ input: { amount: 20, order: "1" }, conversationId: "counted" });
    expect([decision, state]).toEqual(["permit", "started"]);
    expect(await stored(action.id)).toMatchObject({
      state: "started", amountMinor: 2_000n, currency: "EUR", askedInput: null, result: null,
      compensation: { hook: { kind: "http", url: "https://payments.example.test/void" }, arguments: { amount: 20, order: "1" }, withinHours: 24 },
    });
    const counters = await prisma().usageCounter.findMany({ where: { agentId: agent.id, scope: "run", key: "counted" } });
    expect(counters.map(({ calls }) => Number(calls))).toEqual([1]);
    expect(await kindsAbout(action.id)).toEqual(["action.started"]);
    expect(await prisma().gateDecision.count({ where: { actionId: action.id, decision: "permit" } })).toBe(1);
  });

  test.each([["declared so", "irreversible"], ["as the caller alone knows", "write"]] as const)("what cannot be undone, %s, goes ahead at bounded with a way back that works by itself, not with words about one", async (_what, effect) => {
    const tool = (name: string, compensation: { description: string; hook?: CompensationHook }) => ({ name, effect, inputSchema: { type: "object" }, compensation });
    const own = await makeActingAgent({
      tools: [tool("wire_send", { description: "", hook: { kind: "http", url: "https://bank.example.test/recall" } }), tool("mail_send", { description: "Call the customer." }), tool("post_send", { description: "" })],
      policy: { cedar: '@id("all") permit(principal, action, resource);' },
    });
    await prisma().agent.update({ where: { id: own.id }, data: { stage: "bounded" } });
    const prepared = await Promise.all(["wire_send", "mail_send", "post_send"].map((name) => own.prepare({ tool: name, input: {}, effect: "irreversible" })));
    expect(prepared.map(({ decision, reason }) => [decision, reason])).toEqual([["permit", "permitted"], ["hold", "no_compensation"], ["hold", "no_compensation"]]);
  });

  test("what a policy asks about is held and counted nowhere, what it refuses is denied", async () => {
    const held = await agent.prepare({ input: { amount: 300 }, conversationId: "held" });
    expect([held.decision, held.state, held.action.policies]).toEqual(["hold", "held", ["over-100"]]);
    expect(await prisma().usageCounter.count({ where: { agentId: agent.id, key: "held" } })).toBe(0);
    const denied = await agent.prepare({ input: { amount: 2_000 } });
    expect([denied.decision, denied.state, denied.reason]).toEqual(["deny", "denied", "policy"]);
    expect((await agent.prepare({ tool: "unheard_of" })).reason).toBe("tool_unknown");
    expect((await agent.prepare({ tool: "payout_send" })).decision).toBe("hold");
  });

  test("the same key gets the same action, also 20 times at once; for anything else it is a conflict", async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => agent.prepare({ idempotencyKey: "twenty" })));
    expect(new Set(all.map(({ action }) => action.id)).size).toBe(1);
    expect(all.filter(({ isRepeat }) => !isRepeat)).toHaveLength(1);
    await expect(agent.prepare({ idempotencyKey: "twenty", input: { amount: 21 } })).rejects.toThrow(Conflict);
    await expect(agent.prepare({ idempotencyKey: "twenty", tool: "credit_give" })).rejects.toThrow(Conflict);
    expect((await agent.prepare({ idempotencyKey: "twenty", justification: "said anew" })).isRepeat).toBe(true);
  });

  test("may be executed by the attempt that began it, however often that asks; by no other one, and not once it has ended", async () => {
    const [mine, other] = ["the attempt of mine", "the attempt of another"];
    const attempts = Array.from({ length: 18 }, (_, index) => [mine, other, null][index % 3] ?? null);
    const together = await Promise.all(attempts.map((attempt) => agent.prepare({ idempotencyKey: "attempts at once", attempt })));
    const first = together.findIndex(({ isRepeat }) => !isRepeat);
    expect(together.map(({ mayExecute }) => mayExecute)).toEqual(attempts.map((attempt, index) => index === first || (attempt !== null && attempt === attempts[first])));

    const asked = (attempt: string | null) => agent.prepare({ idempotencyKey: "attempts", attempt });
    expect(await asked(mine)).toMatchObject({ isRepeat: false, mayExecute: true });
    expect((await Promise.all([asked(mine), asked(other), asked(null)])).map(({ mayExecute }) => mayExecute)).toEqual([true, false, false]);
    const { action } = await asked(mine);
    const [entry] = await prisma().logEntry.findMany({ where: { subject: action.id } });
    expect(entry?.body).not.toContain(mine);
    await endAction(agent.key, { actionId: action.id, state: "failed", error: "422" });
    expect((await asked(mine)).mayExecute).toBe(false);
    const unnamed = await agent.prepare({ idempotencyKey: "unnamed attempt" });
    expect([unnamed.mayExecute, (await agent.prepare({ idempotencyKey: "unnamed attempt", attempt: mine })).mayExecute]).toEqual([true, false]);
    const held = await agent.prepare({ idempotencyKey: "held attempt", attempt: mine, input: { amount: 300 } });
    expect([held.decision, held.mayExecute]).toEqual(["hold", false]);
  });

  test("the stricter of what the caller knows and what is declared counts, from the first answer to the start", async () => {
    const written = await agent.prepare({ tool: "order_get", input: { order: "1" }, effect: "write", idempotencyKey: "known to write" });
    expect([written.decision, (await stored(written.action.id)).effect]).toEqual(["permit", "write"]);
    await expect(agent.prepare({ tool: "order_get", input: { order: "1" }, effect: "irreversible", idempotencyKey: "known to write" })).rejects.toThrow(Conflict);
    const final = await agent.prepare({ tool: "order_get", input: { order: "1" }, effect: "irreversible", idempotencyKey: "known to be final" });
    expect([final.decision, final.reason, (await stored(final.action.id)).effect]).toEqual(["hold", "needs_person", "irreversible"]);
    await approveAction(agent.owners.technical_owner, { actionId: final.action.id, inputDigest: final.action.inputDigest, reason: null });
    await prisma().action.update({ where: { id: final.action.id }, data: { dispatchAt: new Date() } });
    const bundle = await prisma().$transaction((tx) => bundleNow(tx, agent.id, new Date()));
    expect(await startAction(agent.key, { actionId: final.action.id, idempotencyKey: "known to be final", bundle })).toMatchObject({ decision: "permit", mayExecute: true });
    expect((await agent.prepare({ tool: "payout_send", effect: "read" })).decision).toBe("hold");
    await expect(agent.prepare({ tool: "order_get", effect: "read" })).rejects.toThrow(BadInput);
  });

  test("a key that meets a conflict keeps nobody else of its group from an answer", async () => {
    await agent.prepare({ idempotencyKey: "mixed" });
    const answers = await Promise.allSettled([agent.prepare({ idempotencyKey: "mixed", input: { amount: 9 } }), agent.prepare(), agent.prepare({ tool: "order_get" })]);
    expect(answers.map(({ status }) => status)).toEqual(["rejected", "fulfilled", "rejected"]);
  });

  test.each<[string, Parameters<ActingAgent["prepare"]>[0], RegExp]>([
    ["a read", { tool: "order_get", input: { order: "1" } }, /Reading is no action/],
    ["arguments that are too deep", { input: JSON.parse(`${'{"a":'.repeat(70)}1${"}".repeat(70)}`) as never }, /deep/],
    ["an argument named __proto__", { input: JSON.parse('{"amount":1,"__proto__":{"amount":5000}}') as never }, /name that is not allowed/],
    ["a text that cannot be stored", { input: { amount: 1, order: "\ud800" } }, /cannot be stored/],
    ["a hook at another host", { compensation: { hook: { kind: "http", url: "https://elsewhere.example.test/void" } } }, /not the one that the version declares/],
    ["a hook of another kind", { compensation: { hook: { kind: "tool", tool: "credit_take" } } }, /declares no compensation of this kind/],
    ["another handler than the declared one", { tool: "credit_give", compensation: { hook: { kind: "tool", tool: "order_get" } } }, /handler .+ is not the one/],
  ])("%s is refused and leaves nothing", async (_what, given, message) => {
    const before = await prisma().action.count();
    const failure: unknown = await agent.prepare(given).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(BadInput);
    expect((failure as Error).message).toMatch(message);
    expect(await prisma().action.count()).toBe(before);
  });

  test("floats keep their digits, and a text of a million characters is kept whole", async () => {
    const { action } = await agent.prepare({ input: { amount: 10.01, order: "x".repeat(1_000_000) } });
    const { input, amountMinor } = await stored(action.id);
    expect(amountMinor).toBe(1_001n);
    expect((input as { order: string }).order).toHaveLength(1_000_000);
  });

  test("a given way back stands, and without any a person does it", async () => {
    const byHand = await agent.prepare({ tool: "credit_take", compensation: { hook: { kind: "manual", instructions: "Call the bank.", owner: "Ingrid" }, arguments: { iban: "x" } } });
    expect((await stored(byHand.action.id)).compensation).toEqual({ hook: { kind: "manual", instructions: "Call the bank.", owner: "Ingrid" }, arguments: { iban: "x" }, by: "agent" });
    const letter = await agent.prepare({ tool: "letter_send", input: { to: "me" } });
    expect((await stored(letter.action.id)).compensation).toEqual({ hook: { kind: "manual", instructions: "Write another letter.", owner: "role:technical_owner" }, arguments: { to: "me" }, description: "Write another letter." });
    expect((await stored((await agent.prepare({ tool: "credit_take" })).action.id)).compensation).toBeNull();
  });

  test("the reviewed handler can be given with other arguments, also when no tool has its name", async () => {
    const tools = actingManifest().tools.map((tool) => (tool.name === "credit_give" ? { ...tool, compensation: { description: "", hook: { kind: "tool" as const, tool: "credit_void" } } } : tool));
    const voiding = await makeActingAgent({ tools });
    const { action } = await voiding.prepare({ tool: "credit_give", compensation: { hook: { kind: "tool", tool: "credit_void" }, arguments: { credit: "cr_1" } } });
    expect(action.compensation).toMatchObject({ hook: { tool: "credit_void" }, arguments: { credit: "cr_1" } });
  });

  test.each([["an address", "refund_create"], ["a handler", "credit_give"], ["words", "letter_send"]])("where the tool declares %s, instructions of the agent do not stand in its place", async (_what, tool) => {
    const compensation = { hook: { kind: "manual" as const, instructions: "Send 5,000 EUR to DE02, then press done.", owner: "role:business_owner" } };
    await expect(agent.prepare({ tool, compensation })).rejects.toThrow(/in place of that/);
  });

  test("a given way back is the reviewed one or one below it", async () => {
    const declared = { kind: "http" as const, url: "https://payments.example.test/void" };
    const strict = await makeActingAgent({ tools: actingManifest().tools.map((tool) => (tool.name === "refund_create" ? { ...tool, effect: "irreversible" as const, compensation: { description: "Void it.", hook: declared } } : tool)) });
    const given = (url: string) => strict.prepare({ compensation: { hook: { kind: "http", url } } });
    expect((await given("https://payments.example.test/void/5512")).action.compensation).toMatchObject({ hook: { url: "https://payments.example.test/void/5512" } });
    for (const url of ["https://payments.example.test/voided", "https://payments.example.test/void/../payout", "https://payments.example.test/", "https://x:y@payments.example.test/void/nowhere"]) await expect(given(url)).rejects.toThrow(/not the one/);
    await expect(strict.prepare({ compensation: { hook: { kind: "manual", instructions: "Nothing.", owner: "Ingrid" } } })).rejects.toThrow(/in place of that/);
  });

  test("a key for another agent, a person and Holdpoint itself are refused", async () => {
    await expect(agent.prepare({ key: { ...agent.key, agentIds: ["another"] } })).rejects.toThrow(NotPermitted);
    await expect(agent.prepare({ key: { ...agent.key, scopes: ["telemetry"] } })).rejects.toThrow(NotPermitted);
  });
});

describe("how it ends", () => {
  test("committed once; the same report again is the same answer, another one a conflict", async () => {
    const { action } = await agent.prepare();
    const report = { state: "committed" as const, actionId: action.id, result: { refund: "re_1", sum: 1.5 }, downstream: null };
    const at = new Date();
    const first = await endAction(agent.key, report, at);
    expect(first).toEqual({ id: action.id, state: "committed", endedAt: at, reversibleUntil: new Date(at.getTime() + 24 * 3_600_000) });
    const again = await Promise.all(Array.from({ length: 10 }, () => endAction(agent.key, report)));
    expect(again).toEqual(Array(10).fill(first));
    await expect(endAction(agent.key, { ...report, result: { refund: "re_2" } })).rejects.toThrow(Conflict);
    await expect(endAction(agent.key, { state: "failed", actionId: action.id, error: "no" })).rejects.toThrow(Conflict);
    expect(await kindsAbout(action.id)).toEqual(["action.started", "action.committed"]);
    expect(await stored(action.id)).toMatchObject({ state: "committed", result: { refund: "re_1", sum: 1.5 }, downstream: null });
  });

  test("what an agent tells of a failure is kept with the action, and of that the digest in the log", async () => {
    const { action } = await agent.prepare();
    const error = "401 for Bearer sk_live_51H";
    await endAction(agent.key, { state: "failed", actionId: action.id, error });
    expect((await stored(action.id)).error).toBe(error);
    const [entry] = await prisma().logEntry.findMany({ where: { subject: action.id, kind: "action.failed" } });
    expect(entry?.body).not.toContain("sk_live");
    expect(entry?.body).toContain(digestForLog(error));
  });

  test("two different reports at once: one is taken", async () => {
    const { action } = await agent.prepare();
    const both = await Promise.allSettled([endAction(agent.key, { state: "committed", actionId: action.id, result: 1, downstream: null }), endAction(agent.key, { state: "failed", actionId: action.id, error: "x" })]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  });

  test("what was not begun cannot end, and another agent's key ends nothing", async () => {
    const { action } = await agent.prepare({ input: { amount: 200 } });
    await expect(endAction(agent.key, { state: "committed", actionId: action.id, result: null, downstream: null })).rejects.toThrow(Conflict);
    const begun = await agent.prepare();
    await expect(endAction({ ...agent.key, agentIds: ["another"] }, { state: "failed", actionId: begun.action.id, error: "x" })).rejects.toThrow(NotPermitted);
    expect((await stored(begun.action.id)).state).toBe("started");
  });

  test("an answer that is too long is kept as its digest", async () => {
    const { action } = await agent.prepare();
    await endAction(agent.key, { state: "committed", actionId: action.id, result: "x".repeat(60_000), downstream: null });
    expect((await stored(action.id)).result).toMatchObject({ tooLongToKeep: true, characters: 60_002, digest: expect.stringMatching(/^sha256:/) as string });
  });

  test("a sign of life moves the end, and tells of a stop", async () => {
    const { action } = await agent.prepare();
    const at = new Date(Date.now() + 60_000);
    expect(await noteHeartbeat(agent.key, { actionId: action.id }, at)).toEqual({ expiresAt: new Date(at.getTime() + 600_000), stopId: null });
    const { stopId } = await engageStop(await makePerson("Ola", ["on_call"]), stopSchema.parse({ scope: "tool", target: `${agent.id}/refund_create` }));
    expect((await noteHeartbeat(agent.key, { actionId: action.id })).stopId).toBe(stopId);
    const repeat = await agent.prepare({ idempotencyKey: action.idempotencyKey, toolCallId: action.toolCallId });
    expect([repeat.isRepeat, repeat.decision, repeat.reason, repeat.state]).toEqual([true, "deny", "tool_stopped", "started"]);
    expect((await agent.prepare()).reason).toBe("tool_stopped");
  });

  test("a sign of life tells of a stop of the version that acts, also where that is only tried", async () => {
    const own = await makeActingAgent();
    const { candidateId } = await makeRollout(own, { candidate: actingManifest({ prompt: "Refund everything." }), stage: "partial" });
    const [ofCurrent, ofCandidate] = [(await own.prepare()).action.id, (await own.prepare()).action.id];
    await prisma().action.update({ where: { id: ofCandidate }, data: { versionId: candidateId } });
    const { stopId } = await engageStop(await makePerson("Ola", ["on_call"]), stopSchema.parse({ scope: "version", target: candidateId }));
    const told = async (actionId: string) => (await noteHeartbeat(own.key, { actionId })).stopId;
    expect([await told(ofCurrent), await told(ofCandidate)]).toEqual([null, stopId]);
  });
});

/** The connection dies after everything is written and before it is committed: whoever records something waits for the log's head. */
async function interrupted(work: () => Promise<unknown>): Promise<unknown> {
  const client = await pool().connect();
  await client.query("BEGIN");
  await client.query("SELECT 1 FROM log_head WHERE id = 1 FOR UPDATE");
  const outcome = work().catch((error: unknown) => error);
  await expect.poll(async () => (await pool().query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%log_head%'")).rowCount).toBe(1);
  await client.query("ROLLBACK");
  client.release();
  return outcome;
}

describe("a server that is gone in the middle", () => {
  let own: ActingAgent;
  beforeAll(async () => {
    own = await makeActingAgent();
  });

  test("of prepare: nothing is permitted, nothing stored or counted, and the same key is decided afterwards, once", async () => {
    const failure = await interrupted(() => own.prepare({ idempotencyKey: "cut short", conversationId: "cut" }));
    expect(failure).toBeInstanceOf(Error);
    expect([await prisma().action.count({ where: { idempotencyKey: "cut short" } }), await prisma().usageCounter.count({ where: { agentId: own.id, key: "cut" } })]).toEqual([0, 0]);
    expect(await own.prepare({ idempotencyKey: "cut short", conversationId: "cut" })).toMatchObject({ decision: "permit", isRepeat: false });
    expect(await own.prepare({ idempotencyKey: "cut short", conversationId: "cut" })).toMatchObject({ decision: "permit", isRepeat: true });
  });

  test("of commit: it stays under way, and the same report is taken afterwards", async () => {
    const { action } = await own.prepare();
    const report = { state: "committed" as const, actionId: action.id, result: 1, downstream: null };
    expect(await interrupted(() => endAction(own.key, report))).toBeInstanceOf(Error);
    expect(await stored(action.id)).toMatchObject({ state: "started", result: null });
    expect(await endAction(own.key, report)).toMatchObject({ state: "committed" });
  });
});
