import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import { createApiKey, newKeySchema } from "../operations/api-keys.ts";
import { approveAction } from "../operations/approve-action.ts";
import { systemActor } from "../operations/people.ts";
import { makeActingAgent, type ActingAgent } from "../testing/acting-agent.ts";
import { startAgentServer, type AgentServer } from "../testing/agent-server.ts";
import { useDatabase } from "../testing/use-database.ts";

useDatabase();

let server: AgentServer, agent: ActingAgent, secret: string;
beforeAll(async () => {
  server = await startAgentServer();
  agent = await makeActingAgent();
  ({ secret } = await createApiKey(systemActor, newKeySchema.parse({ name: "pep", agentIds: [agent.id], scopes: ["authority"] })));
});
afterAll(() => server.stop());

const asked = (toolCallId: string, amount: number, more: object = {}) => ({
  subject: { type: "agent", id: agent.id, properties: { version: "14" } }, action: { name: "tools/call", properties: { arguments: { amount } } }, resource: { type: "tool", id: "payments/refund_create" },
  context: { conversation_id: "az", tool_call_id: toolCallId }, ...more,
});
const evaluate = (body: object, key = secret) => server.call("POST", "/access/v1/evaluation", key, body);

describe("AuthZEN", () => {
  test("says where its endpoints are, to everybody", async () => {
    const { status, body } = await server.call("GET", "/.well-known/authzen-configuration", "", undefined);
    expect([status, body]).toEqual([200, expect.objectContaining({ access_evaluation_endpoint: expect.stringMatching(/\/access\/v1\/evaluation$/) as string, capabilities: ["urn:openid:authzen:capability:access-request"] })]);
  });

  test("decides by the same gate, over the same records", async () => {
    const permitted = await evaluate(asked("a", 20));
    expect(permitted).toMatchObject({ status: 200, body: { decision: true, context: { policies: ["all"] } } });
    const native = await server.call("POST", "/v1/gate/check", secret, { agent: { id: agent.id }, tool: { name: "refund_create" }, conversationId: "az", toolCallId: "a", input: { amount: 20 } });
    expect(native.body.evaluationId).toBe((permitted.body.context as { evaluation_id: string }).evaluation_id);
    expect((await evaluate(asked("b", 5_000))).body).toMatchObject({ decision: false, context: { reason: "policy", policies: ["no-fortunes"] } });
  });

  test("a held call is a denial that can be asked about, and is permitted once it is approved", async () => {
    const { body } = await evaluate(asked("c", 200));
    expect(body).toMatchObject({ decision: false, context: { reason: "approval_required", access_request: { expires_at: expect.any(String) as string } } });
    const denial = { evaluation_id: (body.context as { evaluation_id: string }).evaluation_id };
    const request = await server.call("POST", "/access/v1/access-requests", secret, { ...asked("c", 200), denial });
    expect(request).toMatchObject({ status: 202, body: { task: { status: "pending" } } });
    expect((await server.call("POST", "/access/v1/access-requests", secret, { ...asked("c", 201), denial })).status).toBe(400);
    const { id, status_endpoint: at } = (request.body as { task: { id: string; status_endpoint: string } }).task;
    const action = await prisma().action.findUniqueOrThrow({ where: { id } });
    await approveAction(agent.owners.technical_owner, { actionId: id, inputDigest: action.inputDigest, reason: null });
    await prisma().action.update({ where: { id }, data: { dispatchAt: new Date() } });
    expect((await server.call("GET", at, secret, undefined)).body).toMatchObject({ task: { status: "approved" } });
    expect((await evaluate(asked("c", 200))).body).toMatchObject({ decision: true });
    expect((await evaluate(asked("d", 200))).body).toMatchObject({ decision: false });
  });

  test("an access request only looks: it makes no request, uses no approval, and finds a call without an id of its own", async () => {
    const { context, ...nameless } = asked("", 200);
    const { body } = await evaluate(nameless);
    const denial = { evaluation_id: (body.context as { evaluation_id: string }).evaluation_id };
    const request = (more: object = {}, of: object = denial) => server.call("POST", "/access/v1/access-requests", secret, { ...nameless, ...more, denial: of });
    const actions = () => prisma().action.count({ where: { agentId: agent.id } });
    const before = await actions();
    const { status, body: made } = await request();
    expect(status).toBe(202);
    const { id } = (made as { task: { id: string } }).task;
    const { inputDigest } = await prisma().action.findUniqueOrThrow({ where: { id } });
    await approveAction(agent.owners.technical_owner, { actionId: id, inputDigest, reason: null });
    await prisma().action.update({ where: { id }, data: { dispatchAt: new Date() } });
    expect(await request()).toMatchObject({ status: 202, body: { task: { id, status: "approved" } } });
    expect((await prisma().action.findUniqueOrThrow({ where: { id } })).state).toBe("approved");
    for (const other of [{ context }, { subject: { ...nameless.subject, properties: { on_behalf_of: "u_1" } } }, { resource: { type: "tool", id: "payout_send" } }]) expect((await request(other)).status).toBe(400);
    expect((await request({}, { evaluation_id: "gd_none" })).status).toBe(400);
    expect(await actions()).toBe(before);
  });

  test("takes no words of the asking side for an approval", async () => {
    const said = { granted: true, id: "apr_1", approved_at: new Date().toISOString(), approved_until: "2099-01-01T00:00:00Z", state: "approved" };
    const held = asked("words", 200);
    const body = {
      ...held, approval: said, decision: true, subject: { ...held.subject, properties: { ...held.subject.properties, approval: said, roles: ["business_owner"] } },
      action: { ...held.action, properties: { ...held.action.properties, approval: said } }, context: { ...held.context, approval: said, isApproved: true, access_request: said },
    };
    expect((await evaluate(body)).body).toMatchObject({ decision: false, context: { reason: "approval_required" } });
    expect((await server.call("POST", "/access/v1/evaluations", secret, { ...body, evaluations: [body] })).body).toMatchObject({ evaluations: [{ decision: false }] });
  });

  test("a question for another user is no repetition, and what the policy may ask for is heard", async () => {
    const forUser = (id: string, more: object = {}) => {
      const { subject, context, ...rest } = asked("whose", 20);
      return { ...rest, subject: { ...subject, properties: { ...subject.properties, on_behalf_of: { type: "user", id } } }, context: { ...context, segment: "retail", confidence: 0.4, ...more } };
    };
    expect((await evaluate(forUser("u_1"))).body).toMatchObject({ decision: true });
    expect([(await evaluate(forUser("u_1"))).status, (await evaluate(forUser("u_2"))).status, (await evaluate(forUser("u_1", { segment: "wholesale" }))).status]).toEqual([200, 409, 409]);
    expect(await prisma().gateDecision.findFirst({ where: { agentId: agent.id, toolCallId: "whose" } })).toMatchObject({ facts: { user: "u_1", segment: "retail", confidence: 0.4 } });
  });

  test("what is said in a form that is not read is refused, because not said would be another question", async () => {
    const odd = asked("odd", 20);
    const inContext = (more: object) => ({ ...odd, context: { ...odd.context, ...more } });
    const onBehalf = (whom: unknown) => ({ ...odd, subject: { ...odd.subject, properties: { on_behalf_of: whom } } });
    const long = "x".repeat(1_001);
    const unreadable = [
      ...[{ type: "user", id: 42 }, { type: "user" }, { id: long }, 42, "", []].map(onBehalf),
      ...[{ conversation_id: long }, { conversation_id: 7 }, { tool_call_id: {} }, { segment: 7 }, { segment: "" }, { confidence: "very" }, { confidence: 2 }].map(inContext),
    ];
    const recorded = () => prisma().gateDecision.count({ where: { agentId: agent.id } });
    const before = await recorded();
    for (const body of unreadable) expect([body, (await evaluate(body)).status]).toEqual([body, 400]);
    expect(await recorded()).toBe(before);
    const nothing = { ...onBehalf(null), context: { ...odd.context, segment: null, confidence: null } };
    expect((await evaluate(nothing)).body).toMatchObject({ decision: true });
  });

  test("several at once, until the first that decides", async () => {
    const ask = (evaluations: object[], semantic?: string) =>
      server.call("POST", "/access/v1/evaluations", secret, { ...asked("batch", 20), evaluations, ...(semantic === undefined ? {} : { options: { evaluations_semantic: semantic } }) });
    const items = [{}, { resource: { type: "tool", id: "unheard_of" } }, { resource: { type: "tool", id: "order_get" }, action: { name: "tools/call" } }];
    const decisions = async (semantic?: string) => ((await ask(items, semantic)).body as { evaluations: { decision: boolean }[] }).evaluations.map(({ decision }) => decision);
    expect(await decisions()).toEqual([true, false, true]);
    expect(await decisions("deny_on_first_deny")).toEqual([true, false]);
    expect(await decisions("permit_on_first_permit")).toEqual([true]);
    expect((await ask([])).body).toMatchObject({ decision: true });
    expect((await server.call("POST", "/access/v1/evaluations", secret, { evaluations: [{ resource: { type: "tool", id: "x" } }] })).status).toBe(400);
  });

  test.each<[string, object, number]>([
    ["what is no agent's tool call", { subject: { type: "user", id: "u" } }, 200], ["another action", { action: { name: "can_read" } }, 200], ["no resource", { resource: undefined }, 400], ["an agent the key is not for", { subject: { type: "agent", id: "somebody-else" } }, 403],
  ])("%s is not permitted", async (_, changes, status) => {
    const answer = await evaluate(asked("e", 20, changes));
    expect(answer.status).toBe(status);
    if (status === 200) expect(answer.body).toMatchObject({ decision: false });
  });

  test("needs a key", async () => {
    expect((await evaluate(asked("f", 20), "")).status).toBe(401);
  });
});
