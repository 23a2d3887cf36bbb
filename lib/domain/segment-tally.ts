// How did both versions do in each part of the work? Counted as outcomes become known, and bounded, since what parts there are comes from traffic.

import { CANARY_METRICS, isShareMetric, type CanaryMetric } from "./canary-plan.ts";
import type { Arm, TaskValues } from "./judge-canary.ts";
import type { SegmentArm, SegmentFigures } from "./segment-verdict.ts";

/** Of each rate; amounts are not compared by segment. */
export type RateTally = Partial<Record<CanaryMetric, SegmentArm>>;

export interface SegmentTally {
  /** Null: the rest, the tasks with a value that is not kept apart. */
  segment: { name: string; value: string } | null;
  /** Outcomes of both arms. */
  tasks: number;
  figures: Record<Arm, RateTally>;
}

/** In the order in which they came, the rest first. */
export type SegmentTallies = Map<string, SegmentTally>;

export interface SegmentedOutcome {
  /** As the task's run has them: names to values. */
  segments: unknown;
  arm: Arm;
  values: TaskValues;
  /** What the candidate did of the same task in shadow. */
  shadowValues: TaskValues | null;
}

export interface SizedSegment extends SegmentFigures {
  /** With at least one known rate. */
  tasks: { current: number; candidate: number };
}

/** Beyond these the first to come are kept, each from its first outcome on; what comes later counts in the rest. */
export const MOST_KEPT = 400;
/** So that an attribute with a value of its own for every task leaves room for the others. */
export const MOST_VALUES = 100;

const MOST_SHOWN = 24;

const keyOf = (segment: SegmentTally["segment"]): string => (segment === null ? "" : JSON.stringify([segment.name, segment.value]));

const emptyTally = (segment: SegmentTally["segment"]): SegmentTally => ({ segment, tasks: 0, figures: { current: {}, candidate: {} } });

/** Without any: a rollout of which nothing was counted yet. The rest is there also where nothing is in it. */
export const talliesOf = (kept: readonly SegmentTally[] = []): SegmentTallies => new Map([emptyTally(null), ...kept].map((tally) => [keyOf(tally.segment), tally]));

/** Changes the tallies. Result: those that it changed. */
export function addToSegments(tallies: SegmentTallies, { segments, arm, values, shadowValues }: SegmentedOutcome): ReadonlySet<SegmentTally> {
  const own = new Set(segmentsIn(segments).flatMap((segment) => tallyFor(tallies, segment) ?? []));
  for (const tally of own) {
    count(tally, arm, values);
    if (shadowValues !== null) count(tally, "candidate", shadowValues);
  }
  return own;
}

function segmentsIn(segments: unknown): { name: string; value: string }[] {
  if (typeof segments !== "object" || segments === null || Array.isArray(segments)) return [];
  return Object.entries(segments as Record<string, unknown>).flatMap(([name, value]) => (typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? [{ name, value: String(value) }] : []));
}

function tallyFor(tallies: SegmentTallies, segment: { name: string; value: string }): SegmentTally | undefined {
  const key = keyOf(segment);
  const known = tallies.get(key);
  if (known) return known;
  if (!hasRoomFor(tallies, segment.name)) return tallies.get(keyOf(null));
  const added = emptyTally(segment);
  tallies.set(key, added);
  return added;
}

function hasRoomFor(tallies: SegmentTallies, name: string): boolean {
  if (tallies.size > MOST_KEPT) return false;
  let values = 0;
  for (const { segment } of tallies.values()) if (segment?.name === name) values += 1;
  return values < MOST_VALUES;
}

function count(tally: SegmentTally, arm: Arm, values: TaskValues): void {
  tally.tasks += 1;
  for (const metric of CANARY_METRICS) {
    const value = values[metric];
    if (typeof value !== "number" || !isShareMetric(metric)) continue;
    const { events, known } = tally.figures[arm][metric] ?? NOTHING;
    tally.figures[arm][metric] = { events: events + value, known: known + 1 };
  }
}

const NOTHING: SegmentArm = { events: 0, known: 0 };

/** The largest first and the rest last, if there is any. */
export function largestSegments(tallies: SegmentTallies): SizedSegment[] {
  const all = [...tallies.values()];
  const named = all.flatMap((tally) => (tally.segment === null ? [] : [{ ...tally, ...tally.segment }])).toSorted((a, b) => b.tasks - a.tasks || inOrder(a.name, b.name) || inOrder(a.value, b.value));
  const rest = all.filter(({ segment }) => segment === null).map((tally) => ({ ...tally, name: null, value: null }));
  return [...named.slice(0, MOST_SHOWN), ...rest].map(({ name, value, figures }) => sizedSegment(name, value, figures)).filter(({ metrics }) => metrics.length > 0);
}

const inOrder = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function sizedSegment(name: string | null, value: string | null, { current, candidate }: SegmentTally["figures"]): SizedSegment {
  const metrics = CANARY_METRICS.filter((metric) => current[metric] ?? candidate[metric]).map((metric) => ({ metric, current: current[metric] ?? NOTHING, candidate: candidate[metric] ?? NOTHING }));
  const most = (arm: Arm): number => Math.max(0, ...metrics.map((one) => one[arm].known));
  return { name, value, tasks: { current: most("current"), candidate: most("candidate") }, metrics };
}
