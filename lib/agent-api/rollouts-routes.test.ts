import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import { canaryPlanSchema } from "../domain/canary-plan.ts";
import { createApiKey, newKeySchema } from "../operations/api-keys.ts";
import { judgeRollouts } from "../operations/judge-rollouts.ts";
import { systemActor } from "../operations/people.ts";
import { startAgentServer, type AgentServer } from "../testing/agent-server.ts";
import { doTasks, makeTriedAgent, ofBothArms, shortStage, type TriedAgent } from "../testing/tried-agent.ts";
import { useDatabase } from "../testing/use-database.ts";

useDatabase();

let server: AgentServer;
beforeAll(async () => {
  server = await startAgentServer();
});
afterAll(() => server.stop());

const reason = "Because of Tuesday.";
const keyWith = async (given: object) => (await createApiKey(systemActor, newKeySchema.parse({ name: "ci", ...given }))).secret;

interface Driven {
  agent: TriedAgent;
  business: string;
  technical: string;
  key: string;
  post: (what: string, token: string, body?: object) => Promise<{ status: number; body: Record<string, unknown> }>;
}

async function driven(): Promise<Driven> {
  const agent = await makeTriedAgent();
  const [business, technical, key] = [
    await keyWith({ personId: agent.owners.business_owner.id }), await keyWith({ personId: agent.owners.technical_owner.id }), await keyWith({ agentIds: [agent.id], scopes: ["authority"] }),
  ];
  return { agent, business, technical, key, post: (what, token, body = {}) => server.call("POST", `/v1/rollouts/${agent.rolloutId}/${what}`, token, body) };
}

async function shortPlan(agent: TriedAgent) {
  const metrics = [{ metric: "success", weight: 1, isGating: true, margin: { kind: "points", value: 0.5 }, band: null }];
  return canaryPlanSchema.parse({ ...canaryPlanSchema.parse((await agent.read()).plan), stages: [shortStage("partial")], metrics });
}

describe("a pipeline with the keys of people", () => {
  test("starts, pauses, resumes, promotes, and the candidate is current", async () => {
    const { agent, business, technical, post } = await driven();
    const started = await post("start", business, { revision: 1, plan: await shortPlan(agent), startsAnyway: true });
    expect(started).toMatchObject({ status: 200, body: { rolloutId: agent.rolloutId, state: "running", stageIndex: 0, exposure: 0.5, revision: 2 } });
    const paused = await post("pause", technical, { revision: 2, reason });
    expect(paused.body).toMatchObject({ state: "paused", exposure: 0 });
    expect((await post("resume", technical, { revision: 3, reason })).body).toMatchObject({ state: "running", exposure: 0.5 });
    expect((await post("promote", technical, { revision: 4 })).status).toBe(422);
    await doTasks(agent, ofBothArms(60));
    await judgeRollouts(new Date());
    expect((await post("promote", technical, { revision: 3 })).status).toBe(409);
    expect((await post("promote", technical, { revision: 4 })).body).toMatchObject({ state: "completed" });
    expect((await prisma().agent.findUniqueOrThrow({ where: { id: agent.id } })).currentVersionId).toBe(agent.candidateId);
  });

  test("skips with two of them, and aborts without having seen anything", async () => {
    const [one, other] = [await driven(), await driven()];
    expect((await one.post("waive", one.business, { revision: 1, reason })).body).toMatchObject({ state: "planned", waiversMissing: 1 });
    expect((await one.post("waive", one.technical, { revision: 1, reason })).body).toMatchObject({ state: "completed", waiversMissing: 0 });
    expect((await other.post("abort", other.business, { reason })).body).toMatchObject({ state: "aborted" });
    expect((await other.post("abort", other.business, { reason })).status).toBe(409);
  });

  test("edits the plan, and is told what is wrong with one", async () => {
    const { agent, business } = await driven();
    const put = async (plan: unknown, revision = 1) => {
      const response = await fetch(`${server.url}/v1/rollouts/${agent.rolloutId}/plan`, {
        method: "PUT", headers: { authorization: `Bearer ${business}`, "content-type": "application/json" }, body: JSON.stringify({ revision, plan }),
      });
      return { status: response.status, text: await response.text() };
    };
    const plan = await shortPlan(agent);
    expect(await put({ ...plan, metrics: [{ ...plan.metrics[0], margin: { kind: "points", value: 0 } }] })).toMatchObject({ status: 400, text: expect.stringMatching(/margin of 0/) as string });
    expect(await put({ ...plan, stages: [{ ...plan.stages[0], exposures: [1] }] })).toMatchObject({ status: 400, text: expect.stringMatching(/no control/) as string });
    expect((await put(plan)).status).toBe(200);
    expect((await put(plan)).status).toBe(409);
  });
});

describe("a key of the agent", () => {
  test("reads, without what tasks are hashed with, and decides nothing", async () => {
    const { agent, key, post } = await driven();
    const { body } = await server.call("GET", `/v1/rollouts?agent=${agent.id}`, key);
    expect(body).toMatchObject({ rollouts: [{ id: agent.rolloutId, state: "planned", stage: "assisted", revision: 1 }], next: null });
    const one = await server.call("GET", `/v1/rollouts/${agent.rolloutId}`, key);
    expect(one).toMatchObject({ status: 200, body: { id: agent.rolloutId, events: [{ kind: "planned" }], approvals: [] } });
    expect(JSON.stringify([body, one.body])).not.toMatch(/salt|judgeState/);
    for (const what of ["start", "pause", "resume", "promote", "waive", "abort"]) expect([what, (await post(what, key, { revision: 1, reason })).status]).toEqual([what, 403]);
    expect((await agent.read()).state).toBe("planned");
  });

  test("of another agent learns nothing", async () => {
    const [{ agent }, { key }] = [await driven(), await driven()];
    expect((await server.call("GET", `/v1/rollouts/${agent.rolloutId}`, key)).status).toBe(403);
    expect((await server.call("GET", `/v1/rollouts?agent=${agent.id}`, key)).body).toEqual({ rollouts: [], next: null });
    expect((await server.call("GET", "/v1/rollouts/ro_none", key)).status).toBe(403);
  });
});
