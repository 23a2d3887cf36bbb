import { bandPath, linePath, scaleTo100, timeRange, valueRange } from "@/components/charts/plot-geometry.ts";
import type { ShownPoint } from "./shown-rollout.ts";

interface DifferenceChartProps {
  /** Read out in place of the drawing. */
  label: string;
  points: readonly ShownPoint[];
  /** Beyond these the candidate may not lie. */
  limit: { above: number | null; below: number | null };
  markers: readonly { at: number; label: string }[];
}

/** The candidate minus the current version, with its interval, the zero line, and what is not acceptable hatched. On the same time axis as the panel above it. */
export function DifferenceChart({ label, points, limit, markers }: DifferenceChartProps) {
  const reach = reachOf(points, limit);
  const vertical = valueRange([-reach, reach]);
  const x = scaleTo100(timeRange(points));
  const y = scaleTo100(vertical, true);
  const inside = (value: number): number => Math.min(100, Math.max(0, y(value)));
  const area = bandPath(points, x, inside);
  const { path, lonely } = linePath(points, x, inside);
  return (
    <div className="plot difference" role="img" aria-label={label}>
      {limit.above !== null && <i className="forbidden" style={{ top: 0, height: `${inside(limit.above)}%` }} />}
      {limit.below !== null && <i className="forbidden" style={{ top: `${inside(limit.below)}%`, bottom: 0 }} />}
      <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
        <path className="axis" d="M0 0H100M0 100H100" />
        {area && <path className="band-canary" d={area} />}
        {markers.map((marker) => <path key={`${marker.at} ${marker.label}`} className="marker" d={`M${x(marker.at)} 0V100`} />)}
        <path className="zero" d={`M0 ${y(0)}H100`} />
        {limit.above !== null && <path className="limit" d={`M0 ${inside(limit.above)}H100`} />}
        {limit.below !== null && <path className="limit" d={`M0 ${inside(limit.below)}H100`} />}
        {path && <path className="canary-thin" d={path} />}
        {lonely && <path className="canary-thin dot" d={lonely} />}
      </svg>
      <span className="tick" style={{ top: `${y(0)}%` }}>0</span>
      {limit.above !== null && <span className="direct" style={{ top: `${inside(limit.above)}%` }}>limit</span>}
      {limit.below !== null && <span className="direct" style={{ top: `${inside(limit.below)}%` }}>limit</span>}
    </div>
  );
}

/** Twice the limit is in view whatever the first wide intervals are; without a limit, the newest interval. */
function reachOf(points: readonly ShownPoint[], { above, below }: DifferenceChartProps["limit"]): number {
  const limits = [above, below].flatMap((value) => (value === null ? [] : [Math.abs(value) * 2]));
  const last = points.findLast(({ value }) => value !== null);
  return Math.max(1e-9, ...limits, ...[last?.low, last?.high, last?.value].map((value) => Math.abs(value ?? 0) * 1.1));
}
