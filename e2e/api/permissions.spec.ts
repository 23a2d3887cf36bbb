import pg from "pg";
import { agentApiRoutes } from "../../lib/agent-api/agent-api.ts";
import { defaultCanaryPlan } from "../../lib/domain/canary-plan.ts";
import { createAgent } from "../../lib/operations/agents.ts";
import { createApiKey, newKeySchema, revokeApiKey } from "../../lib/operations/api-keys.ts";
import { systemActor } from "../../lib/operations/people.ts";
import { engageStop } from "../../lib/operations/stops.ts";
import { completeCard, manifestOf, type TestAgent } from "../fixtures.ts";
import { expect, test } from "./own-house.ts";
import { exportedTrace, newTraceId, postTraces } from "./telemetry.ts";

interface Example {
  path: string;
  body?: unknown;
}

/** Something that the agent did, and that is being taken back, and a version of it that waits to be rolled out. */
interface Acted {
  rollout: string;
  action: string;
  undo: string;
  step: string;
  rehearsal: string;
}

/** Open on purpose: they tell nothing about agents. */
const OPEN = ["GET /.well-known/authzen-configuration", "GET /healthz", "GET /metrics", "GET /readyz", "GET /v1/keys"];

/** A good request for every route, which only the permission stands against. */
function examples(agent: TestAgent, change: { id: string; fingerprint: string }, run: string, stop: string, act: Acted): Record<string, Example> {
  const { fingerprint } = change;
  const inputDigest = `sha256:${"0".repeat(64)}`;
  const evaluation = { subject: { type: "agent", id: agent.id }, action: { name: "tools/call" }, resource: { type: "tool", id: "order_get" } };
  return {
    "POST /v1/traces": { path: "/v1/traces", body: exportedTrace({ service: agent.id }) },
    "POST /v1/logs": {
      path: "/v1/logs",
      body: { resourceLogs: [{ resource: { attributes: [{ key: "service.name", value: { stringValue: agent.id } }] }, scopeLogs: [{ logRecords: [{
        timeUnixNano: `${Date.now()}000000`, eventName: "gen_ai.user.message", traceId: run, spanId: "0000000000000001", body: { stringValue: "Hello" },
      }] }] }] },
    },
    "POST /v1/metrics": { path: "/v1/metrics", body: { resourceMetrics: [] } },
    "POST /v1/traces/ingest": { path: "/v1/traces/ingest", body: { data: [{ object: "trace", id: `trace_${run}`, workflow_name: agent.id, metadata: { "service.name": agent.id } }] } },
    "GET /v1/agents": { path: "/v1/agents" },
    "GET /v1/agents/{agent}": { path: `/v1/agents/${agent.id}` },
    "GET /v1/agents/{agent}/authority": { path: `/v1/agents/${agent.id}/authority` },
    "GET /v1/agents/{agent}/metrics": { path: `/v1/agents/${agent.id}/metrics` },
    "GET /v1/agents/{agent}/a2a-card": { path: `/v1/agents/${agent.id}/a2a-card` },
    "POST /v1/agents": { path: "/v1/agents", body: { agentId: "created-by-a-stranger", card: completeCard } },
    "PUT /v1/agents/{agent}/card": { path: `/v1/agents/${agent.id}/card`, body: { card: { ...completeCard, purpose: "Taken over." } } },
    "PUT /v1/agents/{agent}/owners": { path: `/v1/agents/${agent.id}/owners`, body: { owners: [] } },
    "POST /v1/agents/{agent}/stage": { path: `/v1/agents/${agent.id}/stage`, body: { stage: "shadow", reason: "Because." } },
    "POST /v1/agents/{agent}/tier": { path: `/v1/agents/${agent.id}/tier`, body: { tier: 0, reason: "Because." } },
    "POST /v1/agents/{agent}/versions": { path: `/v1/agents/${agent.id}/versions`, body: { manifest: manifestOf({ prompt: "Taken over." }) } },
    "GET /v1/agents/{agent}/versions": { path: `/v1/agents/${agent.id}/versions` },
    "GET /v1/changes": { path: "/v1/changes" },
    "GET /v1/changes/{change}": { path: `/v1/changes/${change.id}` },
    "POST /v1/changes/{change}/approve": { path: `/v1/changes/${change.id}/approve`, body: { fingerprint } },
    "POST /v1/changes/{change}/reject": { path: `/v1/changes/${change.id}/reject`, body: { fingerprint, reason: "Because." } },
    "POST /v1/changes/{change}/withdraw": { path: `/v1/changes/${change.id}/withdraw`, body: { reason: "Because." } },
    "POST /v1/changes/{change}/suites": { path: `/v1/changes/${change.id}/suites`, body: { suite: "golden", fingerprint, passed: 1, failed: 0, undecided: 0, url: null } },
    "GET /v1/stops": { path: "/v1/stops" },
    "POST /v1/stops": { path: "/v1/stops", body: { scope: "agent", target: agent.id, reason: "Because." } },
    "GET /v1/stops/{stop}": { path: `/v1/stops/${stop}` },
    "POST /v1/stops/{stop}/release-request": { path: `/v1/stops/${stop}/release-request`, body: { reason: "Because." } },
    "POST /v1/stops/{stop}/release": { path: `/v1/stops/${stop}/release`, body: { askedAt: "2026-01-01T00:00:00Z" } },
    "POST /v1/stops/{stop}/restart": { path: `/v1/stops/${stop}/restart` },
    "GET /v1/stream": { path: `/v1/stream?agent=${agent.id}&point=spec` },
    "GET /v1/bundle": { path: `/v1/bundle?agent=${agent.id}&point=spec` },
    "POST /v1/points/confirm": { path: "/v1/points/confirm", body: { agent: agent.id, point: "spec", bundle: "forged" } },
    "POST /v1/gate/check": { path: "/v1/gate/check", body: { agent: { id: agent.id }, tool: { name: "order_get" } } },
    "POST /v1/hooks/claude/{agent}": { path: `/v1/hooks/claude/${agent.id}`, body: { hook_event_name: "PreToolUse", session_id: "spec", tool_name: "order_get", tool_input: {} } },
    "POST /access/v1/evaluation": { path: "/access/v1/evaluation", body: evaluation },
    "POST /access/v1/evaluations": { path: "/access/v1/evaluations", body: { ...evaluation, evaluations: [{}] } },
    "POST /access/v1/access-requests": { path: "/access/v1/access-requests", body: { ...evaluation, denial: { evaluation_id: "gd_spec" } } },
    "GET /access/v1/access-requests/{action}": { path: `/access/v1/access-requests/${act.action}` },
    "POST /v1/actions": { path: "/v1/actions", body: { agent: { id: agent.id }, tool: { name: "refund_create" }, input: {}, idempotencyKey: "spec" } },
    "GET /v1/actions/{action}": { path: `/v1/actions/${act.action}` },
    "POST /v1/actions/{action}/start": { path: `/v1/actions/${act.action}/start`, body: { idempotencyKey: "spec" } },
    "POST /v1/actions/{action}/commit": { path: `/v1/actions/${act.action}/commit`, body: { result: "forged" } },
    "POST /v1/actions/{action}/fail": { path: `/v1/actions/${act.action}/fail`, body: { error: "forged" } },
    "POST /v1/actions/{action}/heartbeat": { path: `/v1/actions/${act.action}/heartbeat` },
    "POST /v1/actions/{action}/withdraw": { path: `/v1/actions/${act.action}/withdraw`, body: { reason: null } },
    "POST /v1/actions/{action}/answer": { path: `/v1/actions/${act.action}/answer`, body: { answer: "forged" } },
    "POST /v1/actions/{action}/approve": { path: `/v1/actions/${act.action}/approve`, body: { inputDigest } },
    "POST /v1/actions/{action}/take-back": { path: `/v1/actions/${act.action}/take-back` },
    "POST /v1/actions/{action}/reject": { path: `/v1/actions/${act.action}/reject`, body: { inputDigest, reason: "Because." } },
    "POST /v1/actions/{action}/ask": { path: `/v1/actions/${act.action}/ask`, body: { question: "Why?" } },
    "POST /v1/actions/{action}/extend": { path: `/v1/actions/${act.action}/extend` },
    "POST /v1/assignments": { path: "/v1/assignments", body: { agent: { id: agent.id }, task: "spec" } },
    "GET /v1/rollouts": { path: "/v1/rollouts" },
    "GET /v1/rollouts/{rollout}": { path: `/v1/rollouts/${act.rollout}` },
    "PUT /v1/rollouts/{rollout}/plan": { path: `/v1/rollouts/${act.rollout}/plan`, body: { revision: 1, plan: defaultCanaryPlan("assisted") } },
    "POST /v1/rollouts/{rollout}/start": { path: `/v1/rollouts/${act.rollout}/start`, body: { revision: 1 } },
    "POST /v1/rollouts/{rollout}/pause": { path: `/v1/rollouts/${act.rollout}/pause`, body: { revision: 1, reason: "Because." } },
    "POST /v1/rollouts/{rollout}/resume": { path: `/v1/rollouts/${act.rollout}/resume`, body: { revision: 1, reason: "Because." } },
    "POST /v1/rollouts/{rollout}/promote": { path: `/v1/rollouts/${act.rollout}/promote`, body: { revision: 1 } },
    "POST /v1/rollouts/{rollout}/abort": { path: `/v1/rollouts/${act.rollout}/abort`, body: { reason: "Because." } },
    "POST /v1/rollouts/{rollout}/waive": { path: `/v1/rollouts/${act.rollout}/waive`, body: { revision: 1, reason: "Because." } },
    "GET /v1/undos/next": { path: `/v1/undos/next?agent=${agent.id}` },
    "POST /v1/undos/steps/{step}/done": { path: `/v1/undos/steps/${act.step}/done`, body: { attempt: 1 } },
    "POST /v1/undos/steps/{step}/failed": { path: `/v1/undos/steps/${act.step}/failed`, body: { attempt: 1, error: "forged" } },
    "POST /v1/undos/steps/{step}/by-hand": { path: `/v1/undos/steps/${act.step}/by-hand`, body: { note: null } },
    "POST /v1/undos": { path: "/v1/undos", body: { agentId: agent.id, scope: "action", target: act.action, reason: "Because." } },
    "GET /v1/undos/{undo}": { path: `/v1/undos/${act.undo}` },
    "POST /v1/undos/{undo}/approve": { path: `/v1/undos/${act.undo}/approve` },
    "POST /v1/hooks/rehearse": { path: "/v1/hooks/rehearse", body: { agentId: agent.id, tool: "refund_create" } },
    "POST /v1/hooks/rehearsals/{rehearsal}": { path: `/v1/hooks/rehearsals/${act.rehearsal}`, body: { outcome: "passed" } },
    "POST /v1/agents/{agent}/rollback": { path: `/v1/agents/${agent.id}/rollback`, body: { reason: "Because.", undoSince: null } },
    "POST /v1/runs/{run}/outcome": { path: `/v1/runs/${run}/outcome`, body: { outcome: "failure" } },
  };
}

