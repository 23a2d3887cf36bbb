// How did both versions do in each part of the work, so that an average hides no broken minority?

import { pool } from "../database/database.ts";
import { CANARY_METRICS, isShareMetric, type CanaryMetric } from "../domain/canary-plan.ts";

export interface SegmentMetric {
  metric: CanaryMetric;
  current: { events: number; known: number };
  candidate: { events: number; known: number };
}

/** One value of one attribute of the tasks, such as `tier = gold`. Both come from the agent's traffic. */
export interface SegmentFigures {
  name: string;
  value: string;
  tasks: { current: number; candidate: number };
  metrics: SegmentMetric[];
}

/** More are left out, the smallest first. */
const MOST_SEGMENTS = 24;

interface Row { name: string; value: string; metric: string; isCandidate: boolean; known: number; events: number; tasks: number }

/** Rates only; the largest segment first. */
export async function readRolloutSegments(rolloutId: string): Promise<SegmentFigures[]> {
  const { rows } = await pool().query<Row>(
    `WITH outcome AS (
       SELECT arm = 'candidate' AS is_candidate, "values" AS figures, segments FROM assignment
       WHERE rollout_id = $1 AND judged_at IS NOT NULL AND exclusion IS NULL AND jsonb_typeof("values") = 'object' AND jsonb_typeof(segments) = 'object'
       UNION ALL
       SELECT true, shadow_values, segments FROM assignment
       WHERE rollout_id = $1 AND judged_at IS NOT NULL AND exclusion IS NULL AND jsonb_typeof(shadow_values) = 'object' AND jsonb_typeof(segments) = 'object'
     ), part AS (
       SELECT is_candidate, figures, part.key AS name, part.value #>> '{}' AS value FROM outcome, jsonb_each(segments) part WHERE jsonb_typeof(part.value) IN ('string', 'number', 'boolean')
     ), size AS (
       SELECT name, value, count(*) AS tasks FROM part GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT ${MOST_SEGMENTS}
     )
     SELECT p.name, p.value, one.key AS metric, p.is_candidate AS "isCandidate", count(*)::int AS known, sum((one.value #>> '{}')::float8)::float8 AS events, s.tasks::int AS tasks
     FROM part p JOIN size s USING (name, value), jsonb_each(p.figures) one
     WHERE jsonb_typeof(one.value) = 'number' AND one.key = ANY($2) GROUP BY 1, 2, 3, 4, s.tasks ORDER BY s.tasks DESC, 1, 2`,
    [rolloutId, CANARY_METRICS.filter(isShareMetric)],
  );
  const segments = new Map<string, SegmentFigures>();
  for (const row of rows) {
    const key = JSON.stringify([row.name, row.value]);
    const segment = segments.get(key) ?? { name: row.name, value: row.value, tasks: { current: 0, candidate: 0 }, metrics: [] };
    segments.set(key, segment);
    addRow(segment, row);
  }
  return [...segments.values()];
}

function addRow(segment: SegmentFigures, row: Row): void {
  const metric = CANARY_METRICS.find((one) => one === row.metric);
  if (!metric) return;
  const figures = segment.metrics.find((one) => one.metric === metric) ?? { metric, current: { events: 0, known: 0 }, candidate: { events: 0, known: 0 } };
  if (!segment.metrics.includes(figures)) segment.metrics.push(figures);
  const arm = row.isCandidate ? "candidate" : "current";
  figures[arm] = { events: row.events, known: row.known };
  segment.tasks[arm] = Math.max(segment.tasks[arm], row.known);
}
