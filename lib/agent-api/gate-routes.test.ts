import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { probeToken } from "../auth/probe-token.ts";
import { prisma } from "../database/database.ts";
import { PROBE_AGENT_ID, PROBE_TOOL } from "../domain/bundle.ts";
import { createApiKey, newKeySchema, revokeApiKey } from "../operations/api-keys.ts";
import { appendToLog } from "../operations/append-to-log.ts";
import { systemActor } from "../operations/people.ts";
import { engageStop, stopSchema } from "../operations/stops.ts";
import { startAgentServer, type AgentServer } from "../testing/agent-server.ts";
import { makeAgent, makePerson, type MadeAgent } from "../testing/make-agent.ts";
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
    expect([status, body]).toEqual([200, { decision: "permit", reason: "permitted", sentence: "At shadow, reading is permitted.", isRecommendation: false, stopId: null, epoch: expect.any(Number) as number }]);
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

/** An entry in the log about the agent, as every operation leaves one. */
async function makeMove(): Promise<void> {
  await prisma().$transaction((tx) => appendToLog(tx, [{ kind: "stage.raised", actor: "test", subject: agent.id, agentId: agent.id, at: new Date(), detail: {} }]));
}
