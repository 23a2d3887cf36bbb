// What does a z test say that is looked at again and again? Pooled, on a 1:1 slice, or within the stages.

import { noteHigh, type Highs } from "./highs.ts";
import { HYPOTHESES, type Hypothesis } from "./hypotheses.ts";
import type { Arms, Look } from "./looks.ts";
import type { SimulatedMetric } from "./scenarios.ts";

/** Difference over its standard error with each arm's own variance; 0 while an arm has fewer than two tasks or nothing varies. */
export function welchZ({ candidate, control }: Arms, { metric, sign }: Hypothesis): number {
  if (candidate.n < 2 || control.n < 2) return 0;
  const error = Math.sqrt(candidate.variance(metric) / candidate.n + control.variance(metric) / control.n);
  return error === 0 ? 0 : (sign * (candidate.mean(metric) - control.mean(metric))) / error;
}

const isRate = (metric: SimulatedMetric): boolean => metric !== "latency" && metric !== "cost";

/** As textbooks have it: the rates of both arms from their common rate, amounts with each arm's own variance. */
export const textbookZ = (arms: Arms, hypothesis: Hypothesis): number => (isRate(hypothesis.metric) ? stratifiedZ([arms], hypothesis) : welchZ(arms, hypothesis));

/** Score test within the stages: each compares with its own control, and the variance is that of the whole stage. */
export function stratifiedZ(stages: readonly Arms[], { metric, sign }: Hypothesis): number {
  let [score, variance] = [0, 0];
  for (const { candidate, control } of stages) {
    const n = candidate.n + control.n;
    if (candidate.n < 1 || control.n < 1) continue;
    const mean = (candidate.sum(metric) + control.sum(metric)) / n;
    score += candidate.sum(metric) - candidate.n * mean;
    const spread = (candidate.square(metric) + control.square(metric) - n * mean * mean) / (n - 1);
    variance += Math.max(0, spread) * ((candidate.n * control.n) / n);
  }
  return variance === 0 ? 0 : (sign * score) / Math.sqrt(variance);
}

export function zPeeking(looks: readonly Look[], way: "pooled" | "paired" | "stratified"): Highs {
  const highs: Highs = [];
  for (const { candidateTasks, stages, pooled } of looks) {
    const strata = stages.map((stage) => stage.all);
    for (const hypothesis of HYPOTHESES) {
      noteHigh(highs, candidateTasks, way === "stratified" ? stratifiedZ(strata, hypothesis) : textbookZ(pooled[way === "paired" ? "paired" : "all"], hypothesis));
    }
  }
  return highs;
}
