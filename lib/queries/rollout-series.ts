// How did each metric of both versions move while a rollout ran, and how far apart are they?

import { countAssignments, type SlotTally } from "../database/assignment-tallies.ts";
import { pool } from "../database/database.ts";
import { isShareMetric, marginIn, SHOWN_QUANTILES, type CanaryMetric, type CanaryPlan } from "../domain/canary-plan.ts";
import { differenceOfQuantiles, differenceOfShares, quantileSequence, type Interval } from "../domain/confidence-sequence.ts";
import { mergeHistograms, quantile, type Histogram } from "../domain/latency-histogram.ts";
import { wilsonInterval } from "../domain/metrics.ts";
import { mergeTallies, slotAt, slotSeconds, type MetricTally, type OutcomeTally } from "../domain/outcome-tally.ts";
import { silentSlots } from "../domain/silent-slots.ts";

/** Of everything judged until then; no value while this version had stopped. */
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

/** One point for each slot of the time, at most 48, in the order of the plan: however many tasks there were, so much is read. */
export async function readRolloutSeries(rolloutId: string, plan: CanaryPlan, stageIndex: number, span: SeriesSpan): Promise<MetricSeries[]> {
  const slots = await readSlots(rolloutId, span);
  return plan.metrics.map(({ metric }) => seriesOf(metric, slots, plan, stageIndex));
}

interface Slot {
  /** When it ends. */
  at: number;
  current: OutcomeTally;
  candidate: OutcomeTally;
}

async function readSlots(rolloutId: string, { from, to }: SeriesSpan): Promise<Slot[]> {
  const spanMs = Math.max(0, to.getTime() - from.getTime());
  const { rows: kept } = await pool().query<SlotTally>("SELECT slot, arm, seconds, figures FROM rollout_tally WHERE rollout_id = $1", [rolloutId]);
  const seconds = Math.max(slotSeconds(spanMs), ...kept.map((row) => row.seconds));
  // Of a rollout that was over before tallies were kept every task is counted.
  const tallies = kept.length > 0 ? kept : await countAssignments(async (sql, values) => (await pool().query(sql, values)).rows, rolloutId, from, seconds);
  const last = slotAt(spanMs, seconds);
  const slots = Array.from({ length: last + 1 }, (_, slot): Slot => ({ at: Math.min(to.getTime(), from.getTime() + (slot + 1) * seconds * 1_000), current: {}, candidate: {} }));
  for (const { slot, arm, seconds: narrow, figures } of tallies) {
    const own = slots[Math.min(last, Math.floor((slot * narrow) / seconds))];
    if (own) own[arm] = mergeTallies(own[arm], figures);
  }
  return slots;
}

/** Of one version, all that was judged so far. */
interface Tally {
  n: number;
  events: number;
  amounts: Histogram;
}

const NOTHING: Tally = { n: 0, events: 0, amounts: {} };

function addSlot({ n, events, amounts }: Tally, added: MetricTally | undefined, isShare: boolean): Tally {
  if (!added) return { n, events, amounts };
  return isShare ? { n: n + added.n, events: events + added.sum, amounts } : { n: n + added.n, events, amounts: mergeHistograms(amounts, added.buckets) };
}

function seriesOf(metric: CanaryMetric, slots: readonly Slot[], plan: CanaryPlan, stageIndex: number): MetricSeries {
  const isShare = isShareMetric(metric);
  const series: MetricSeries = { metric, current: [], candidate: [], difference: [], limit: { above: null, below: null } };
  let current = NOTHING;
  let candidate = NOTHING;
  for (const slot of slots) {
    const { at } = slot;
    current = addSlot(current, slot.current[metric], isShare);
    candidate = addSlot(candidate, slot.candidate[metric], isShare);
    series.current.push({ at, n: current.n, ...valueOf(current, metric) });
    series.candidate.push({ at, n: candidate.n, ...valueOf(candidate, metric) });
    // An interval is costly, and where nothing was added it is the one before.
    const isSame = current.n === series.current.at(-2)?.n && candidate.n === series.candidate.at(-2)?.n;
    series.difference.push({ ...(isSame ? series.difference.at(-1) : undefined) ?? differenceOf(current, candidate, metric), at });
  }
  return { ...withGaps(series), limit: limitOf(metric, plan, stageIndex, valueOf(current, metric).value) };
}

/** What is known of all so far stays true when nothing more comes; drawn on, it would look as if it had been seen again and again. */
function withGaps(series: MetricSeries): MetricSeries {
  const [current, candidate] = [series.current, series.candidate].map((points) => silentSlots(points.map(({ n }) => n)));
  const blank = <Point extends DifferencePoint>(points: readonly Point[], isSilent: (slot: number) => boolean): Point[] => points.map((point, slot) => (isSilent(slot) ? { ...point, ...UNKNOWN } : point));
  const isSilent = { current: (slot: number): boolean => current?.[slot] === true, candidate: (slot: number): boolean => candidate?.[slot] === true };
  return {
    ...series, current: blank(series.current, isSilent.current), candidate: blank(series.candidate, isSilent.candidate),
    difference: blank(series.difference, (slot) => isSilent.current(slot) || isSilent.candidate(slot)),
  };
}

const UNKNOWN = { value: null, low: null, high: null };

function valueOf(tally: Tally, metric: CanaryMetric): { value: number | null } & Interval {
  if (tally.n === 0) return UNKNOWN;
  if (isShareMetric(metric)) return { value: tally.events / tally.n, ...(wilsonInterval(tally.events, tally.n) ?? { low: null, high: null }) };
  const share = SHOWN_QUANTILES[metric];
  return { value: quantile(tally.amounts, share), ...quantileSequence(tally.amounts, share) };
}

/** Holds at every look while the exposure is the same. Over several exposures it is a summary: what the day brought falls on both versions in other shares. */
function differenceOf(current: Tally, candidate: Tally, metric: CanaryMetric): { value: number | null } & Interval {
  const [before, after] = [valueOf(current, metric).value, valueOf(candidate, metric).value];
  if (before === null || after === null) return UNKNOWN;
  const interval = isShareMetric(metric) ? differenceOfShares(current, candidate) : differenceOfQuantiles(current.amounts, candidate.amounts, SHOWN_QUANTILES[metric]);
  return { value: after - before, ...interval };
}

/** A ratio is one of failures where the metric is success, and bounds escalation on both sides. Of an amount it is one of how many tasks are large: no line in its own unit. */
function limitOf(metric: CanaryMetric, plan: CanaryPlan, stageIndex: number, current: number | null): MetricSeries["limit"] {
  const planned = plan.metrics.find((one) => one.metric === metric);
  const stage = plan.stages[stageIndex];
  if (!planned || !stage || !isShareMetric(metric)) return { above: null, below: null };
  const margin = marginIn(planned, stage);
  if (margin.kind === "ratio" && current === null) return { above: null, below: null };
  const base = current ?? 0;
  const bad = margin.kind === "points" ? margin.value : (metric === "success" ? 1 - base : base) * (margin.value - 1);
  if (metric === "success") return { above: null, below: -bad };
  const below = metric !== "escalation" ? null : margin.kind === "points" ? -margin.value : base / margin.value - base;
  return { above: bad, below };
}
