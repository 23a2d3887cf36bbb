// What does a run show of each metric of a rollout, and may its outcome be compared at all?

import type { Outcome } from "./outcome.ts";
import type { TaskValues } from "./judge-canary.ts";

export interface RunFacts {
  outcome: Outcome | null;
  isEscalated: boolean;
  actionErrors: number;
  /** Consequential calls that the policy forbade, or would have forbidden where the agent only recommends. */
  violations: number;
  startedAtMs: number;
  endedAtMs: number;
  /** Null: not known of all its calls. */
  costNanoUsd: number | null;
}

/** What cannot be known is null. A clock that runs backwards tells no latency. */
export function taskValuesOf({ outcome, isEscalated, actionErrors, violations, startedAtMs, endedAtMs, costNanoUsd }: RunFacts): TaskValues {
  const yes = (is: boolean): number => (is ? 1 : 0);
  return {
    action_errors: yes(actionErrors > 0), success: outcome === null ? null : yes(outcome === "success"), escalation: yes(isEscalated), violations: yes(violations > 0),
    latency: endedAtMs >= startedAtMs ? endedAtMs - startedAtMs : null, cost: costNanoUsd,
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
