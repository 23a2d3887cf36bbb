// What does a group of calls read before it is decided, and what does it leave behind? One statement each, with plans that are kept.

import type pg from "pg";
import type { PolicyFacts } from "../policy/policy-facts.ts";
import type { LogRecord } from "./append-to-log.ts";
import type { CutRead, CutRow } from "./cut-runs.ts";
import { logParameters, logStatement } from "./log-statement.ts";
import type { Scope, Usage } from "./usage.ts";

/** Of the tables, in their words. */
export interface GateRead {
  agents: { id: string; tier: number | null; version: string | null }[];
  stops: { id: string; scope: string; target: string }[];
  /** Agent, scope, key, calls, amount in minor units. */
  counters: [string, Scope, string, string, string][];
  /** Agent and conversation of those that a rollout assigned. */
  assigned: [string, string][];
  cut: CutRead[];
  decisions: KnownDecision[];
  /** Agent and idempotency key of those that were used before. */
  keys: [string, string][];
}

export interface KnownDecision {
  id: string;
  agent_id: string;
  conversation_id: string;
  tool_call_id: string;
  tool: string;
  input_digest: string;
  decision: string;
  reason: string;
  sentence: string;
  policies: string[];
  epoch: number | null;
  is_recommendation: boolean;
  action_id: string | null;
  /** Whom it was asked for, as the facts have it. */
  user: string | null;
  segment: string | null;
  facts: PolicyFacts;
  /** On the clock of JavaScript. */
  decided_ms: number;
}

const READ = `SELECT
  (SELECT coalesce(json_agg(json_build_object('id', id, 'tier', tier, 'version', current_version_id)), '[]') FROM agent WHERE id = ANY($1::text[])) AS agents,
  (SELECT coalesce(json_agg(json_build_object('id', id, 'scope', scope, 'target', target) ORDER BY engaged_at, id), '[]') FROM stop WHERE released_at IS NULL) AS stops,
  (SELECT coalesce(json_agg(json_build_array(c.agent_id, c.scope, c.key, c.calls::text, c.amount_minor::text)), '[]')
    FROM unnest($2::text[], $3::text[], $4::text[]) AS asked(agent_id, scope, key) JOIN usage_counter c USING (agent_id, scope, key)) AS counters,
  (SELECT coalesce(json_agg(json_build_array(asked.agent_id, asked.id)), '[]') FROM unnest($5::text[], $6::text[]) AS asked(agent_id, id)
    WHERE EXISTS (SELECT FROM assignment a JOIN rollout o ON o.id = a.rollout_id AND o.state <> 'completed' WHERE a.agent_id = asked.agent_id AND (a.task_id = asked.id OR a.shadow_task_id = asked.id))) AS assigned,
  (SELECT coalesce(json_agg(json_build_array(c.agent_id, c.conversation_id, c.tool, c.stop_id)), '[]') FROM unnest($5::text[], $6::text[]) AS asked(agent_id, conversation_id)
    JOIN cut_run c USING (agent_id, conversation_id) JOIN stop s ON s.id = c.stop_id AND s.released_at IS NOT NULL AND s.restarted_at IS NULL) AS cut,
  (SELECT coalesce(json_agg(json_build_object('id', d.id, 'agent_id', d.agent_id, 'conversation_id', d.conversation_id, 'tool_call_id', d.tool_call_id, 'tool', d.tool, 'input_digest', d.input_digest,
      'decision', d.decision, 'reason', d.reason, 'sentence', d.sentence, 'policies', d.policies, 'epoch', d.epoch, 'is_recommendation', d.is_recommendation, 'action_id', d.action_id,
      'user', d.facts->>'user', 'segment', d.facts->>'segment', 'facts', d.facts, 'decided_ms', extract(epoch FROM d.decided_at)::float8 * 1000)), '[]')
    FROM unnest($7::text[], $8::text[], $9::text[], $10::text[], $11::text[]) AS asked(agent_id, conversation_id, tool_call_id, tool, input_digest)
    JOIN gate_decision d USING (agent_id, conversation_id, tool_call_id, tool, input_digest)) AS decisions,
  (SELECT coalesce(json_agg(json_build_array(a.agent_id, a.idempotency_key)), '[]') FROM unnest($12::text[], $13::text[]) AS asked(agent_id, idempotency_key) JOIN action a USING (agent_id, idempotency_key)) AS keys`;

