// What does one outcome cost the judge? Six hypotheses, on one thread.

import { judgeTask } from "../../lib/domain/judge-canary.ts";
import { benchPlan, judgeBefore, taskAt } from "./judged-rollout.ts";
import { SCENARIOS } from "./scenarios.ts";
import { simulateRollout } from "./simulate.ts";

const ROUNDS = 15;

export interface JudgeCost {
  median: number;
  best: number;
  worst: number;
}

/** Microseconds of processor time per outcome, which other work on the machine moves less than the clock; the simulation is left out. */
export function judgeCostMicros(): JudgeCost {
  const quiet = SCENARIOS[0];
  if (!quiet) throw new Error("no scenario");
  const costs = Array.from({ length: ROUNDS }, (_, round) => {
    const rollout = simulateRollout(quiet, `cost ${round}`);
    const tasks = Array.from({ length: rollout.length }, (_task, at) => taskAt(rollout, at));
    const state = judgeBefore(rollout, benchPlan(rollout.ramp.map(({ exposure }) => exposure)));
    const before = process.cpuUsage();
    for (const task of tasks) judgeTask(state, task);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / tasks.length;
  }).toSorted((a, b) => a - b);
  return { median: costs[Math.floor(ROUNDS / 2)] ?? NaN, best: costs[0] ?? NaN, worst: costs.at(-1) ?? NaN };
}
