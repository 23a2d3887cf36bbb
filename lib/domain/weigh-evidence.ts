// How strong is the evidence by now that the candidate is worse?

import { logEvidenceAbove, logEvidenceBelow } from "./beta-mixture.ts";
import type { CanaryMetric, MetricPlan } from "./canary-plan.ts";
import { combinedEvidence, namedByClosedTesting, type WeighedEvidence } from "./closed-testing.ts";
import { type JudgeState, type MetricState, stakesOf, weightsOf } from "./judge-state.ts";
import { logSampleRatio } from "./sample-ratio.ts";
import { expClipped } from "./special-functions.ts";

/** Evidence that crossed its line stays there: by Ville's inequality the highest value counts. */
export function weighUp(state: JudgeState): void {
  const all: WeighedEvidence[] = [];
  const whose: CanaryMetric[] = [];
  const { plan } = state;
  const allWeights = plan.metrics.reduce((sum, { weight }) => sum + weight, 0);
  for (let index = 0; index < state.metrics.length; index += 1) {
    const metric = state.metrics[index];
    const planned = plan.metrics[index];
    if (!metric || !planned) continue;
    const weights = weightsOf(planned, allWeights);
    for (const direction of [0, 1] as const) {
      if (direction === 1 && weights[1] === 0) continue;
      const log = logWorse(state, metric, planned, direction);
      metric.logWorse[direction] = log;
      if (log > metric.mostLogWorse[direction]) metric.mostLogWorse[direction] = log;
      all.push({ weight: weights[direction], e: expClipped(log) });
      whose.push(metric.metric);
    }
  }
  const combined = combinedEvidence(all);
  state.mostLogWorse = Math.max(state.mostLogWorse, Math.log(combined));
  state.mostLogRatio = Math.max(state.mostLogRatio, logSampleRatio(state.ratio));
  if (combined < plan.holdAt) return;
  const named = namedByClosedTesting(all, plan.holdAt);
  state.named = [...new Set([...state.named, ...whose.filter((_, index) => named[index])])];
}

/** What an absolute band takes of a metric's stake. */
const BAND_SHARE = 0.25;

function logWorse(state: JudgeState, metric: MetricState, planned: MetricPlan, direction: 0 | 1): number {
  const bets = direction === 0 ? metric.up : metric.down;
  const relative = Math.max(Number.MIN_VALUE, mixtureOf(bets, stakesOf(metric.metric, direction === 0), state.restartShares));
  const band = logBand(metric, planned, direction);
  return Math.log(band === null ? relative : (1 - BAND_SHARE) * relative + BAND_SHARE * expClipped(band));
}

/** Bets from the start and from every restart; those that have not begun stand at 1. */
export function mixtureOf({ sums, restarts }: { sums: readonly number[]; restarts: readonly (readonly number[])[] }, stakes: readonly number[], shares: readonly number[]): number {
  let all = 0;
  for (let slot = 0; slot < shares.length; slot += 1) {
    const before = slot === 0 ? null : restarts[slot - 1];
    const share = shares[slot] ?? 0;
    if (before === undefined) {
      all += share;
      continue;
    }
    let sum = 0;
    for (let index = 0; index < sums.length; index += 1) sum += (stakes[index] ?? 0) * expClipped((sums[index] ?? 0) - (before?.[index] ?? 0));
    all += share * sum;
  }
  return all;
}

/** Of the candidate's rate alone, so that both versions being out of it counts too. */
function logBand({ metric, inBand: [tasks, bad] }: MetricState, { band }: MetricPlan, direction: 0 | 1): number | null {
  if (!band) return null;
  if (metric === "success") return band.low > 0 ? logEvidenceAbove(bad, tasks, 1 - band.low) : null;
  if (direction === 0) return band.high < 1 ? logEvidenceAbove(bad, tasks, band.high) : null;
  return band.low > 0 ? logEvidenceBelow(bad, tasks, band.low) : null;
}
