// What must be known of the agents whose telemetry comes in: how their traces are read, where they stand, which versions they have?

import type pg from "pg";
import { z } from "zod";
import { pool } from "../database/database.ts";
import { agentCardSchema, type AgentCard } from "../domain/agent-card.ts";
import { TOOL_EFFECTS, type ToolEffect } from "../domain/manifest.ts";

export interface TelemetryAgent {
  id: string;
  stage: string;
  currentVersionId: string | null;
  reading: AgentCard["reading"];
  /** Two of its versions are being compared, or were a moment ago. */
  isCompared: boolean;
}

const readingSchema = agentCardSchema.shape.reading;

/** What tasks tell after their rollout has ended is still told of the version that did them. */
const COMPARED_FOR = "2 days";

/** Those of the named agents that exist. Archived agents take no telemetry. */
export async function findTelemetryAgents(ids: Iterable<string>): Promise<Map<string, TelemetryAgent>> {
  const { rows } = await pool().query<{ id: string; stage: string; current_version_id: string | null; reading: unknown; is_compared: boolean }>({
    name: "telemetry-agents",
    text: `SELECT id, stage, current_version_id, card->'reading' AS reading,
        EXISTS (SELECT FROM rollout o WHERE o.agent_id = agent.id AND o.started_at IS NOT NULL AND (o.ended_at IS NULL OR o.ended_at > now() - interval '${COMPARED_FOR}')) AS is_compared
      FROM agent WHERE id = ANY($1::text[]) AND archived_at IS NULL`,
    values: [[...ids]],
  });
  return new Map(rows.map((row) => [row.id, {
    id: row.id, stage: row.stage, currentVersionId: row.current_version_id, reading: readingSchema.parse(row.reading ?? undefined), isCompared: row.is_compared,
  }]));
}

export interface VersionClaim {
  fingerprint: string | null;
  label: string | null;
}

/** The version a run claims: by fingerprint, else the newest under its label; null when it claims none that exists. */
export type FindVersion = (agentId: string, claim: VersionClaim) => string | null;

export async function loadVersionClaims(claims: readonly (VersionClaim & { agentId: string })[]): Promise<FindVersion> {
  const fingerprints = new Set(claims.flatMap(({ fingerprint }) => fingerprint ?? []));
  const labels = new Set(claims.flatMap(({ label }) => label ?? []));
  if (fingerprints.size + labels.size === 0) return () => null;
  const { rows } = await pool().query<{ id: string; agent_id: string; label: string | null; fingerprint: string }>({
    name: "version-claims",
    text: `SELECT id, agent_id, label, fingerprint FROM agent_version
      WHERE agent_id = ANY($1::text[]) AND (fingerprint = ANY($2::text[]) OR label = ANY($3::text[])) ORDER BY number`,
    values: [[...new Set(claims.map(({ agentId }) => agentId))], [...fingerprints], [...labels]],
  });
  const byFingerprint = new Map(rows.map((row) => [`${row.agent_id} ${row.fingerprint}`, row.id]));
  // In order of number, so the newest of a label is the one that stays.
  const byLabel = new Map(rows.flatMap((row) => (row.label === null ? [] : [[`${row.agent_id} ${row.label}`, row.id] as const])));
  return (agentId, { fingerprint, label }) =>
    (fingerprint === null ? undefined : byFingerprint.get(`${agentId} ${fingerprint}`)) ?? (label === null ? undefined : byLabel.get(`${agentId} ${label}`)) ?? null;
}

export type Effects = Readonly<Record<string, ToolEffect>>;

const effectSchema = z.enum(TOOL_EFFECTS);
const MOST_REMEMBERED = 1_000;
/** A version never changes, so what is read once stays true. */
const remembered = new Map<string, Effects>();

/** Declared tool effects by version. */
export async function loadEffects(versionIds: Iterable<string>, client: pg.Pool | pg.PoolClient = pool()): Promise<ReadonlyMap<string, Effects>> {
  const wanted = [...new Set(versionIds)];
  const missing = wanted.filter((id) => !remembered.has(id));
  if (missing.length > 0) {
    const { rows } = await client.query<{ id: string; tools: [name: string, effect: unknown][] | null }>(
      `SELECT v.id, json_agg(json_build_array(c.content->>'name', c.content->>'effect')) FILTER (WHERE c.kind = 'tool') AS tools
       FROM agent_version v LEFT JOIN LATERAL jsonb_array_elements(v.components) ref ON true LEFT JOIN component c ON c.digest = ref->>'digest'
       WHERE v.id = ANY($1::text[]) GROUP BY v.id`,
      [missing],
    );
    if (remembered.size > MOST_REMEMBERED) remembered.clear();
    // A stored effect that cannot be read counts as the worst.
    for (const { id, tools } of rows) remembered.set(id, Object.fromEntries((tools ?? []).map(([name, effect]) => [name, effectSchema.catch("irreversible").parse(effect)])));
  }
  return new Map(wanted.map((id) => [id, remembered.get(id) ?? {}]));
}

/** The version that a rollout gave the task of this key to, which is its conversation's id or else its trace's; null when it gave it to none. */
export type FindAssigned = (agentId: string, key: string) => string | null;

export async function loadAssignedVersions(runs: readonly { agentId: string; key: string }[], agents: ReadonlyMap<string, TelemetryAgent>): Promise<FindAssigned> {
  const asked = runs.filter(({ agentId }) => agents.get(agentId)?.isCompared === true);
  if (asked.length === 0) return () => null;
  const { rows } = await pool().query<{ agent_id: string; key: string; version_id: string }>({
    name: "assigned-versions",
    text: `SELECT asked.agent_id, asked.key, CASE WHEN a.arm = 'candidate' OR a.shadow_task_id = asked.key THEN o.candidate_id ELSE o.current_id END AS version_id
      FROM unnest($1::text[], $2::text[]) AS asked(agent_id, key)
      JOIN assignment a ON a.agent_id = asked.agent_id AND (a.task_id = asked.key OR a.shadow_task_id = asked.key) JOIN rollout o ON o.id = a.rollout_id ORDER BY a.assigned_at`,
    values: [asked.map(({ agentId }) => agentId), asked.map(({ key }) => key)],
  });
  const versions = new Map(rows.map((row) => [`${row.agent_id} ${row.key}`, row.version_id]));
  return (agentId, key) => versions.get(`${agentId} ${key}`) ?? null;
}
