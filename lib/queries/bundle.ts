// What is in the bundles of agents right now? Their authority without stops, read seldom; and the stops with the size of the log, read at every event.

import { loadFactsWithoutStops } from "../database/authority-facts.ts";
import { urgentDatabase, type Transaction } from "../database/database.ts";
import { computeAuthority, type AuthorityFacts } from "../domain/authority.ts";
import type { Bundle, BundleStop } from "../domain/bundle.ts";
import { isCompensated } from "../domain/declared-hook.ts";
import { compensationSchema, TOOL_EFFECTS, type ToolEffect } from "../domain/manifest.ts";
import { isStopScope, type CoveredAgent, type ScopedStop } from "../domain/stop-scope.ts";

/** All of a bundle but the stops and the epoch. */
export interface BundleBase {
  agent: CoveredAgent;
  authority: Bundle["authority"];
  version: Bundle["version"];
  tools: Bundle["tools"];
  policy: Bundle["policy"];
  /** Size of the log in the snapshot in which it was read. */
  asOf: number;
  /** An override ends then, without an entry in the log. */
  validUntil: Date | null;
}

/** What cannot be read must not permit anything. */
const UNREADABLE: Bundle["authority"] = { level: "stopped", source: "fault", because: "its authority cannot be computed" };

/** In one snapshot. An agent that does not exist is left out. */
export async function loadBundleBases(agentIds: readonly string[], now: Date): Promise<Map<string, BundleBase>> {
  return urgentDatabase().prisma.$transaction(
    async (tx) => {
      const [head] = await tx.$queryRaw<{ next: bigint }[]>`SELECT next FROM log_head WHERE id = 1`;
      const agents = await loadFactsWithoutStops(tx, agentIds, now);
      const versionIds = agents.flatMap(({ agent }) => agent.currentVersionId ?? []);
      const [tools, policies] = [await toolsOf(tx, versionIds), await policiesOf(tx, versionIds)];
      return new Map(agents.map(({ agent: { id, tier, currentVersionId, currentVersion }, facts }) => [id, {
        agent: { id, tier, currentVersionId },
        authority: facts === null ? UNREADABLE : authorityOf(facts, now),
        version: currentVersion && { id: currentVersion.id, number: currentVersion.number, fingerprint: currentVersion.fingerprint },
        tools: (currentVersionId ? tools.get(currentVersionId) : null) ?? {},
        policy: (currentVersionId ? policies.get(currentVersionId) : null) ?? null,
        asOf: Number(head?.next ?? 0),
        validUntil: facts === null ? null : firstEnd(facts),
      }]));
    },
    { isolationLevel: "RepeatableRead", maxWait: 2_000, timeout: 5_000 },
  );
}

function authorityOf(facts: AuthorityFacts, now: Date): Bundle["authority"] {
  const { level, binding } = computeAuthority(facts, now);
  return { level, source: binding.source, because: binding.because };
}

function firstEnd({ overrides }: AuthorityFacts): Date | null {
  const ends = overrides.map((override) => override.expiresAt.getTime());
  return ends.length === 0 ? null : new Date(Math.min(...ends));
}

/** A tool whose effect is not understood is left out, and so is refused as unknown. */
async function toolsOf(tx: Transaction, versionIds: readonly string[]): Promise<Map<string, Bundle["tools"]>> {
  const rows = await tx.$queryRaw<{ version: string; name: string; effect: string; compensation: unknown }[]>`
    SELECT v.id AS version, r->>'name' AS name, c.content->>'effect' AS effect, c.content->'compensation' AS compensation
    FROM agent_version v, jsonb_array_elements(v.components) r JOIN component c ON c.digest = r->>'digest'
    WHERE v.id = ANY(${[...versionIds]}) AND r->>'kind' = 'tool' ORDER BY 1, 2`;
  const known = rows.filter((row): row is typeof row & { effect: ToolEffect } => (TOOL_EFFECTS as readonly string[]).includes(row.effect));
  const versions = Map.groupBy(known, (row) => row.version);
  return new Map([...versions].map(([id, tools]) => [id, Object.fromEntries(tools.map(({ name, effect, compensation }) => [name, { effect, hasCompensation: isCompensated(compensationSchema.safeParse(compensation).data) }]))]));
}

/** Of versions whose policy component holds a text for the gate. */
async function policiesOf(tx: Transaction, versionIds: readonly string[]): Promise<Map<string, { digest: string }>> {
  const rows = await tx.$queryRaw<{ version: string; digest: string }[]>`
    SELECT v.id AS version, c.digest FROM agent_version v, jsonb_array_elements(v.components) r JOIN component c ON c.digest = r->>'digest'
    WHERE v.id = ANY(${[...versionIds]}) AND r->>'kind' = 'policy' AND c.content ? 'cedar'`;
  return new Map(rows.map(({ version, digest }) => [version, { digest }]));
}

