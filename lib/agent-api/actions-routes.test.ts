import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pool, prisma } from "../database/database.ts";
import { createApiKey, newKeySchema, revokeApiKey } from "../operations/api-keys.ts";
import { systemActor } from "../operations/people.ts";
import { engageStop, releaseStop, askRelease, stopSchema } from "../operations/stops.ts";
import { startAgentServer, type AgentServer } from "../testing/agent-server.ts";
import { makeActingAgent, type ActingAgent } from "../testing/acting-agent.ts";
import { makeAgent, makePerson, type MadeAgent } from "../testing/make-agent.ts";
import { storeAction } from "../testing/store-action.ts";
import { useDatabase } from "../testing/use-database.ts";

useDatabase();

let server: AgentServer;
let agent: ActingAgent;
let other: MadeAgent;
let key: string, person: string;
const keyWith = async (given: object) => (await createApiKey(systemActor, newKeySchema.parse({ name: "actions", ...given }))).secret;
let asked = 0;
const prepare = (more: object = {}, token = key, agentId = agent.id) =>
  server.call("POST", "/v1/actions", token, { agent: { id: agentId }, tool: { name: "refund_create" }, input: { amount: 200 }, idempotencyKey: `k${++asked}`, ...more });
const say = (id: unknown, what: string, body: unknown = {}, token = key) => server.call("POST", `/v1/actions/${String(id)}/${what}`, token, body);

beforeAll(async () => {
  server = await startAgentServer();
  [agent, other] = [await makeActingAgent(), await makeAgent()];
  key = await keyWith({ agentIds: [agent.id], scopes: ["authority"] });
  person = await keyWith({ personId: (await makePerson("Ola", ["on_call"])).id });
});
afterAll(() => server.stop());

