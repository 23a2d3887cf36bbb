// Did everybody who had to answer a rehearsal answer, and how long did it take?

export interface RehearsedPoint {
  name: string;
  agentId: string;
  /** From the start of the rehearsal; null as long as there is no answer. */
  answeredMs: number | null;
  /** Said goodbye, or its lease ran out in silence: nothing is expected of it any more. */
  isGone: boolean;
}

export interface RehearsalResult {
  expected: number;
  answered: number;
  /** Nearest rank, in milliseconds; null when nobody answered. */
  medianMs: number | null;
  p99Ms: number | null;
  worstMs: number | null;
  /** Who took longest. */
  slowest: string | null;
  missing: string[];
}

const MOST_NAMED = 20;

/** Nearest-rank percentile of sorted values. */
const quantile = (sorted: readonly number[], share: number): number | null => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;

export function judgeRehearsal(points: readonly RehearsedPoint[]): RehearsalResult {
  const answered = points.flatMap(({ answeredMs, ...point }) => (answeredMs === null ? [] : [{ ...point, ms: Math.max(0, Math.round(answeredMs)) }])).toSorted((a, b) => a.ms - b.ms);
  const missing = points.filter(({ answeredMs, isGone }) => answeredMs === null && !isGone);
  const times = answered.map(({ ms }) => ms);
  return {
    expected: answered.length + missing.length, answered: answered.length,
    medianMs: quantile(times, 0.5), p99Ms: quantile(times, 0.99), worstMs: times.at(-1) ?? null, slowest: answered.at(-1)?.name ?? null,
    missing: missing.slice(0, MOST_NAMED).map(({ agentId, name }) => `${name} of ${agentId}`),
  };
}

interface PathFacts {
  result: RehearsalResult;
  /** Points of the probe agent that were connected, and how many of them applied its stop. */
  probes: number;
  probesClosed: number;
  isGateRefusing: boolean;
}

/** Null when the stop path works; otherwise the sentence that says what did not. */
export function faultOfPath({ result, probes, probesClosed, isGateRefusing }: PathFacts): string | null {
  if (probes === 0) return "No process that serves agents is connected: the stop path could not be exercised.";
  if (probesClosed < probes) return `${probes - probesClosed} of ${probes} of Holdpoint's own points did not apply the stop.`;
  if (!isGateRefusing) return "The gate did not refuse a call of the stopped probe agent.";
  if (result.missing.length > 0) return `${result.expected - result.answered} of ${result.expected} points did not answer: ${result.missing.slice(0, 3).join(", ")}${result.missing.length > 3 ? " and others" : ""}.`;
  return null;
}
