// May the console say that something has stopped? From the latch, what each enforcement point confirmed, and a probe.

/** Calls that were under way when the stop was stored may still be told of for so long. */
export const UNDER_WAY_MS = 2_000;

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
  /** When a person said that its process has ended, and who. */
  endedAt: Date | null;
  endedBy: string | null;
  /** It was set up to go on reading when its lease has run out, and no process has taken its name since. */
  readsOn: boolean;
  /** What it said that cannot be true, since the stop. */
  fault: string | null;
}

export interface ProofFacts {
  engagedAt: Date;
  /** How many agents the stop covers. */
  agents: number;
  points: readonly PointFact[];
  /** It refuses reading too: every stop but that of a tool which does more. */
  stopsReads: boolean;
  /** A version that is being tried beside the current one: the gate decides each of its calls, and no point does. */
  isTrial: boolean;
  /** The first refusal of a call after all live points had confirmed. */
  probeRefusedAt: Date | null;
}

export type ProofState = "stopping" | "proven" | "not_proven";

/**
 * `confirmed` applies the stop; `closed` is silent since its lease ran out, or said goodbye; `reads_on` is silent as well, and may still do what only
 * reads, although the stop refuses that; `ended` was neither, and a person said since it was last heard that its process has ended; `missing` may still act.
 */
export const POINT_STATES = ["missing", "reads_on", "ended", "closed", "confirmed"] as const;
export type PointState = (typeof POINT_STATES)[number];

export interface ProvedPoint extends PointFact {
  state: PointState;
}

export interface StopProof {
  state: ProofState;
  /** In the order in which they need attention: missing first, then those that read on, are said to have ended, closed and confirmed. */
  points: ProvedPoint[];
  confirmed: number;
  /** With those that are said to have ended. */
  closed: number;
  ended: number;
  /** With those that read on. */
  missing: number;
  readsOn: number;
  /** The moment at which the last condition was met; null unless proven. */
  provenAt: Date | null;
  /** From the stored latch to the proof, or to now. */
  elapsedMs: number;
  isProbeRefused: boolean;
  isTrial: boolean;
  /** Of those that count as confirmed; null without one. */
  lastConfirmedAt: Date | null;
  /** Points that came when it had been proven without them. */
  later: number;
}

/** What a person said counts for what was not settled without it, until the point is heard again. */
function stateOf(point: PointFact, stopsReads: boolean, now: Date): PointState {
  const told = toldState(point, stopsReads, now);
  const isSaid = point.endedAt !== null && point.endedAt > point.lastHeardAt && point.leaseUntil <= now;
  return isSaid && (told === "missing" || told === "reads_on") ? "ended" : told;
}

/** Silent since its lease ran out: by its own rule it has closed, as far as that rule goes. One that was heard later is alive and counts as missing. */
function toldState(point: PointFact, stopsReads: boolean, now: Date): PointState {
  if (point.fault !== null) return "missing";
  if (point.confirmedAt !== null) return "confirmed";
  if (point.leftAt !== null && point.leftAt >= point.lastHeardAt) return "closed";
  if (point.leaseUntil > now || point.lastHeardAt > point.leaseUntil) return "missing";
  return point.readsOn && stopsReads ? "reads_on" : "closed";
}

export const lastConfirmed = (points: readonly Pick<ProvedPoint, "state" | "confirmedAt">[]): Date | null =>
  points.reduce<Date | null>((last, { state, confirmedAt: at }) => (state === "confirmed" && at !== null && (last === null || at > last) ? at : last), null);

export function closedAt(point: ProvedPoint): Date {
  if (point.state === "ended" && point.endedAt !== null) return point.endedAt;
  return point.leftAt !== null && point.leftAt < point.leaseUntil ? point.leftAt : point.leaseUntil;
}

/** A point that contradicts itself is never counted as stopped, whatever it confirmed, before its process has ended. */
export function proveStop(facts: ProofFacts, now: Date): StopProof {
  const points = facts.points
    .map((point) => ({ ...point, state: stateOf(point, facts.stopsReads, now) }))
    .toSorted((a, b) => POINT_STATES.indexOf(a.state) - POINT_STATES.indexOf(b.state) || a.agentId.localeCompare(b.agentId) || a.name.localeCompare(b.name));
  const count = (state: PointState) => points.filter((point) => point.state === state).length;
  const readsOn = count("reads_on");
  const missing = count("missing") + readsOn;
  const isProbeRefused = facts.probeRefusedAt !== null;
  // Where no agent is covered there is nobody to ask the gate for.
  const isProven = missing === 0 && (facts.probeRefusedAt !== null || facts.agents === 0);
  const moments = points.map((point) => (point.state === "confirmed" ? (point.confirmedAt ?? point.lastHeardAt) : closedAt(point)).getTime());
  const provenMs = isProven ? Math.max(facts.engagedAt.getTime(), facts.probeRefusedAt?.getTime() ?? 0, ...moments) : null;
  const elapsedMs = Math.max(0, (provenMs ?? now.getTime()) - facts.engagedAt.getTime());
  return {
    state: isProven ? "proven" : elapsedMs >= PROOF_WITHIN_MS ? "not_proven" : "stopping",
    points, confirmed: count("confirmed"), closed: count("closed") + count("ended"), ended: count("ended"), missing, readsOn, isProbeRefused, isTrial: facts.isTrial,
    provenAt: provenMs === null ? null : new Date(provenMs), elapsedMs, lastConfirmedAt: lastConfirmed(points), later: 0,
  };
}
