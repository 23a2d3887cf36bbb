import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { probeToken } from "../auth/probe-token.ts";
import { prisma } from "../database/database.ts";
import { PROBE_AGENT_ID, PROBE_TOOL } from "../domain/bundle.ts";
import { inputDigest } from "../domain/input-digest.ts";
import { metrics } from "../metrics-registry.ts";
import { createApiKey, newKeySchema, revokeApiKey } from "../operations/api-keys.ts";
import { appendToLog } from "../operations/append-to-log.ts";
import { systemActor } from "../operations/people.ts";
import { engageStop, stopSchema } from "../operations/stops.ts";
import { startAgentServer, type AgentServer } from "../testing/agent-server.ts";
import { approveAtOnce } from "../testing/approve-at-once.ts";
import { makeAgent, makePerson, manifest, type MadeAgent } from "../testing/make-agent.ts";
import { useDatabase } from "../testing/use-database.ts";

useDatabase();

let server: AgentServer;
let agent: MadeAgent, other: MadeAgent;
let key: { id: string; secret: string };
const keyWith = (given: object) => createApiKey(systemActor, newKeySchema.parse({ name: "gate", ...given }));
const ask = (tool: unknown, agentId = agent.id, token = key.secret, more: object = {}) => server.call("POST", "/v1/gate/check", token, { agent: { id: agentId }, tool: { name: tool }, ...more });
const until = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 8_000, interval: 10 });

beforeAll(async () => {
  server = await startAgentServer();
  [agent, other] = [await makeAgent({ tier: 2 }), await makeAgent({ tier: 1 })];
  key = await keyWith({ agentIds: [agent.id], scopes: ["authority"] });
});
afterAll(() => server.stop());

describe("POST /v1/gate/check", () => {
  test("answers from authority and effect, and takes the other members of a question", async () => {
    const { status, body } = await ask("order_get", agent.id, key.secret, { conversationId: "c", toolCallId: "t", input: { order: 1 }, agentVersion: "1.0" });
    expect([status, body]).toEqual([200, {
      evaluationId: expect.stringMatching(/^gd_/) as string, decision: "permit", reason: "permitted", sentence: "At shadow, reading is permitted.", isRecommendation: false, stopId: null,
      epoch: expect.any(Number) as number, policies: [], approvers: [], approvalsNeeded: 0, inputDigest: inputDigest({ order: 1 }), approval: null,
    }]);
    expect((await ask("refund_create")).body).toMatchObject({ decision: "deny", reason: "authority", isRecommendation: true });
    expect((await ask("rm_rf")).body).toMatchObject({ decision: "deny", reason: "tool_unknown" });
  });

  test("a raised stage is seen, and a stop that follows it at once", async () => {
    await prisma().agent.update({ where: { id: agent.id }, data: { stage: "partial" } });
    await makeMove();
    await until(async () => expect((await ask("refund_create")).body).toMatchObject({ decision: "permit", reason: "permitted" }));
    const { stopId } = await engageStop(await makePerson("Ola", ["on_call"]), stopSchema.parse({ scope: "tool", target: `${agent.id}/refund_create` }));
    await until(async () => expect((await ask("refund_create")).body).toMatchObject({ decision: "deny", reason: "tool_stopped", stopId }));
    expect((await ask("order_get")).body.decision).toBe("permit");
    await engageStop(await makePerson("Ola", ["on_call"]), stopSchema.parse({ scope: "fleet" }));
    await until(async () => expect((await ask("order_get")).body).toMatchObject({ decision: "deny", reason: "kill_switch" }));
  });

  test.each<[string, () => Promise<{ status: number }>, number]>([
    ["another agent's key", () => ask("order_get", other.id), 403],
    ["a key without the scope", async () => ask("order_get", agent.id, (await keyWith({ agentIds: [agent.id], scopes: ["telemetry"] })).secret), 403],
    ["a person's key", async () => ask("order_get", agent.id, (await keyWith({ personId: (await makePerson("Vi", ["operator", "administrator"])).id })).secret), 403],
    ["no key", () => ask("order_get", agent.id, ""), 401],
    ["an agent that is not there", async () => ask("order_get", "nobody", (await keyWith({ agentIds: ["*"], scopes: ["authority"] })).secret), 404],
    ["the probe, by an agent's key", async () => ask(PROBE_TOOL, PROBE_AGENT_ID, (await keyWith({ agentIds: ["*"], scopes: ["authority"] })).secret), 403],
    ["no tool", () => server.call("POST", "/v1/gate/check", key.secret, { agent: { id: agent.id } }), 400],
    ["a tool without a name", () => ask(""), 400],
    ["a probe token that has ended", () => ask(PROBE_TOOL, PROBE_AGENT_ID, probeToken(new Date(Date.now() - 61_000))), 401],
  ])("%s is refused", async (_, call, status) => {
    expect((await call()).status).toBe(status);
  });

  test("a key is refused soon after it was revoked, though it was good a moment ago", async () => {
    const mine = await keyWith({ agentIds: [agent.id], scopes: ["authority"] });
    expect((await ask("order_get", agent.id, mine.secret)).status).toBe(200);
    await revokeApiKey(systemActor, { keyId: mine.id });
    await until(async () => expect((await ask("order_get", agent.id, mine.secret)).status).toBe(401));
  });

  test("Holdpoint asks as itself, and its probe is permitted until it is stopped", async () => {
    const probe = () => ask(PROBE_TOOL, PROBE_AGENT_ID, probeToken(new Date()));
    expect((await probe()).body).toMatchObject({ decision: "permit" });
    await prisma().rehearsal.create({ data: { id: "re_1", kind: "standing", scope: "agent", target: PROBE_AGENT_ID, startedBy: "system", startedAt: new Date(), epoch: 1n } });
    await until(async () => expect((await probe()).body).toMatchObject({ decision: "deny", reason: "kill_switch", stopId: "re_1" }));
    expect((await ask("order_get", agent.id, probeToken(new Date()))).status).toBe(200);
  });
});

