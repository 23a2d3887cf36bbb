// What would the tasks of a rollout have looked like? One seeded history and one seeded rollout of a scenario.

import { randomFrom, type Random } from "./random.ts";
import { SIMULATED_METRICS, USUAL, type RampStep, type Scenario, type SimulatedMetric, type World } from "./scenarios.ts";

export const HISTORIC_TASKS = 600;
const SLOPE = 0.6;
const LATENCY_MEDIAN_MS = 20_000;
const LATENCY_SIGMA = 0.8;
const COST_MEDIAN_NANO_USD = 50_000_000;
const COST_SIGMA = 1;
const CORRELATION = 0.6;
const REST = Math.sqrt(1 - CORRELATION * CORRELATION);

export type Columns = Record<SimulatedMetric, Float64Array>;

/** Tasks in the order in which they end. */
export interface Rollout {
  length: number;
  ramp: readonly RampStep[];
  stage: Uint8Array;
  isCandidate: Uint8Array;
  /** In the slice of the current version's tasks, as large as the candidate's, that a 1:1 comparison uses. */
  isPaired: Uint8Array;
  values: Columns;
  history: Columns;
}

const expit = (x: number): number => 1 / (1 + Math.exp(-x));

/** Mean of expit(intercept + slope z) over z ~ N(0, 1), by the trapezoid rule on ±8, exact to 1e-12 here. */
function marginalOf(intercept: number): number {
  let sum = 0;
  for (let z = -8; z <= 8; z += 0.05) sum += expit(intercept + SLOPE * z) * Math.exp((-z * z) / 2);
  return (sum * 0.05) / Math.sqrt(2 * Math.PI);
}

const intercepts = new Map<number, number>();

export function interceptFor(rate: number): number {
  const known = intercepts.get(rate);
  if (known !== undefined) return known;
  let [low, high] = [-20, 20];
  for (let round = 0; round < 60; round++) {
    const middle = (low + high) / 2;
    if (marginalOf(middle) < rate) low = middle;
    else high = middle;
  }
  intercepts.set(rate, low);
  return low;
}

const emptyColumns = (length: number): Columns =>
  Object.fromEntries(SIMULATED_METRICS.map((metric) => [metric, new Float64Array(length)])) as Columns;

function drawTask(into: Columns, index: number, world: World, random: Random): void {
  const z = random.normal() + world.difficulty;
  into.action_errors[index] = random.uniform() < expit(interceptFor(world.action_errors) + SLOPE * z) ? 1 : 0;
  into.escalation[index] = random.uniform() < expit(interceptFor(world.escalation) + SLOPE * z) ? 1 : 0;
  into.violations[index] = random.uniform() < expit(interceptFor(world.violations) + SLOPE * z) ? 1 : 0;
  into.latency[index] = LATENCY_MEDIAN_MS * world.latencyFactor * Math.exp(LATENCY_SIGMA * (CORRELATION * z + REST * random.normal()));
  const loop = random.uniform() < world.loopShare ? world.loopFactor : 1;
  into.cost[index] = COST_MEDIAN_NANO_USD * world.costFactor * loop * Math.exp(COST_SIGMA * (CORRELATION * z + REST * random.normal()));
}

export function simulateRollout({ ramp, world }: Pick<Scenario, "ramp" | "world">, seed: string): Rollout {
  const random = randomFrom(seed);
  const history = emptyColumns(HISTORIC_TASKS);
  for (let index = 0; index < HISTORIC_TASKS; index++) drawTask(history, index, USUAL, random);
  // Room for twice the expected number: the ramp ends by the candidate's tasks.
  const room = Math.ceil(2 * ramp.reduce((sum, { exposure, tasks }) => sum + tasks / exposure, 0));
  const rollout: Rollout = {
    length: 0, ramp, stage: new Uint8Array(room), isCandidate: new Uint8Array(room), isPaired: new Uint8Array(room), values: emptyColumns(room), history,
  };
  let [candidateTasks, at] = [0, 0];
  ramp.forEach(({ exposure, tasks }, stage) => {
    const end = candidateTasks + tasks;
    const pairedShare = Math.min(1, exposure / (1 - exposure));
    while (candidateTasks < end && at < room) {
      const isCandidate = random.uniform() < exposure;
      rollout.stage[at] = stage;
      rollout.isCandidate[at] = isCandidate ? 1 : 0;
      rollout.isPaired[at] = !isCandidate && random.uniform() < pairedShare ? 1 : 0;
      drawTask(rollout.values, at, world({ isCandidate, candidateTasks, stage }), random);
      if (isCandidate) candidateTasks += 1;
      at += 1;
    }
  });
  rollout.length = at;
  return rollout;
}
