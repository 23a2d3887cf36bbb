// What have the arms shown up to each look? Counts, sums and squares of every metric, every 25 tasks of the candidate.

import { SIMULATED_METRICS, type SimulatedMetric } from "./scenarios.ts";
import type { Rollout } from "./simulate.ts";

const EVERY = 25;
const COLUMNS = Object.fromEntries(SIMULATED_METRICS.map((metric, index) => [metric, index])) as Record<SimulatedMetric, number>;

export class Sums {
  n = 0;
  readonly sums = new Float64Array(SIMULATED_METRICS.length);
  readonly squares = new Float64Array(SIMULATED_METRICS.length);

  static of(all: readonly Sums[]): Sums {
    const merged = new Sums();
    for (const one of all) {
      merged.n += one.n;
      one.sums.forEach((sum, column) => (merged.sums[column] = (merged.sums[column] ?? 0) + sum));
      one.squares.forEach((square, column) => (merged.squares[column] = (merged.squares[column] ?? 0) + square));
    }
    return merged;
  }

  add(columns: readonly Float64Array[], at: number): void {
    this.n += 1;
    for (let column = 0; column < columns.length; column += 1) {
      const value = columns[column]?.[at] ?? 0;
      this.sums[column] = (this.sums[column] ?? 0) + value;
      this.squares[column] = (this.squares[column] ?? 0) + value * value;
    }
  }

  sum(metric: SimulatedMetric): number {
    return this.sums[COLUMNS[metric]] ?? 0;
  }

  square(metric: SimulatedMetric): number {
    return this.squares[COLUMNS[metric]] ?? 0;
  }

  mean(metric: SimulatedMetric): number {
    return this.sum(metric) / this.n;
  }

  variance(metric: SimulatedMetric): number {
    return Math.max(0, (this.square(metric) - this.sum(metric) ** 2 / this.n) / (this.n - 1));
  }
}

/** The candidate and what it is compared with. */
export interface Arms {
  candidate: Sums;
  control: Sums;
}

/** All tasks of the current version, or the slice as large as the candidate's. */
export type Control = "all" | "paired";

export interface Look {
  candidateTasks: number;
  stages: readonly Record<Control, Arms>[];
  /** The stages thrown together, as a tool does that does not know them. */
  pooled: Record<Control, Arms>;
}

export function looksOf(rollout: Rollout): Look[] {
  const looks: Look[] = [];
  const columns = SIMULATED_METRICS.map((metric) => rollout.values[metric]);
  const running = rollout.ramp.map(() => ({ candidate: new Sums(), all: new Sums(), paired: new Sums() }));
  let candidateTasks = 0;
  for (let at = 0; at < rollout.length; at++) {
    const stage = running[rollout.stage[at] ?? 0];
    if (!stage) throw new Error("a task outside the ramp");
    if (rollout.isCandidate[at] === 0) {
      stage.all.add(columns, at);
      if (rollout.isPaired[at] === 1) stage.paired.add(columns, at);
      continue;
    }
    stage.candidate.add(columns, at);
    candidateTasks += 1;
    if (candidateTasks % EVERY === 0) looks.push(lookAt(candidateTasks, running));
  }
  return looks;
}

function lookAt(candidateTasks: number, running: readonly Record<"candidate" | Control, Sums>[]): Look {
  const stages = running.map(({ candidate, all, paired }) => {
    const kept = Sums.of([candidate]);
    return { all: { candidate: kept, control: Sums.of([all]) }, paired: { candidate: kept, control: Sums.of([paired]) } };
  });
  const together = (control: Control): Arms => ({
    candidate: Sums.of(stages.map((stage) => stage[control].candidate)), control: Sums.of(stages.map((stage) => stage[control].control)),
  });
  return { candidateTasks, stages, pooled: { all: together("all"), paired: together("paired") } };
}