describe("/v1/actions", () => {
  test("from the question to the commit, with a person in between who is waited for", async () => {
    const { status, body: held } = await prepare({ idempotencyKey: "whole", justification: "Arrived broken." });
    expect([status, held.decision, held.state, held.isRepeat]).toEqual([200, "hold", "held", false]);
    expect((await prepare({ idempotencyKey: "whole" })).body).toMatchObject({ id: held.id, isRepeat: true });
    const waiting = server.call("GET", `/v1/actions/${String(held.id)}?waitMs=20000`, key);
    expect((await say(held.id, "start", { idempotencyKey: "whole" })).body).toMatchObject({ state: "held", mayExecute: false });
    expect((await say(held.id, "approve", { inputDigest: held.inputDigest }, person)).body).toMatchObject({ state: "approved", approvals: 1 });
    await prisma().action.update({ where: { id: String(held.id) }, data: { dispatchAt: new Date() } });
    expect((await waiting).body).toMatchObject({ state: "approved", decision: "hold" });
    const starts = await Promise.all(Array.from({ length: 20 }, () => say(held.id, "start", { idempotencyKey: "whole" })));
    expect(starts.filter(({ body }) => body.mayExecute === true)).toHaveLength(1);
    expect((await say(held.id, "heartbeat")).body).toMatchObject({ stopId: null });
    expect((await say(held.id, "commit", { result: { refund: "re_1" } })).body).toMatchObject({ state: "committed", reversibleUntil: expect.any(String) as string });
    expect((await say(held.id, "commit", { result: { refund: "re_2" } })).status).toBe(409);
    expect((await server.call("GET", `/v1/actions/${String(held.id)}`, key)).body).toMatchObject({ state: "committed", decision: "permit", reason: "approved", sentence: "Approved by a person, for exactly these arguments." });
  });

  test("a request of Holdpoint's own is not there for any key of an agent, and for people it is like any other", async () => {
    const id = await storeAction(agent.id, { isSeeded: true, question: "Why?" });
    const [read, request] = [(token: string) => server.call("GET", `/v1/actions/${id}`, token), (token: string) => server.call("GET", `/access/v1/access-requests/${id}`, token)];
    const answers = await Promise.all([
      read(key), request(key), say(id, "start", { idempotencyKey: id }), say(id, "commit", { result: null }), say(id, "fail", { error: "No." }), say(id, "heartbeat"), say(id, "withdraw"), say(id, "answer", { answer: "So." }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404));
    const told = await read(person);
    expect([told.status, told.body.state, Object.keys(told.body).toSorted()]).toEqual([200, "held", Object.keys((await prepare()).body).filter((name) => !/^(?:isRepeat|isRecommendation|mayExecute)$/.test(name)).toSorted()]);
    expect((await prisma().action.findUniqueOrThrow({ where: { id } })).state).toBe("held");
    expect((await say(id, "reject", { inputDigest: told.body.inputDigest, reason: "No." }, person)).status).toBe(200);
    expect((await read(person)).body).toMatchObject({ state: "rejected", sentence: expect.stringMatching(/^This was a test by Holdpoint/) as string });
  });

  test("a question wakes the agent that waits", async () => {
    const { body: held } = await prepare();
    const waiting = server.call("GET", `/v1/actions/${String(held.id)}?waitMs=20000`, key);
    expect((await say(held.id, "ask", { question: "Why?" }, person)).status).toBe(200);
    expect((await waiting).body).toMatchObject({ state: "held", question: "Why?", answer: null });
    expect((await say(held.id, "answer", { answer: "Broken." })).status).toBe(200);
    expect((await say(held.id, "extend", undefined, person)).status).toBe(200);
    expect((await say(held.id, "reject", { inputDigest: held.inputDigest, reason: "No photo." }, person)).body).toEqual({ state: "rejected" });
    expect((await say(held.id, "withdraw")).status).toBe(409);
  });

  test.each<[string, () => Promise<{ status: number }>, number]>([
    ["a read", () => prepare({ tool: { name: "order_get" } }), 400],
    ["arguments with __proto__", () => prepare({ input: JSON.parse('{"amount":1,"__proto__":{"a":1}}') as object }), 400],
    ["arguments that are too deep", () => prepare({ input: JSON.parse(`${'{"a":'.repeat(80)}1${"}".repeat(80)}`) as object }), 400],
    ["a NUL", () => prepare({ input: { amount: 1, order: "\u0000" } }), 400],
    ["no key of its own", () => prepare({ idempotencyKey: "" }), 400],
    ["a key for another request", async () => (await prepare({ idempotencyKey: "same" }), prepare({ idempotencyKey: "same", input: { amount: 201 } })), 409],
    ["a person's key", () => prepare({}, person), 403],
    ["an agent's key as approver", async () => say((await prepare()).body.id, "approve", { inputDigest: `sha256:${"0".repeat(64)}` }), 403],
    ["another agent's key", async () => say((await prepare()).body.id, "commit", {}, await keyWith({ agentIds: [other.id], scopes: ["authority"] })), 403],
    ["an action that is not there", async () => say("ac_none", "commit", {}, await keyWith({ agentIds: ["*"], scopes: ["authority"] })), 404],
    ["a stale digest", async () => say((await prepare()).body.id, "approve", { inputDigest: `sha256:${"0".repeat(64)}` }, person), 409],
  ])("%s is refused", async (_what, ask, status) => {
    expect((await ask()).status).toBe(status);
  });

  test("a number that would be read as another one is refused, wherever a call is asked about or edited", async () => {
    const { body: held } = await prepare();
    const input = { amount: 1, account: "N" };
    const asked = { agent: { id: agent.id }, tool: { name: "refund_create" }, input, idempotencyKey: "exact" };
    const authzen = { subject: { type: "agent", id: agent.id }, action: { name: "tools/call", properties: { arguments: input } }, resource: { type: "tool", id: "refund_create" } };
    const bodies: [string, object][] = [
      ["/v1/actions", asked], ["/v1/gate/check", asked], [`/v1/hooks/claude/${agent.id}`, { hook_event_name: "PreToolUse", session_id: "s", tool_name: "refund_create", tool_input: input }],
      ["/access/v1/evaluation", authzen], ["/access/v1/evaluations", { ...authzen, evaluations: [{}] }], ["/access/v1/access-requests", { ...authzen, denial: { evaluation_id: "gd_1" } }],
      [`/v1/actions/${String(held.id)}/approve`, { inputDigest: held.inputDigest, editedInput: input }],
    ];
    for (const [address, body] of bodies) {
      const token = address.endsWith("/approve") ? person : key;
      const answer = await fetch(server.url + address, { method: "POST", headers: { authorization: `Bearer ${token}`, "content-type": "application/json" }, body: JSON.stringify(body).replace('"N"', "12345678901234567891") });
      expect([address, answer.status, ((await answer.json()) as { message: string }).message]).toEqual([address, 400, "A number in the body has more digits than can be decided about exactly; send it as text."]);
    }
    expect(await prisma().action.count({ where: { idempotencyKey: "exact" } })).toBe(0);
  });
});

describe("of two keys of one agent", () => {
  const twoKeys = async () => {
    const make = () => createApiKey(systemActor, newKeySchema.parse({ name: "worker", agentIds: [agent.id], scopes: ["authority"] }));
    return { one: await make(), two: await make() };
  };
  const logged = async (subject: string) => (await prisma().logEntry.findMany({ where: { subject }, orderBy: { index: "asc" }, select: { kind: true, actor: true, body: true } })).at(-1);

  test("the one that prepared an action tells how it goes on and ends, and the other gets a conflict that says what to do", async () => {
    const { one, two } = await twoKeys();
    const { body: begun } = await prepare({ input: { amount: 20 }, idempotencyKey: "of one" }, one.secret);
    const { body: held } = await prepare({ idempotencyKey: "held of one" }, one.secret);
    expect((await say(held.id, "ask", { question: "Why?" }, person)).status).toBe(200);
    const told = await Promise.all([
      say(begun.id, "commit", { result: null }, two.secret), say(begun.id, "fail", { error: "No." }, two.secret), say(begun.id, "heartbeat", {}, two.secret),
      say(held.id, "start", { idempotencyKey: "held of one" }, two.secret), say(held.id, "withdraw", {}, two.secret), say(held.id, "answer", { answer: "So." }, two.secret),
    ]);
    expect(told.map(({ status, body }) => [status, body.message])).toEqual(told.map(() => [409, "Another key of this agent prepared this action and is still valid: use that key, or revoke it first."]));
    expect(await prisma().action.findUnique({ where: { id: String(begun.id) } })).toMatchObject({ state: "started" });
    expect(await prisma().action.findUnique({ where: { id: String(held.id) } })).toMatchObject({ state: "held", answer: null });
    expect((await say(begun.id, "heartbeat", {}, one.secret)).status).toBe(200);
    expect((await say(begun.id, "commit", { result: { refund: "re_1" } }, one.secret)).body).toMatchObject({ state: "committed" });
    expect((await say(begun.id, "commit", { result: { refund: "re_1" } }, two.secret)).status).toBe(409);
    expect(await logged(String(begun.id))).toMatchObject({ kind: "action.committed", actor: `key:${one.id}` });
  });

  test("the other finishes what was under way when the first was revoked, and the log says so", async () => {
    const { one, two } = await twoKeys();
    const { body: begun } = await prepare({ input: { amount: 20 }, idempotencyKey: "left" }, one.secret);
    const { body: held } = await prepare({ idempotencyKey: "held and left" }, one.secret);
    expect((await say(held.id, "approve", { inputDigest: held.inputDigest }, person)).body).toMatchObject({ state: "approved" });
    await prisma().action.update({ where: { id: String(held.id) }, data: { dispatchAt: new Date() } });
    await revokeApiKey(systemActor, { keyId: one.id });
    expect((await say(begun.id, "heartbeat", {}, two.secret)).status).toBe(200);
    expect((await say(begun.id, "commit", { result: { refund: "re_2" } }, two.secret)).body).toMatchObject({ state: "committed" });
    expect((await say(held.id, "start", { idempotencyKey: "held and left" }, two.secret)).body).toMatchObject({ state: "started", mayExecute: true });
    expect((await say(held.id, "fail", { error: "422" }, two.secret)).body).toMatchObject({ state: "failed" });
    for (const { id } of [begun, held]) expect(await logged(String(id))).toMatchObject({ actor: `key:${two.id}`, body: expect.stringContaining(`"preparedBy":"key:${one.id}"`) as string });
    expect((await say(begun.id, "commit", { result: null }, await keyWith({ agentIds: [other.id], scopes: ["authority"] }))).status).toBe(403);
  });
});

test("while keys cannot be read, nothing is begun for one that was known", async () => {
  // The keys that other tests made are heard of, so that this one stays known.
  await server.path.cache.refresh();
  expect((await prepare({ input: { amount: 1 } })).body).toMatchObject({ decision: "permit" });
  const client = await pool().connect();
  try {
    await client.query("BEGIN; LOCK TABLE api_key IN ACCESS EXCLUSIVE MODE");
    await expect.poll(async () => (await prepare({ input: { amount: 1 } })).status, { timeout: 20_000 }).toBe(503);
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
  await expect.poll(async () => (await prepare({ input: { amount: 1 } })).body.decision, { timeout: 20_000 }).toBe("permit");
}, 60_000);

/** As many agents with the same recipe and the same owners. */
async function copies(count: number): Promise<string[]> {
  const copy = (table: string, column: string, changes: string) => pool().query(
    `INSERT INTO ${table} SELECT c.* FROM ${table} o, generate_series(1, $2) n, jsonb_populate_record(null::${table}, to_jsonb(o) || ${changes}) c WHERE o.${column} = $1`, [agent.id, count]);
  await copy("agent", "id", "jsonb_build_object('id', o.id || '-' || n, 'current_version_id', null)");
  await copy("agent_owner", "agent_id", "jsonb_build_object('agent_id', o.agent_id || '-' || n)");
  await copy("agent_version", "agent_id", "jsonb_build_object('id', o.id || '-' || n, 'agent_id', o.agent_id || '-' || n)");
  await pool().query("UPDATE agent SET current_version_id = v.id FROM agent_version v WHERE v.agent_id = agent.id AND agent.id LIKE $1", [`${agent.id}-%`]);
  return Array.from({ length: count }, (_, index) => `${agent.id}-${index + 1}`);
}

test("200 agents call in a loop: nothing consequential is admitted later than 1 s after the stop was stored", async () => {
  const ids = await copies(200);
  const all = await keyWith({ agentIds: ["*"], scopes: ["authority"] });
  const permits: number[] = [];
  let stoppedAtMs = Infinity;
  const loop = async (agentId: string) => {
    for (let refused = 0; refused < 3;) {
      const { body } = await prepare({ input: { amount: 1 } }, all, agentId);
      if (body.decision === "permit") permits.push(performance.now());
      else if (stoppedAtMs < Infinity) refused++;
    }
  };
  const loops = ids.map(loop);
  await expect.poll(() => permits.length, { timeout: 60_000 }).toBeGreaterThan(400);
  const [ola, mia] = [await makePerson("Ola", ["on_call"]), await makePerson("Mia", ["on_call"])];
  const { stopId } = await engageStop(ola, stopSchema.parse({ scope: "fleet" }));
  stoppedAtMs = performance.now();
  await Promise.all(loops);
  expect(permits.filter((atMs) => atMs > stoppedAtMs + 1_000)).toEqual([]);
  await askRelease(ola, { stopId, reason: "The test is over." });
  await releaseStop(mia, { stopId });
}, 120_000);
