// What does Kayenta's judge say of two series? The Mann-Whitney test of its source: 98 % confidence, tolerance of a quarter of the shift.

/** Two-sided 98 %, as NetflixACAJudge has it. */
export const KAYENTA_LINE = 2.326_347_874_040_841;
const TOLERANCE = 0.25;

/** Pairs in which x, shifted, is above y; ties count half. Both sorted. */
function wins(x: Float64Array, y: Float64Array, shift: number): number {
  let [below, notAbove, total] = [0, 0, 0];
  for (const value of x) {
    const shifted = value - shift;
    while (below < y.length && (y[below] ?? 0) < shifted) below += 1;
    notAbove = Math.max(notAbove, below);
    while (notAbove < y.length && (y[notAbove] ?? 0) <= shifted) notAbove += 1;
    total += (below + notAbove) / 2;
  }
  return total;
}

/** Sum of t³ − t over the groups of equal values, x shifted. */
function tiesOf(x: Float64Array, y: Float64Array, shift: number): number {
  const all = new Float64Array(x.length + y.length);
  x.forEach((value, index) => (all[index] = value - shift));
  all.set(y, x.length);
  all.sort();
  let ties = 0;
  for (let from = 0; from < all.length; ) {
    let to = from + 1;
    while (to < all.length && all[to] === all[from]) to += 1;
    ties += (to - from) ** 3 - (to - from);
    from = to;
  }
  return ties;
}

function zAt(x: Float64Array, y: Float64Array, shift: number, isCorrected: boolean): number {
  const n = x.length + y.length;
  const excess = wins(x, y, shift) - (x.length * y.length) / 2;
  const variance = ((x.length * y.length) / 12) * (n + 1 - tiesOf(x, y, shift) / (n * (n - 1)));
  return variance <= 0 ? 0 : (excess - (isCorrected ? Math.sign(excess) * 0.5 : 0)) / Math.sqrt(variance);
}

/** The Hodges-Lehmann shift: where as many pairs are above as below. */
function shiftOf(x: Float64Array, y: Float64Array): number {
  let low = (x[0] ?? 0) - (y.at(-1) ?? 0);
  let high = (x.at(-1) ?? 0) - (y[0] ?? 0);
  const half = (x.length * y.length) / 2;
  for (let round = 0; round < 50 && high - low > 1e-12 * (Math.abs(high) + Math.abs(low)); round++) {
    const middle = (low + high) / 2;
    const above = wins(x, y, middle);
    if (above === half) return middle;
    if (above > half) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * How far the candidate's series lies above the control's in standard errors once the tolerance is taken off: the lower end of the interval lies above the
 * tolerance exactly where this passes the line. −Infinity where the means do not rise, or both series are one value: a pass. Both series sorted.
 */
export function kayentaZ(candidate: Float64Array, control: Float64Array): number {
  if (candidate.length === 0 || control.length === 0) return -Infinity;
  if (candidate[0] === candidate.at(-1) && control[0] === control.at(-1) && candidate[0] === control[0]) return -Infinity;
  const mean = (series: Float64Array) => series.reduce((sum, value) => sum + value, 0) / series.length;
  if (mean(candidate) < mean(control)) return -Infinity;
  return zAt(candidate, control, TOLERANCE * Math.abs(shiftOf(candidate, control)), true);
}
