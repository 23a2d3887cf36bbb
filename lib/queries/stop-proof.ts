// How far is a stop proven at this moment?

import { pool, prisma } from "../database/database.ts";
import { loadProofFacts } from "../database/stop-points.ts";
import { proveStop, type StopProof } from "../domain/stop-proof.ts";
import { isStopScope } from "../domain/stop-scope.ts";

/** Calls that were under way when the stop was stored may still be told of for so long. */
const UNDER_WAY_MS = 2_000;

export interface StopProofAnswer {
  proof: StopProof;
  /** Calls that change something, of agents covered, that began after the latch and the time that calls under way take. */
  callsSince: number;
}

/** Null when there is no such stop. */
export async function getStopProof(stopId: string, now: Date): Promise<StopProofAnswer | null> {
  return (await listStopProofs([stopId], now)).get(stopId) ?? null;
}

export async function listStopProofs(stopIds: readonly string[], now: Date): Promise<Map<string, StopProofAnswer>> {
  const stored = await prisma().stop.findMany({
    where: { id: { in: [...stopIds] } }, select: { id: true, scope: true, target: true, engagedAt: true, probeRefusedAt: true, provenAt: true, releasedAt: true },
  });
  const answers = await Promise.all(stored.map(async ({ scope, ...stop }) => {
    if (!isStopScope(scope)) return [];
    const facts = await loadProofFacts(prisma(), { ...stop, scope });
    const until = stop.releasedAt ?? now;
    const proof = proveStop(facts, until);
    // What was proven once keeps its moment: points that come later change who applies the stop and not when it was proven.
    const settled = proof.state === "proven" && stop.provenAt !== null ? { ...proof, provenAt: stop.provenAt, elapsedMs: stop.provenAt.getTime() - stop.engagedAt.getTime() } : proof;
    return [[stop.id, { proof: settled, callsSince: await countCalls(facts.agentIds, stop.engagedAt, until) }] as const];
  }));
  return new Map(answers.flat());
}

/** A tool whose effect is not known counts as changing something. */
async function countCalls(agentIds: readonly string[], engagedAt: Date, until: Date): Promise<number> {
  const from = new Date(engagedAt.getTime() + UNDER_WAY_MS);
  if (agentIds.length === 0 || from >= until) return 0;
  const { rows } = await pool().query<{ calls: number }>(
    `SELECT count(*)::int AS calls FROM run r JOIN span s ON s.run_id = r.id AND s.kind = 'tool' AND s.started_at > $2 AND s.started_at <= $3
       LEFT JOIN agent a ON a.id = r.agent_id LEFT JOIN agent_version v ON v.id = coalesce(r.version_id, a.current_version_id)
     WHERE r.agent_id = ANY($1) AND r.started_at > $2::timestamptz - interval '1 day' AND r.ended_at > $2 AND NOT EXISTS (
       SELECT 1 FROM jsonb_array_elements(v.components) part JOIN component c ON c.digest = part->>'digest'
       WHERE part->>'kind' = 'tool' AND c.content->>'name' = s.tool_name AND c.content->>'effect' = 'read')`, [agentIds, from, until]);
  return rows[0]?.calls ?? 0;
}
