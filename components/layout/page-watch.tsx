"use client";

import { useState } from "react";
import { HeldRefresh } from "./held-refresh.tsx";
import { usePulse } from "./use-pulse.ts";

/** So that what no figure of a pulse tells of, sums of hours and times since, is never older than it may be. */
export const ANEW_AFTER_MS = 60_000;

/** One more each time that so long has passed, as long as the house answers. */
export function useTurns(answeredAtMs: number, everyMs = ANEW_AFTER_MS): number {
  const [fromMs] = useState(() => Date.now());
  return Math.max(0, Math.floor((answeredAtMs - fromMs) / everyMs));
}

interface PageWatchProps {
  address: string;
  /** What it answered when the page was made. */
  initial: unknown;
  movesWith: readonly string[];
}

/** Has the page made anew when one of a handful of figures moved, and each minute anyway. */
export function PageWatch({ address, initial, movesWith }: PageWatchProps) {
  const { pulse, readAtMs } = usePulse<unknown>(address, movesWith);
  const madeOf = JSON.stringify(initial);
  return <HeldRefresh madeOf={madeOf} current={pulse === undefined ? madeOf : JSON.stringify(pulse)} turns={useTurns(readAtMs)} />;
}
