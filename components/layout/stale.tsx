"use client";

import type { ReactNode } from "react";
import { formatClock, formatDurationMs } from "../../lib/format.ts";
import { useDataAge } from "./use-data-age.ts";

const TWO_MINUTES_MS = 120_000;

/** "as of 02:11:40 UTC, 94 s old" */
export function ageWords(readAtMs: number, ageMs: number): string {
  const age = ageMs < TWO_MINUTES_MS ? `${Math.round(ageMs / 1_000)} s` : formatDurationMs(ageMs);
  return `as of ${formatClock(new Date(readAtMs))} UTC, ${age} old`;
}

interface StaleProps {
  /** When the values inside were read: epoch milliseconds. */
  readAtMs: number;
  hasFailed?: boolean | undefined;
  /** False where nothing reads them again when they move. */
  isWatched?: boolean | undefined;
  /** From this age on they are hatched although nothing is wrong; 90 s. */
  oldestMs?: number | undefined;
  /** They tell what is stopped, and are old sooner. */
  saysStops?: boolean | undefined;
  /** False where the age stands beside it already. */
  saysAge?: boolean | undefined;
  className?: string | undefined;
  children: ReactNode;
}

/** What reads as a promise about what is stopped now is said otherwise once it is too old. */
export function SaidWhileCurrent({ readAtMs, otherwise, children }: { readAtMs: number; otherwise: string; children: ReactNode }) {
  return useDataAge({ readAtMs, saysStops: true }) === null ? children : otherwise;
}

/** Values that are too old are hatched, with their age in words; they never look as if they were current, and never vanish. */
export function Stale({ readAtMs, hasFailed = false, isWatched = true, oldestMs, saysStops = false, saysAge = true, className, children }: StaleProps) {
  const ageMs = useDataAge({ readAtMs, hasFailed, isWatched, saysStops, ...(oldestMs !== undefined && { oldestMs }) });
  return (
    <div className={className} data-stale={ageMs === null ? undefined : "true"}>
      {ageMs !== null && saysAge && <p className="stale-age">{ageWords(readAtMs, ageMs)}</p>}
      {children}
    </div>
  );
}
