// Which arm did this cost or this latency come from? Bets for amounts whose tail is too heavy for averages.

import { add, addLabelBets, addPairBets, type ControlCount, chanceOf, controlFromHistory, type LoggedAssignment, ODDS_DOWN, ODDS_UP, USUAL_STAKES } from "./label-betting.ts";

/*
 * Three kinds of bets, averaged: on exceeding thresholds frozen from the past, on a shift of the whole, and on a share of tasks that grew by
 * much, which is what retry loops look like. The lognormal shape only aims the last two: they are valid whatever the shape is.
 */

/** Of the current version's amounts: where the thresholds lie. */
export const FROZEN_QUANTILES: readonly number[] = [0.5, 0.75, 0.9, 0.97];
const SHIFTS_UP: readonly number[] = [1.15, 1.3, 1.6];
const SHIFTS_DOWN: readonly number[] = SHIFTS_UP.map((shift) => 1 / shift);
/** [share of tasks, by what they grow] */
const CONTAMINATIONS: readonly (readonly [number, number])[] = [[0.05, 4], [0.05, 12], [0.15, 4], [0.15, 12]];

/** Of all thresholds together; on each of ODDS_UP as much of it as of THRESHOLD_ODDS. */
const THRESHOLDS_STAKE = 0.17;
const THRESHOLD_ODDS: readonly number[] = [0.04, 0.58, 0.34, 0.04];
const SHIFT_STAKE = 0.58;
const SHIFT_SHARES: readonly number[] = [0.2, 0.5, 0.3];
const CONTAMINATION_STAKE = 0.25;
/** Most on the loop that many tasks run into and that costs most: it is the one to stop soonest. */
const CONTAMINATION_SHARES: readonly number[] = [0.15, 0.2, 0.2, 0.45];
/** Downwards nothing grows: the thresholds take the rest. */
const SHIFT_DOWN_STAKE = 0.42;

const shareOut = (stake: number, shares: readonly number[]): number[] => shares.map((share) => stake * share);

/** In the order in which the bets lie in `logs`; they sum to 1. */
export const HEAVY_UP_STAKES: readonly number[] = [...FROZEN_QUANTILES.flatMap(() => shareOut(THRESHOLDS_STAKE / FROZEN_QUANTILES.length, THRESHOLD_ODDS)), ...shareOut(SHIFT_STAKE, SHIFT_SHARES), ...shareOut(CONTAMINATION_STAKE, CONTAMINATION_SHARES)];
export const HEAVY_DOWN_STAKES: readonly number[] = [...FROZEN_QUANTILES.flatMap(() => shareOut((1 - SHIFT_DOWN_STAKE) / FROZEN_QUANTILES.length, USUAL_STAKES.down)), ...shareOut(SHIFT_DOWN_STAKE, SHIFTS_DOWN.map(() => 1 / SHIFTS_DOWN.length))];

/** The current version's amounts as they were when they were frozen. */
export interface AmountShape {
  /** At FROZEN_QUANTILES. */
  thresholds: number[];
  logMean: number;
  logDeviation: number;
  /** How often the current version exceeds each threshold. */
  control: ControlCount[];
}

/** Fewer values than this freeze nothing. */
export const LEAST_FOR_SHAPE = 100;
/** The newest ones count. */
const MOST_FOR_SHAPE = 600;
const LEAST_DEVIATION = 0.05;
/** An amount of nothing has no logarithm. */
const LEAST_AMOUNT = 1e-9;
const MOST_LOG_RATIO = 50;

/** Null with fewer than LEAST_FOR_SHAPE values. */
export function freezeShape(values: readonly number[]): AmountShape | null {
  if (values.length < LEAST_FOR_SHAPE) return null;
  const newest = values.slice(-MOST_FOR_SHAPE);
  const sorted = newest.toSorted((a, b) => a - b);
  const logs = newest.map((value) => Math.log(Math.max(value, LEAST_AMOUNT)));
  const logMean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  const variance = logs.reduce((sum, log) => sum + (log - logMean) ** 2, 0) / logs.length;
  const thresholds = FROZEN_QUANTILES.map((share) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0);
  return {
    thresholds, logMean, logDeviation: Math.max(LEAST_DEVIATION, Math.sqrt(variance)),
    control: thresholds.map((threshold) => controlFromHistory(newest.filter((value) => value > threshold).length, newest.length)),
  };
}

