// How long do runs take? A histogram that can be merged, with quantiles of a known relative error.

/**
 * DDSketch: Masson, Rim, Lee, "DDSketch: a fast and fully-mergeable quantile sketch with relative-error guarantees", VLDB 2019,
 * https://doi.org/10.14778/3352063.3352135
 */
export const RELATIVE_ERROR = 0.01;
export const GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);

/** Counts by bucket index. */
export type Histogram = Readonly<Record<number, number>>;

/**
 * `ceil(ln(ms) / ln(GAMMA))`, the same wherever it is computed: bucket i holds durations above GAMMA^(i-1) up to GAMMA^i milliseconds.
 * A millisecond and everything below it is bucket 0.
 */
export function bucketOf(ms: number): number {
  return ms > 1 ? Math.ceil(Math.log(Math.min(ms, Number.MAX_VALUE)) / Math.log(GAMMA)) : 0;
}

export function histogramOf(durationsMs: readonly number[]): Histogram {
  const counts: Record<number, number> = {};
  for (const ms of durationsMs) {
    const bucket = bucketOf(ms);
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  return counts;
}

export function mergeHistograms(a: Histogram, b: Histogram): Histogram {
  const merged: Record<number, number> = { ...a };
  for (const [bucket, count] of entries(b)) merged[bucket] = (merged[bucket] ?? 0) + count;
  return merged;
}

export function countOf(histogram: Histogram): number {
  return entries(histogram).reduce((sum, [, count]) => sum + count, 0);
}

/** Milliseconds within the relative error of the lower quantile, q from 0 to 1; null without values. */
export function quantile(histogram: Histogram, q: number): number | null {
  const sorted = entries(histogram).filter(([, count]) => count > 0).toSorted(([a], [b]) => a - b);
  const total = sorted.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0 || !(q >= 0 && q <= 1)) return null;
  const rank = Math.floor(q * (total - 1));
  let seen = 0;
  for (const [bucket, count] of sorted) {
    seen += count;
    if (seen > rank) return valueOf(bucket);
  }
  return null;
}

// The point of a bucket that is equally far, in relative terms, from both of its ends.
function valueOf(bucket: number): number {
  return bucket <= 0 ? 1 : (2 * GAMMA ** bucket) / (GAMMA + 1);
}

function entries(histogram: Histogram): [bucket: number, count: number][] {
  return Object.entries(histogram).map(([bucket, count]) => [Number(bucket), count]);
}
