"use client";

import { useEffect, useState } from "react";
import { useLive } from "./live-provider.tsx";
import { dataAge } from "./live-status.ts";

const TICK_MS = 1_000;

interface Data {
  /** When it was read, in epoch milliseconds. */
  readAtMs: number;
  /** The last attempt to read it again failed. */
  hasFailed?: boolean;
  /** False where nothing reads it again when it moves: then a live connection says nothing about it. */
  isWatched?: boolean;
  /** Older than this it is stale although nothing is wrong. */
  oldestMs?: number;
}

/** How old what is shown is, in milliseconds, as soon as it is older than it should be; null while it is current. */
export function useDataAge({ readAtMs, hasFailed = false, isWatched = true, oldestMs }: Data): number | null {
  const { status } = useLive();
  // Until the first tick nothing is old: the server renders the same.
  const [ageMs, setAgeMs] = useState<number | null>(null);
  useEffect(() => {
    const look = () => setAgeMs(dataAge({ status, readAtMs, hasFailed, isWatched, ...(oldestMs !== undefined && { oldestMs }) }, Date.now()));
    look();
    const timer = setInterval(look, TICK_MS);
    return () => clearInterval(timer);
  }, [status, readAtMs, hasFailed, isWatched, oldestMs]);
  return ageMs;
}
