// Is a figure that is looked at every week still what it usually is?

import type { RangeWord } from "./usual-range.ts";

/*
 * Three rules, as in NHS England's "Making Data Count": a point outside its limits, a run of RUN points on one side of the centre, two of three
 * successive points near the same limit. Limits: p-chart for a share, XmR chart for a mean or a count; NIST/SEMATECH e-Handbook 6.3.3.2, 6.3.2.2.
 */

/** Of one week, the oldest first. A share has `events` of `n`; anything else has a `value`. */
export type ChartInput =
  | { kind: "share"; weeks: readonly { start: string; events: number; n: number }[]; worse: "more" | "less" | "either" }
  | { kind: "value"; weeks: readonly { start: string; value: number | null }[]; worse: "more" | "less" | "either" };

export type ChartRule = "outside_limits" | "long_run" | "near_limit";

export interface ChartPoint {
  start: string;
  /** Null where nothing was measured: a gap stays a gap. */
  value: number | null;
  /** Null while too little is known to have limits. */
  low: number | null;
  high: number | null;
  /** The first rule that it breaks. */
  rule: ChartRule | null;
  /** Of a point that breaks a rule; null too where neither side is worse than the other and it lies on the centre. */
  cause: "worse" | "better" | null;
}

export interface ControlChart {
  centre: number | null;
  points: ChartPoint[];
  /** Of the newest measured point. */
  word: RangeWord;
  sentence: string;
}

const LEAST_WEEKS = 8;
const LEAST_TASKS = 100;
const LEAST_IN_WEEK = 5;
/** One side of the centre, by chance: once in 64 such runs. */
const RUN = 7;
/** 3 / d2 with d2 = 1.128, for moving ranges of two. */
const XMR_FACTOR = 2.66;

interface Measured {
  index: number;
  value: number;
  sigma: number;
}

export function controlChart(input: ChartInput): ControlChart {
  const values = input.kind === "share" ? input.weeks.map(({ events, n }) => (n >= LEAST_IN_WEEK ? events / n : null)) : input.weeks.map(({ value }) => value);
  const points = input.weeks.map(({ start }, index): ChartPoint => ({ start, value: values[index] ?? null, low: null, high: null, rule: null, cause: null }));
  const basis = basisOf(input);
  if (!basis) return { centre: null, points, word: "not enough data", sentence: notEnough(input) };
  const { centre, measured } = basis;
  for (const { index, sigma } of measured) {
    const point = points[index];
    if (!point) continue;
    point.low = Math.max(0, centre - 3 * sigma);
    point.high = input.kind === "share" ? Math.min(1, centre + 3 * sigma) : centre + 3 * sigma;
  }
  for (const [rule, broken] of brokenRules(measured, centre)) {
    for (const one of broken) {
      const point = points[one.index];
      if (!point || point.rule !== null) continue;
      point.rule = rule;
      point.cause = causeOf(one.value > centre, input.worse);
    }
  }
  const last = points[measured.at(-1)?.index ?? -1];
  return { centre, points, word: wordOf(last), sentence: last ? sentenceOf(last, measured, centre) : notEnough(input) };
}

/** Neither side of a two-sided figure is better: leaving the usual range is worse. */
const causeOf = (isAbove: boolean, worse: ChartInput["worse"]): "worse" | "better" => (worse === "either" || isAbove === (worse === "more") ? "worse" : "better");

/** The newest point counts in neither: a jump would hide in the limits that it has widened. */
function basisOf(input: ChartInput): { centre: number; measured: Measured[] } | null {
  return input.kind === "share" ? basisOfShares(input.weeks) : basisOfValues(input.weeks);
}

function basisOfShares(weeks: readonly { events: number; n: number }[]): { centre: number; measured: Measured[] } | null {
  const known = weeks.map((week, index) => ({ ...week, index })).filter(({ n }) => n >= LEAST_IN_WEEK);
  const past = known.slice(0, -1);
  const events = past.reduce((sum, week) => sum + week.events, 0);
  const tasks = past.reduce((sum, { n }) => sum + n, 0);
  if (known.length < LEAST_WEEKS || tasks < LEAST_TASKS) return null;
  const centre = events / tasks;
  // What was never seen, or always, is not impossible to be otherwise.
  const spread = (events + 0.5) / (tasks + 1);
  return { centre, measured: known.map((week) => ({ index: week.index, value: week.events / week.n, sigma: sigmaOf(spread, week.n) })) };
}