/** Lists hold what the key may see, and telemetry is judged record by record: there a key of another agent is let in and gets nothing. */
const JUDGED_ONE_BY_ONE = new Set(["POST /v1/traces", "POST /v1/logs", "POST /v1/traces/ingest", "POST /v1/metrics", "GET /v1/agents", "GET /v1/changes", "GET /v1/stops", "GET /v1/rollouts"]);

/** Sent with a body, and changing nothing that another spec would miss. */
const ASKED = new Set(["POST /v1/points/confirm", "POST /v1/gate/check", "POST /v1/hooks/claude/{agent}", "POST /access/v1/evaluation", "POST /access/v1/evaluations", "POST /v1/actions", "POST /v1/assignments"]);

/** Found among what concerns the key's own agents, so another agent's is not there. */
const NOT_THERE = new Set(["POST /v1/runs/{run}/outcome", "GET /v1/stops/{stop}"]);

/** As it is stored after an action was done and its reversal asked for. */
async function makeActed(address: string, agentId: string): Promise<Acted> {
  const client = new pg.Client({ connectionString: address });
  await client.connect();
  await client.query(`INSERT INTO action (id, agent_id, conversation_id, tool_call_id, tool, effect, input, input_digest, idempotency_key, request_digest, origin, state, reason, sentence, epoch, facts, prepared_by, prepared_at, expires_at, started_at)
    VALUES ('ac_spec', $1, '', 'spec', 'refund_create', 'write', '{}', 'x', 'before', 'x', 'prepare', 'compensating', 'permitted', 'x', 1, '{}', 'key:x', now(), now() + interval '1 hour', now())`, [agentId]);
  await client.query("INSERT INTO undo (id, agent_id, scope, target, reason, state, started_by, started_by_name, started_at) VALUES ('un_spec', $1, 'action', 'ac_spec', 'x', 'waiting', 'x', 'x', now())", [agentId]);
  await client.query("INSERT INTO undo_step (id, undo_id, action_id, position, state, kind) VALUES ('us_spec', 'un_spec', 'ac_spec', 0, 'waiting', 'tool')");
  await client.query("INSERT INTO log_entry (index, at, kind, actor, subject, agent_id, body, hash) VALUES (-1, now(), 'hook.rehearsal_asked', 'person:x', 'hr_spec', $1, '{}', '')", [agentId]);
  await client.query(`INSERT INTO rollout (id, agent_id, change_id, candidate_id, current_id, plan, state, salt, planned_at) VALUES ('ro_spec', $1, 'ch_spec', 'av_spec', 'av_spec', '{}', 'planned', 'x', now())`, [agentId]);
  await client.end();
  return { rollout: "ro_spec", action: "ac_spec", undo: "un_spec", step: "us_spec", rehearsal: "hr_spec" };
}

