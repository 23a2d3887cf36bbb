// How well does an agent work? Totals that add up, and the figures derived from them.

import { mergeHistograms, quantile, type Histogram } from "./latency-histogram.ts";

export interface MetricTotals {
  runs: number;
  successes: number;
  failures: number;
  escalated: number;
  intervened: number;
  actionErrors: number;
  toolCalls: number;
  consequentialCalls: number;
  /** Runs whose cost is known; only these are in `costNanoUsd`. */
  costKnownRuns: number;
  costNanoUsd: number;
  inputTokens: number;
  outputTokens: number;
  latency: Histogram;
  unreviewedRuns: number;
}

export const noTotals: MetricTotals = {
  runs: 0, successes: 0, failures: 0, escalated: 0, intervened: 0, actionErrors: 0, toolCalls: 0, consequentialCalls: 0,
  costKnownRuns: 0, costNanoUsd: 0, inputTokens: 0, outputTokens: 0, latency: {}, unreviewedRuns: 0,
};

export function addTotals(a: MetricTotals, b: MetricTotals): MetricTotals {
  return {
    runs: a.runs + b.runs,
    successes: a.successes + b.successes,
    failures: a.failures + b.failures,
    escalated: a.escalated + b.escalated,
    intervened: a.intervened + b.intervened,
    actionErrors: a.actionErrors + b.actionErrors,
    toolCalls: a.toolCalls + b.toolCalls,
    consequentialCalls: a.consequentialCalls + b.consequentialCalls,
    costKnownRuns: a.costKnownRuns + b.costKnownRuns,
    costNanoUsd: a.costNanoUsd + b.costNanoUsd,
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    latency: mergeHistograms(a.latency, b.latency),
    unreviewedRuns: a.unreviewedRuns + b.unreviewedRuns,
  };
}

/** A share with what it is a share of. */
export interface Share {
  value: number;
  hits: number;
  n: number;
}

export interface Metrics {
  /** Of the runs whose outcome is known. */
  successRate: Share | null;
  escalationRate: Share | null;
  interventionRate: Share | null;
  /** Of the tool calls. */
  actionErrorRate: Share | null;
  /** Consequential calls among the tool calls. */
  writeShare: Share | null;
  toolCallsPerRun: number | null;
  /** Whole nano-USD over the runs whose cost is known; null when no run's cost is. */
  costPerTaskNanoUsd: number | null;
  /** How many runs `costPerTaskNanoUsd` speaks for. */
  costCoverage: Share | null;
  inputTokensPerRun: number | null;
  outputTokensPerRun: number | null;
  latencyMs: { p50: number | null; p95: number | null; p99: number | null };
  unreviewedShare: Share | null;
}

/** Every figure is null where nothing was counted that it could be a figure of. */
export function deriveMetrics(totals: MetricTotals): Metrics {
  const { runs, toolCalls, costKnownRuns, latency } = totals;
  return {
    successRate: share(totals.successes, totals.successes + totals.failures),
    escalationRate: share(totals.escalated, runs),
    interventionRate: share(totals.intervened, runs),
    actionErrorRate: share(totals.actionErrors, toolCalls),
    writeShare: share(totals.consequentialCalls, toolCalls),
    toolCallsPerRun: perOne(toolCalls, runs),
    costPerTaskNanoUsd: costKnownRuns === 0 ? null : Math.round(totals.costNanoUsd / costKnownRuns),
    costCoverage: share(costKnownRuns, runs),
    inputTokensPerRun: perOne(totals.inputTokens, runs),
    outputTokensPerRun: perOne(totals.outputTokens, runs),
    latencyMs: { p50: quantile(latency, 0.5), p95: quantile(latency, 0.95), p99: quantile(latency, 0.99) },
    unreviewedShare: share(totals.unreviewedRuns, runs),
  };
}

function share(hits: number, n: number): Share | null {
  return n === 0 ? null : { value: hits / n, hits, n };
}

function perOne(sum: number, n: number): number | null {
  return n === 0 ? null : sum / n;
}

/** The 97.5 % point of the standard normal distribution. */
const Z = 1.959963984540054;

/**
 * The 95 % score interval of a share k of n; null without observations. Wilson, "Probable inference, the law of succession, and
 * statistical inference", JASA 22 (1927), https://doi.org/10.1080/01621459.1927.10502953
 */
export function wilsonInterval(k: number, n: number): { low: number; high: number } | null {
  if (!(n > 0) || !(k >= 0 && k <= n)) return null;
  const p = k / n;
  const scale = 1 + Z ** 2 / n;
  const middle = (p + Z ** 2 / (2 * n)) / scale;
  const half = (Z / scale) * Math.sqrt((p * (1 - p)) / n + Z ** 2 / (4 * n ** 2));
  return { low: k === 0 ? 0 : Math.max(0, middle - half), high: k === n ? 1 : Math.min(1, middle + half) };
}

/** Fewer points say too little about how much a figure moves by itself. */
const FEWEST_POINTS = 8;
/** 3 / 1.128, the constant that turns a mean moving range of two into three standard deviations. */
const NATURAL_LIMIT = 2.66;

/**
 * The natural process limits of an XmR chart: between them a figure moves without a cause worth looking for. Points in order of time,
 * null where nothing was measured. Wheeler, "Understanding Variation", 1993. The limits may lie outside what the figure can be.
 */
export function usualRange(points: readonly (number | null)[]): { low: number; mid: number; high: number } | null {
  const known = points.filter((point): point is number => point !== null && Number.isFinite(point));
  if (known.length < FEWEST_POINTS) return null;
  const mid = mean(known);
  const movingRange = mean(known.slice(1).map((point, index) => Math.abs(point - (known[index] ?? point))));
  return { low: mid - NATURAL_LIMIT * movingRange, mid, high: mid + NATURAL_LIMIT * movingRange };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