/** Half an event more than the normal law says: a week has whole ones, and one event of something rare is no signal. */
const sigmaOf = (share: number, n: number): number => Math.sqrt((share * (1 - share)) / n + (0.5 / n) ** 2);

function basisOfValues(weeks: readonly { value: number | null }[]): { centre: number; measured: Measured[] } | null {
  const known = weeks.flatMap(({ value }, index) => (value === null || !Number.isFinite(value) ? [] : [{ index, value }]));
  if (known.length < LEAST_WEEKS) return null;
  const past = known.slice(0, -1);
  const centre = past.reduce((sum, { value }) => sum + value, 0) / past.length;
  const moved = past.slice(1).reduce((sum, { value }, index) => sum + Math.abs(value - (past[index]?.value ?? value)), 0) / (past.length - 1);
  return { centre, measured: known.map((one) => ({ ...one, sigma: (XMR_FACTOR * moved) / 3 })) };
}

type Broken = [rule: ChartRule, points: Measured[]];

function brokenRules(measured: readonly Measured[], centre: number): Broken[] {
  // A mean of equal values is not always that value to the last bit.
  const slack = Math.abs(centre) * 1e-9;
  const side = ({ value }: Measured): number => (Math.abs(value - centre) <= slack ? 0 : Math.sign(value - centre));
  const isBeyond = (one: Measured, sigmas: number): boolean => Math.abs(one.value - centre) > sigmas * one.sigma + slack;
  const near = measured.filter((one, index) => {
    if (!isBeyond(one, 2)) return false;
    const around = [measured.slice(Math.max(0, index - 2), index + 1), measured.slice(Math.max(0, index - 1), index + 2), measured.slice(index, index + 3)];
    return around.some((three) => three.length === 3 && three.filter((other) => isBeyond(other, 2) && side(other) === side(one)).length >= 2);
  });
  return [["outside_limits", measured.filter((one) => isBeyond(one, 3))], ["long_run", inLongRuns(measured, side)], ["near_limit", near]];
}

function inLongRuns(measured: readonly Measured[], side: (one: Measured) => number): Measured[] {
  const found: Measured[] = [];
  let run: Measured[] = [];
  for (const one of measured) {
    run = run[0] && side(run[0]) === side(one) && side(one) !== 0 ? [...run, one] : [one];
    if (run.length === RUN) found.push(...run);
    if (run.length > RUN) found.push(one);
  }
  return found;
}

const wordOf = (point: ChartPoint | undefined): RangeWord =>
  (!point ? "not enough data" : point.cause === null ? "within its usual range" : point.cause === "worse" ? "special cause, worse" : "special cause, better");

function sentenceOf({ rule, cause, value }: ChartPoint, measured: readonly Measured[], centre: number): string {
  if (rule === null || cause === null || value === null) return `Within its usual range of the last ${measured.length.toLocaleString("en")} weeks.`;
  const way = value > centre ? "above" : "below";
  const what = cause === "worse" ? "Worse than usual" : "Better than usual";
  if (rule === "outside_limits") return `${what}: the last week lies ${way} the limits that chance explains.`;
  if (rule === "near_limit") return `${what}: two of the last three weeks lie near the ${value > centre ? "upper" : "lower"} limit.`;
  return `${what}: ${RUN} weeks or more in a row lie ${way} the centre.`;
}

function notEnough({ kind, weeks }: ChartInput): string {
  const known = kind === "share" ? weeks.filter(({ n }) => n >= LEAST_IN_WEEK).length : weeks.filter(({ value }) => value !== null).length;
  return known < LEAST_WEEKS ? `Not enough data: ${known.toLocaleString("en")} of the ${LEAST_WEEKS} weeks needed.` : `Not enough data: fewer than ${LEAST_TASKS} tasks in all.`;
}
