// What does a run show of each metric of a rollout, and may its outcome be compared at all?

import type { Outcome } from "./outcome.ts";
import type { TaskValues } from "./judge-canary.ts";

export interface RunFacts {
  outcome: Outcome | null;
  isEscalated: boolean;
  actionErrors: number;
  /** That the telemetry shows, and that it must show because the gate knows of them. */
  toolCalls: number;
  performedCalls: number;
  /** Of those that the telemetry shows, and calls of any kind that were put to the gate. */
  consequentialCalls: number;
  askedCalls: number;
  /** Without a policy nothing is forbidden. */
  hasPolicy: boolean;
  /** Consequential calls that the policy forbade, or would have forbidden where the agent only recommends. */
  violations: number;
  startedAtMs: number;
  endedAtMs: number;
  /** Null: not known of all its calls. */
  costNanoUsd: number | null;
}

/**
 * What cannot be known is null. A clock that runs backwards tells no latency; calls that the telemetry left out tell no errors and nobody who was
 * asked, and calls that the gate was never asked about tell nothing of what it would have refused.
 */
export function taskValuesOf(run: RunFacts): TaskValues {
  const { outcome, isEscalated, actionErrors, violations, startedAtMs, endedAtMs, costNanoUsd } = run;
  const yes = (is: boolean): number => (is ? 1 : 0);
  const showsCalls = run.toolCalls >= run.performedCalls;
  const isGoverned = !run.hasPolicy || run.consequentialCalls === 0 || run.askedCalls > 0;
  return {
    action_errors: showsCalls ? yes(actionErrors > 0) : null, success: outcome === null ? null : yes(outcome === "success"), escalation: showsCalls ? yes(isEscalated) : null,
    violations: isGoverned ? yes(violations > 0) : null, latency: endedAtMs >= startedAtMs ? endedAtMs - startedAtMs : null, cost: costNanoUsd,
  };
}

/**
 * Why an outcome counts for nothing. `early`: the run was heard of before its task was assigned, so nobody drew for it. `crossed`: it ran with
 * another version than the one that it was given to. `moved_unit`: its customer or session was judged with the other version before.
 */
export const EXCLUSIONS = ["early", "crossed", "moved_unit"] as const;
export type Exclusion = (typeof EXCLUSIONS)[number];

export interface AssignedRun {
  assignedAt: Date;
  receivedAt: Date;
  expectedVersionId: string;
  /** Null: not known, which is not what was asked for. */
  versionId: string | null;
  hasMovedUnit: boolean;
}

export function exclusionOf({ assignedAt, receivedAt, expectedVersionId, versionId, hasMovedUnit }: AssignedRun): Exclusion | null {
  if (receivedAt < assignedAt) return "early";
  if (versionId !== expectedVersionId) return "crossed";
  return hasMovedUnit ? "moved_unit" : null;
}
