// What does an Argo analysis say? A fixed condition on each window of 100 tasks, failed when more windows fail than its limit allows.

import { noteHigh, type Highs } from "./highs.ts";
import { HYPOTHESES, type Hypothesis } from "./hypotheses.ts";
import { SIMULATED_METRICS, USUAL, type SimulatedMetric } from "./scenarios.ts";
import type { Rollout } from "./simulate.ts";

const WINDOW = 100;

interface Truth {
  mean: number;
  deviation: number;
}

const ofRate = (rate: number): Truth => ({ mean: rate, deviation: Math.sqrt(rate * (1 - rate)) });
const ofLogNormal = (median: number, sigma: number): Truth => {
  const mean = median * Math.exp((sigma * sigma) / 2);
  return { mean, deviation: mean * Math.sqrt(Math.exp(sigma * sigma) - 1) };
};

/** What an operator could know of the current version at best: its true means and deviations. */
const KNOWN: Record<SimulatedMetric, Truth> = {
  action_errors: ofRate(USUAL.action_errors), escalation: ofRate(USUAL.escalation), violations: ofRate(USUAL.violations),
  latency: ofLogNormal(20_000, 0.8), cost: ofLogNormal(50_000_000, 1),
};

function eachWindow(rollout: Rollout, see: (means: Record<SimulatedMetric, number>, candidateTasks: number) => void): void {
  const sums: Record<SimulatedMetric, number> = { action_errors: 0, escalation: 0, violations: 0, latency: 0, cost: 0 };
  let candidateTasks = 0;
  for (let at = 0; at < rollout.length; at++) {
    if (rollout.isCandidate[at] === 0) continue;
    candidateTasks += 1;
    for (const metric of SIMULATED_METRICS) sums[metric] += (rollout.values[metric][at] ?? 0) / WINDOW;
    if (candidateTasks % WINDOW !== 0) continue;
    see(sums, candidateTasks);
    for (const metric of SIMULATED_METRICS) sums[metric] = 0;
  }
}

/** The generous form: the worst window in deviations of its mean, from figures nobody has before the rollout. */
export function argoScaled(rollout: Rollout): Highs {
  const highs: Highs = [];
  eachWindow(rollout, (means, candidateTasks) => {
    for (const { metric, sign } of HYPOTHESES) {
      noteHigh(highs, candidateTasks, (sign * (means[metric] - KNOWN[metric].mean)) / (KNOWN[metric].deviation / Math.sqrt(WINDOW)));
    }
  });
  return highs;
}

/** 1 from the window on at which some condition has failed more often than the limit. */
function argoLimits(rollout: Rollout, failureLimit: number, hasFailed: (mean: number, hypothesis: Hypothesis) => boolean): Highs {
  const highs: Highs = [];
  const failures = HYPOTHESES.map(() => 0);
  eachWindow(rollout, (means, candidateTasks) => {
    HYPOTHESES.forEach((hypothesis, index) => {
      if (hasFailed(means[hypothesis.metric], hypothesis)) failures[index] = (failures[index] ?? 0) + 1;
    });
    if (Math.max(...failures) > failureLimit) noteHigh(highs, candidateTasks, 1);
  });
  return highs;
}

/** Half as much again as the true baseline. */
export const argoHalfMore = (rollout: Rollout, failureLimit: number): Highs =>
  argoLimits(rollout, failureLimit, (mean, { metric, sign }) => (sign === 1 ? mean > 1.5 * KNOWN[metric].mean : mean < KNOWN[metric].mean / 1.5));

/** The example of its documentation: at least 95 % of requests succeed, failureLimit 3. */
export const argoDocumented = (rollout: Rollout): Highs =>
  argoLimits(rollout, 3, (mean, { metric }) => metric === "action_errors" && mean > 0.05);