/** Everything that is stored, but the moment at which a key was last used, and the server's own probe, which confirms every few seconds whatever is asked. */
async function contentsOf(address: string): Promise<Record<string, string>> {
  const client = new pg.Client({ connectionString: address });
  await client.connect();
  const { rows: tables } = await client.query<{ name: string }>("SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'");
  const contents: Record<string, string> = {};
  for (const { name } of tables) {
    const { rows } = await client.query<{ digest: string }>(
      `SELECT count(*) || ' ' || coalesce(md5(string_agg(line, ',' ORDER BY line)), '') AS digest FROM (SELECT (to_jsonb(t) - 'last_used_at')::text AS line FROM ${pg.escapeIdentifier(name)} t WHERE to_jsonb(t)->>'kind' IS DISTINCT FROM 'probe') AS lines`,
    );
    contents[name] = rows[0]?.digest ?? "";
  }
  await client.end();
  return contents;
}

test("every route asks for a permission, and whoever lacks it changes and learns nothing", async ({ ownAddress, start, makeAgent }) => {
  // Without jobs, so that nothing else writes meanwhile.
  const server = await start({ DATABASE_URL: ownAddress, HOLDPOINT_ROLES: "agents" });
  const agent = await makeAgent();
  const { change } = await agent.register(manifestOf({ prompt: "You handle refunds and invoices." }));
  const { version } = await agent.register(manifestOf({ prompt: "You handle refunds and invoices." }));
  const run = newTraceId();
  await postTraces({ url: server.url, secret: await agent.key() }, exportedTrace({ service: agent.id, traceId: run }));
  await createAgent(systemActor, { agentId: "another-agent", card: completeCard });
  const { stopId } = await engageStop(systemActor, { scope: "tool", target: `${agent.id}/refund_create`, reason: null });
  const keyWith = (given: object) => createApiKey(systemActor, newKeySchema.parse({ name: "spec", ...given }));
  const revoked = await keyWith({ agentIds: [agent.id] });
  await revokeApiKey(systemActor, { keyId: revoked.id });
  const keys = {
    none: null, unknown: `hp_${"x".repeat(43)}`, revoked: revoked.secret,
    "without scopes": (await keyWith({ agentIds: [agent.id], scopes: [] })).secret, "of another agent": (await keyWith({ agentIds: ["another-agent"] })).secret,
  };
  const known = examples(agent, { id: change?.id ?? "", fingerprint: version.fingerprint }, run, stopId, await makeActed(ownAddress, agent.id));
  const routes = agentApiRoutes.map((route) => ({ ...route, name: `${route.method.toUpperCase()} ${route.path}` }));
  const locked = routes.filter((route) => !OPEN.includes(route.name));
  expect(locked.filter((route) => route.needs === "nothing" || route.needs.length === 0).map((route) => route.name)).toEqual([]);
  expect(Object.keys(known).sort()).toEqual(locked.map((route) => route.name).sort());

  const before = await contentsOf(ownAddress);
  const wrong: string[] = [];
  for (const [kind, secret] of Object.entries(keys)) {
    const isStranger = ["none", "unknown", "revoked"].includes(kind);
    for (const { name, method } of locked) {
      const { path, body } = known[name] ?? { path: "" };
      const response = await fetch(server.url + path, {
        method: method.toUpperCase(), headers: { ...(secret === null ? {} : { authorization: `Bearer ${secret}` }), "content-type": "application/json" }, ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const answer = await response.text();
      const isLetIn = kind === "of another agent" && JUDGED_ONE_BY_ONE.has(name) && response.status === 200;
      const refusal = isStranger ? 401 : kind === "of another agent" && NOT_THERE.has(name) ? 404 : 403;
      if (!isLetIn && response.status !== refusal) wrong.push(`${name} with the key "${kind}": ${response.status}`);
      if (isLetIn && method === "get" && answer.includes(agent.id)) wrong.push(`${name} with the key "${kind}" tells of ${agent.id}`);
      if (!isLetIn && /"purpose"|"constraints"|"blockers"/.test(answer)) wrong.push(`${name} with the key "${kind}" tells something`);
    }
  }
  expect(wrong).toEqual([]);
  const after = await contentsOf(ownAddress);
  expect(after).toEqual(before);

  // The same requests are good: with the right key they are not refused, and do change something.
  const full = await agent.key();
  const mayBeSaid = locked.filter(({ method, name }) => method === "get" || NOT_THERE.has(name) || JUDGED_ONE_BY_ONE.has(name) || ASKED.has(name));
  for (const { name, method } of mayBeSaid) {
    const { path, body } = known[name] ?? { path: "" };
    const headers = { authorization: `Bearer ${full}`, "content-type": "application/json" };
    const response = await fetch(server.url + path, { method: method.toUpperCase(), headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    expect(response.status, name).toBe(200);
    // A stream has no end.
    await response.body?.cancel();
  }
  const changed = await contentsOf(ownAddress);
  for (const table of ["run", "log_entry"]) expect(changed[table], table).not.toBe(after[table]);
});
