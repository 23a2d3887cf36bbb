// How far is a stop proven at this moment?

import { prisma } from "../database/database.ts";
import { loadProofFacts } from "../database/stop-points.ts";
import { readStopEvidence, settledProof } from "../domain/stop-evidence.ts";
import { proveStop, type StopProof } from "../domain/stop-proof.ts";
import { agentInScope, type ScopedStop } from "../domain/stop-scope.ts";
import type { ShownPoint, ShownProof } from "../domain/stop-words.ts";

/** Of a stop as it is stored. */
export interface ProofRow extends ScopedStop {
  id: string;
  engagedAt: Date;
  probeRefusedAt: Date | null;
  provenAt: Date | null;
  releasedAt: Date | null;
  /** What was kept of the proof. */
  proof: unknown;
}

export interface FoundProof {
  proof: StopProof;
  agents: number;
  /** Whose every call is refused; null where the stop is released and they may be others by now, and of a version that is being tried. */
  agentIds: readonly string[] | null;
  probeRefusedAt: Date | null;
}

/** A few statements for however many; of a released one, what was kept of it, and nothing when nothing was. */
export async function findProofs(stops: readonly ProofRow[], now: Date): Promise<Map<string, FoundProof>> {
  const facts = await loadProofFacts(prisma(), stops.filter(({ releasedAt }) => releasedAt === null));
  return new Map(stops.flatMap((stop) => {
    const { id, engagedAt, releasedAt, provenAt } = stop;
    const found = facts.get(id);
    if (found) return [[id, { proof: settledProof(proveStop(found, now), { engagedAt, provenAt, kept: stop.proof }), agents: found.agents, agentIds: found.isTrial ? null : found.agentIds, probeRefusedAt: stop.probeRefusedAt }] as const];
    const kept = releasedAt === null ? null : readStopEvidence(stop.proof, { engagedAt, releasedAt, provenAt });
    const agentId = agentInScope(stop);
    return kept ? [[id, { ...kept, agentIds: agentId === null ? null : [agentId] }] as const] : [];
  }));
}

/** In the order of attention: whoever is missing is never cut off before one that has confirmed. */
const MOST_POINTS = 200;

const text = (at: Date | null): string | null => at?.toISOString() ?? null;

/**
 * As it travels to a page. `callsSince`: calls that change something, of agents covered, that began after the latch and the time that calls under way
 * take. `visible`: whose points are named, `*` for all.
 */
export function shownProof({ proof, probeRefusedAt }: FoundProof, callsSince: number | null, visible: readonly string[] = ["*"]): ShownProof {
  const seen = visible.includes("*") ? proof.points : proof.points.filter((point) => visible.includes(point.agentId));
  return {
    state: proof.state, confirmed: proof.confirmed, closed: proof.closed, ended: proof.ended, missing: proof.missing, readsOn: proof.readsOn, isProbeRefused: proof.isProbeRefused, isTrial: proof.isTrial, probeRefusedAt: text(probeRefusedAt), lastConfirmedAt: text(proof.lastConfirmedAt),
    provenAt: text(proof.provenAt), elapsedMs: proof.elapsedMs, later: proof.later, callsSince,
    points: seen.slice(0, MOST_POINTS).map((point): ShownPoint => ({
      id: point.id, agentId: point.agentId, name: point.name, state: point.state, confirmedAt: text(point.confirmedAt), lastHeardAt: point.lastHeardAt.toISOString(),
      leaseUntil: point.leaseUntil.toISOString(), leftAt: text(point.leftAt), endedAt: text(point.endedAt), endedBy: point.endedBy, fault: point.fault,
    })),
  };
}
