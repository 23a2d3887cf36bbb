// What counts as worse? The six ways a judge watches for, each with its sign.

import type { SimulatedMetric } from "./scenarios.ts";

export interface Hypothesis {
  metric: SimulatedMetric;
  /** 1 where more is worse, -1 where less is. */
  sign: 1 | -1;
}

export const HYPOTHESES: readonly Hypothesis[] = [
  { metric: "action_errors", sign: 1 }, { metric: "escalation", sign: 1 }, { metric: "escalation", sign: -1 },
  { metric: "violations", sign: 1 }, { metric: "latency", sign: 1 }, { metric: "cost", sign: 1 },
];
