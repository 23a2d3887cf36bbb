// Has one task used more than any task may? The breaker that asks no statistics.

import { z } from "zod";

export const taskLimitsSchema = z.strictObject({
  /** Tool calls that one task may make; null: no limit. */
  maxCalls: z.int().min(1).max(100_000).nullable().default(null),
  /** What one task may cost, in nano-USD, as far as its prices are known; null: no limit. */
  maxCostNanoUsd: z.int().min(1).nullable().default(null),
});
export type TaskLimits = z.infer<typeof taskLimitsSchema>;

export interface TaskUse {
  /** Let through before this one. */
  calls: number;
  /** Refused before this one: who tries again and again is in a loop all the same. */
  refused: number;
  costNanoUsd: number;
}

/** A sentence, or null while the task may go on. */
export function taskLimitReached({ maxCalls, maxCostNanoUsd }: TaskLimits, used: TaskUse): string | null {
  const calls = used.calls + used.refused;
  if (maxCalls !== null && calls >= maxCalls) return `This task has made ${calls} calls${used.refused === 0 ? "" : `, ${used.refused} of them refused`}, and one task may make ${maxCalls}.`;
  if (maxCostNanoUsd !== null && used.costNanoUsd >= maxCostNanoUsd) return `This task has cost ${dollars(used.costNanoUsd)}, and one task may cost ${dollars(maxCostNanoUsd)}.`;
  return null;
}

const dollars = (nanoUsd: number): string => `${(nanoUsd / 1e9).toFixed(nanoUsd < 1e8 ? 4 : 2)} USD`;

/** Of the tasks of the current version: what 97 in 100 of them stay below. Null: not known. */
export interface UsualUse {
  calls: number | null;
  costNanoUsd: number | null;
}

/** Ten times what is unusual already is a loop, and so is this many calls where nothing is known. */
const TIMES_USUAL = 10;
const LEAST_CALLS = 50;
const CALLS_WHERE_UNKNOWN = 500;
const MOST_CALLS = 100_000;

/** What a plan begins with: a breaker that nobody has to think of. Without known costs there is none for the cost. */
export const usualTaskLimits = ({ calls, costNanoUsd }: UsualUse): TaskLimits => ({
  maxCalls: calls === null ? CALLS_WHERE_UNKNOWN : Math.min(MOST_CALLS, Math.max(LEAST_CALLS, roundedUp(TIMES_USUAL * calls))),
  maxCostNanoUsd: costNanoUsd === null || !(costNanoUsd > 0) ? null : roundedUp(TIMES_USUAL * costNanoUsd),
});

/** To two digits, as somebody would type it. */
function roundedUp(value: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, value))) - 1);
  return Math.ceil(value / unit) * unit;
}
