// Is the candidate worse in one part of the work, which an average over all of it would hide?

import { shareAtRatio } from "./beta-mixture.ts";
import { type CanaryMetric, isShareMetric } from "./canary-plan.ts";
import { combinedEvidence, namedByClosedTesting } from "./closed-testing.ts";
import { FROZEN_QUANTILES } from "./heavy-tail-betting.ts";
import { isTwoSided } from "./judge-state.ts";
import { expClipped } from "./special-functions.ts";

export interface SegmentArm {
  /** Tasks that have the metric (success: that succeeded; of an amount: that lie above the mark). */
  events: number;
  known: number;
}

/** Tasks that had the same chance of going to the candidate; 0 < probability < 1, or there is nothing to bet on. */
export interface SegmentStratum {
  probability: number;
  current: SegmentArm;
  candidate: SegmentArm;
}

export interface SegmentMetric {
  metric: CanaryMetric;
  /** Of an amount, which stands here once for each of its marks: ms or nano-USD. */
  above?: number;
  /** Of all strata together. */
  current: SegmentArm;
  candidate: SegmentArm;
  strata: readonly SegmentStratum[];
}

/** One value of one attribute of the tasks, such as `tier = gold`. Both come from the agent's traffic; both are null for all values together that are not kept apart. */
export interface SegmentFigures {
  name: string | null;
  value: string | null;
  metrics: readonly SegmentMetric[];
}

export interface JudgedSegmentMetric extends SegmentMetric {
  /** `not_shown`: no difference for the worse is shown; it may be there. */
  verdict: "worse" | "not_shown" | "too_few";
  direction: "up" | "down" | null;
  /** Null with too few tasks. */
  e: number | null;
}

export interface JudgedSegment {
  name: string | null;
  value: string | null;
  metrics: JudgedSegmentMetric[];
}

export interface SegmentVerdict {
  /** In the order given. */
  segments: JudgedSegment[];
  /** The strongest of those that are worse. */
  worst: { name: string | null; value: string | null; metric: JudgedSegmentMetric } | null;
  /** Weighted mean over all that is looked at: that the candidate is worse somewhere. */
  e: number;
  /** Names no segment: those come from traffic and stand beside it. */
  sentence: string;
}

/** Known tasks of each version: with fewer, nothing is said of a segment. */
export const LEAST_IN_SEGMENT = 30;
/** At most one false name in twenty rollouts, whatever the number of segments and of looks. */
export const SEGMENT_AT = 20;

interface Looked {
  metric: JudgedSegmentMetric;
  segment: JudgedSegment;
  direction: "up" | "down";
  weight: number;
  e: number;
}

/** A hint for people that holds nothing: it takes the tasks of one customer or session for independent. */
export function judgeSegments(figures: readonly SegmentFigures[]): SegmentVerdict {
  const segments = figures.map(({ name, value, metrics }): JudgedSegment => ({
    name, value, metrics: metrics.map((one) => ({ ...one, verdict: isLargeEnough(one) ? "not_shown" : "too_few", direction: null, e: null })),
  }));
  const looked = segments.flatMap((segment) => segment.metrics.filter(isLargeEnough).flatMap((metric) => looksAt(segment, metric)));
  const all = looked.reduce((sum, { weight }) => sum + weight, 0);
  const weighed = looked.map((one) => ({ ...one, weight: one.weight / all }));
  const named = namedByClosedTesting(weighed, SEGMENT_AT);
  let worst: Looked | null = null;
  for (const [index, look] of looked.entries()) {
    look.metric.e = Math.max(look.metric.e ?? 0, look.e);
    if (!named[index]) continue;
    look.metric.verdict = "worse";
    look.metric.direction = look.direction;
    if (!worst || look.e > worst.e) worst = look;
  }
  return {
    segments, worst: worst ? { name: worst.segment.name, value: worst.segment.value, metric: worst.metric } : null, e: looked.length === 0 ? 1 : combinedEvidence(weighed),
    sentence: sentenceOf(segments),
  };
}

const isLargeEnough = ({ current, candidate }: SegmentMetric): boolean => Math.min(current.known, candidate.known) >= LEAST_IN_SEGMENT;

/** Those in which the candidate is worse, the strongest first; the others as they stand. */
export const worstFirst = (segments: readonly JudgedSegment[]): JudgedSegment[] => segments.toSorted((a, b) => evidenceThatWorse(b) - evidenceThatWorse(a));

