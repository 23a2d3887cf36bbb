// Has one of the versions been given tasks for long, and nothing become known of any?

import type { Transaction } from "../database/database.ts";
import type { Arm } from "../domain/judge-canary.ts";
import type { CountedTask } from "../domain/progress-tally.ts";
import type { LockedRollout } from "./lock-rollout.ts";

const HOUR_MS = 3_600_000;
/** Fewer may be lost by chance. */
const LEAST_TASKS = 5;

/** Of which arms something was judged at `now`. */
export function heardOf(judged: readonly CountedTask[], now: Date): { currentOutcomeAt?: Date; candidateOutcomeAt?: Date } {
  const counted = judged.filter(({ exclusion }) => exclusion === null);
  const isHeard = (of: Arm): boolean => counted.some(({ arm, isShadowed }) => isShadowed || arm === of);
  return { ...(isHeard("current") ? { currentOutcomeAt: now } : {}), ...(isHeard("candidate") ? { candidateOutcomeAt: now } : {}) };
}

/**
 * Null: neither. Tasks count that were given out since it was last heard of, and that have had `noDataHours` by now: whoever waits for people has been
 * answered by then. Of an arm that was heard of meanwhile no task is read.
 */
export async function findSilentArm(tx: Transaction, { id, currentOutcomeAt, candidateOutcomeAt }: LockedRollout, { since, noDataHours }: { since: Date; noDataHours: number }, now: Date): Promise<Arm | null> {
  const until = new Date(now.getTime() - noDataHours * HOUR_MS);
  for (const [arm, outcomeAt] of [["candidate", candidateOutcomeAt], ["current", currentOutcomeAt]] as const) {
    const from = outcomeAt !== null && outcomeAt > since ? outcomeAt : since;
    if (from > until) continue;
    const unheard = await tx.assignment.findMany({ where: { rolloutId: id, arm, judgedAt: null, shadowTaskId: null, assignedAt: { gte: from, lte: until } }, take: LEAST_TASKS, select: { taskId: true } });
    if (unheard.length >= LEAST_TASKS) return arm;
  }
  return null;
}
