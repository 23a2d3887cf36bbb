// How did both versions of a rollout do in each part of the work? As kept in rollout_segment while it is judged, or counted from every task.

import { addToSegments, talliesOf, type SegmentedOutcome, type SegmentTallies, type SegmentTally } from "../domain/segment-tally.ts";

type Ask = (sql: string, values: unknown[]) => Promise<unknown>;

/** Null: none of its outcomes was counted while it was judged. */
export async function readSegmentTallies(ask: Ask, rolloutId: string): Promise<SegmentTallies | null> {
  const rows = (await ask("SELECT name, value, tasks, figures FROM rollout_segment WHERE rollout_id = $1 ORDER BY place", [rolloutId])) as (Omit<SegmentTally, "segment"> & { name: string | null; value: string | null })[];
  if (rows.length === 0) return null;
  return talliesOf(rows.map(({ name, value, tasks, figures }) => ({ segment: name === null || value === null ? null : { name, value }, tasks, figures })));
}

const AT_ONCE = 5_000;

/** In the order in which they were judged. $2 and $3: behind which one. */
const OUTCOMES = `
  SELECT judged_at AS "judgedAt", task_id AS "taskId", arm, segments, "values", CASE WHEN jsonb_typeof(shadow_values) = 'object' THEN shadow_values END AS "shadowValues"
  FROM assignment
  WHERE rollout_id = $1 AND judged_at >= $2::timestamptz AND (judged_at, task_id) > ($2::timestamptz, $3::text) AND exclusion IS NULL AND jsonb_typeof("values") = 'object' AND jsonb_typeof(segments) = 'object'
  ORDER BY judged_at, task_id LIMIT ${AT_ONCE}`;

interface Row extends SegmentedOutcome {
  judgedAt: Date;
  taskId: string;
}

export async function countSegments(ask: Ask, rolloutId: string): Promise<SegmentTallies> {
  const tallies = talliesOf();
  let [judgedAt, taskId] = [new Date(0), ""];
  for (;;) {
    const rows = (await ask(OUTCOMES, [rolloutId, judgedAt, taskId])) as Row[];
    for (const row of rows) addToSegments(tallies, row);
    const last = rows.at(-1);
    if (!last || rows.length < AT_ONCE) return tallies;
    ({ judgedAt, taskId } = last);
  }
}
