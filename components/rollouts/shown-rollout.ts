import type { CanaryMetric, CanaryPlan } from "@/lib/domain/canary-plan.ts";
import type { Arm, CanaryVerdict } from "@/lib/domain/judge-canary.ts";
import type { RolloutState } from "@/lib/domain/rollout-state.ts";

export interface ListedRollout {
  id: string;
  agentId: string;
  state: RolloutState;
  currentNumber: number;
  candidateNumber: number;
  plan: CanaryPlan;
  stageIndex: number;
  exposure: number;
  verdict: CanaryVerdict | null;
  reason: string | null;
  startedAt: Date | null;
  deadlineAt: Date | null;
  endedAt: Date | null;
}

export interface ShownPoint {
  at: number;
  value: number | null;
  low: number | null;
  high: number | null;
}

export interface ShownSeries {
  metric: CanaryMetric;
  /** Of everything judged until then. */
  current: (ShownPoint & { n: number })[];
  candidate: (ShownPoint & { n: number })[];
  /** The candidate minus the current version. */
  difference: ShownPoint[];
  limit: { above: number | null; below: number | null };
}

export interface ShownStageTasks {
  stageIndex: number;
  arm: Arm;
  given: number;
  known: number;
}

export interface ShownEvent {
  at: Date;
  kind: string;
  stageIndex: number;
  exposure: number;
  who: string;
  reason: string | null;
}

export interface ShownMarker {
  at: number;
  kind: "exposure" | "stop" | "finding" | "escaped";
  /** A share where the exposure changed. */
  label: string;
  /** Of the stop, the finding or the run. */
  id: string | null;
}

export interface VersionNumbers {
  current: number;
  candidate: number;
}
