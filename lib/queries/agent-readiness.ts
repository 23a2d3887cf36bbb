// How far is each of these agents with its checklist? One statement for a page of agents.

import { pool } from "../database/database.ts";
import { agentCardSchema } from "../domain/agent-card.ts";
import { CONTROL_TIERS } from "../domain/authority-level.ts";
import { readinessOf, type ReadinessStep } from "../domain/readiness.ts";
import type { OwnerRole } from "../domain/roles.ts";

interface StoredFacts {
  id: string; card: unknown; tier: number | null; current_version_id: string | null; last_seen_at: Date | null; versions: number; owners: Partial<Record<OwnerRole, string>> | null;
  has_outcome: boolean; has_policy: boolean; asks_gate: boolean; has_rollout: boolean; stop_proven_at: Date | null;
}

const OUTCOME_WITHIN_MS = 30 * 86_400_000;

export async function listReadiness(agentIds: readonly string[], now: Date): Promise<Map<string, ReadinessStep[]>> {
  const { rows } = await pool().query<StoredFacts>(
    `SELECT a.id, a.card, a.tier, a.current_version_id, a.last_seen_at,
       (SELECT count(*) FROM agent_version v WHERE v.agent_id = a.id) AS versions,
       (SELECT jsonb_object_agg(o.role, p.name) FROM agent_owner o JOIN person p ON p.id = o.person_id WHERE o.agent_id = a.id AND NOT o.is_deputy AND p.disabled_at IS NULL) AS owners,
       EXISTS (SELECT 1 FROM rollup r WHERE r.agent_id = a.id AND r.hour >= $2 AND r.successes + r.failures > 0) AS has_outcome,
       EXISTS (SELECT 1 FROM agent_version v, jsonb_array_elements(v.components) r JOIN component c ON c.digest = r->>'digest'
         WHERE v.id = a.current_version_id AND r->>'kind' = 'policy' AND trim(c.content->>'cedar') <> '') AS has_policy,
       EXISTS (SELECT 1 FROM enforcement_point e WHERE e.agent_id = a.id) OR EXISTS (SELECT 1 FROM gate_decision g WHERE g.agent_id = a.id) AS asks_gate,
       EXISTS (SELECT 1 FROM rollout o WHERE o.agent_id = a.id AND (o.started_at IS NOT NULL OR EXISTS (SELECT 1 FROM rollout_event x WHERE x.rollout_id = o.id AND x.kind IN ('waived', 'skipped')))) AS has_rollout,
       greatest(
         (SELECT max(s.proven_at) FROM stop s JOIN stop_confirmation c ON c.stop_id = s.id WHERE c.agent_id = a.id),
         (SELECT max(d.ended_at) FROM enforcement_point e JOIN rehearsal_answer w ON w.point_id = e.id JOIN rehearsal d ON d.id = w.rehearsal_id WHERE e.agent_id = a.id AND d.kind = 'drill' AND d.is_proven)
       ) AS stop_proven_at
     FROM agent a WHERE a.id = ANY($1)`,
    [agentIds, new Date(now.getTime() - OUTCOME_WITHIN_MS)],
  );
  return new Map(rows.map((row) => {
    const named = (role: OwnerRole) => (row.owners?.[role] === undefined ? null : { name: row.owners[role] });
    return [row.id, readinessOf({
      card: agentCardSchema.parse(row.card), owners: { business_owner: named("business_owner"), technical_owner: named("technical_owner"), model_steward: named("model_steward") },
      tier: CONTROL_TIERS.find((tier) => tier === row.tier) ?? null, versions: row.versions, hasCurrentVersion: row.current_version_id !== null, lastSeenAt: row.last_seen_at,
      hasOutcome: row.has_outcome, hasPolicy: row.has_policy, asksGate: row.asks_gate, hasRollout: row.has_rollout, stopProvenAt: row.stop_proven_at,
    })];
  }));
}
