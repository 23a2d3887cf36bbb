// Has one task used more than any task may? The breaker that asks no statistics.

import { z } from "zod";

export const taskLimitsSchema = z.strictObject({
  /** Tool calls that one task may make; null: no limit. */
  maxCalls: z.int().min(1).max(100_000).nullable().default(null),
  /** What one task may cost, in nano-USD, as far as its prices are known; null: no limit. */
  maxCostNanoUsd: z.int().min(1).nullable().default(null),
});
export type TaskLimits = z.infer<typeof taskLimitsSchema>;

/** A sentence, or null while the task may go on. `calls` were let through before this one. */
export function taskLimitReached({ maxCalls, maxCostNanoUsd }: TaskLimits, used: { calls: number; costNanoUsd: number }): string | null {
  if (maxCalls !== null && used.calls >= maxCalls) return `This task has made ${used.calls} calls, and one task may make ${maxCalls}.`;
  if (maxCostNanoUsd !== null && used.costNanoUsd >= maxCostNanoUsd) return `This task has cost ${dollars(used.costNanoUsd)}, and one task may cost ${dollars(maxCostNanoUsd)}.`;
  return null;
}

const dollars = (nanoUsd: number): string => `${(nanoUsd / 1e9).toFixed(nanoUsd < 1e8 ? 4 : 2)} USD`;
