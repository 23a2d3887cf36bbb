// How strong is the evidence by now that the candidate is worse?

import { logEvidenceAbove, logEvidenceBelow } from "./beta-mixture.ts";
import type { CanaryMetric, MetricPlan } from "./canary-plan.ts";
import { combinedEvidence, namedByClosedTesting, type WeighedEvidence } from "./closed-testing.ts";
import { type JudgeState, type MetricState, restartedStakesOf, stakesOf, weightsOf } from "./judge-state.ts";
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
  const isUp = direction === 0;
  const relative = Math.max(Number.MIN_VALUE, mixtureOf(bets, { stakes: stakesOf(metric.metric, isUp), restartedStakes: restartedStakesOf(metric.metric, isUp), shares: state.restartShares }));
  const band = logBand(metric, planned, direction);
  return Math.log(band === null ? relative : (1 - BAND_SHARE) * relative + BAND_SHARE * expClipped(band));
}

interface Mixture {
  stakes: readonly number[];
  restartedStakes: readonly number[];
  /** Of the bets from the start, then of those of each restart. */
  shares: readonly number[];
}

/** Bets from the start and from every restart; those that have not begun stand at 1. */
function mixtureOf({ sums, restarts }: { sums: readonly number[]; restarts: readonly (readonly number[])[] }, { stakes, restartedStakes, shares }: Mixture): number {
  let all = 0;
  for (let slot = 0; slot < shares.length; slot += 1) {
    const before = slot === 0 ? null : restarts[slot - 1];
    all += (shares[slot] ?? 0) * (before === undefined ? 1 : wealthOf(sums, before, slot === 0 ? stakes : restartedStakes));
  }
  return all;
}

/** What a stake of 1 on all alternatives together has become since the sums stood as in `before`; null: since the start. */
export function wealthOf(sums: readonly number[], before: readonly number[] | null, stakes: readonly number[]): number {
  let wealth = 0;
  for (let index = 0; index < sums.length; index += 1) wealth += (stakes[index] ?? 0) * expClipped((sums[index] ?? 0) - (before?.[index] ?? 0));
  return wealth;
}

/** Of the candidate's rate alone, so that both versions being out of it counts too. */
function logBand({ metric, inBand: [tasks, bad] }: MetricState, { band }: MetricPlan, direction: 0 | 1): number | null {
  if (!band) return null;
  if (metric === "success") return band.low > 0 ? logEvidenceAbove(bad, tasks, 1 - band.low) : null;
  if (direction === 0) return band.high < 1 ? logEvidenceAbove(bad, tasks, band.high) : null;
  return band.low > 0 ? logEvidenceBelow(bad, tasks, band.low) : null;
}
