// Which figures are read from an agent's runs, and does the newest one lie outside its usual range?

import { usualRange, type Metrics } from "./metrics.ts";

export const FIGURES = ["success", "escalation", "action_errors", "intervention", "cost", "latency", "tokens"] as const;
export type Figure = (typeof FIGURES)[number];

interface FigureDefinition {
  name: string;
  /** What it is measured over. */
  basis: string;
  unit: "share" | "nano_usd" | "ms" | "tokens";
  /** Where a person should look: a success rate that falls, a cost that rises. */
  worseWhen: "lower" | "higher";
  read: (metrics: Metrics) => number | null;
}

export const FIGURE_DEFINITIONS: Readonly<Record<Figure, FigureDefinition>> = {
  success: { name: "Success", basis: "of the runs whose outcome is known", unit: "share", worseWhen: "lower", read: (metrics) => metrics.successRate?.value ?? null },
  escalation: { name: "Escalations", basis: "of all runs", unit: "share", worseWhen: "higher", read: (metrics) => metrics.escalationRate?.value ?? null },
  action_errors: { name: "Action errors", basis: "of all tool calls", unit: "share", worseWhen: "higher", read: (metrics) => metrics.actionErrorRate?.value ?? null },
  intervention: { name: "Interventions", basis: "of all runs", unit: "share", worseWhen: "higher", read: (metrics) => metrics.interventionRate?.value ?? null },
  cost: { name: "Cost", basis: "per task whose cost is known", unit: "nano_usd", worseWhen: "higher", read: (metrics) => metrics.costPerTaskNanoUsd },
  latency: { name: "Latency", basis: "p95 per task", unit: "ms", worseWhen: "higher", read: (metrics) => metrics.latencyMs.p95 },
  tokens: { name: "Tokens", basis: "per task, in and out", unit: "tokens", worseWhen: "higher", read: tokensPerRun },
};

export const isFigure = (value: unknown): value is Figure => FIGURES.some((figure) => figure === value);

function tokensPerRun({ inputTokensPerRun, outputTokensPerRun }: Metrics): number | null {
  return inputTokensPerRun === null || outputTokensPerRun === null ? null : inputTokensPerRun + outputTokensPerRun;
}

export interface FigurePoint {
  /** Epoch milliseconds of the bucket's start. */
  at: number;
  value: number | null;
}

export interface FigureVerdict {
  word: "usual" | "above" | "below" | "cannot_tell" | "no_data";
  /** True only on the side where it is worse. */
  isWorse: boolean;
  last: number | null;
  usual: { low: number; middle: number; high: number } | null;
  /** The last point before the line left its range, so that the drawing joins. */
  abnormalFrom: number | null;
}

/**
 * The newest known point against the natural limits of those before it. The limits never leave what the figure can be: no rate below 0
 * or above 1. Fewer than eight earlier points say nothing about what is usual.
 */
export function judgeFigure(figure: Figure, points: readonly FigurePoint[]): FigureVerdict {
  const { unit, worseWhen } = FIGURE_DEFINITIONS[figure];
  const lastIndex = points.findLastIndex((point) => point.value !== null);
  const last = points[lastIndex]?.value ?? null;
  if (last === null) return { word: "no_data", isWorse: false, last, usual: null, abnormalFrom: null };
  const range = usualRange(points.slice(0, lastIndex).map((point) => point.value));
  if (range === null) return { word: "cannot_tell", isWorse: false, last, usual: null, abnormalFrom: null };
  const usual = { low: Math.max(0, range.low), middle: range.mid, high: unit === "share" ? Math.min(1, range.high) : range.high };
  const word = last > usual.high ? "above" : last < usual.low ? "below" : "usual";
  const isWorse = word === (worseWhen === "higher" ? "above" : "below");
  return { word, isWorse, last, usual, abnormalFrom: isWorse ? lastUsualBefore(points, lastIndex, usual) : null };
}

function lastUsualBefore(points: readonly FigurePoint[], end: number, usual: { low: number; high: number }): number | null {
  const inside = points.slice(0, end).findLast((point) => point.value !== null && point.value >= usual.low && point.value <= usual.high);
  return (inside ?? points[end])?.at ?? null;
}
