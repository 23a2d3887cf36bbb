"use client";

import { useContext, useEffect, useState } from "react";
import { HouseAnswers } from "./house-answers.ts";
import { useLive } from "./live-provider.tsx";
import { dataAge } from "./live-status.ts";

const TICK_MS = 1_000;
const MOST_REMEMBERED = 200;

/** When each reading came here, by this browser's clock: that of the server may be minutes away from it. Kept, because going back shows an old page anew. */
const receivedAt = new Map<number, number>();

export function receiptOf(readAtMs: number): number {
  const known = receivedAt.get(readAtMs);
  if (known !== undefined) return known;
  const nowMs = Date.now();
  receivedAt.set(readAtMs, nowMs);
  for (const oldest of receivedAt.keys()) {
    if (receivedAt.size <= MOST_REMEMBERED) break;
    receivedAt.delete(oldest);
  }
  return nowMs;
}

interface Data {
  /** When it was read, in epoch milliseconds of whichever clock. */
  readAtMs: number;
  /** The last attempt to read it again failed. */
  hasFailed?: boolean;
  /** False where nothing reads it again when it moves: then a live connection says nothing about it. */
  isWatched?: boolean;
  /** Older than this it is stale although nothing is wrong. */
  oldestMs?: number;
  /** It tells what is stopped. */
  saysStops?: boolean;
}

/** How old what is shown is, in milliseconds, as soon as it is older than it should be; null while it is current. */
export function useDataAge({ readAtMs, hasFailed = false, isWatched = true, oldestMs, saysStops = false }: Data): number | null {
  const { status } = useLive();
  const house = useContext(HouseAnswers);
  const isUnread = hasFailed || house.hasFailed;
  // Until the first tick nothing is old: the server renders the same.
  const [ageMs, setAgeMs] = useState<number | null>(null);
  useEffect(() => {
    const receivedMs = receiptOf(readAtMs);
    const look = () => setAgeMs(dataAge({ status, readAtMs: receivedMs, hasFailed: isUnread, isWatched, saysStops, ...(oldestMs !== undefined && { oldestMs }) }, Date.now()));
    look();
    const timer = setInterval(look, TICK_MS);
    return () => clearInterval(timer);
  }, [status, readAtMs, isUnread, isWatched, oldestMs, saysStops]);
  return ageMs;
}
