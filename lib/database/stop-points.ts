// Which enforcement points does a stop have to reach, and what did each of them say? Asked by the proof and by whoever looks at it.

import type { PointFact, ProofFacts } from "../domain/stop-proof.ts";
import type { ScopedStop } from "../domain/stop-scope.ts";
import { agentsInScope } from "./agents-in-scope.ts";
import type { Transaction } from "./database.ts";

export interface ProvableStop extends ScopedStop {
  id: string;
  engagedAt: Date;
  probeRefusedAt: Date | null;
}

/** Points that were live when the stop was stored, were heard since, or confirmed it; those of the probe agent count in no real stop. */
export async function loadProofFacts(client: Transaction, stop: ProvableStop): Promise<ProofFacts & { agentIds: string[] }> {
  const agentIds = await agentsInScope(client, stop);
  const points = await client.$queryRaw<PointFact[]>`
    SELECT p.id, p.agent_id AS "agentId", p.name, c.at AS "confirmedAt", p.last_heard_at AS "lastHeardAt", p.lease_until AS "leaseUntil", p.left_at AS "leftAt",
      CASE WHEN p.fault_at >= ${stop.engagedAt} THEN p.fault END AS fault
    FROM enforcement_point p LEFT JOIN stop_confirmation c ON c.stop_id = ${stop.id} AND c.point_id = p.id
    WHERE p.kind <> 'probe' AND (c.point_id IS NOT NULL OR (p.agent_id = ANY(${agentIds}) AND (p.lease_until > ${stop.engagedAt} OR p.last_heard_at >= ${stop.engagedAt})))
    ORDER BY p.agent_id, p.name`;
  return { engagedAt: stop.engagedAt, agents: agentIds.length, points, probeRefusedAt: stop.probeRefusedAt, agentIds };
}

/** Cheap where nearly all points are still to answer: one that can act and said nothing, goodbye or faults aside, is enough. */
export async function isAwaited(client: Transaction, stop: ProvableStop, now: Date): Promise<boolean> {
  const agentIds = await agentsInScope(client, stop);
  const [row] = await client.$queryRaw<{ awaited: boolean }[]>`
    SELECT EXISTS (SELECT FROM enforcement_point p WHERE p.kind <> 'probe' AND p.agent_id = ANY(${agentIds}) AND p.lease_until > ${now} AND p.left_at IS NULL
      AND NOT EXISTS (SELECT FROM stop_confirmation c WHERE c.stop_id = ${stop.id} AND c.point_id = p.id)) AS awaited`;
  return row?.awaited ?? false;
}
