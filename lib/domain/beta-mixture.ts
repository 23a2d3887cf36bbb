// How strongly do k of n events speak against a fixed chance? One closed form for exceeding it, falling short of it and staying below it.

import { logBeta, logIncompleteBeta, logUpperBeta } from "./special-functions.ts";

/*
 * A bet on each event's chance q, spread over a Beta(1, 1) prior, cut to the side of `w` that the alternative lies on. Each is an e-process:
 * under its hypothesis the expectation is at most 1 at every look. All answers are natural logarithms.
 * Turner, Ly, Grünwald, "Generic e-variables for exact sequential k-sample tests", arXiv 2106.02693.
 */

/** Against "the chance is at most w": events on the candidate, a ceiling, discordant pairs (w = ½). */
export function logEvidenceAbove(k: number, n: number, w: number): number {
  return logBeta(1 + k, 1 + n - k) + logUpperBeta(w, 1 + k, 1 + n - k) - Math.log1p(-w) - logLikelihood(k, n, w);
}

/** Against "the chance is at least w": a floor, or non-inferiority. */
export function logEvidenceBelow(k: number, n: number, w: number): number {
  return logBeta(1 + k, 1 + n - k) + logIncompleteBeta(w, 1 + k, 1 + n - k) - Math.log(w) - logLikelihood(k, n, w);
}

/** Against "the chance is w". */
export function logEvidenceOther(k: number, n: number, w: number): number {
  return logBeta(1 + k, 1 + n - k) - logLikelihood(k, n, w);
}

/** The share of bad events that the candidate has where its relative risk is `ratio` and it gets the share `w` of tasks. */
export const shareAtRatio = (w: number, ratio: number): number => (w * ratio) / (w * ratio + 1 - w);

const logLikelihood = (k: number, n: number, w: number): number => times(k, Math.log(w)) + times(n - k, Math.log1p(-w));

/** 0 × −∞ is nothing seen of what cannot be. */
const times = (count: number, log: number): number => (count === 0 ? 0 : count * log);
