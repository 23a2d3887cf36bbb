import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import { createApiKey, newKeySchema } from "../operations/api-keys.ts";
import { endAction } from "../operations/end-action.ts";
import { systemActor } from "../operations/people.ts";
import { startAgentServer, type AgentServer } from "../testing/agent-server.ts";
import { makeActingAgent, type ActingAgent } from "../testing/acting-agent.ts";
import { makeAgent, makePerson } from "../testing/make-agent.ts";
import { useDatabase } from "../testing/use-database.ts";

useDatabase();

let server: AgentServer;
let agent: ActingAgent;
let key: string, stranger: string, ola: string, mia: string;
const keyWith = async (given: object) => (await createApiKey(systemActor, newKeySchema.parse({ name: "undo", ...given }))).secret;
const personal = async (name: string) => keyWith({ personId: (await makePerson(name, ["on_call"])).id });

beforeAll(async () => {
  server = await startAgentServer();
  agent = await makeActingAgent();
  [key, stranger] = [await keyWith({ agentIds: [agent.id], scopes: ["authority"] }), await keyWith({ agentIds: [(await makeAgent()).id], scopes: ["authority"] })];
  [ola, mia] = [await personal("Ola"), await personal("Mia")];
});
afterAll(() => server.stop());

async function done(tool: string, conversationId = "c"): Promise<string> {
  const { action } = await agent.prepare({ tool, conversationId, input: tool === "letter_send" ? { to: "me" } : { amount: 3 } });
  await endAction(agent.key, { state: "committed", actionId: action.id, result: null, downstream: null });
  return action.id;
}
const undo = (scope: string, target: string, token = ola) => server.call("POST", "/v1/undos", token, { agentId: agent.id, scope, target, reason: "Twice." });
const post = (address: string, token: string, body: unknown = {}) => server.call("POST", address, token, body);

describe("/v1/undos", () => {
  test("a handler that waits hears its step, takes it back, and the reversal is done", async () => {
    const actionId = await done("credit_give");
    const next = server.call("GET", `/v1/undos/next?agent=${agent.id}&waitMs=20000`, key);
    const { status, body } = await undo("action", actionId);
    expect([status, body.state]).toEqual([200, "running"]);
    const [step] = (await next).body.steps as [{ stepId: string; handler: string; arguments: unknown; attempt: number }];
    expect(step).toMatchObject({ actionId, handler: "credit_take", arguments: { amount: 3 }, attempt: 1 });
    expect((await post(`/v1/undos/steps/${step.stepId}/done`, stranger, { attempt: 1 })).status).toBe(403);
    expect((await post(`/v1/undos/steps/${step.stepId}/done`, key, { attempt: 1, response: { ok: true } })).body).toEqual({ state: "done" });
    expect((await server.call("GET", `/v1/undos/${String(body.undoId)}`, ola)).body).toMatchObject({ state: "done", steps: [{ actionId, state: "done", attempts: 1 }] });
    expect((await server.call("GET", `/v1/actions/${actionId}`, key)).body).toMatchObject({ state: "compensated" });
  });

  test("a step goes to whom has its handler, and to a caller that names none, or not all", async () => {
    await undo("action", await done("credit_give"));
    const stepsFor = async (query: string) => ((await server.call("GET", `/v1/undos/next?agent=${agent.id}${query}`, key)).body.steps as { stepId: string; attempt: number }[]);
    const named = `&handlers=${encodeURIComponent(JSON.stringify(["letter_void"]))}`;
    expect(await stepsFor(named)).toEqual([]);
    const [step] = await stepsFor(`${named}&more=true`);
    expect(step).toMatchObject({ attempt: 1 });
    expect((await post(`/v1/undos/steps/${step?.stepId ?? ""}/done`, key, { attempt: 1 })).body).toEqual({ state: "done" });
  });

  test("of a run waits for a second person; what a person does by hand is said by a person", async () => {
    const [, letter] = [await done("letter_send", "run"), await done("letter_send", "run")];
    const { body } = await undo("run", "run");
    expect(body.state).toBe("waiting");
    expect((await post(`/v1/undos/${String(body.undoId)}/approve`, ola)).status).toBe(422);
    expect((await post(`/v1/undos/${String(body.undoId)}/approve`, key)).status).toBe(403);
    expect((await post(`/v1/undos/${String(body.undoId)}/approve`, mia)).status).toBe(200);
    const step = await prisma().undoStep.findFirstOrThrow({ where: { actionId: letter } });
    expect((await post(`/v1/undos/steps/${step.id}/by-hand`, key, { note: null })).status).toBe(403);
    expect((await post(`/v1/undos/steps/${step.id}/by-hand`, ola, { note: "Wrote again." })).body).toEqual({ state: "done" });
  });

  test.each<[string, () => Promise<{ status: number }>, number]>([
    ["an agent that takes back by itself", async () => undo("action", await done("credit_give"), key), 403],
    ["a scope that is none", () => undo("fleet", "x"), 400],
    ["a run in which nothing was done", () => undo("run", "nothing"), 404],
    ["steps of another agent", () => server.call("GET", `/v1/undos/next?agent=${agent.id}`, stranger), 403],
    ["an agent that rolls itself back", () => post(`/v1/agents/${agent.id}/rollback`, key, { reason: "x" }), 403],
    ["a rollback without a version before", () => post(`/v1/agents/${agent.id}/rollback`, ola, { reason: "x" }), 422],
    ["a rehearsal of a hook that nobody declared", () => post("/v1/hooks/rehearse", ola, { agentId: agent.id, tool: "payout_send" }), 404],
  ])("%s is refused", async (_what, ask, status) => {
    expect((await ask()).status).toBe(status);
  });
});
