// How did each metric of both versions move while a rollout ran, and how far apart are they?

import { pool } from "../database/database.ts";
import { isShareMetric, marginIn, type CanaryMetric, type CanaryPlan } from "../domain/canary-plan.ts";
import { differenceOfMedians, differenceOfShares, medianInterval, type Interval } from "../domain/confidence-sequence.ts";
import { GAMMA, mergeHistograms, quantile, type Histogram } from "../domain/latency-histogram.ts";
import { wilsonInterval } from "../domain/metrics.ts";

/** Of everything judged until then. */
export interface ArmPoint {
  at: number;
  value: number | null;
  low: number | null;
  high: number | null;
  n: number;
}

export interface DifferencePoint {
  at: number;
  value: number | null;
  low: number | null;
  high: number | null;
}

export interface MetricSeries {
  metric: CanaryMetric;
  current: ArmPoint[];
  candidate: ArmPoint[];
  /** The candidate minus the current version. */
  difference: DifferencePoint[];
  /** How far apart they may be; null where that side is not bounded or not known yet. */
  limit: { above: number | null; below: number | null };
}

export interface SeriesSpan {
  from: Date;
  to: Date;
}

const SLOTS = 48;

interface SlotRow { slot: number; isCandidate: boolean; metric: string; bucket: number; known: number; sum: number }

/** In shadow the candidate's part of a task stands beside the current version's. */
const OUTCOMES = `
  WITH outcome AS (
    SELECT judged_at, arm = 'candidate' AS is_candidate, "values" AS figures FROM assignment WHERE rollout_id = $1 AND judged_at IS NOT NULL AND exclusion IS NULL AND jsonb_typeof("values") = 'object'
    UNION ALL
    SELECT judged_at, true, shadow_values FROM assignment WHERE rollout_id = $1 AND judged_at IS NOT NULL AND exclusion IS NULL AND jsonb_typeof(shadow_values) = 'object'
  ), figure AS (
    SELECT judged_at, is_candidate, one.key AS metric, (one.value #>> '{}')::float8 AS value
    FROM outcome, jsonb_each(figures) one WHERE jsonb_typeof(one.value) = 'number'
  )`;

/** One point for each of 48 equal parts of the time, in the order of the plan. */
export async function readRolloutSeries(rolloutId: string, plan: CanaryPlan, stageIndex: number, { from, to }: SeriesSpan): Promise<MetricSeries[]> {
  const { rows } = await pool().query<SlotRow>(
    `${OUTCOMES}
     SELECT least($4, greatest(1, width_bucket(extract(epoch FROM judged_at)::float8, $2::float8, $3::float8, $4::int))) AS slot, is_candidate AS "isCandidate", metric,
            CASE WHEN metric IN ('latency', 'cost') THEN CASE WHEN value > 1 THEN ceil(ln(value) / ${Math.log(GAMMA)})::int ELSE 0 END ELSE 0 END AS bucket,
            count(*)::int AS known, sum(value)::float8 AS sum
     FROM figure GROUP BY 1, 2, 3, 4`,
    [rolloutId, from.getTime() / 1_000, Math.max(to.getTime(), from.getTime() + 1) / 1_000, SLOTS],
  );
  return plan.metrics.map(({ metric }) => seriesOf(metric, rows.filter((row) => row.metric === metric), plan, stageIndex, { from, to }));
}

/** Of one version, all that was judged so far. */
interface Tally {
  n: number;
  events: number;
  amounts: Histogram;
}

const NOTHING: Tally = { n: 0, events: 0, amounts: {} };

function addSlot({ n, events, amounts }: Tally, rows: readonly SlotRow[], isShare: boolean): Tally {
  const known = rows.reduce((sum, row) => sum + row.known, 0);
  if (isShare) return { n: n + known, events: events + rows.reduce((sum, row) => sum + row.sum, 0), amounts };
  return { n: n + known, events, amounts: mergeHistograms(amounts, Object.fromEntries(rows.map((row) => [row.bucket, row.known]))) };
}

function seriesOf(metric: CanaryMetric, rows: readonly SlotRow[], plan: CanaryPlan, stageIndex: number, { from, to }: SeriesSpan): MetricSeries {
  const isShare = isShareMetric(metric);
  const bySlot = new Map<string, SlotRow[]>();
  for (const row of rows) {
    const key = `${row.slot} ${row.isCandidate}`;
    bySlot.set(key, [...(bySlot.get(key) ?? []), row]);
  }
  const series: MetricSeries = { metric, current: [], candidate: [], difference: [], limit: { above: null, below: null } };
  let current = NOTHING;
  let candidate = NOTHING;
  for (let slot = 1; slot <= SLOTS; slot += 1) {
    const at = from.getTime() + ((to.getTime() - from.getTime()) * slot) / SLOTS;
    current = addSlot(current, bySlot.get(`${slot} false`) ?? [], isShare);
    candidate = addSlot(candidate, bySlot.get(`${slot} true`) ?? [], isShare);
    series.current.push({ at, n: current.n, ...valueOf(current, isShare) });
    series.candidate.push({ at, n: candidate.n, ...valueOf(candidate, isShare) });
    // An interval is costly, and where nothing was added it is the one before.
    const isSame = current.n === series.current.at(-2)?.n && candidate.n === series.candidate.at(-2)?.n;
    series.difference.push({ ...(isSame ? series.difference.at(-1) : undefined) ?? differenceOf(current, candidate, isShare), at });
  }
  return { ...series, limit: limitOf(metric, plan, stageIndex, valueOf(current, isShare).value) };
}

const UNKNOWN = { value: null, low: null, high: null };

function valueOf(tally: Tally, isShare: boolean): { value: number | null } & Interval {
  if (tally.n === 0) return UNKNOWN;
  if (isShare) return { value: tally.events / tally.n, ...(wilsonInterval(tally.events, tally.n) ?? { low: null, high: null }) };
  return { value: quantile(tally.amounts, 0.5), ...medianInterval(tally.amounts) };
}

/** Holds at every look, unlike the intervals of each version by itself. */
function differenceOf(current: Tally, candidate: Tally, isShare: boolean): { value: number | null } & Interval {
  const [before, after] = [valueOf(current, isShare).value, valueOf(candidate, isShare).value];
  if (before === null || after === null) return UNKNOWN;
  const interval = isShare ? differenceOfShares(current, candidate) : differenceOfMedians(current.amounts, candidate.amounts);
  return { value: after - before, ...interval };
}

/** A ratio is one of failures where the metric is success, and bounds escalation on both sides. */
function limitOf(metric: CanaryMetric, plan: CanaryPlan, stageIndex: number, current: number | null): MetricSeries["limit"] {
  const planned = plan.metrics.find((one) => one.metric === metric);
  const stage = plan.stages[stageIndex];
  if (!planned || !stage) return { above: null, below: null };
  const margin = marginIn(planned, stage);
  if (margin.kind === "ratio" && current === null) return { above: null, below: null };
  const base = current ?? 0;
  const bad = margin.kind === "points" ? margin.value : (metric === "success" ? 1 - base : base) * (margin.value - 1);
  if (metric === "success") return { above: null, below: -bad };
  const below = metric !== "escalation" ? null : margin.kind === "points" ? -margin.value : base / margin.value - base;
  return { above: bad, below };
}
