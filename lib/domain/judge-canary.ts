// What do the outcomes so far say about the candidate: worse, not worse, better, or not enough to tell?

import type { CanaryMetric } from "./canary-plan.ts";

export type Arm = "current" | "candidate";

export type TaskValues = Partial<Record<CanaryMetric, number | null>>;

/** The outcome of one task. To be judged once, when it is known. */
export interface JudgedTask {
  /** What was given to an arm as a whole: the task itself, or its customer or session. */
  unit: string;
  arm: Arm;
  /** That the unit would go to the candidate, as the router logged it. */
  probability: number;
  stageIndex: number;
  /** Shares 0 or 1 (success: 1 is good); latency in ms; cost in nano-USD. Null or left out: unknown, and no bet. */
  values: TaskValues;
  /** A forbidden action took effect. */
  hasEscapedViolation: boolean;
}

/** One task that both versions did in shadow. */
export interface JudgedPair {
  stageIndex: number;
  current: TaskValues;
  candidate: TaskValues;
  hasEscapedViolation: boolean;
}

export interface TaskHistory {
  /** Of the current version before the rollout, newest last. */
  values: readonly TaskValues[];
}

export interface ArmFigures {
  tasks: number;
  known: number;
  /** Ones among the values of a share; null for an amount. */
  events: number | null;
  rate: number | null;
  /** Of an amount, to 1 %; null for a share. */
  median: number | null;
}

/** Of the stage that the rollout is in. */
export interface StageCoverage {
  /** Left out: the stage of the newest outcome. */
  stageIndex?: number;
  current: { tasks: number; known: number };
  candidate: { tasks: number; known: number };
}

export interface MetricVerdict {
  metric: CanaryMetric;
  verdict: "worse" | "not_worse" | "better" | "cannot_tell";
  /** The highest so far. */
  eWorse: number;
  eBetter: number;
  /** Of this stage, at this stage's margin. */
  eNotWorse: number;
  /** Which way the candidate differs, where it does. */
  direction: "up" | "down" | null;
  current: ArmFigures;
  candidate: ArmFigures;
  /** About how many more of the candidate until "not worse" is shown, if nothing changed; null where unknown or already shown. */
  moreTasks: number | null;
}

export const VERDICT_CODES = ["escaped_violation", "worse", "sample_ratio", "coverage_low", "coverage_differs", "metric_missing", "too_few_tasks", "not_enough_evidence", "not_worse"] as const;
export type VerdictCode = (typeof VERDICT_CODES)[number];

export interface CanaryVerdict {
  decision: "roll_back" | "hold" | "promote" | "wait";
  because: { code: VerdictCode; metric?: CanaryMetric };
  /** Weighted mean over the metrics, the highest so far. */
  eWorse: number;
  metrics: MetricVerdict[];
  sampleRatio: { e: number; isClean: boolean };
  /** Which metrics got worse, by closed testing. */
  named: CanaryMetric[];
  escaped: { current: number; candidate: number };
}
