import type { Gap } from "./plot-geometry.ts";

/** Narrower gaps, in hundredths of the chart's width, have no room for their word. */
const ROOM = 25;

/** Hatching over the time for which nothing is known; the gaps must not overlap. `saysSo`: also in words, where there is room. */
export function GapMarks({ gaps, x, saysSo = false }: { gaps: readonly Gap[]; x: (at: number) => number; saysSo?: boolean }) {
  return gaps.map((gap) => {
    const width = x(gap.to) - x(gap.from);
    return <span key={gap.from} className="gap" style={{ left: `${x(gap.from)}%`, width: `${width}%` }}>{saysSo && width >= ROOM && <span className="gap-word">no data</span>}</span>;
  });
}