describe("under a policy, with a record", () => {
  const CAP = `@id("amounts") permit(principal, action, resource);
@id("cap") forbid(principal, action == Action::"refund_create", resource) when { context.input has amount && context.input.amount.greaterThan(decimal("100.0")) };
@id("ask") @decision("require_approval") @approvers("role:business_owner") @persons("2") forbid(principal, action == Action::"refund_create", resource)
  when { context.input has amount && context.input.amount.greaterThan(decimal("50.0")) } unless { context has approval && context.approval.granted };
@id("few") forbid(principal, action == Action::"refund_create", resource) when { !(context has callsOfToolInRun && context.callsOfToolInRun < 3) };`;
  let ruled: MadeAgent, secret: string;
  const refund = (amount: unknown, toolCallId: string, more: object = {}) => ask("refund_create", ruled.id, secret, { conversationId: "run-1", toolCallId, input: { amount }, ...more });

  beforeAll(async () => {
    await prisma().stop.updateMany({ data: { releasedAt: new Date(), releasedBy: "test" } });
    ruled = await makeAgent({ tier: 2 });
    const { change } = await ruled.register(manifest({ label: "2.0", policy: { cedar: CAP } }));
    await ruled.approve(change?.id ?? "");
    await prisma().agent.update({ where: { id: ruled.id }, data: { stage: "partial" } });
    secret = (await keyWith({ agentIds: [ruled.id], scopes: ["authority"] })).secret;
    await vi.waitFor(async () => {
      const { body } = await refund(5, `first ${Math.random()}`, { conversationId: "warm" });
      if (body.decision !== "permit") throw new Error(String(body.sentence));
    }, { timeout: 8_000 });
  });

  test("the arguments decide: permitted, held for whom the policy names, refused", async () => {
    expect((await refund(20, "a")).body).toMatchObject({ decision: "permit", policies: ["amounts"] });
    expect((await refund(70, "b")).body).toMatchObject({ decision: "hold", reason: "policy", policies: ["ask"], approvers: ["role:business_owner"], approvalsNeeded: 2, approval: { status: "held" } });
    expect((await refund(101, "c")).body).toMatchObject({ decision: "deny", reason: "policy", policies: ["cap"], approval: null });
    expect((await refund("much", "d")).body).toMatchObject({ decision: "deny", reason: "policy_error" });
    expect((await refund(0.123456789, "e")).body).toMatchObject({ decision: "deny", reason: "policy_error" });
  });

  test("the same question gets the same record, also when it is asked many times at once; other arguments are another question", async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => refund(21, "same")));
    expect(new Set(answers.map(({ body }) => body.evaluationId)).size).toBe(1);
    expect((await refund(22, "same")).body.evaluationId).not.toBe(answers[0]?.body.evaluationId);
    expect(await prisma().gateDecision.count({ where: { agentId: ruled.id, toolCallId: "same" } })).toBe(2);
  });

  test("an answer for one tool says nothing of another, though ids and arguments are the same", async () => {
    expect((await refund(23, "shared", { conversationId: "other-tool" })).body).toMatchObject({ decision: "permit" });
    expect((await ask("rm_rf", ruled.id, secret, { conversationId: "other-tool", toolCallId: "shared", input: { amount: 23 } })).body).toMatchObject({ decision: "deny", reason: "tool_unknown" });
  });

  test("a limit per run is counted exactly, however many ask at once", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => refund(1, `n${index}`, { conversationId: "many" })));
    expect(answers.filter(({ body }) => body.decision === "permit")).toHaveLength(3);
    expect(answers.filter(({ body }) => body.decision === "deny" && JSON.stringify(body.policies) === '["few"]')).toHaveLength(17);
    const counter = await prisma().usageCounter.findUniqueOrThrow({ where: { agentId_scope_key: { agentId: ruled.id, scope: "run", key: "many" } } });
    expect(counter.calls).toBe(3n);
  });

  test("an approval is used once, and no longer than a stop permits", async () => {
    const { body } = await refund(60, "approved", { conversationId: "run-2" });
    const id = (body.approval as { id: string }).id;
    await approveAtOnce(id);
    const answers = await Promise.all(Array.from({ length: 20 }, () => refund(60, "approved", { conversationId: "run-2" })));
    expect(new Set(answers.map((answer) => answer.body.decision))).toEqual(new Set(["permit"]));
    expect((await prisma().usageCounter.findUniqueOrThrow({ where: { agentId_scope_key: { agentId: ruled.id, scope: "run", key: "run-2" } } })).calls).toBe(1n);
    expect((await refund(60, "another", { conversationId: "run-2" })).body).toMatchObject({ decision: "hold" });
    expect((await refund(61, "approved", { conversationId: "run-2" })).body).toMatchObject({ decision: "hold" });
    await engageStop(await makePerson("Ola", ["on_call"]), stopSchema.parse({ scope: "agent", target: ruled.id }));
    expect((await refund(60, "approved", { conversationId: "run-2" })).body).toMatchObject({ decision: "deny", reason: "kill_switch" });
    expect((await refund(20, "a")).body).toMatchObject({ decision: "deny", reason: "kill_switch" });
    await prisma().stop.updateMany({ data: { releasedAt: new Date(), releasedBy: "test" } });
  });

  test("no words of the asking side are an approval", async () => {
    await until(async () => expect((await refund(1, `open ${Math.random()}`, { conversationId: `open ${Math.random()}` })).body).toMatchObject({ decision: "permit" }));
    const said = { approval: { granted: true, status: "approved" }, isApproved: true, decision: "permit", facts: { approval: { granted: true } }, confidence: 1 };
    expect((await refund(60, "words", { conversationId: "run-w", ...said })).body).toMatchObject({ decision: "hold", approval: { status: "held" } });
    expect((await refund(60, "words", { conversationId: "run-w", ...said })).body).toMatchObject({ decision: "hold", approval: { status: "held" } });
  });

  test("what nobody decided in time is expired, not refused by a person", async () => {
    await until(async () => expect((await refund(1, `open ${Math.random()}`, { conversationId: `open ${Math.random()}` })).body).toMatchObject({ decision: "permit" }));
    const { body } = await refund(60, "late", { conversationId: "run-3" });
    await prisma().action.update({ where: { id: (body.approval as { id: string }).id }, data: { expiresAt: new Date(Date.now() - 1) } });
    expect((await refund(60, "late", { conversationId: "run-3" })).body).toMatchObject({ decision: "deny", reason: "expired", approval: { status: "expired" } });
  });

  test("whoever waits is answered when it is decided", async () => {
    const waiting = refund(60, "waits", { conversationId: "run-4", waitMs: 20_000 });
    const held = await vi.waitFor(() => prisma().action.findFirstOrThrow({ where: { agentId: ruled.id, toolCallId: "waits" } }), { timeout: 8_000 });
    await prisma().action.update({ where: { id: held.id }, data: { state: "rejected", endedAt: new Date() } });
    expect((await waiting).body).toMatchObject({ decision: "deny", reason: "rejected" });
  });

  test("nobody is waited for who has hung up, and no approval is used for them", async () => {
    const answered = async () => (await metrics().httpRequests.get()).values.filter(({ labels }) => labels.route === "POST /v1/gate/check").reduce((sum, { value }) => sum + value, 0);
    const call = new AbortController();
    const body = JSON.stringify({ agent: { id: ruled.id }, tool: { name: "refund_create" }, conversationId: "run-5", toolCallId: "hung up", input: { amount: 60 }, waitMs: 25_000 });
    const waiting = fetch(`${server.url}/v1/gate/check`, { method: "POST", headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" }, body, signal: call.signal }).catch(() => "hung up");
    const { id } = await vi.waitFor(() => prisma().action.findFirstOrThrow({ where: { agentId: ruled.id, toolCallId: "hung up" } }), { timeout: 8_000 });
    const before = await answered();
    call.abort();
    expect(await waiting).toBe("hung up");
    await until(async () => expect(await answered()).toBe(before + 1));
    await approveAtOnce(id);
    expect(await prisma().action.findUniqueOrThrow({ where: { id } })).toMatchObject({ state: "approved", startedAt: null });
  });

  test.each<[string, unknown]>([["deep nesting", JSON.parse("[".repeat(70) + "]".repeat(70))], ["a megabyte of text", { amount: 1, note: "x".repeat(1_000_000) }]])("%s does no harm", async (_, input) => {
    const { status, body } = await ask("refund_create", ruled.id, secret, { conversationId: `odd ${_}`, input });
    expect([200, 400]).toContain(status);
    if (status === 200) expect(["permit", "deny"]).toContain(body.decision);
  });

  test("arguments of which a member would be dropped are refused on every way, and nothing is decided", async () => {
    const input = JSON.parse('{"amount":1,"__proto__":{"amount":900}}') as object;
    const answers = await Promise.all([
      ask("refund_create", ruled.id, secret, { conversationId: "dropped", input }),
      server.call("POST", `/v1/hooks/claude/${ruled.id}`, secret, { hook_event_name: "PreToolUse", session_id: "dropped", tool_name: "refund_create", tool_input: input }),
      server.call("POST", "/access/v1/evaluation", secret, {
        subject: { type: "agent", id: ruled.id }, action: { name: "tools/call", properties: { arguments: input } }, resource: { type: "tool", id: "refund_create" }, context: { conversation_id: "dropped" },
      }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400]);
    expect(await prisma().gateDecision.count({ where: { agentId: ruled.id, conversationId: "dropped" } })).toBe(0);
  });

  test("names of any length are told apart", async () => {
    const long = (last: string) => ({ conversationId: `${"ü".repeat(999)}${last}`, toolCallId: `${"ß".repeat(999)}x`, input: { amount: 2 } });
    const [one, again, other] = [await ask("refund_create", ruled.id, secret, long("a")), await ask("refund_create", ruled.id, secret, long("a")), await ask("refund_create", ruled.id, secret, long("b"))];
    expect([one.status, one.body.decision]).toEqual([200, "permit"]);
    expect(again.body.evaluationId).toBe(one.body.evaluationId);
    expect(other.body.evaluationId).not.toBe(one.body.evaluationId);
  });

  test("every consequential decision is in the log", async () => {
    const entries = await prisma().logEntry.findMany({ where: { agentId: ruled.id, kind: "decision.made" } });
    const recorded = await prisma().gateDecision.findMany({ where: { agentId: ruled.id } });
    expect(new Set(entries.map(({ subject }) => subject))).toEqual(new Set(recorded.map(({ id }) => id)));
  });
});

/** An entry in the log about the agent, as every operation leaves one. */
async function makeMove(): Promise<void> {
  await prisma().$transaction((tx) => appendToLog(tx, [{ kind: "stage.raised", actor: "test", subject: agent.id, agentId: agent.id, at: new Date(), detail: {} }]));
}
