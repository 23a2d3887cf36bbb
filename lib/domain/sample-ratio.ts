// Do the arms get the shares of tasks that the router says they get?

import { logEvidenceOther } from "./beta-mixture.ts";

/** Units that had the same chance of going to the candidate. */
export interface RatioGroup {
  probability: number;
  candidate: number;
  tasks: number;
}

/** One false alarm in a thousand rollouts. */
export const SAMPLE_RATIO_AT = 1_000;

/** The groups are of disjoint units, so their evidence multiplies. Natural logarithm. */
export function logSampleRatio(groups: readonly RatioGroup[]): number {
  return groups.reduce((sum, { probability, candidate, tasks }) => sum + logEvidenceOther(candidate, tasks, probability), 0);
}

export function countInRatio(groups: RatioGroup[], probability: number, isCandidate: boolean): void {
  let group = groups.find((one) => one.probability === probability);
  if (!group) {
    group = { probability, candidate: 0, tasks: 0 };
    groups.push(group);
  }
  group.tasks += 1;
  if (isCandidate) group.candidate += 1;
}