export interface GateQuestion {
  agentIds: readonly string[];
  counters: readonly (readonly [agentId: string, scope: string, key: string])[];
  conversations: readonly (readonly [agentId: string, conversationId: string])[];
  decisions: readonly (readonly [agentId: string, conversationId: string, toolCallId: string, tool: string, inputDigest: string])[];
  keys: readonly (readonly [agentId: string, idempotencyKey: string])[];
}

const columns = (rows: readonly (readonly string[])[], count: number): string[][] => Array.from({ length: count }, (_, column) => rows.map((row) => row[column] ?? ""));

export const gateRead = ({ agentIds, counters, conversations, decisions, keys }: GateQuestion): pg.QueryConfig => ({
  name: "gate-read", text: READ, values: [agentIds, ...columns(counters, 3), ...columns(conversations, 2), ...columns(decisions, 5), ...columns(keys, 2)],
});

const LOG_FROM = 11;
const { parts: LOG, isHeadless: IS_HEADLESS } = logStatement(LOG_FROM);

/**
 * A decision that is there already is a fault of the gate, unless it was asked before under an action's call. Cuts come before the log's head, as
 * wherever else both are written: who waits for the one does not hold the other.
 */
const writeOf = (onKnownDecision: "" | "ON CONFLICT DO NOTHING"): string => `WITH counted AS (
    INSERT INTO usage_counter (agent_id, scope, key, calls, amount_minor, counted_at)
    SELECT agent_id, scope, key, calls, amount_minor, $6::timestamptz FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[]) AS given(agent_id, scope, key, calls, amount_minor)
    ON CONFLICT (agent_id, scope, key) DO UPDATE SET calls = usage_counter.calls + EXCLUDED.calls, amount_minor = usage_counter.amount_minor + EXCLUDED.amount_minor, counted_at = EXCLUDED.counted_at),
  acted AS (INSERT INTO action SELECT * FROM jsonb_populate_recordset(NULL::action, $7::jsonb)),
  decided AS (INSERT INTO gate_decision SELECT * FROM jsonb_populate_recordset(NULL::gate_decision, $8::jsonb) ${onKnownDecision}),
  cut AS (INSERT INTO cut_run SELECT * FROM jsonb_populate_recordset(NULL::cut_run, $10::jsonb) ON CONFLICT DO NOTHING RETURNING 1),
  ${LOG}
  SELECT (SELECT count(*) FROM cut), ${IS_HEADLESS}, (SELECT count(pg_notify('holdpoint', event)) FROM unnest($9::text[]) AS event)`;

const WRITE = { check: { name: "gate-write", text: writeOf("") }, prepare: { name: "gate-write-actions", text: writeOf("ON CONFLICT DO NOTHING") } };

export interface GateRecords {
  usages: readonly Usage[];
  actions: readonly object[];
  decisions: readonly object[];
  cuts: readonly CutRow[];
  entries: readonly LogRecord[];
  events: readonly { kind: string; subject: string; agentId: string | null }[];
}

/** Actions and decisions in the words of their tables, each with all columns. */
export function gateWrite(kind: keyof typeof WRITE, { usages, actions, decisions, cuts, entries, events }: GateRecords, now: Date): pg.QueryConfig {
  const added = usages.flatMap((usage) => usage.takeAdded());
  return {
    ...WRITE[kind],
    values: [
      added.map(({ agentId }) => agentId), added.map(({ scope }) => scope), added.map(({ key }) => key), added.map(({ calls }) => String(calls)), added.map(({ amountMinor }) => String(amountMinor)), now,
      JSON.stringify(actions), JSON.stringify(decisions), events.map((event) => JSON.stringify(event)), JSON.stringify(cuts), ...logParameters(entries),
    ],
  };
}
