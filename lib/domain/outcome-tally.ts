// What do many outcomes show together, so that a chart needs no more of them than it has points?

import { CANARY_METRICS, isShareMetric, type CanaryMetric } from "./canary-plan.ts";
import type { TaskValues } from "./judge-canary.ts";
import { bucketOf, mergeHistograms, type Histogram } from "./latency-histogram.ts";

export interface MetricTally {
  /** Outcomes of which the metric is known. */
  n: number;
  sum: number;
  /** Of an amount; empty for a share. */
  buckets: Histogram;
}

export type OutcomeTally = Partial<Record<CanaryMetric, MetricTally>>;

/** More points than this no chart of a rollout has. */
export const MOST_SLOTS = 48;

/** Seconds of one slot: a power of two, so that two slots make one when a rollout goes on and its slots double. */
export function slotSeconds(spanMs: number): number {
  let seconds = 1;
  while (slotAt(spanMs, seconds) >= MOST_SLOTS) seconds *= 2;
  return seconds;
}

/** `sinceMs`: since the start of the rollout. A clock that runs backwards leads to the first. */
export const slotAt = (sinceMs: number, seconds: number): number => Math.max(0, Math.floor(sinceMs / (seconds * 1_000)));

export function tallyOf(outcomes: readonly TaskValues[]): OutcomeTally {
  const tally: OutcomeTally = {};
  for (const metric of CANARY_METRICS) {
    const known = outcomes.flatMap((values) => values[metric] ?? []);
    if (known.length > 0) tally[metric] = { n: known.length, sum: known.reduce((sum, value) => sum + value, 0), buckets: isShareMetric(metric) ? {} : countBuckets(known) };
  }
  return tally;
}

function countBuckets(amounts: readonly number[]): Histogram {
  const counts: Record<number, number> = {};
  for (const amount of amounts) counts[bucketOf(amount)] = (counts[bucketOf(amount)] ?? 0) + 1;
  return counts;
}

export function mergeTallies(a: OutcomeTally, b: OutcomeTally): OutcomeTally {
  const merged: OutcomeTally = { ...a };
  for (const metric of CANARY_METRICS) {
    const [own, other] = [a[metric], b[metric]];
    if (other) merged[metric] = own ? { n: own.n + other.n, sum: own.sum + other.sum, buckets: mergeHistograms(own.buckets, other.buckets) } : other;
  }
  return merged;
}
