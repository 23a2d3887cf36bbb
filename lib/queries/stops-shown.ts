// What can be said about a stop at this moment? Its row and its proof, as they travel to a page that asks again and again.

import type { ShownPoint, ShownProof, ShownStop } from "../domain/stop-words.ts";
import { getStopProof, listStopProofs, type StopProofAnswer } from "./stop-proof.ts";
import { findStop, type StopRow } from "./stops.ts";

/** In the order of attention: whoever is missing is never cut off before one that has confirmed. */
const MOST_POINTS = 200;

const text = (at: Date | null): string | null => at?.toISOString() ?? null;

export function shownProof({ proof, callsSince }: StopProofAnswer, probeRefusedAt: Date | null): ShownProof {
  return {
    state: proof.state, confirmed: proof.confirmed, closed: proof.closed, missing: proof.missing, isProbeRefused: proof.isProbeRefused, probeRefusedAt: text(probeRefusedAt),
    provenAt: text(proof.provenAt), elapsedMs: proof.elapsedMs, callsSince,
    points: proof.points.slice(0, MOST_POINTS).map((point): ShownPoint => ({
      id: point.id, agentId: point.agentId, name: point.name, state: point.state, confirmedAt: text(point.confirmedAt), lastHeardAt: point.lastHeardAt.toISOString(),
      leaseUntil: point.leaseUntil.toISOString(), leftAt: text(point.leftAt), fault: point.fault,
    })),
  };
}

export function shownRow(stop: StopRow & { agents: number }, proof: ShownProof | null, now: Date): ShownStop {
  return {
    id: stop.id, scope: stop.scope, target: stop.target, name: stop.name, agentId: stop.agentId, reason: stop.reason, engagedBy: stop.engagedBy, engagedAt: stop.engagedAt.toISOString(),
    releasedBy: stop.releasedBy, releasedAt: text(stop.releasedAt), epoch: stop.epoch, agents: stop.agents, notProvenAt: text(stop.notProvenAt),
    release: stop.release && { ...stop.release, askedAt: stop.release.askedAt.toISOString() }, proof, readAt: now.toISOString(),
  };
}

/** Two readings with the same pulse need no other page around them; the proof itself follows on its own. */
export const pulseOfShown = ({ reason, release, releasedAt, notProvenAt, proof }: ShownStop): string => [reason ?? "", release?.askedAt ?? "", releasedAt ?? "", notProvenAt ?? "", proof?.state ?? ""].join("\n");

/** In the order given. */
export async function withProofs(stops: readonly (StopRow & { agents: number })[], now: Date): Promise<ShownStop[]> {
  const proofs = await listStopProofs(stops.map((stop) => stop.id), now);
  return stops.map((stop) => {
    const proof = proofs.get(stop.id);
    return shownRow(stop, proof ? shownProof(proof, stop.probeRefusedAt) : null, now);
  });
}

/** Null when there is no such stop. */
export async function findShownStop(stopId: string, now: Date): Promise<ShownStop | null> {
  const [stop, proof] = await Promise.all([findStop(stopId, 0), getStopProof(stopId, now)]);
  return stop && shownRow(stop, proof && shownProof(proof, stop.probeRefusedAt), now);
}