export interface ActiveRehearsal extends ScopedStop {
  id: string;
  kind: "standing" | "drill";
}

export interface StopSnapshot {
  /** Size of the log: all stops that were stored up to there are in `stops`. */
  head: number;
  stops: BundleStop[];
  rehearsals: ActiveRehearsal[];
  /** Of the agents asked for: what decides which stops cover them. */
  agents: Map<string, CoveredAgent>;
  /** Entries since the last snapshot that may change an agent's authority: its id, or null for all agents, and the index of the last one. */
  moved: { agentId: string | null; index: number }[];
  /** Keys, people or owners changed since the last snapshot. */
  isAccessChanged: boolean;
}

/** These say nothing about authority other than a stop's, which is read anyway. What is not named here counts. */
const OF_NO_AUTHORITY = ["stop", "rehearsal", "authority", "run", "price", "key", "point", "action", "undo", "decision"];
const OF_ACCESS = ["key", "person", "owners"];

/** In the order in which they were engaged: the first one is named as the reason, in every process alike. */
const SNAPSHOT = `SELECT h.next AS head,
  (SELECT json_agg(json_build_array(id, scope, target) ORDER BY engaged_at, id) FROM stop WHERE released_at IS NULL) AS stops,
  (SELECT json_agg(json_build_array(id, kind, scope, target) ORDER BY started_at, id) FROM rehearsal
    WHERE kind IN ('standing', 'drill') AND started_at > now() - interval '1 hour' AND CASE kind WHEN 'standing' THEN released_at IS NULL ELSE ended_at IS NULL END) AS rehearsals,
  (SELECT json_agg(json_build_array(id, tier, current_version_id)) FROM agent WHERE id = ANY($2)) AS agents,
  (SELECT json_agg(json_build_array(agent_id, last)) FROM (
    SELECT agent_id, max(index) AS last FROM log_entry
    WHERE index >= coalesce($1, h.next) AND split_part(kind, '.', 1) <> ALL($3) AND kind NOT IN ('person.signed_in', 'person.sessions_revoked') GROUP BY agent_id) e) AS moved,
  EXISTS (SELECT FROM log_entry WHERE index >= coalesce($1, h.next) AND split_part(kind, '.', 1) = ANY($4) AND kind <> 'person.signed_in') AS access
  FROM log_head h WHERE h.id = 1`;

interface SnapshotRow {
  head: number;
  stops: [string, string, string][] | null;
  rehearsals: [string, "standing" | "drill", string, string][] | null;
  agents: [string, number | null, string | null][] | null;
  moved: [string | null, number][] | null;
  access: boolean;
}

/** One statement, so that tiers, versions, stops and the log's size are of the same moment. `since`: the head of the snapshot before. */
export async function readStopSnapshot(since: number | null, agentIds: readonly string[]): Promise<StopSnapshot> {
  const { rows } = await urgentDatabase().pool.query<SnapshotRow>({ name: "stop-snapshot", text: SNAPSHOT, values: [since, agentIds, OF_NO_AUTHORITY, OF_ACCESS] });
  const [row] = rows;
  if (!row) throw new Error("the log has no head");
  return {
    head: row.head,
    stops: (row.stops ?? []).flatMap(([id, scope, target]) => (isStopScope(scope) ? { id, scope, target } : [])),
    rehearsals: (row.rehearsals ?? []).flatMap(([id, kind, scope, target]) => (isStopScope(scope) ? { id, kind, scope, target } : [])),
    agents: new Map((row.agents ?? []).map(([id, tier, currentVersionId]) => [id, { id, tier, currentVersionId }])),
    moved: (row.moved ?? []).map(([agentId, index]) => ({ agentId, index })),
    isAccessChanged: row.access,
  };
}

/** Cheap enough to be asked all the time: differs when a snapshot would show something else. */
export async function readStopMark(): Promise<string> {
  const { rows } = await urgentDatabase().pool.query<{ mark: string }>({
    name: "stop-mark",
    text: `SELECT h.next || ' ' || coalesce((SELECT string_agg(id, ' ' ORDER BY id) FROM rehearsal
      WHERE kind IN ('standing', 'drill') AND started_at > now() - interval '1 hour' AND CASE kind WHEN 'standing' THEN released_at IS NULL ELSE ended_at IS NULL END), '') AS mark
      FROM log_head h WHERE h.id = 1`,
  });
  return rows[0]?.mark ?? "";
}
