// What came out of these simulations? A thread that answers one batch after another.

import { parentPort } from "node:worker_threads";
import type { Highs } from "./highs.ts";
import { judgedRollout, type Judged } from "./judged-rollout.ts";
import { looksOf } from "./looks.ts";
import { METHODS, OURS } from "./methods.ts";
import { PROMOTION_CASES, promotedAfter } from "./promotions.ts";
import { SCENARIOS } from "./scenarios.ts";
import { simulateRollout } from "./simulate.ts";

/** The judge's stakes were chosen on rollouts of another seed ("canary 2026"): these played no part in it. Those of "held out", "held out twice" and "held out three times" did, once each: what they showed was improved on. */
export const SEED = "canary 2026, held out four times";

export interface Batch {
  kind: "rollouts" | "promotions";
  name: string;
  from: number;
  to: number;
  /** The peers have judged enough of them. */
  isOursOnly?: boolean;
}

export interface RolloutsAnswer {
  kind: "rollouts";
  batch: Batch;
  highs: Record<string, Highs[]>;
  atHold: Judged["atHold"][];
}

export interface PromotionsAnswer {
  kind: "promotions";
  batch: Batch;
  promotedAfter: (number | null)[];
}

export type Answer = RolloutsAnswer | PromotionsAnswer;

function answerTo(batch: Batch): Answer {
  const runs = Array.from({ length: batch.to - batch.from }, (_, run) => `${SEED} ${batch.name} ${batch.from + run}`);
  if (batch.kind === "promotions") {
    const promotionCase = PROMOTION_CASES.find(({ name }) => name === batch.name);
    if (!promotionCase) throw new Error(`no case ${batch.name}`);
    return { kind: "promotions", batch, promotedAfter: runs.map((seed) => promotedAfter(promotionCase, seed)) };
  }
  const scenario = SCENARIOS.find(({ name }) => name === batch.name);
  if (!scenario) throw new Error(`no scenario ${batch.name}`);
  const answer: RolloutsAnswer = { kind: "rollouts", batch, highs: Object.fromEntries(METHODS.map(({ name }) => [name, []])), atHold: [] };
  runs.forEach((seed, index) => {
    const rollout = simulateRollout(scenario, seed);
    const looks = batch.isOursOnly ? [] : looksOf(rollout);
    const judged = judgedRollout(rollout, true, scenario.isNull);
    answer.atHold.push(judged.atHold);
    for (const { name, run, every = 1 } of METHODS) {
      if (batch.isOursOnly && name !== OURS) continue;
      if ((batch.from + index) % every === 0) answer.highs[name]?.push(name === OURS ? judged.highs : run(rollout, looks));
    }
  });
  return answer;
}

parentPort?.on("message", (batch: Batch) => parentPort?.postMessage(answerTo(batch), []));
