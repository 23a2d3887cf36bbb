// What do all judged outcomes of a rollout show in each slot of its time? Counted from every task; kept in rollout_tally while a rollout is judged.

import { CANARY_METRICS, isShareMetric } from "../domain/canary-plan.ts";
import type { Arm } from "../domain/judge-canary.ts";
import { GAMMA } from "../domain/latency-histogram.ts";
import type { OutcomeTally } from "../domain/outcome-tally.ts";

export interface SlotTally {
  slot: number;
  arm: Arm;
  seconds: number;
  figures: OutcomeTally;
}

interface BucketRow { slot: number; arm: Arm; metric: string; bucket: number; n: number; sum: number }

/** In shadow the candidate's part of a task stands beside the current version's. $1 rollout, $2 its start and $3 a slot's length, both in ms. */
const COUNTED = `
  WITH outcome AS (
    SELECT judged_at, arm, "values" AS figures FROM assignment WHERE rollout_id = $1 AND judged_at IS NOT NULL AND exclusion IS NULL AND jsonb_typeof("values") = 'object'
    UNION ALL
    SELECT judged_at, 'candidate', shadow_values FROM assignment WHERE rollout_id = $1 AND judged_at IS NOT NULL AND exclusion IS NULL AND jsonb_typeof(shadow_values) = 'object'
  ), figure AS (
    SELECT judged_at, arm, one.key AS metric, (one.value #>> '{}')::float8 AS value FROM outcome, jsonb_each(figures) one WHERE jsonb_typeof(one.value) = 'number'
  )
  SELECT greatest(0, ((extract(epoch FROM judged_at) * 1000)::bigint - $2::bigint) / $3::bigint)::int AS slot, arm, metric,
         CASE WHEN metric IN ('latency', 'cost') AND value > 1 THEN ceil(ln(value) / ${Math.log(GAMMA)})::int ELSE 0 END AS bucket, count(*)::int AS n, sum(value)::float8 AS sum
  FROM figure GROUP BY 1, 2, 3, 4`;

type Ask = (sql: string, values: [string, number, number]) => Promise<unknown>;

export async function countAssignments(ask: Ask, rolloutId: string, from: Date, seconds: number): Promise<SlotTally[]> {
  const rows = (await ask(COUNTED, [rolloutId, from.getTime(), seconds * 1_000])) as BucketRow[];
  const slots = Map.groupBy(rows, ({ slot, arm }) => `${slot} ${arm}`);
  return [...slots.values()].flatMap((ofSlot) => {
    const [first] = ofSlot;
    return first ? [{ slot: first.slot, arm: first.arm, seconds, figures: tallyOfRows(ofSlot) }] : [];
  });
}

function tallyOfRows(rows: readonly BucketRow[]): OutcomeTally {
  const byMetric = Map.groupBy(rows, ({ metric }) => metric);
  return Object.fromEntries(CANARY_METRICS.flatMap((metric) => {
    const own = byMetric.get(metric);
    if (!own) return [];
    const total = (read: (row: BucketRow) => number): number => own.reduce((sum, row) => sum + read(row), 0);
    const buckets = isShareMetric(metric) ? {} : Object.fromEntries(own.map(({ bucket, n }) => [bucket, n]));
    return [[metric, { n: total(({ n }) => n), sum: total(({ sum }) => sum), buckets }]];
  }));
}
