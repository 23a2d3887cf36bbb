// What does GrowthBook's sequential test say? The one-sided asymptotic confidence sequence of its documentation, at every look.

import { noteHigh, type Highs } from "./highs.ts";
import { HYPOTHESES } from "./hypotheses.ts";
import type { Control, Look } from "./looks.ts";
import { welchZ } from "./z-peeking.ts";

const ALPHA = 0.05;

/** Half-width in standard errors after n tasks of both arms, tuned to be narrowest at n* (Waudby-Smith et al., arXiv 2103.06476, equation 9). */
export function widthInErrors(n: number, tuning: number): number {
  const rhoSquared = (-2 * Math.log(2 * ALPHA) + Math.log(1 - 2 * Math.log(2 * ALPHA))) / tuning;
  const scaled = n * rhoSquared;
  return Math.sqrt(n) * Math.sqrt(((2 * (scaled + 1)) / (n * scaled)) * Math.log(1 + Math.sqrt(scaled + 1) / (2 * ALPHA)));
}

/** The statistic is the difference in units of the half-width: 1 is the documented line. */
export function confidenceSequence(looks: readonly Look[], control: Control, tuning: number): Highs {
  const highs: Highs = [];
  for (const { candidateTasks, pooled } of looks) {
    const arms = pooled[control];
    const width = widthInErrors(arms.candidate.n + arms.control.n, tuning);
    for (const hypothesis of HYPOTHESES) noteHigh(highs, candidateTasks, welchZ(arms, hypothesis) / width);
  }
  return highs;
}