export function addAmountBets(up: number[], down: number[], amount: number, shape: AmountShape, assignment: LoggedAssignment): void {
  for (let index = 0; index < shape.thresholds.length; index += 1) {
    const chance = chanceOf(shape.control[index] ?? { events: 1, tasks: 2 });
    const isAbove = amount > (shape.thresholds[index] ?? 0);
    addLabelBets(up, index * ODDS_UP.length, ODDS_UP, chance, isAbove, assignment);
    addLabelBets(down, index * ODDS_DOWN.length, ODDS_DOWN, chance, isAbove, assignment);
  }
  const score = scoreOf(amount, shape);
  const { probability, isCandidate } = assignment;
  forEachRatio(score, score, shape.logDeviation, (isUp, place, ratio) => {
    add(isUp ? up : down, place, Math.log((isCandidate ? ratio : 1) / (probability * ratio + 1 - probability)));
  });
}

/** For a task that both versions did. Equal amounts tell nothing. */
export function addAmountPairBets(up: number[], down: number[], candidate: number, current: number, shape: AmountShape): void {
  for (let index = 0; index < shape.thresholds.length; index += 1) {
    const threshold = shape.thresholds[index] ?? 0;
    if (candidate > threshold === current > threshold) continue;
    addPairBets(up, index * ODDS_UP.length, ODDS_UP, candidate > threshold);
    addPairBets(down, index * ODDS_DOWN.length, ODDS_DOWN, candidate > threshold);
  }
  forEachRatio(scoreOf(candidate, shape), scoreOf(current, shape), shape.logDeviation, (isUp, place, ratio, other) => add(isUp ? up : down, place, Math.log((2 * ratio) / (ratio + other))));
}

/** Of the current version: after the bets of its task. */
export function countAmount(amount: number, { thresholds, control }: AmountShape): void {
  for (let index = 0; index < control.length; index += 1) {
    const count = control[index];
    if (!count) continue;
    count.tasks += 1;
    if (amount > (thresholds[index] ?? 0)) count.events += 1;
  }
}

const scoreOf = (amount: number, { logMean, logDeviation }: AmountShape): number => (Math.log(Math.max(amount, LEAST_AMOUNT)) - logMean) / logDeviation;

/** Density of a score once the logarithms moved by `move` deviations, relative to before. */
const densityRatio = (score: number, move: number): number => Math.exp(Math.min(MOST_LOG_RATIO, Math.max(-MOST_LOG_RATIO, move * score - (move * move) / 2)));

const UP_START = FROZEN_QUANTILES.length * ODDS_UP.length;
const DOWN_START = FROZEN_QUANTILES.length * ODDS_DOWN.length;
const LOG_SHIFTS = SHIFTS_UP.map((shift) => Math.log(shift));
const LOG_GROWTHS = CONTAMINATIONS.map(([share, growth]) => [share, Math.log(growth)] as const);

/** Calls with the density ratio at the first and at the second score, for every alternative. */
function forEachRatio(first: number, second: number, deviation: number, found: (isUp: boolean, place: number, atFirst: number, atSecond: number) => void): void {
  for (let index = 0; index < LOG_SHIFTS.length; index += 1) {
    const move = (LOG_SHIFTS[index] ?? 0) / deviation;
    found(true, UP_START + index, densityRatio(first, move), densityRatio(second, move));
    found(false, DOWN_START + index, densityRatio(first, -move), densityRatio(second, -move));
  }
  for (let index = 0; index < LOG_GROWTHS.length; index += 1) {
    const [share, growth] = LOG_GROWTHS[index] ?? [0, 0];
    const move = growth / deviation;
    found(true, UP_START + LOG_SHIFTS.length + index, 1 - share + share * densityRatio(first, move), 1 - share + share * densityRatio(second, move));
  }
}
