"use client";

import { useSyncExternalStore } from "react";
import { formatExactMoment, formatMoment, formatRelative } from "./format-time.ts";

export type TimeShow = "relative" | "both" | "moment" | "day";

const TICK = 10_000;
const HOUR = 3_600_000;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let currentTick = 0;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    currentTick = Date.now();
    for (const each of listeners) each();
  }, TICK);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** One clock for all times on the page. Until its first tick the server's moment counts, so that both sides render the same text. */
export function RelativeTime({ at, renderedAt, show, className }: { at: string; renderedAt: number; show: TimeShow; className?: string | undefined }) {
  const tick = useSyncExternalStore(subscribe, () => currentTick, () => 0);
  const moment = new Date(at);
  const now = new Date(Math.max(tick, renderedAt));
  return (
    <time dateTime={at} title={formatExactMoment(moment)} className={className} suppressHydrationWarning>
      {textOf(moment, now, show)}
    </time>
  );
}

function textOf(moment: Date, now: Date, show: TimeShow): string {
  if (show === "day") return formatMoment(moment, now, "day");
  if (show === "moment") return formatMoment(moment, now);
  const relative = formatRelative(moment, now);
  const isFar = Math.abs(moment.getTime() - now.getTime()) > HOUR;
  return show === "both" && isFar ? `${relative}, ${formatMoment(moment, now)}` : relative;
}
