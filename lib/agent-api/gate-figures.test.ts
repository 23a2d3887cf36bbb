import { afterAll, beforeAll, expect, test } from "vitest";
import { probeToken } from "../auth/probe-token.ts";
import { createApiKey, newKeySchema } from "../operations/api-keys.ts";
import { systemActor } from "../operations/people.ts";
import { makeActingAgent, type ActingAgent } from "../testing/acting-agent.ts";
import { startAgentServer, type AgentServer } from "../testing/agent-server.ts";
import { makePerson } from "../testing/make-agent.ts";
import { storeAction } from "../testing/store-action.ts";
import { useDatabase } from "../testing/use-database.ts";

useDatabase();

let server: AgentServer;
let agent: ActingAgent;
let key: string, person: string;
const keyWith = async (given: object) => (await createApiKey(systemActor, newKeySchema.parse({ name: "figures", ...given }))).secret;
let asked = 0;
const check = (token: string, tool: string, more: object = {}) => server.call("POST", "/v1/gate/check", token, { agent: { id: agent.id }, tool: { name: tool }, ...more });
const prepare = (amount: number) => server.call("POST", "/v1/actions", key, { agent: { id: agent.id }, tool: { name: "refund_create" }, input: { amount }, idempotencyKey: `k${++asked}` });
const decide = (id: unknown, what: string, body: object) => server.call("POST", `/v1/actions/${String(id)}/${what}`, person, body);

/** 0 for what has no line yet. */
async function figure(line: string): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  return Number(text.split("\n").find((each) => each.startsWith(`${line} `))?.slice(line.length + 1) ?? 0);
}
const figures = (...lines: string[]): Promise<number[]> => Promise.all(lines.map(figure));

beforeAll(async () => {
  server = await startAgentServer();
  agent = await makeActingAgent();
  key = await keyWith({ agentIds: [agent.id], scopes: ["authority"] });
  person = await keyWith({ personId: (await makePerson("Ola", ["on_call"])).id });
});
afterAll(() => server.stop());

test("each question is counted once by its answer, whichever way it came; Holdpoint's own probes are not", async () => {
  const decisions = () => figures('holdpoint_gate_checks_total{decision="permit"}', 'holdpoint_gate_checks_total{decision="hold"}', 'holdpoint_gate_checks_total{decision="deny"}', "holdpoint_gate_check_seconds_count");
  expect(await decisions()).toEqual([0, 0, 0, 0]);
  await check(key, "order_get");
  await check(key, "rm_rf");
  // Asked for several times while it waits, and still one question.
  await check(key, "refund_create", { input: { amount: 200 }, waitMs: 1_200 });
  await prepare(20);
  await server.call("POST", "/access/v1/evaluation", key, { subject: { type: "agent", id: agent.id }, action: { name: "tools/call" }, resource: { type: "tool", id: "order_get" } });
  expect(await decisions()).toEqual([3, 1, 1, 5]);
  expect((await check(probeToken(new Date()), "order_get")).status).toBe(200);
  expect((await check(key, "order_get", { waitMs: -1 })).status).toBe(400);
  expect(await decisions()).toEqual([3, 1, 1, 5]);
});

test("who waits for a person is counted, and how long the word took that decided it", async () => {
  const waits = () => figures("holdpoint_approvals_pending", 'holdpoint_approval_wait_seconds_count{decision="approved"}', 'holdpoint_approval_wait_seconds_count{decision="rejected"}');
  const [before = 0] = await waits();
  const id = await storeAction(agent.id, { preparedAt: new Date(Date.now() - 600_000) });
  const { body: held } = await prepare(200);
  await storeAction(agent.id, { expiresAt: new Date(Date.now() - 1_000) });
  expect(await waits()).toEqual([before + 2, 0, 0]);
  expect((await decide(held.id, "approve", { inputDigest: `sha256:${"0".repeat(64)}` })).status).toBe(409);
  expect((await decide(held.id, "approve", { inputDigest: held.inputDigest })).status).toBe(200);
  const { body: old } = await server.call("GET", `/v1/actions/${id}`, key);
  expect((await decide(id, "reject", { inputDigest: old.inputDigest, reason: "No photo." })).status).toBe(200);
  expect(await waits()).toEqual([before, 1, 1]);
  expect(await figure('holdpoint_approval_wait_seconds_sum{decision="rejected"}')).toBeGreaterThanOrEqual(600);
});

test("a request of Holdpoint's own waits like any other, and its answer counts nowhere", async () => {
  const rejected = 'holdpoint_approval_wait_seconds_count{decision="rejected"}';
  const [pending = 0, before] = await figures("holdpoint_approvals_pending", rejected);
  const id = await storeAction(agent.id, { isSeeded: true });
  expect(await figure("holdpoint_approvals_pending")).toBe(pending + 1);
  const { body } = await server.call("GET", `/v1/actions/${id}`, person);
  expect((await decide(id, "reject", { inputDigest: body.inputDigest, reason: "No." })).status).toBe(200);
  expect(await figures("holdpoint_approvals_pending", rejected)).toEqual([pending, before]);
});
