import type { Range } from "@/components/charts/plot-geometry.ts";
import { isShareMetric } from "@/lib/domain/canary-plan.ts";
import type { ShownPoint, ShownSeries } from "./shown-rollout.ts";

/** What was known last; a version may have stopped since. */
export const newest = <Point extends ShownPoint>(points: readonly Point[]): Point | undefined => points.findLast(({ value }) => value !== null);

/** Beyond it the candidate may not lie; null where it is not known, or where both sides are bounded, which the difference shows. */
export function limitLineOf({ metric, current, limit: { above, below } }: ShownSeries): number | null {
  const base = newest(current)?.value ?? null;
  const side = above === null ? below : below === null ? above : null;
  if (base === null || side === null) return null;
  const line = base + side;
  return line < 0 || (isShareMetric(metric) && line > 1) ? null : line;
}

/** Of the intervals only the newest: the wide ones of the first tasks would flatten everything after them. */
function topOf(series: ShownSeries): number {
  const { current, candidate } = series;
  const known = [...current, ...candidate].filter(({ value }) => value !== null);
  const settled = [newest(current), newest(candidate)].map((point) => point?.high ?? point?.value ?? 0);
  return Math.max(1.3 * Math.max(0, ...settled, ...known.slice(Math.floor(known.length / 3)).map(({ value }) => value ?? 0)), 1.15 * (limitLineOf(series) ?? 0));
}

const LEAST_SHARE = 0.05;

/** From 0 on. All shares of a page have one scale, so that what looks alike is alike; amounts of time and of money have their own. */
export function panelRange(series: ShownSeries, all: readonly ShownSeries[]): Range {
  if (!isShareMetric(series.metric)) return { from: 0, to: topOf(series) || 1 };
  const top = Math.max(...all.filter(({ metric }) => isShareMetric(metric)).map(topOf));
  return { from: 0, to: top <= 0 ? LEAST_SHARE : Math.min(1, top) };
}
