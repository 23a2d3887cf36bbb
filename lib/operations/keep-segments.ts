// How do judged outcomes get into the figures of each part of the work?

import type { Transaction } from "../database/database.ts";
import { countSegments, readSegmentTallies } from "../database/segment-tallies.ts";
import { addToSegments, type SegmentedOutcome, type SegmentTallies, type SegmentTally } from "../domain/segment-tally.ts";

/** After these outcomes were stored as judged, by whoever holds the rollout's lock. */
export async function keepSegments(tx: Transaction, rolloutId: string, outcomes: readonly SegmentedOutcome[]): Promise<void> {
  const ask = (sql: string, values: unknown[]): Promise<unknown> => tx.$queryRawUnsafe(sql, ...values);
  const kept = await readSegmentTallies(ask, rolloutId);
  // Judged before segments were kept.
  if (!kept) {
    const counted = await countSegments(ask, rolloutId);
    return store(tx, rolloutId, counted, new Set(counted.values()));
  }
  const changed = new Set(outcomes.flatMap((outcome) => [...addToSegments(kept, outcome)]));
  if (changed.size > 0) await store(tx, rolloutId, kept, changed);
}

async function store(tx: Transaction, rolloutId: string, tallies: SegmentTallies, changed: ReadonlySet<SegmentTally>): Promise<void> {
  const rows = [...tallies.values()].flatMap((tally, place) => (changed.has(tally) ? [{ place, name: tally.segment?.name ?? null, value: tally.segment?.value ?? null, tasks: tally.tasks, figures: tally.figures }] : []));
  await tx.$executeRaw`INSERT INTO rollout_segment (rollout_id, place, name, value, tasks, figures)
    SELECT ${rolloutId}, place, name, value, tasks, figures FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS given(place int, name text, value text, tasks int, figures jsonb)
    ON CONFLICT (rollout_id, place) DO UPDATE SET tasks = excluded.tasks, figures = excluded.figures`;
}
