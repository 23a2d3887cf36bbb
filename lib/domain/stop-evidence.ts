// What is kept of a stop's proof, and what does it say when its points have gone on, and once the stop is released?

import { z } from "zod";
import { closedAt, lastConfirmed, POINT_STATES, PROOF_WITHIN_MS, type ProvedPoint, type StopProof } from "./stop-proof.ts";

/** Of points by name; the counts speak of all. */
const MOST_NAMED = 100;

interface Found {
  proof: StopProof;
  /** How many agents the stop covered. */
  agents: number;
  probeRefusedAt: Date | null;
}

/** As it stands in the log and beside the stop. */
export function stopEvidence({ proof, agents, probeRefusedAt }: Found) {
  const named = proof.points.slice(0, MOST_NAMED).map(({ agentId, name, state, confirmedAt, lastHeardAt, leaseUntil, leftAt, endedAt, endedBy, fault }) => ({
    agent: agentId, point: name, state, ...(confirmedAt ? { confirmedAt: confirmedAt.toISOString() } : { lastHeardAt: lastHeardAt.toISOString(), leaseUntil: leaseUntil.toISOString() }),
    ...(leftAt === null ? {} : { leftAt: leftAt.toISOString() }), ...(fault === null ? {} : { fault }),
    ...(state === "ended" && endedAt !== null ? { endedAt: endedAt.toISOString(), endedBy } : {}),
  }));
  return { agents, isTrial: proof.isTrial, confirmed: proof.confirmed, closed: proof.closed, ended: proof.ended, missing: proof.missing, readsOn: proof.readsOn, elapsedMs: proof.elapsedMs, probeRefusedAt: probeRefusedAt?.toISOString() ?? null, lastConfirmedAt: proof.lastConfirmedAt?.toISOString() ?? null, later: proof.later, points: named };
}

const moment = z.coerce.date();
const evidenceSchema = z.object({
  agents: z.int().nullable().default(null), isTrial: z.boolean().default(false), confirmed: z.int(), closed: z.int(), ended: z.int().default(0), missing: z.int(), readsOn: z.int().default(0), probeRefusedAt: moment.nullable(), lastConfirmedAt: moment.nullable().optional(), later: z.int().default(0),
  points: z.array(z.object({
    agent: z.string(), point: z.string(), state: z.enum(POINT_STATES), fault: z.string().nullable().default(null),
    confirmedAt: moment.nullable().default(null), lastHeardAt: moment.optional(), leaseUntil: moment.optional(), leftAt: moment.nullable().default(null),
    endedAt: moment.nullable().default(null), endedBy: z.string().nullable().default(null),
  })),
});

/** Kept of old there is none: it follows from the points where all were named, and from some of them it would be a false time. */
const keptLastConfirmed = ({ lastConfirmedAt, points, confirmed, closed, missing }: z.output<typeof evidenceSchema>): Date | null =>
  lastConfirmedAt !== undefined ? lastConfirmedAt : points.length === confirmed + closed + missing ? lastConfirmed(points) : null;

interface Proven {
  engagedAt: Date;
  provenAt: Date | null;
  /** What was kept when it was proven. */
  kept: unknown;
}

/** What was proven once keeps its numbers and its times, as long as nothing contradicts it: points that come later apply the stop, and are counted by themselves. */
export function settledProof(proof: StopProof, { engagedAt, provenAt, kept }: Proven): StopProof {
  if (proof.state !== "proven" || provenAt === null) return proof;
  const settled = { ...proof, provenAt, elapsedMs: provenAt.getTime() - engagedAt.getTime() };
  const read = evidenceSchema.safeParse(kept);
  if (!read.success || read.data.missing > 0) return settled;
  const { confirmed, closed, ended, points: named } = read.data;
  const known = new Set(named.map(({ agent, point }) => `${agent} ${point}`));
  const points = proof.points.filter((point) => (point.confirmedAt ?? closedAt(point)) <= provenAt || known.has(`${point.agentId} ${point.name}`));
  return { ...settled, confirmed, closed, ended, points, lastConfirmedAt: keptLastConfirmed(read.data), later: proof.points.length - points.length };
}

interface Released {
  engagedAt: Date;
  releasedAt: Date;
  provenAt: Date | null;
}

/** The proof as it was kept, whatever the points do since; null when none was kept. */
export function readStopEvidence(kept: unknown, { engagedAt, releasedAt, provenAt }: Released): Found | null {
  const read = evidenceSchema.safeParse(kept);
  if (!read.success) return null;
  const { agents, isTrial, points, probeRefusedAt, confirmed, closed, ended, missing, readsOn, later } = read.data;
  const isProven = provenAt !== null && missing === 0;
  const elapsedMs = (isProven ? provenAt : releasedAt).getTime() - engagedAt.getTime();
  return {
    agents: agents ?? new Set(points.map(({ agent }) => agent)).size, probeRefusedAt,
    proof: {
      state: isProven ? "proven" : elapsedMs >= PROOF_WITHIN_MS ? "not_proven" : "stopping", confirmed, closed, ended, missing, readsOn, elapsedMs,
      provenAt: isProven ? provenAt : null, isProbeRefused: probeRefusedAt !== null, isTrial, lastConfirmedAt: keptLastConfirmed(read.data), later,
      points: points.map(({ agent, point, ...one }): ProvedPoint => {
        const leaseUntil = one.leaseUntil ?? one.confirmedAt ?? releasedAt;
        return { ...one, id: `${agent} ${point}`, readsOn: one.state === "reads_on", agentId: agent, name: point, leaseUntil, lastHeardAt: one.lastHeardAt ?? one.confirmedAt ?? leaseUntil };
      }),
    },
  };
}
