// A large fleet made inside PostgreSQL: runs over thirty days, their rollups, versions, changes, log entries; no spans but for one run.

import type pg from "pg";
import { agentCardSchema } from "../lib/domain/agent-card.ts";
import { createAgent } from "../lib/operations/agents.ts";
import { systemActor } from "../lib/operations/people.ts";
import { registerVersion, registrationSchema } from "../lib/operations/versions.ts";

interface Size {
  agents: number;
  runs: number;
}

const MANIFEST = {
  label: "1.0", model: { provider: "openai", name: "gpt-4.1" }, prompt: "You handle refunds.\n".repeat(40),
  tools: [{ name: "refund_create", effect: "write", inputSchema: { type: "object", properties: { amount: { type: "number", maximum: 150 } } } }, { name: "order_get", effect: "read", inputSchema: { type: "object" } }],
};

export async function fillWorld(client: pg.Client, { agents, runs }: Size) {
  await createAgent(systemActor, { agentId: "agent-0000", card: agentCardSchema.parse({ team: "Support", purpose: "Answers." }) });
  const registered = await registerVersion(systemActor, registrationSchema.parse({ agentId: "agent-0000", manifest: MANIFEST, source: "api" }));
  await client.query("SET statement_timeout = 0");
  await client.query(
    `INSERT INTO agent (id, card, card_revision, card_edited_at, tier, tier_set_at, tier_set_by, stage, stage_since, authority_level, authority_binding, created_at, created_by, last_seen_at)
     SELECT 'agent-' || lpad(n::text, 4, '0'), jsonb_set(a.card, '{team}', to_jsonb((ARRAY['Support','Payments','Commerce','Claims','Identity','Logistics'])[1 + n % 6])), 1, now(), n % 3, now(), 'Ingrid Holm',
            'shadow', now(), 'shadow', 'card', now(), 'bench', now() FROM agent a, generate_series(1, $1 - 1) n WHERE a.id = 'agent-0000'`, [agents]);
  await client.query(
    `INSERT INTO agent_version (id, agent_id, number, label, fingerprint, components, source, created_by, created_at, approved_at)
     SELECT 'av_' || md5(a.id), a.id, 1, '1.0', v.fingerprint, v.components, 'api', 'bench', now(), now() FROM agent a, agent_version v WHERE v.agent_id = 'agent-0000' AND a.id <> 'agent-0000'`);
  await client.query("UPDATE agent a SET current_version_id = v.id FROM agent_version v WHERE v.agent_id = a.id AND v.approved_at IS NOT NULL");
  await client.query(
    `INSERT INTO run (id, agent_id, conversation_id, is_keyed_by_trace, version_id, version_label, stage, name, started_at, ended_at, received_at, updated_at, outcome, is_escalated, is_intervened, span_count,
                      tool_calls, consequential_calls, action_errors, inference_calls, input_tokens, output_tokens, cost_nano_usd, error_sentence, records, segments, tool_names)
     SELECT 'ru_' || md5(n::text), 'agent-' || lpad((n % $1)::text, 4, '0'), 'conversation-' || n, false, 'av_' || md5('agent-' || lpad((n % $1)::text, 4, '0')), '1.0', 'shadow', 'task',
            t.at, t.at + interval '9 seconds', t.at, t.at, CASE WHEN n % 11 = 0 THEN NULL WHEN n % 7 = 0 THEN 'failure' ELSE 'success' END, n % 13 = 0, n % 29 = 0, 13, 6, 2, (n % 17 = 0)::int, 6, 7000, 500, 18000000,
            CASE WHEN n % 17 = 0 THEN 'tool_error: the order is unknown' END, jsonb_build_array(jsonb_build_object('type', 'ticket', 'id', 'ZD-' || n)), '{}', ARRAY['order_get', CASE WHEN n % 5 = 0 THEN 'refund_create' ELSE 'customer_get' END]
     FROM generate_series(1, $2) n, LATERAL (SELECT now() - (n * (interval '30 days' / $2)) AS at) t`, [agents, runs]);
  await client.query(
    `INSERT INTO rollup (agent_id, version_id, stage, hour, runs, successes, failures, escalated, intervened, unreviewed, tool_calls, consequential_calls, action_errors, input_tokens, output_tokens, cost_known_runs, cost_nano_usd, latency)
     SELECT agent_id, coalesce(version_id, ''), stage, date_trunc('hour', started_at, 'UTC'), count(*), count(*) FILTER (WHERE outcome = 'success'), count(*) FILTER (WHERE outcome = 'failure'), count(*) FILTER (WHERE is_escalated),
            count(*) FILTER (WHERE is_intervened), 0, sum(tool_calls), sum(consequential_calls), sum(action_errors), sum(input_tokens), sum(output_tokens), count(*), sum(cost_nano_usd), jsonb_build_object('455', count(*))
     FROM run GROUP BY 1, 2, 3, 4 ON CONFLICT DO NOTHING`);
  await client.query("DELETE FROM rollup_due");
  await client.query("VACUUM ANALYZE");
  const { rows } = await client.query<{ id: string }>("SELECT id FROM run WHERE agent_id = 'agent-0007' ORDER BY started_at DESC LIMIT 1");
  return { agents, runs, agentId: "agent-0007", runId: rows[0]?.id ?? "", changeId: registered.change?.id ?? "" };
}

/** So many findings that wait for somebody, spread over all agents. */
export async function openFindings(client: pg.Client, count: number): Promise<void> {
  await client.query(
    `INSERT INTO finding (id, agent_id, kind, about, sentence, evidence, state, opened_at, last_seen_at, run_count)
     SELECT 'fi_' || md5('finding' || n), a.id, 'unreviewed_change', 'bench ' || n, 'Live traffic shows model gpt-' || n || ', which no approved version has.', '{}', 'open',
            now() - n * interval '1 minute', now(), n % 50
     FROM generate_series(1, $1) n JOIN LATERAL (SELECT id FROM agent ORDER BY id OFFSET (n % (SELECT count(*) FROM agent)) LIMIT 1) a ON true`, [count]);
  await client.query("ANALYZE finding");
}
