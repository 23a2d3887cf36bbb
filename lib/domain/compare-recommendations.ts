// Did the candidate recommend in shadow what the current version did, as long as both saw the same?

import { logEvidenceAbove } from "./beta-mixture.ts";
import { expClipped } from "./special-functions.ts";

/** A call with an effect, as it was put to the gate. */
export interface ConsequentialCall {
  tool: string;
  /** Over the canonical form of the arguments. */
  inputDigest: string;
}

export const RECOMMENDATIONS = ["same", "other"] as const;
export type Recommendation = (typeof RECOMMENDATIONS)[number];

const keyOf = ({ tool, inputDigest }: ConsequentialCall): string => JSON.stringify([tool, inputDigest]);

/**
 * Each in the order in which it was put forward; null: neither would act, which says nothing of how either does. Compared is the first call, its tool and
 * its arguments: it is refused to the candidate and done by the current version, so from there on they do not see the same. What either puts forward later
 * counts neither way, save where it shows that both began with the other one's calls in another order.
 */
export function compareRecommendations(done: readonly ConsequentialCall[], recommended: readonly ConsequentialCall[]): Recommendation | null {
  const [did, would] = [done.map(keyOf), recommended.map(keyOf)];
  const [first, firstRecommended] = [did[0], would[0]];
  if (first === undefined && firstRecommended === undefined) return null;
  if (first === undefined || firstRecommended === undefined) return "other";
  return would.includes(first) && did.includes(firstRecommended) ? "same" : "other";
}

/** Of the tasks that both versions did in shadow. */
export interface RecommendationFigures {
  /** In which either would act. */
  compared: number;
  /** Among these. */
  same: number;
  /** What share the plan asks for. */
  least: number;
  /** That the share is above it; a proof needs the same as any other. */
  e: number;
}

/** Null: nothing was compared. */
export const recommendationFigures = ([compared, same]: readonly [compared: number, same: number], least: number): RecommendationFigures | null =>
  compared === 0 ? null : { compared, same, least, e: least === 0 ? expClipped(Number.MAX_VALUE) : expClipped(logEvidenceAbove(same, compared, least)) };

/** So many tasks in which all recommendations are the same show that the share is above `least`. */
export function fewestToShow(least: number, e: number): number {
  if (least === 0) return 0;
  let tasks = 1;
  while (logEvidenceAbove(tasks, tasks, least) < Math.log(e)) tasks += 1;
  return tasks;
}
