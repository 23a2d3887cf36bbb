// After how many tasks does the judge's evidence reach its line?

import { type CanaryMargin, type CanaryMetric, type CanaryPlan, isShareMetric, type MetricPlan, PROMOTE_AT, type StagePlan } from "./canary-plan.ts";
import { isTwoSided, stakesOf, weightsOf } from "./judge-state.ts";
import { addLabelBets, addPairBets, ODDS_UP } from "./label-betting.ts";
import { addNotWorseBets, addNotWorsePairBets, beginNotWorse, logNotWorse, PROVEN_QUANTILES } from "./non-inferiority.ts";

/*
 * The judge's own bets, in expectation: by how much each of their logarithms grows with a task when nothing changed (not worse) or when bad
 * outcomes became twice as frequent (worse), and after how many tasks the mixture of them reaches its line. The true number scatters
 * around it; more than half of all rollouts need fewer.
 */

export interface Walk {
  /** Of the candidate. */
  tasks: number;
  /** Of both versions; in shadow each task is done by both. */
  taskTotal: number;
}

/** By how much each logarithm grows with a task of either version at this exposure; with a pair where it is null. */
type Growth = (exposure: number | null) => number[];

/** Until "not worse" is shown if nothing changed; null: never. `chance`: of a bad outcome on the current version; of an amount it plays no part. */
export function walkToConclude(metric: CanaryMetric, stage: StagePlan, margin: CanaryMargin, chance: number): Walk | null {
  const chances = isShareMetric(metric) ? [chance] : PROVEN_QUANTILES.map((share) => 1 - share);
  let slowest: Walk | null = null;
  for (const one of chances) {
    for (const isMirrored of isTwoSided(metric) ? [false, true] : [false]) {
      const found = walkWithBets(stage, (exposure) => growthOfNotWorse(margin, one, exposure, isMirrored), (logs) => logNotWorse(logs, margin) >= Math.log(PROMOTE_AT));
      if (!found) return null;
      if (!slowest || found.taskTotal > slowest.taskTotal) slowest = found;
    }
  }
  return slowest;
}

/** `isMirrored`: that the candidate has it not more rarely. */
function growthOfNotWorse(margin: CanaryMargin, chance: number, exposure: number | null, isMirrored: boolean): number[] {
  const growth = beginNotWorse(margin);
  for (const isBad of [true, false]) {
    for (const other of [true, false]) {
      const logs = beginNotWorse(margin);
      if (exposure === null) addNotWorsePairBets(logs, margin, chance, isBad, other);
      else addNotWorseBets(logs, margin, chance, isBad, { probability: isMirrored ? 1 - exposure : exposure, isCandidate: other !== isMirrored });
      const ofOther = exposure === null ? (other ? chance : 1 - chance) : other ? exposure : 1 - exposure;
      const likelihood = (isBad ? chance : 1 - chance) * ofOther;
      for (let index = 0; index < growth.length; index += 1) growth[index] = (growth[index] ?? 0) + likelihood * (logs[index] ?? 0);
    }
  }
  return growth;
}

/** Until the rollout is held if bad outcomes are twice as frequent; null: they cannot be, or never. */
export function walkToDoubling(plan: CanaryPlan, planned: MetricPlan, stage: StagePlan, chanceOfShare: number): Walk | null {
  const chance = isShareMetric(planned.metric) ? chanceOfShare : 1 - (PROVEN_QUANTILES.at(-1) ?? 0);
  if (!(chance > 0 && chance <= 0.5)) return null;
  const allWeights = plan.metrics.reduce((sum, { weight }) => sum + weight, 0);
  const [weight] = weightsOf(planned, allWeights);
  // The bets on one threshold: the others of an amount come on top.
  const stakes = stakesOf(planned.metric, true).slice(0, ODDS_UP.length);
  const line = Math.log(plan.holdAt / weight);
  return walkWithBets(stage, (exposure) => growthAtDoubling(chance, exposure), (logs) => logSum(logs, stakes) >= line);
}

/** Under "twice as frequent with the candidate". */
function growthAtDoubling(chance: number, exposure: number | null): number[] {
  const growth = ODDS_UP.map(() => 0);
  const doubled = Math.min(2 * chance, 1);
  if (exposure === null) {
    for (const isCandidates of [true, false]) {
      const logs = ODDS_UP.map(() => 0);
      addPairBets(logs, 0, ODDS_UP, isCandidates);
      const likelihood = isCandidates ? doubled * (1 - chance) : chance * (1 - doubled);
      for (let index = 0; index < growth.length; index += 1) growth[index] = (growth[index] ?? 0) + likelihood * (logs[index] ?? 0);
    }
    return growth;
  }
  for (const isCandidate of [true, false]) {
    for (const isBad of [true, false]) {
      const logs = ODDS_UP.map(() => 0);
      addLabelBets(logs, 0, ODDS_UP, chance, isBad, { probability: exposure, isCandidate });
      const bad = isCandidate ? doubled : chance;
      const likelihood = (isCandidate ? exposure : 1 - exposure) * (isBad ? bad : 1 - bad);
      for (let index = 0; index < growth.length; index += 1) growth[index] = (growth[index] ?? 0) + likelihood * (logs[index] ?? 0);
    }
  }
  return growth;
}

function logSum(logs: readonly number[], stakes: readonly number[]): number {
  const most = Math.max(...logs);
  return most + Math.log(logs.reduce((sum, log, index) => sum + (stakes[index] ?? 0) * Math.exp(log - most), 0));
}

function walkWithBets(stage: StagePlan, growth: Growth, isReached: (logs: readonly number[]) => boolean): Walk | null {
  let logs: readonly number[] = [];
  return walk(stage, (exposure, taskTotal, isStep) => {
    const grown = growth(exposure);
    const now = grown.map((one, index) => (logs[index] ?? 0) + one * taskTotal);
    if (isStep) logs = now;
    return isReached(now);
  }, null);
}

const MOST_TASKS = 1e9;

/**
 * Through the exposures: each but the last is left after the stage's minimum of tasks. Ends where `isReached` holds, or after `tasks` of the
 * candidate; null where it never does. `isReached` is asked with the tasks of both versions at this exposure; `isStep`: all of them were done.
 */
export function walk({ exposures, minimumTasks }: StagePlan, isReached: (exposure: number | null, taskTotal: number, isStep: boolean) => boolean, tasks: number | null): Walk | null {
  const steps: readonly (number | null)[] = exposures.length === 0 ? [null] : exposures;
  const before: Walk = { tasks: 0, taskTotal: 0 };
  for (const [index, exposure] of steps.entries()) {
    const share = exposure ?? 1;
    const most = index === steps.length - 1 ? MOST_TASKS : minimumTasks / share;
    if (tasks !== null && tasks - before.tasks <= most * share) return { tasks: Math.ceil(tasks), taskTotal: before.taskTotal + (tasks - before.tasks) / share };
    if (tasks === null && isReached(exposure, most, false)) {
      const here = firstReached(most, (taskTotal) => isReached(exposure, taskTotal, false));
      return { tasks: Math.ceil(before.tasks + here * share), taskTotal: before.taskTotal + here };
    }
    isReached(exposure, most, true);
    before.tasks += most * share;
    before.taskTotal += most;
  }
  return null;
}

/** Sums of exponentials that start below a line cross it once. */
function firstReached(most: number, isReached: (count: number) => boolean): number {
  let [low, high] = [0, most];
  while (high - low > Math.max(1e-3, high * 1e-9)) {
    const middle = (low + high) / 2;
    if (isReached(middle)) high = middle;
    else low = middle;
  }
  return high;
}
