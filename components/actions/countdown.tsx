"use client";

import { useEffect, useState } from "react";
import { StatusMark } from "@/components/ui/status-mark.tsx";
import { Time } from "@/components/ui/time.tsx";
import { formatDurationMs } from "@/lib/format.ts";

const TICK_MS = 1_000;

/** Counts on from the server's clock when it rendered: the one of this machine may be wrong, and both write the same first text. */
export function useRemainingMs(until: string, renderedAt: number): number {
  const [passedMs, setPassed] = useState(0);
  useEffect(() => {
    const start = Date.now();
    const timer = setInterval(() => setPassed(Date.now() - start), TICK_MS);
    return () => clearInterval(timer);
  }, [renderedAt]);
  return Math.max(0, Date.parse(until) - renderedAt - passedMs);
}

/** In the last fifth it warns. Not read out: a screen reader would hear nothing else. */
export function Countdown({ from, until, renderedAt }: { from: string; until: string; renderedAt: number }) {
  const left = useRemainingMs(until, renderedAt);
  const isLate = left < (Date.parse(until) - Date.parse(from)) / 5;
  if (left === 0) return <StatusMark kind="expired">Its time is over</StatusMark>;
  return (
    <>
      <StatusMark kind={isLate ? "warning" : "waiting"}>{formatDurationMs(Math.floor(left / TICK_MS) * TICK_MS)} left</StatusMark>
      <span className="meta">until <Time at={until} show="moment" now={renderedAt} /></span>
    </>
  );
}
