// What does one outcome add to the bets of one metric?

import { type CanaryMargin, marginIn } from "./canary-plan.ts";
import { addAmountBets, addAmountPairBets, countAmount, freezeShape, FROZEN_QUANTILES } from "./heavy-tail-betting.ts";
import { isBadValue, type JudgeState, type MetricState } from "./judge-state.ts";
import { addLabelBets, addPairBets, chanceOf, type LoggedAssignment, ODDS_DOWN, ODDS_UP } from "./label-betting.ts";
import { bucketOf } from "./latency-histogram.ts";
import { addNotWorseBets, addNotWorsePairBets, PROVEN_QUANTILES } from "./non-inferiority.ts";

export interface StageAssignment extends LoggedAssignment {
  isOfStage: boolean;
}

export function betOnTask(state: JudgeState, metric: MetricState, value: number, assignment: StageAssignment): void {
  const { up, down, shape, control } = metric;
  if (shape) {
    const tolerance = toleranceOf(state, metric);
    if (tolerance > 0 && assignment.isCandidate) addToleratedBets(metric, { value, tolerance, shape }, assignment);
    else addAmountBets(up.sums, down.sums, value, shape, assignment);
  } else if (control) {
    const chance = chanceOf(control);
    const isBad = isBadValue(metric.metric, value);
    addLabelBets(up.sums, 0, ODDS_UP, chance, isBad, assignment);
    addLabelBets(down.sums, 0, ODDS_DOWN, chance, isBad, assignment);
  }
  if (assignment.isCandidate) countForBand(metric, value);
  const margin = assignment.isOfStage ? marginOf(state, metric) : null;
  if (margin === null) return;
  const { probability, isCandidate } = assignment;
  for (let side = 0; side < metric.notWorse.length; side += 1) {
    const given = side === 1 && control ? { probability: 1 - probability, isCandidate: !isCandidate } : assignment;
    const proof = proofOf(metric, side);
    if (proof) addNotWorseBets(metric.notWorse[side] ?? [], margin, proof.chance, proof.isBad(value), given);
  }
}

const toleranceOf = (state: JudgeState, { metric }: MetricState): number => state.plan.metrics.find((one) => one.metric === metric)?.tolerance ?? 0;

/**
 * "Worse" is bet on the amount less what nobody minds. Under every candidate that is at most so much above the current version the bets stay
 * fair or lose: each of them pays more for a larger amount (stochastic dominance).
 */
function addToleratedBets({ up, down }: MetricState, { value, tolerance, shape }: { value: number; tolerance: number; shape: NonNullable<MetricState["shape"]> }, assignment: StageAssignment): void {
  addAmountBets(up.sums, down.sums.slice(), value / (1 + tolerance), shape, assignment);
  addAmountBets(up.sums.slice(), down.sums, value, shape, assignment);
}

export function betOnPair(state: JudgeState, metric: MetricState, { current, candidate, isOfStage }: { current: number; candidate: number; isOfStage: boolean }): void {
  const { up, down, shape, control } = metric;
  if (shape) {
    // As with tasks that were drawn: "worse" is bet on the amount less what nobody minds.
    addAmountPairBets(up.sums, down.sums.slice(), candidate / (1 + toleranceOf(state, metric)), current, shape);
    addAmountPairBets(up.sums.slice(), down.sums, candidate, current, shape);
  } else if (control && current !== candidate) {
    const isCandidates = isBadValue(metric.metric, candidate);
    addPairBets(up.sums, 0, ODDS_UP, isCandidates);
    addPairBets(down.sums, 0, ODDS_DOWN, isCandidates);
  }
  countForBand(metric, candidate);
  const margin = isOfStage ? marginOf(state, metric) : null;
  if (margin === null) return;
  for (let side = 0; side < metric.notWorse.length; side += 1) {
    const [one, other] = side === 1 && control ? [current, candidate] : [candidate, current];
    const proof = proofOf(metric, side);
    if (proof) addNotWorsePairBets(metric.notWorse[side] ?? [], margin, proof.chance, proof.isBad(one), proof.isBad(other));
  }
}

function countForBand(metric: MetricState, value: number): void {
  metric.inBand[0] += 1;
  if (isBadValue(metric.metric, value)) metric.inBand[1] += 1;
}

function marginOf(state: JudgeState, { metric }: MetricState): CanaryMargin | null {
  const planned = state.plan.metrics.find((one) => one.metric === metric);
  const stage = state.plan.stages[state.stageIndex];
  return planned && stage ? marginIn(planned, stage) : null;
}

const PROVEN_PLACES: readonly number[] = PROVEN_QUANTILES.map((share) => FROZEN_QUANTILES.indexOf(share));

function proofOf({ metric, control, shape }: MetricState, side: number): { chance: number; isBad: (value: number) => boolean } | null {
  if (control) return { chance: chanceOf(control), isBad: (value) => isBadValue(metric, value) };
  const place = PROVEN_PLACES[side] ?? 0;
  const count = shape?.control[place];
  const threshold = shape?.thresholds[place];
  return count && threshold !== undefined ? { chance: chanceOf(count), isBad: (value) => value > threshold } : null;
}

/** After the bets: what the current version's task shows is known only to the next one. */
export function countValue(metric: MetricState, value: number, arm: 0 | 1, isOfStage: boolean): void {
  const { control, shape } = metric;
  metric.known[arm] += 1;
  if (isOfStage) metric.stageKnown[arm] += 1;
  if (control) {
    const isBad = isBadValue(metric.metric, value);
    if (isBad) metric.bad[arm] += 1;
    if (arm === 1) return;
    control.tasks += 1;
    if (isBad) control.events += 1;
    return;
  }
  const buckets = metric.buckets[arm];
  const bucket = bucketOf(value);
  buckets[bucket] = (buckets[bucket] ?? 0) + 1;
  if (arm === 1) return;
  if (shape) {
    countAmount(value, shape);
    return;
  }
  metric.unshaped.push(value);
  metric.shape = freezeShape(metric.unshaped);
  if (metric.shape) metric.unshaped = [];
}
