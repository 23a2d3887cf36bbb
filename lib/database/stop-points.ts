// Which enforcement points does a stop have to reach, and what did each of them say? Asked by the proof and by whoever looks at it.

import { Prisma } from "../../generated/prisma/client.ts";
import type { PointFact, ProofFacts } from "../domain/stop-proof.ts";
import type { ScopedStop } from "../domain/stop-scope.ts";
import { agentsInScope } from "./agents-in-scope.ts";
import type { Transaction } from "./database.ts";

export interface ProvableStop extends ScopedStop {
  id: string;
  engagedAt: Date;
  probeRefusedAt: Date | null;
}

export type StopFacts = ProofFacts & { agentIds: string[]; trial: Trial | null };

/** A version under trial, with one of the conversations in which it acts. */
interface Trial {
  agentId: string;
  conversationId: string;
}

type ToldPoint = [id: string, agentId: string, name: string, confirmedAt: string | null, lastHeardAt: string, leaseUntil: string, leftAt: string | null, endedAt: string | null, endedBy: string | null, readsOn: boolean, fault: string | null];

const pointFact = ([id, agentId, name, confirmedAt, lastHeardAt, leaseUntil, leftAt, endedAt, endedBy, readsOn, fault]: ToldPoint): PointFact => ({
  id, agentId, name, confirmedAt: confirmedAt === null ? null : new Date(confirmedAt), lastHeardAt: new Date(lastHeardAt), leaseUntil: new Date(leaseUntil), leftAt: leftAt === null ? null : new Date(leftAt), endedAt: endedAt === null ? null : new Date(endedAt), endedBy, readsOn, fault,
});

/** `agentsInScope` in SQL, for the stop `s` and the agent `a`. */
const COVERS = Prisma.sql`a.archived_at IS NULL AND CASE s.scope WHEN 'fleet' THEN true WHEN 'tier' THEN s.target = coalesce(a.tier, 0)::text WHEN 'agent' THEN s.target = a.id
  WHEN 'version' THEN s.target = a.current_version_id WHEN 'tool' THEN starts_with(s.target, a.id || '/') END`;

/** Whoever has been silent for longer when a stop is stored is not asked about: its process is gone. */
const READS_ON_FOR = Prisma.sql`interval '24 hours'`;
/** Names are kept over a restart: a process that came later under the name of a silent one stands in its place. */
const READS_ON = Prisma.sql`(p.reads_without_lease AND p.left_at IS NULL AND NOT EXISTS (SELECT FROM enforcement_point n WHERE n.agent_id = p.agent_id AND n.name = p.name AND n.first_heard_at > p.last_heard_at))`;

/**
 * Of engaged stops, a few statements for however many of them: points that were live when the stop was stored, were heard since, may read on without a lease, or confirmed it.
 * Those of the probe agent count in no real stop. What a point said since a release says nothing about the stop any more.
 */
export async function loadProofFacts(client: Transaction, stops: readonly ProvableStop[]): Promise<Map<string, StopFacts>> {
  if (stops.length === 0) return new Map();
  const ids = stops.map(({ id }) => id);
  const covered = await client.$queryRaw<{ stopId: string; agentIds: string[] }[]>`
    SELECT s.id AS "stopId", array_agg(a.id ORDER BY a.id) AS "agentIds" FROM stop s JOIN agent a ON ${COVERS} WHERE s.id = ANY(${ids}) GROUP BY s.id`;
  // One row a stop: of a thousand points, each as a row of its own, the reading costs more than the finding.
  const told = await client.$queryRaw<{ stopId: string; points: ToldPoint[] }[]>`
    SELECT s.id AS "stopId", json_agg(json_build_array(p.id, p.agent_id, p.name, c.at, p.last_heard_at, p.lease_until, p.left_at, p.ended_at, p.ended_by, ${READS_ON}, CASE WHEN p.fault_at >= s.engaged_at THEN p.fault END) ORDER BY p.agent_id, p.name) AS points
    FROM stop s JOIN enforcement_point p ON p.kind <> 'probe' LEFT JOIN agent a ON a.id = p.agent_id LEFT JOIN stop_confirmation c ON c.stop_id = s.id AND c.point_id = p.id
    WHERE s.id = ANY(${ids}) AND (c.point_id IS NOT NULL OR ((p.lease_until > s.engaged_at OR p.last_heard_at >= s.engaged_at OR (p.last_heard_at > s.engaged_at - ${READS_ON_FOR} AND ${READS_ON})) AND ${COVERS}))
    GROUP BY s.id`;
  const sparingReads = stops.some(({ scope }) => scope === "tool") ? await loadSparingReads(client, ids) : new Set<string>();
  const trials = stops.some(({ scope }) => scope === "version") ? await loadTrials(client, ids) : new Map<string, Trial>();
  const agentsOf = new Map(covered.map(({ stopId, agentIds }) => [stopId, agentIds]));
  const pointsOf = new Map(told.map(({ stopId, points }) => [stopId, points.map(pointFact)]));
  return new Map(stops.map(({ id, engagedAt, probeRefusedAt }) => {
    const covering = agentsOf.get(id) ?? [];
    const trial = (covering.length === 0 && trials.get(id)) || null;
    const agentIds = trial ? [trial.agentId] : covering;
    const stopsReads = !sparingReads.has(id);
    return [id, { engagedAt, agents: agentIds.length, agentIds, trial, isTrial: trial !== null, stopsReads, probeRefusedAt, points: (pointsOf.get(id) ?? []).filter((point) => stopsReads || !wasSilent(point, engagedAt)) }];
  }));
}

