import type { Gap } from "./plot-geometry.ts";

/** Narrower gaps, in hundredths of the chart's width, have no room for their word. */
const ROOM = 25;

/** Hatching over the time for which nothing is known. `saysSo`: also in words, where there is room. */
export function GapMarks({ gaps, x, saysSo = false }: { gaps: readonly Gap[]; x: (at: number) => number; saysSo?: boolean }) {
  // Gaps of two series may begin together.
  return gaps.map((gap, index) => {
    const width = x(gap.to) - x(gap.from);
    return <span key={`${gap.from} ${index}`} className="gap" style={{ left: `${x(gap.from)}%`, width: `${width}%` }}>{saysSo && width >= ROOM && <span className="gap-word">no data</span>}</span>;
  });
}
