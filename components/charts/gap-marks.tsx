import type { Gap } from "./plot-geometry.ts";

/** Hatching over the time for which nothing is known. */
export function GapMarks({ gaps, x }: { gaps: readonly Gap[]; x: (at: number) => number }) {
  // Gaps of two series may begin together.
  return gaps.map((gap, index) => <span key={`${gap.from} ${index}`} className="gap" style={{ left: `${x(gap.from)}%`, width: `${x(gap.to) - x(gap.from)}%` }} />);
}
