// How did both versions do in each part of the work? Counted as outcomes become known, and bounded, since what parts there are comes from traffic.

import type { AmountMarks } from "./amount-marks.ts";
import { CANARY_METRICS, isShareMetric, type AmountMetric, type RateMetric } from "./canary-plan.ts";
import type { Arm, TaskValues } from "./judge-canary.ts";
import type { SegmentArm, SegmentFigures, SegmentMetric, SegmentStratum } from "./segment-verdict.ts";

/** How many amounts are known, and how many of them lie above each mark. */
export interface MarkedArm {
  known: number;
  above: number[];
}

export type ArmTally = Partial<Record<RateMetric, SegmentArm> & Record<AmountMetric, MarkedArm>>;

export interface SegmentTally {
  /** Null: the rest, the tasks with a value that is not kept apart. */
  segment: { name: string; value: string } | null;
  /** Outcomes of both arms. */
  tasks: number;
  /** By the chance that the tasks had of going to the candidate. */
  figures: Record<string, Record<Arm, ArmTally>>;
}

/** In the order in which they came, the rest first. */
export type SegmentTallies = Map<string, SegmentTally>;

export interface SegmentedOutcome {
  /** As the task's run has them: names to values. */
  segments: unknown;
  arm: Arm;
  /** That it would go to the candidate. */
  probability: number;
  values: TaskValues;
  /** What the candidate did of the same task in shadow. */
  shadowValues: TaskValues | null;
}

export interface SizedSegment extends SegmentFigures {
  /** With at least one known metric. */
  tasks: { current: number; candidate: number };
}

/** Beyond these the first to come are kept, each from its first outcome on; what comes later counts in the rest. */
export const MOST_KEPT = 800;
/** So that an attribute with a value of its own for every task leaves room for the others. */
export const MOST_VALUES = 200;

const keyOf = (segment: SegmentTally["segment"]): string => (segment === null ? "" : JSON.stringify([segment.name, segment.value]));

const emptyTally = (segment: SegmentTally["segment"]): SegmentTally => ({ segment, tasks: 0, figures: {} });

/** Without any: a rollout of which nothing was counted yet. The rest is there also where nothing is in it. */
export const talliesOf = (kept: readonly SegmentTally[] = []): SegmentTallies => new Map([emptyTally(null), ...kept].map((tally) => [keyOf(tally.segment), tally]));

/** What only one version shows of a task that both did is either's alike. */
export const CHANCE_OF_PAIR = 0.5;

/** Changes the tallies. An amount without marks is not counted. Result: those that it changed. */
export function addToSegments(tallies: SegmentTallies, { segments, arm, probability, values, shadowValues }: SegmentedOutcome, marks: AmountMarks): ReadonlySet<SegmentTally> {
  const own = new Set(segmentsIn(segments).flatMap((segment) => tallyFor(tallies, segment) ?? []));
  for (const tally of own) {
    const figures = (tally.figures[shadowValues === null ? probability : CHANCE_OF_PAIR] ??= { current: {}, candidate: {} });
    tally.tasks += shadowValues === null ? 1 : 2;
    count(figures[arm], values, marks);
    if (shadowValues !== null) count(figures.candidate, shadowValues, marks);
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

function count(figures: ArmTally, values: TaskValues, marks: AmountMarks): void {
  for (const metric of CANARY_METRICS) {
    const value = values[metric];
    if (typeof value !== "number") continue;
    if (isShareMetric(metric)) {
      const { events, known } = figures[metric] ?? NOTHING;
      figures[metric] = { events: events + value, known: known + 1 };
      continue;
    }
    const kept = figures[metric];
    const at = marks[metric]?.at;
    if (at) figures[metric] = { known: (kept?.known ?? 0) + 1, above: at.map((mark, place) => (kept?.above[place] ?? 0) + (value > mark ? 1 : 0)) };
  }
}

const NOTHING: SegmentArm = { events: 0, known: 0 };

/** All of them: the largest first, and the rest last, if there is any. */
export function sizedSegments(tallies: SegmentTallies, marks: AmountMarks): SizedSegment[] {
  const all = [...tallies.values()];
  const named = all.flatMap((tally) => (tally.segment === null ? [] : [{ ...tally, ...tally.segment }])).toSorted((a, b) => b.tasks - a.tasks || inOrder(a.name, b.name) || inOrder(a.value, b.value));
  const rest = all.filter(({ segment }) => segment === null).map((tally) => ({ ...tally, name: null, value: null }));
  return [...named, ...rest].map(({ name, value, figures }) => sizedSegment({ name, value, metrics: metricsIn(figures, marks) })).filter(({ metrics }) => metrics.length > 0);
}

const inOrder = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function sizedSegment(figures: SegmentFigures): SizedSegment {
  const most = (arm: Arm): number => Math.max(0, ...figures.metrics.map((one) => one[arm].known));
  return { ...figures, tasks: { current: most("current"), candidate: most("candidate") } };
}

function metricsIn(figures: SegmentTally["figures"], marks: AmountMarks): SegmentMetric[] {
  const all = Object.entries(figures).map(([chance, arms]) => ({ probability: Number(chance), ...arms })).toSorted((a, b) => a.probability - b.probability);
  return CANARY_METRICS.flatMap((metric): SegmentMetric[] => {
    const known = all.filter(({ current, candidate }) => current[metric] || candidate[metric]);
    if (known.length === 0) return [];
    if (isShareMetric(metric)) return [{ metric, ...summed(known.map(({ probability, current, candidate }) => ({ probability, current: current[metric] ?? NOTHING, candidate: candidate[metric] ?? NOTHING }))) }];
    return (marks[metric]?.at ?? []).map((above, place) => ({
      metric, above, ...summed(known.map(({ probability, current, candidate }) => ({ probability, current: aboveMark(current[metric], place), candidate: aboveMark(candidate[metric], place) }))),
    }));
  });
}

function summed(strata: readonly SegmentStratum[]): Pick<SegmentMetric, "current" | "candidate" | "strata"> {
  const sum = (arm: Arm): SegmentArm => strata.reduce((all, { [arm]: one }) => ({ events: all.events + one.events, known: all.known + one.known }), NOTHING);
  return { current: sum("current"), candidate: sum("candidate"), strata };
}

const aboveMark = (tally: MarkedArm | undefined, place: number): SegmentArm => ({ events: tally?.above[place] ?? 0, known: tally?.known ?? 0 });
