import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import { createApiKey, newKeySchema, revokeApiKey } from "../operations/api-keys.ts";
import { systemActor } from "../operations/people.ts";
import { startAgentServer, type AgentServer } from "../testing/agent-server.ts";
import { actingManifest, makeActingAgent, type ActingAgent } from "../testing/acting-agent.ts";
import { makeAgent, makePerson } from "../testing/make-agent.ts";
import { makeRollout, type MadeRollout } from "../testing/make-rollout.ts";
import { useDatabase } from "../testing/use-database.ts";

useDatabase();

let server: AgentServer, agent: ActingAgent, rollout: MadeRollout, secret: string;
const keyWith = (given: object) => createApiKey(systemActor, newKeySchema.parse({ name: "assign", ...given }));
const ask = (body: object, token = secret) => server.call("POST", "/v1/assignments", token, { agent: { id: agent.id }, ...body });

beforeAll(async () => {
  server = await startAgentServer();
  agent = await makeActingAgent();
  rollout = await makeRollout(agent, { candidate: actingManifest({ label: "2.0", prompt: "A new prompt." }), exposure: 0.999 });
  ({ secret } = await keyWith({ agentIds: [agent.id], scopes: ["authority"] }));
});
afterAll(() => server.stop());

describe("POST /v1/assignments", () => {
  test("answers with the version, its probability and the effects of its tools, and the same again", async () => {
    const { status, body } = await ask({ task: "T-1" });
    expect([status, body]).toEqual([200, {
      rolloutId: rollout.id, task: "T-1", arm: "candidate", version: { id: rollout.candidateId, number: 2, label: "2.0", fingerprint: expect.stringMatching(/^sha256:/) as string }, probability: 0.999, stage: "assisted",
      shadow: null, effects: { order_get: "read", refund_create: "write", credit_give: "write", credit_take: "write", letter_send: "write", payout_send: "irreversible" }, isLimited: false, isRepeat: false,
      sentence: "The candidate version does this task: the candidate gets 99.9 % of them.",
    }]);
    expect((await ask({ task: "T-1", unit: "customer-7" })).body).toMatchObject({ arm: "candidate", isRepeat: true });
  });

  test("neither the salt nor what the judge has learned is told", async () => {
    expect(Object.keys((await ask({ task: "T-2" })).body).sort()).toEqual(["arm", "effects", "isLimited", "isRepeat", "probability", "rolloutId", "sentence", "shadow", "stage", "task", "version"]);
    expect(JSON.stringify((await ask({ task: "T-2" })).body)).not.toContain("salt");
  });

  test("a hundred tasks at once are each assigned once", async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, (_, index) => ask({ task: `many-${index % 50}` })));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 100 }, () => 200));
    expect(answers.filter(({ body }) => body.isRepeat === false)).toHaveLength(50);
    expect(await prisma().assignment.count({ where: { agentId: agent.id, taskId: { startsWith: "many-" } } })).toBe(50);
  });

  test.each<[string, () => Promise<{ status: number }>, number]>([
    ["no task", () => ask({}), 400],
    ["an empty task", () => ask({ task: "" }), 400],
    ["a task that is too long", () => ask({ task: "a".repeat(201) }), 400],
    ["a task that is too long in bytes", () => ask({ task: "€".repeat(150) }), 400],
    ["a shadow", () => ask({ task: "T-1~shadow" }), 400],
    ["half a character", () => ask({ task: "\ud800" }), 400],
    ["a unit that is no text", () => ask({ task: "T-1", unit: 7 }), 400],
    ["another agent's key", async () => ask({ task: "T-1" }, (await keyWith({ agentIds: [(await makeAgent()).id], scopes: ["authority"] })).secret), 403],
    ["a key without the scope", async () => ask({ task: "T-1" }, (await keyWith({ agentIds: [agent.id], scopes: ["telemetry", "versions", "outcomes"] })).secret), 403],
    ["a person's key", async () => ask({ task: "T-1" }, (await keyWith({ personId: (await makePerson("Vi", ["operator", "administrator"])).id })).secret), 403],
    ["no key", () => ask({ task: "T-1" }, ""), 401],
    ["an agent that is not there", async () => server.call("POST", "/v1/assignments", (await keyWith({ agentIds: ["*"], scopes: ["authority"] })).secret, { agent: { id: "nobody" }, task: "T-1" }), 404],
  ])("%s is refused", async (_, call, status) => {
    expect((await call()).status).toBe(status);
  });

  test("a revoked key is refused", async () => {
    const mine = await keyWith({ agentIds: [agent.id], scopes: ["authority"] });
    await revokeApiKey(systemActor, { keyId: mine.id });
    expect((await ask({ task: "T-9" }, mine.secret)).status).toBe(401);
    expect(await prisma().assignment.count({ where: { taskId: "T-9" } })).toBe(0);
  });
});
