// Between which values do a figure of one version, and the difference of two, lie, however often somebody looks?

import { logEvidenceOther } from "./beta-mixture.ts";
import { countOf, type Histogram, quantile } from "./latency-histogram.ts";

/*
 * Confidence sequences: the chance that such an interval ever leaves out the true value, at any of all looks together, is at most ALPHA. They
 * are for the eye; the judge decides by its bets, which also hold where rates drift or the exposure changes.
 */

export interface Interval {
  low: number | null;
  high: number | null;
}

export interface CountedShare {
  events: number;
  n: number;
}

export const NO_INTERVAL: Interval = { low: null, high: null };
export const ALPHA = 0.05;

/** Of one version's rate: what a Beta(1, 1) mixture does not rule out (Robbins 1970). Exact at every n, for rare events too. */
export function shareSequence({ events, n }: CountedShare, alpha = ALPHA): Interval {
  if (n <= 0) return NO_INTERVAL;
  const k = Math.min(n, Math.max(0, events));
  const line = Math.log(1 / alpha);
  const isIn = (share: number): boolean => logEvidenceOther(k, n, share) < line;
  return { low: k === 0 ? 0 : edge(isIn, k / n, 0), high: k === n ? 1 : edge(isIn, k / n, 1) };
}

const HALVINGS = 40;

/** Where `isIn`, which holds at `inner`, ends on the way to `outer`. */
function edge(isIn: (value: number) => boolean, inner: number, outer: number): number {
  let [within, without] = [inner, outer];
  for (let step = 0; step < HALVINGS; step += 1) {
    const middle = (within + without) / 2;
    if (isIn(middle)) within = middle;
    else without = middle;
  }
  return without;
}

/** Tasks of both versions at which the difference's interval is narrowest for what was seen. */
const NARROWEST_AT = 1_000;
/** With fewer of either version the normal law is no guide yet. */
const LEAST_FOR_NORMAL = 20;

/**
 * Candidate less current. Asymptotic confidence sequence, two-sided: Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas, arXiv 2103.06476, theorem 2.2.
 * It is too narrow while events are rare, so the exact sequences of both rates, at half the error each, hold until each version has shown enough.
 */
export function differenceOfShares(current: CountedShare, candidate: CountedShare, alpha = ALPHA): Interval {
  const [before, after] = [shareSequence(current, alpha / 2), shareSequence(candidate, alpha / 2)];
  if (before.low === null || before.high === null || after.low === null || after.high === null) return NO_INTERVAL;
  const exact = { low: after.low - before.high, high: after.high - before.low };
  if (![current, candidate].every(({ events, n }) => Math.min(events, n - events) >= LEAST_FOR_NORMAL)) return exact;
  const variance = [current, candidate].reduce((sum, { events, n }) => sum + (events * (n - events)) / n ** 3, 0);
  const difference = candidate.events / candidate.n - current.events / current.n;
  const half = Math.sqrt(variance) * widthInErrors(current.n + candidate.n, alpha);
  return { low: Math.max(-1, difference - half), high: Math.min(1, difference + half) };
}

function widthInErrors(n: number, alpha: number): number {
  const rhoSquared = (-2 * Math.log(alpha) + Math.log(1 - 2 * Math.log(alpha))) / NARROWEST_AT;
  const scaled = n * rhoSquared;
  return Math.sqrt(((scaled + 1) / scaled) * Math.log((scaled + 1) / alpha ** 2));
}

/**
 * Of one version's amounts, at a fixed quantile: Howard, Ramdas, "Sequential estimation of quantiles with applications to A/B testing and
 * best-arm identification", Bernoulli 28 (2022) 1704–1728, arXiv 1906.09712. Open towards the side on which too little is known.
 */
export function quantileSequence(amounts: Histogram, share: number, alpha = ALPHA): Interval {
  const n = countOf(amounts);
  if (n < 2) return NO_INTERVAL;
  const rate = (1.4 * Math.log(Math.log(2.1 * n)) + Math.log(10 / alpha)) / n;
  if (!(rate > 0)) return NO_INTERVAL;
  const reach = 1.5 * Math.sqrt(share * (1 - share) * rate) + 0.8 * rate;
  return { low: share - reach > 0 ? quantile(amounts, share - reach) : null, high: share + reach < 1 ? quantile(amounts, share + reach) : null };
}

/** Candidate less current, each at half the error. */
export function differenceOfQuantiles(current: Histogram, candidate: Histogram, share: number, alpha = ALPHA): Interval {
  const [before, after] = [quantileSequence(current, share, alpha / 2), quantileSequence(candidate, share, alpha / 2)];
  return {
    low: after.low === null || before.high === null ? null : after.low - before.high,
    high: after.high === null || before.low === null ? null : after.high - before.low,
  };
}
