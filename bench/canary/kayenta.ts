// What does a repeated Kayenta analysis say? Means of 25 tasks from the candidate and an equal slice of the current version, judged every 100 tasks.

import { noteHigh, type Highs } from "./highs.ts";
import { HYPOTHESES } from "./hypotheses.ts";
import { kayentaZ } from "./mann-whitney.ts";
import { SIMULATED_METRICS, type SimulatedMetric } from "./scenarios.ts";
import type { Rollout } from "./simulate.ts";

const WINDOW = 25;
const EVERY = 100;

type Series = Record<SimulatedMetric, number[]>;
const emptySeries = (): Series => ({ action_errors: [], escalation: [], violations: [], latency: [], cost: [] });

class Windows {
  readonly means = emptySeries();
  readonly #sums: Record<SimulatedMetric, number> = { action_errors: 0, escalation: 0, violations: 0, latency: 0, cost: 0 };
  #n = 0;

  add(rollout: Rollout, at: number): void {
    this.#n += 1;
    for (const metric of SIMULATED_METRICS) this.#sums[metric] += rollout.values[metric][at] ?? 0;
    if (this.#n < WINDOW) return;
    for (const metric of SIMULATED_METRICS) {
      this.means[metric].push(this.#sums[metric] / WINDOW);
      this.#sums[metric] = 0;
    }
    this.#n = 0;
  }
}

const sortedTimes = (series: readonly number[], sign: 1 | -1): Float64Array => Float64Array.from(series, (value) => sign * value).sort();

export function kayenta(rollout: Rollout): Highs {
  const highs: Highs = [];
  const [candidate, control] = [new Windows(), new Windows()];
  let candidateTasks = 0;
  for (let at = 0; at < rollout.length; at++) {
    if (rollout.isCandidate[at] === 0) {
      if (rollout.isPaired[at] === 1) control.add(rollout, at);
      continue;
    }
    candidate.add(rollout, at);
    candidateTasks += 1;
    if (candidateTasks % EVERY !== 0) continue;
    for (const { metric, sign } of HYPOTHESES) {
      noteHigh(highs, candidateTasks, kayentaZ(sortedTimes(candidate.means[metric], sign), sortedTimes(control.means[metric], sign)));
    }
  }
  return highs;
}
