// How do judged outcomes get into the figures of each part of the work?

import type { Transaction } from "../database/database.ts";
import { countSegments, readSegmentTallies } from "../database/segment-tallies.ts";
import { freezeMarks, readAmountMarks, type AmountMarks } from "../domain/amount-marks.ts";
import { uncomparedStages, type CanaryPlan } from "../domain/canary-plan.ts";
import type { TaskValues } from "../domain/judge-canary.ts";
import type { JudgeState } from "../domain/judge-state.ts";
import { addToSegments, type SegmentedOutcome, type SegmentTallies, type SegmentTally } from "../domain/segment-tally.ts";
import type { LockedRollout } from "./lock-rollout.ts";

/** Before outcomes change the state: a mark counts only tasks that had no part in it. */
export async function keepMarks(tx: Transaction, rollout: Pick<LockedRollout, "id" | "amountMarks">, state: JudgeState, now: Date): Promise<AmountMarks> {
  const kept = readAmountMarks(rollout.amountMarks);
  const marks = freezeMarks(kept, state, now);
  if (Object.keys(marks).length > Object.keys(kept).length) await tx.rollout.update({ where: { id: rollout.id }, data: { amountMarks: marks } });
  return marks;
}

/** A metric that is not compared in the task's stage is not counted by segment either: there it differs however good the candidate is. */
export interface StagedOutcome extends SegmentedOutcome {
  stageIndex: number;
}

/** After these outcomes were stored as judged, by whoever holds the rollout's lock. */
export async function keepSegments(tx: Transaction, { rolloutId, plan, marks }: { rolloutId: string; plan: CanaryPlan; marks: AmountMarks }, outcomes: readonly StagedOutcome[]): Promise<void> {
  const ask = (sql: string, values: unknown[]): Promise<unknown> => tx.$queryRawUnsafe(sql, ...values);
  const kept = await readSegmentTallies(ask, rolloutId);
  // Judged before segments were kept.
  if (!kept) {
    const counted = await countSegments(ask, { rolloutId, plan, marks });
    return store(tx, rolloutId, counted, new Set(counted.values()));
  }
  const left = uncomparedStages(plan);
  const compared = (values: TaskValues, stageIndex: number): TaskValues => Object.fromEntries(Object.entries(values).filter(([metric]) => left[metric]?.includes(stageIndex) !== true));
  const changed = new Set(outcomes.flatMap(({ stageIndex, values, shadowValues, ...outcome }) =>
    [...addToSegments(kept, { ...outcome, values: compared(values, stageIndex), shadowValues: shadowValues && compared(shadowValues, stageIndex) }, marks)]));
  if (changed.size > 0) await store(tx, rolloutId, kept, changed);
}

async function store(tx: Transaction, rolloutId: string, tallies: SegmentTallies, changed: ReadonlySet<SegmentTally>): Promise<void> {
  const rows = [...tallies.values()].flatMap((tally, place) => (changed.has(tally) ? [{ place, name: tally.segment?.name ?? null, value: tally.segment?.value ?? null, tasks: tally.tasks, figures: tally.figures }] : []));
  await tx.$executeRaw`INSERT INTO rollout_segment (rollout_id, place, name, value, tasks, figures)
    SELECT ${rolloutId}, place, name, value, tasks, figures FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS given(place int, name text, value text, tasks int, figures jsonb)
    ON CONFLICT (rollout_id, place) DO UPDATE SET tasks = excluded.tasks, figures = excluded.figures`;
}
