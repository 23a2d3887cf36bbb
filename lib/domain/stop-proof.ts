// May the console say that something has stopped? From the latch, what each enforcement point confirmed, and a probe.

/** After this long without proof the console says so. */
export const PROOF_WITHIN_MS = 10_000;

/** A point that was live when the stop was stored, or has been heard since. */
export interface PointFact {
  id: string;
  agentId: string;
  name: string;
  /** When it confirmed an epoch that holds the stop; null as long as it has not. */
  confirmedAt: Date | null;
  lastHeardAt: Date;
  leaseUntil: Date;
  leftAt: Date | null;
  /** What it said that cannot be true, since the stop. */
  fault: string | null;
}

export interface ProofFacts {
  engagedAt: Date;
  /** How many agents the stop covers. */
  agents: number;
  points: readonly PointFact[];
  /** A version that is being tried beside the current one: the gate decides each of its calls, and no point does. */
  isTrial: boolean;
  /** The first refusal of a call after all live points had confirmed. */
  probeRefusedAt: Date | null;
}

export type ProofState = "stopping" | "proven" | "not_proven";

/** `confirmed` applies the stop; `closed` is silent since its lease ran out, or said goodbye; `missing` may still act. */
export type PointState = "confirmed" | "closed" | "missing";

export interface ProvedPoint extends PointFact {
  state: PointState;
}

export interface StopProof {
  state: ProofState;
  /** In the order in which they need attention: missing first, then closed, then confirmed. */
  points: ProvedPoint[];
  confirmed: number;
  closed: number;
  missing: number;
  /** The moment at which the last condition was met; null unless proven. */
  provenAt: Date | null;
  /** From the stored latch to the proof, or to now. */
  elapsedMs: number;
  isProbeRefused: boolean;
  isTrial: boolean;
}

const ORDER: Readonly<Record<PointState, number>> = { missing: 0, closed: 1, confirmed: 2 };

/** Silent since its lease ran out: by its own rule it has closed. One that was heard later is alive and counts as missing. */
function stateOf(point: PointFact, now: Date): PointState {
  if (point.fault !== null) return "missing";
  if (point.confirmedAt !== null) return "confirmed";
  if (point.leftAt !== null && point.leftAt >= point.lastHeardAt) return "closed";
  return point.leaseUntil <= now && point.lastHeardAt <= point.leaseUntil ? "closed" : "missing";
}

const closedAt = (point: PointFact): Date => (point.leftAt !== null && point.leftAt < point.leaseUntil ? point.leftAt : point.leaseUntil);

/** A point that contradicts itself is never counted as stopped, whatever it confirmed. */
export function proveStop(facts: ProofFacts, now: Date): StopProof {
  const points = facts.points
    .map((point) => ({ ...point, state: stateOf(point, now) }))
    .toSorted((a, b) => ORDER[a.state] - ORDER[b.state] || a.agentId.localeCompare(b.agentId) || a.name.localeCompare(b.name));
  const count = (state: PointState) => points.filter((point) => point.state === state).length;
  const missing = count("missing");
  const isProbeRefused = facts.probeRefusedAt !== null;
  // Where no agent is covered there is nobody to ask the gate for.
  const isProven = missing === 0 && (facts.probeRefusedAt !== null || facts.agents === 0);
  const moments = points.map((point) => (point.state === "confirmed" ? (point.confirmedAt ?? point.lastHeardAt) : closedAt(point)).getTime());
  const provenMs = isProven ? Math.max(facts.engagedAt.getTime(), facts.probeRefusedAt?.getTime() ?? 0, ...moments) : null;
  const elapsedMs = Math.max(0, (provenMs ?? now.getTime()) - facts.engagedAt.getTime());
  return {
    state: isProven ? "proven" : elapsedMs >= PROOF_WITHIN_MS ? "not_proven" : "stopping",
    points, confirmed: count("confirmed"), closed: count("closed"), missing, isProbeRefused, isTrial: facts.isTrial,
    provenAt: provenMs === null ? null : new Date(provenMs), elapsedMs,
  };
}