const evidenceThatWorse = ({ metrics }: JudgedSegment): number => Math.max(0, ...metrics.map(({ verdict, e }) => (verdict === "worse" ? (e ?? 0) : 0)));

const NINTH_DECILE = FROZEN_QUANTILES.indexOf(0.9);

/** One of each metric. Of an amount the mark at which it is worse, the strongest of those, else the ninth decile. */
export function shownMetrics({ metrics }: JudgedSegment): JudgedSegmentMetric[] {
  return [...Map.groupBy(metrics, ({ metric }) => metric).values()].flatMap((marks) => {
    const [strongest] = marks.filter(({ verdict }) => verdict === "worse").toSorted((a, b) => (b.e ?? 0) - (a.e ?? 0));
    return strongest ?? marks[NINTH_DECILE] ?? marks;
  });
}

/** Every metric has the weight 1: both directions of escalation share it, and so do the marks of an amount. */
function looksAt(segment: JudgedSegment, metric: JudgedSegmentMetric): Looked[] {
  const isDown = metric.metric === "success";
  const bad = ({ events, known }: SegmentArm): number => (isDown ? known - events : events);
  const events = metric.strata.map(({ probability, current, candidate }): EventsByArm => ({ probability, first: bad(current), second: bad(candidate) }));
  const rises: Looked = { segment, metric, direction: isDown ? "down" : "up", weight: 1, e: evidenceOfRise(events) };
  if (!isShareMetric(metric.metric)) return [{ ...rises, weight: 1 / FROZEN_QUANTILES.length }];
  if (!isTwoSided(metric.metric)) return [rises];
  return [{ ...rises, weight: 0.5 }, { segment, metric, direction: "down", weight: 0.5, e: evidenceOfRise(events.map(({ probability, first, second }) => ({ probability: 1 - probability, first: second, second: first }))) }];
}

export interface EventsByArm {
  /** That a task goes to the second arm. */
  probability: number;
  first: number;
  second: number;
}

/** How many times as frequent in the second arm, bet on alike. */
const RELATIVE_RISKS: readonly number[] = [1.2, 1.5, 2, 3, 6];

/**
 * An e-value against "the second arm has the event at most as often", at every look. Whatever the rates are and however they move, under it an event is the
 * second arm's with at most the chance that the router logged: so an outage of both, in the middle of a step or at one only, speaks for nothing, and
 * neither does a rise of the exposure. Pairs of which both have the event only lower it. What is at most 1 speaks for nothing and counts as 0, so that
 * hundreds of segments without a difference cost next to nothing.
 */
export function evidenceOfRise(strata: readonly EventsByArm[]): number {
  const drawn = strata.filter(({ probability }) => probability > 0 && probability < 1);
  const e = RELATIVE_RISKS.reduce((sum, ratio) => sum + expClipped(drawn.reduce((log, { probability, first, second }) => {
    const share = shareAtRatio(probability, ratio);
    return log + second * Math.log(share / probability) + first * Math.log((1 - share) / (1 - probability));
  }, 0)) / RELATIVE_RISKS.length, 0);
  return e <= 1 ? 0 : e;
}

function sentenceOf(segments: readonly JudgedSegment[]): string {
  const metrics = segments.flatMap((segment) => segment.metrics.map(({ verdict }) => ({ segment, verdict })));
  const judged = new Set(metrics.filter(({ verdict }) => verdict !== "too_few").map(({ segment }) => segment));
  const worse = new Set(metrics.filter(({ verdict }) => verdict === "worse").map(({ segment }) => segment)).size;
  const small = segments.length - judged.size;
  const left = small === 0 ? "" : ` ${small.toLocaleString("en")} ${small === 1 ? "has" : "have"} fewer than ${LEAST_IN_SEGMENT} tasks of one version.`;
  if (segments.length === 0) return "No task says which part of the work it belongs to.";
  if (judged.size === 0) return `No segment has ${LEAST_IN_SEGMENT} tasks of both versions yet.`;
  if (judged.size === 1) return `In the only segment with enough tasks the candidate is ${worse === 0 ? "not shown to be worse" : "worse"}.${left}`;
  const of = `${judged.size.toLocaleString("en")} segments`;
  return worse === 0 ? `In none of ${of} the candidate is shown to be worse.${left}` : `In ${worse.toLocaleString("en")} of ${of} the candidate is worse.${left}`;
}
