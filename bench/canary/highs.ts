// When did a statistic first reach a line, for any line? Kept as its record highs, so that lines can be drawn afterwards.

/** Candidate tasks and value in turns, both rising. */
export type Highs = number[];

export function noteHigh(highs: Highs, candidateTasks: number, value: number): void {
  if (value > (highs.at(-1) ?? -Infinity)) highs.push(candidateTasks, value);
}

export const peakOf = (highs: Highs): number => highs.at(-1) ?? -Infinity;

/** Candidate tasks when the statistic first reached the line, or null where it never did. */
export function firstAt(highs: Highs, line: number): number | null {
  for (let index = 1; index < highs.length; index += 2) {
    if ((highs[index] ?? -Infinity) >= line) return highs[index - 1] ?? null;
  }
  return null;
}

/** The lowest line that at most `share` of the runs ever reach. */
export function calibratedLine(runs: readonly Highs[], share: number): number {
  const peaks = Float64Array.from(runs, peakOf).sort();
  const allowed = Math.floor(share * peaks.length);
  const last = peaks[peaks.length - 1 - allowed] ?? Infinity;
  return last + Math.abs(last) * 1e-12 + Number.MIN_VALUE;
}

export const shareReaching = (runs: readonly Highs[], line: number): number => runs.filter((highs) => peakOf(highs) >= line).length / runs.length;

/** Median over all runs, those that never reach the line counted as longer than any; null where half of them never do. */
export function medianTasks(runs: readonly Highs[], line: number): number | null {
  const tasks = runs.map((highs) => firstAt(highs, line) ?? Infinity).sort((a, b) => a - b);
  const middle = tasks[Math.floor((tasks.length - 1) / 2)] ?? Infinity;
  return Number.isFinite(middle) ? middle : null;
}
