// Above which amounts is a task of a rollout counted as slow or as dear? At marks that are frozen before the tasks that are counted at them.

import { z } from "zod";
import { AMOUNT_METRICS } from "./canary-plan.ts";
import { FROZEN_QUANTILES } from "./heavy-tail-betting.ts";
import type { JudgeState } from "./judge-state.ts";

/*
 * Why not means with an interval: one retry loop moves the mean of a small segment anywhere, so an interval for it either promises too much or says
 * nothing for hundreds of tasks. The share of tasks above a mark is a rate like the others: the same exact evidence, the same multiplicity. Several
 * marks, because segments differ: the ninth decile of all tasks is never reached by a quick part of the work, however much slower it became.
 */

const marksSchema = z.object({
  /** At FROZEN_QUANTILES of the current version: ms or nano-USD. */
  at: z.array(z.number()).length(FROZEN_QUANTILES.length),
  /** Tasks judged before are not counted; null: every task is. */
  since: z.iso.datetime().nullable(),
});

const amountMarksSchema = z.object({ latency: marksSchema.optional(), cost: marksSchema.optional() });
export type AmountMarks = z.infer<typeof amountMarksSchema>;

export const readAmountMarks = (stored: unknown): AmountMarks => amountMarksSchema.safeParse(stored).data ?? {};

/**
 * What the judge has frozen by now joins what is kept, which never moves. A rise that the plan tolerates crosses no mark, or an amount that hardly ever
 * varies would cross all of them by a hair.
 */
export function freezeMarks(kept: AmountMarks, { metrics, plan, tasks }: JudgeState, now: Date): AmountMarks {
  const since = tasks[0] + tasks[1] === 0 ? null : now.toISOString();
  const frozen = AMOUNT_METRICS.flatMap((metric) => {
    const shape = metrics.find((one) => one.metric === metric)?.shape;
    const tolerance = plan.metrics.find((one) => one.metric === metric)?.tolerance ?? 0;
    return shape ? [[metric, { at: shape.thresholds.map((threshold) => threshold * (1 + tolerance)), since }] as const] : [];
  });
  return { ...Object.fromEntries(frozen), ...kept };
}
