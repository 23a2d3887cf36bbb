// How often is a candidate promoted that should not be, and how soon one that should? The gate on one rate, on its own.

import { beginJudging, judgeTask, readVerdict } from "../../lib/domain/judge-canary.ts";
import { benchPlan } from "./judged-rollout.ts";
import { randomFrom } from "./random.ts";
import { HISTORIC_TASKS } from "./simulate.ts";

export interface PromotionCase {
  name: string;
  exposure: number;
  /** Of the current version and of the candidate. */
  rates: readonly [current: number, candidate: number];
  candidateTasks: number;
}

/** The margin is a relative risk of 2: at the margin the candidate must not be promoted, unchanged it should be. */
export const PROMOTION_CASES: readonly PromotionCase[] = [0.5, 0.2].flatMap((exposure) => [
  { name: `at the margin, w = ${exposure}`, exposure, rates: [0.04, 0.08] as const, candidateTasks: 2_000 },
  { name: `unchanged, w = ${exposure}`, exposure, rates: [0.04, 0.04] as const, candidateTasks: 2_000 },
]);

const PROMOTE_AT = 20;

/** Candidate tasks until the evidence for "not worse" suffices; null where it never does. Whether the judge would hold meanwhile is left aside. */
export function promotedAfter({ exposure, rates, candidateTasks }: PromotionCase, seed: string): number | null {
  const random = randomFrom(seed);
  const plan = benchPlan([exposure], ["action_errors"]);
  const state = beginJudging(plan, { values: Array.from({ length: HISTORIC_TASKS }, () => ({ action_errors: random.uniform() < rates[0] ? 1 : 0 })) });
  const known = { current: { tasks: 0, known: 0 }, candidate: { tasks: 0, known: 0 } };
  while (known.candidate.tasks < candidateTasks) {
    const arm = random.uniform() < exposure ? "candidate" : "current";
    const isBad = random.uniform() < rates[arm === "candidate" ? 1 : 0];
    known[arm].tasks += 1;
    known[arm].known += 1;
    judgeTask(state, { isFirstOfUnit: true, arm, probability: exposure, stageIndex: 0, values: { action_errors: isBad ? 1 : 0 }, hasEscapedViolation: false });
    // A margin that is a ratio moves with bad outcomes only.
    if (isBad && (readVerdict(state, plan, known).metrics[0]?.eNotWorse ?? 0) >= PROMOTE_AT) return known.candidate.tasks;
  }
  return null;
}
