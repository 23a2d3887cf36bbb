// Is it shown that the candidate is not worse by more than the margin?

import type { CanaryMargin } from "./canary-plan.ts";
import { add, type LoggedAssignment } from "./label-betting.ts";
import { shareAtRatio } from "./beta-mixture.ts";

/*
 * Margin as a ratio m: under "the candidate's risk is at least m times the current one's" a bad event is the candidate's with at least the
 * chance w·m / (w·m + 1 − w). Against it, bets on smaller relative risks: the mirrored mixture of beta-mixture.ts with its prior on a grid of
 * relative risks in place of chances, so that it stays one e-process while w moves. Exact, for rare events too.
 *
 * Margin in points δ: Z = (y − c)(A/w − (1 − A)/(1 − w)) has the difference of the two rates as its expectation for every c known before the
 * task; the stake λ on δ − Z is bounded so that the wealth stays positive: betting on a bounded mean, Waudby-Smith, Ramdas, arXiv 2010.09686.
 */

/** Relative risks bet on, and the stakes. Those that are not below the margin are left out by `logNotWorse`. */
const RELATIVE_RISKS: readonly (readonly [ratio: number, stake: number])[] = [[1, 0.6], [0.7, 0.25], [0.4, 0.1], [1.15, 0.05]];
/** Of the stake that would grow fastest if nothing had changed. */
const BOLDNESS: readonly (readonly [share: number, stake: number])[] = [[1, 0.7], [0.5, 0.3]];
const MOST_OF_BOUND = 0.8;

/** An amount is not worse when it exceeds neither the upper quartile nor the ninth decile of before more than the margin times as often. */
export const PROVEN_QUANTILES: readonly number[] = [0.75, 0.9];

/** Sums of logarithms, one for each stake, at the start. */
export const beginNotWorse = (margin: CanaryMargin): number[] => (margin.kind === "ratio" ? RELATIVE_RISKS : BOLDNESS).map(() => 0);

/** `chance`: of a bad outcome on the current version, as known before this task. */
export function addNotWorseBets(logs: number[], margin: CanaryMargin, chance: number, isBad: boolean, assignment: LoggedAssignment): void {
  if (margin.kind === "ratio") {
    if (isBad) addRatioBets(logs, margin.value, assignment);
    return;
  }
  const { probability, isCandidate } = assignment;
  const difference = ((isBad ? 1 : 0) - chance) * (isCandidate ? 1 / probability : -1 / (1 - probability));
  const spread = (chance * (1 - chance)) / (probability * (1 - probability));
  addPointsBets(logs, margin.value, difference, { spread, most: Math.max((1 - chance) / probability, chance / (1 - probability)) });
}

/** For a task that both versions did. */
export function addNotWorsePairBets(logs: number[], margin: CanaryMargin, chance: number, isCandidateBad: boolean, isCurrentBad: boolean): void {
  if (margin.kind === "points") {
    addPointsBets(logs, margin.value, (isCandidateBad ? 1 : 0) - (isCurrentBad ? 1 : 0), { spread: 2 * chance * (1 - chance), most: 1 });
  } else if (isCandidateBad !== isCurrentBad) {
    // Pairs in which both are bad only dilute a ratio: among the others it is at least as large.
    addRatioBets(logs, margin.value, { probability: 0.5, isCandidate: isCandidateBad });
  }
}

/** Natural logarithm of the e-value. */
export function logNotWorse(logs: readonly number[], margin: CanaryMargin): number {
  const stakes = margin.kind === "ratio" ? RELATIVE_RISKS.map(([ratio, stake]) => (ratio < margin.value ? stake : 0)) : BOLDNESS.map(([, stake]) => stake);
  const all = stakes.reduce((sum, stake) => sum + stake, 0);
  const most = Math.max(...logs);
  return most + Math.log(logs.reduce((sum, log, index) => sum + ((stakes[index] ?? 0) / all) * Math.exp(log - most), 0));
}

/** By how much the logarithm grows with each task if the candidate is like the current version; 0 or less: never shown. */
export function growthOfNotWorse(margin: CanaryMargin, chance: number, probability: number): number {
  if (margin.kind === "ratio") {
    const atMargin = shareAtRatio(probability, margin.value);
    return chance * (probability * Math.log(probability / atMargin) + (1 - probability) * Math.log((1 - probability) / (1 - atMargin)));
  }
  const spread = (chance * (1 - chance)) / (probability * (1 - probability));
  return margin.value ** 2 / (2 * (spread + margin.value ** 2));
}

function addRatioBets(logs: number[], margin: number, { probability, isCandidate }: LoggedAssignment): void {
  const atMargin = shareAtRatio(probability, margin);
  for (let index = 0; index < RELATIVE_RISKS.length; index += 1) {
    const ratio = RELATIVE_RISKS[index]?.[0] ?? 1;
    if (ratio >= margin) continue;
    const share = shareAtRatio(probability, ratio);
    add(logs, index, Math.log(isCandidate ? share / atMargin : (1 - share) / (1 - atMargin)));
  }
}

/** `most`: the highest value that the difference can take. */
function addPointsBets(logs: number[], margin: number, difference: number, { spread, most }: { spread: number; most: number }): void {
  const bound = MOST_OF_BOUND / Math.max(most - margin, Number.EPSILON);
  const best = margin / (spread + margin * margin);
  for (let index = 0; index < BOLDNESS.length; index += 1) {
    const stake = Math.min(bound, best * (BOLDNESS[index]?.[0] ?? 0));
    add(logs, index, Math.log1p(stake * (margin - difference)));
  }
}
