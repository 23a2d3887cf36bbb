// What tells whether a run is still as its page was made, and what is said when it is not?

import { formatCount } from "../../lib/format.ts";

export interface RunPulse {
  spans: number;
  outcome: string | null;
}

/** After so long without a span a run is taken for ended, and its page asks no more. Spans that come later are found when it is opened. */
const OVER_AFTER_MS = 24 * 3_600_000;

export const isRunOver = (endedAt: string, now: Date): boolean => now.getTime() - Date.parse(endedAt) > OVER_AFTER_MS;

/** Null while nothing came. Spans go by their number: those that are past their retention are fewer, and no news. */
export function newsOfRun(seen: RunPulse, pulse: RunPulse): string | null {
  if (pulse.spans > seen.spans) return `Show ${formatCount(pulse.spans - seen.spans, "new span")}`;
  return pulse.outcome === null || pulse.outcome === seen.outcome ? null : "Show its outcome";
}