/** Of stops of a tool that, as the current version declares it, does more than read: reading goes on beside them. */
async function loadSparingReads(client: Transaction, stopIds: readonly string[]): Promise<Set<string>> {
  const rows = await client.$queryRaw<{ id: string }[]>`
    SELECT s.id FROM stop s JOIN agent a ON a.id = split_part(s.target, '/', 1) JOIN agent_version v ON v.id = a.current_version_id
      CROSS JOIN LATERAL jsonb_array_elements(v.components) part JOIN component c ON c.digest = part->>'digest'
    WHERE s.scope = 'tool' AND s.id = ANY(${[...stopIds]}) AND part->>'kind' = 'tool' AND s.target = a.id || '/' || (c.content->>'name') AND c.content->>'effect' <> 'read'`;
  return new Set(rows.map(({ id }) => id));
}

/** Of stops of a version that is no agent's current one; whoever never gave it a task runs nothing of it. */
async function loadTrials(client: Transaction, stopIds: readonly string[]): Promise<Map<string, Trial>> {
  const rows = await client.$queryRaw<(Trial & { stopId: string })[]>`
    SELECT s.id AS "stopId", o.agent_id AS "agentId", t.conversation AS "conversationId"
    FROM stop s JOIN rollout o ON s.scope = 'version' AND o.candidate_id = s.target AND o.state <> 'completed' JOIN agent a ON a.id = o.agent_id AND a.archived_at IS NULL
      CROSS JOIN LATERAL (SELECT CASE arm WHEN 'candidate' THEN task_id ELSE shadow_task_id END AS conversation FROM assignment WHERE rollout_id = o.id AND (arm = 'candidate' OR shadow_task_id IS NOT NULL) LIMIT 1) t
    WHERE s.id = ANY(${[...stopIds]})`;
  return new Map(rows.map(({ stopId, ...trial }) => [stopId, trial]));
}

/** Silent and without a lease before the stop: only what it may still read could matter. */
const wasSilent = ({ confirmedAt, leaseUntil, lastHeardAt }: PointFact, engagedAt: Date): boolean => confirmedAt === null && leaseUntil <= engagedAt && lastHeardAt < engagedAt;

/** Cheap where nearly all points are still to answer: one that can act and said nothing, goodbye or faults aside, is enough. */
export async function isAwaited(client: Transaction, stop: ProvableStop, now: Date): Promise<boolean> {
  const agentIds = await agentsInScope(client, stop);
  const [row] = await client.$queryRaw<{ awaited: boolean }[]>`
    SELECT EXISTS (SELECT FROM enforcement_point p WHERE p.kind <> 'probe' AND p.agent_id = ANY(${agentIds}) AND p.lease_until > ${now} AND p.left_at IS NULL
      AND NOT EXISTS (SELECT FROM stop_confirmation c WHERE c.stop_id = ${stop.id} AND c.point_id = p.id)) AS awaited`;
  return row?.awaited ?? false;
}
