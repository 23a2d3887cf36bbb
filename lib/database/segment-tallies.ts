// How did both versions of a rollout do in each part of the work? As kept in rollout_segment while it is judged, or counted from every task.

import type { AmountMarks } from "../domain/amount-marks.ts";
import { AMOUNT_METRICS, CANARY_METRICS, isShareMetric, uncomparedStages, type AmountMetric, type CanaryMetric, type CanaryPlan, type RateMetric } from "../domain/canary-plan.ts";
import { FROZEN_QUANTILES } from "../domain/heavy-tail-betting.ts";
import type { Arm } from "../domain/judge-canary.ts";
import { CHANCE_OF_PAIR, MOST_KEPT, MOST_VALUES, talliesOf, type ArmTally, type MarkedArm, type SegmentTallies, type SegmentTally } from "../domain/segment-tally.ts";
import type { SegmentArm } from "../domain/segment-verdict.ts";

type Ask = (sql: string, values: string[]) => Promise<unknown>;

interface Segment { name: string | null; value: string | null }

const segmentOf = ({ name, value }: Segment): SegmentTally["segment"] => (name === null || value === null ? null : { name, value });

/** Null: none of its outcomes was counted while it was judged. */
export async function readSegmentTallies(ask: Ask, rolloutId: string): Promise<SegmentTallies | null> {
  const rows = (await ask("SELECT name, value, tasks, figures FROM rollout_segment WHERE rollout_id = $1 ORDER BY place", [rolloutId])) as (Omit<SegmentTally, "segment"> & Segment)[];
  if (rows.length === 0) return null;
  return talliesOf(rows.map(({ tasks, figures, ...segment }) => ({ segment: segmentOf(segment), tasks, figures })));
}

const RATES = CANARY_METRICS.filter(isShareMetric);

const isCompared = (metric: CanaryMetric): string => `NOT $3::jsonb -> '${metric}' @> to_jsonb(stage_index)`;
const isMarked = (metric: AmountMetric): string => `judged_at >= coalesce(($2::jsonb #>> '{${metric},since}')::timestamptz, '-infinity') AND $2::jsonb ? '${metric}'`;

const valuesIn = (figures: string): string => CANARY_METRICS.map((metric) =>
  `CASE WHEN jsonb_typeof(${figures} -> '${metric}') = 'number' AND ${isCompared(metric)}${isShareMetric(metric) ? "" : ` AND ${isMarked(metric)}`} THEN (${figures} ->> '${metric}')::float8 END AS ${metric}`).join(", ");

const countOfRate = (metric: RateMetric): string => `'${metric}', jsonb_build_object('events', sum(${metric}), 'known', count(${metric}))`;
const countOfAmount = (metric: AmountMetric): string =>
  `'${metric}', jsonb_build_object('known', count(${metric}), 'above', jsonb_build_array(${FROZEN_QUANTILES.map((_, place) => `count(*) FILTER (WHERE ${metric} > ($2::jsonb #>> '{${metric},at,${place}}')::float8)`).join(", ")}))`;

/** Kept apart are those that `addToSegments` keeps: the first to come, of one task in the order of jsonb. Place 0 is the rest, in which a task counts once. $1 rollout, $2 marks, $3 uncompared stages. */
const COUNTED = `
  WITH task AS MATERIALIZED (
    SELECT row_number() OVER (ORDER BY judged_at, task_id)::int AS turn, arm, stage_index, judged_at, CASE WHEN jsonb_typeof(shadow_values) = 'object' THEN ${CHANCE_OF_PAIR} ELSE probability END AS chance, "values" AS figures, shadow_values AS shadow_figures, segments FROM assignment
    WHERE rollout_id = $1 AND judged_at IS NOT NULL AND exclusion IS NULL AND jsonb_typeof("values") = 'object' AND jsonb_typeof(segments) = 'object'
  ), part AS MATERIALIZED (
    SELECT turn, part.key AS name, part.value #>> '{}' AS value FROM task, jsonb_each(segments) part WHERE jsonb_typeof(part.value) IN ('string', 'number', 'boolean')
  ), earliest AS (
    SELECT name, value, min(turn) AS turn FROM part GROUP BY 1, 2
  ), numbered AS (
    SELECT name, value, turn, row_number() OVER (PARTITION BY name ORDER BY turn) AS number FROM earliest
  ), kept AS (
    SELECT name, value, row_number() OVER (ORDER BY turn, octet_length(name), name COLLATE "C")::int AS place FROM numbered WHERE number <= ${MOST_VALUES} ORDER BY 3 LIMIT ${MOST_KEPT}
  ), dealt AS (
    SELECT DISTINCT turn, coalesce(place, 0) AS place FROM part LEFT JOIN kept USING (name, value)
  ), outcome AS (
    SELECT turn, arm, chance, ${valuesIn("figures")} FROM task
    UNION ALL
    SELECT turn, 'candidate', chance, ${valuesIn("shadow_figures")} FROM task WHERE jsonb_typeof(shadow_figures) = 'object'
  ), counted AS (
    SELECT place, arm, chance, count(*)::int AS tasks, jsonb_build_object(${[...RATES.map(countOfRate), ...AMOUNT_METRICS.map(countOfAmount)].join(", ")}) AS figures
    FROM dealt JOIN outcome USING (turn) GROUP BY 1, 2, 3
  )
  SELECT place, name, value, arm, chance, tasks, figures FROM counted LEFT JOIN kept USING (place) ORDER BY place, arm, chance`;

interface CountedRow extends Segment { place: number; arm: Arm; chance: number; tasks: number; figures: Record<RateMetric, SegmentArm> & Record<AmountMetric, MarkedArm> }

export async function countSegments(ask: Ask, { rolloutId, plan, marks }: { rolloutId: string; plan: CanaryPlan; marks: AmountMarks }): Promise<SegmentTallies> {
  const rows = (await ask(COUNTED, [rolloutId, JSON.stringify(marks), JSON.stringify(uncomparedStages(plan))])) as CountedRow[];
  return talliesOf([...Map.groupBy(rows, ({ place }) => place).values()].map((arms) => ({
    segment: arms[0] ? segmentOf(arms[0]) : null, tasks: arms.reduce((sum, { tasks }) => sum + tasks, 0), figures: Object.fromEntries([...Map.groupBy(arms, ({ chance }) => chance)].map(([chance, same]) => [chance, { current: figuresOf(same, "current"), candidate: figuresOf(same, "candidate") }])),
  })));
}

function figuresOf(rows: readonly CountedRow[], arm: Arm): ArmTally {
  const figures = rows.find((row) => row.arm === arm)?.figures;
  return figures ? Object.fromEntries(CANARY_METRICS.filter((metric) => figures[metric].known > 0).map((metric) => [metric, figures[metric]])) : {};
}
