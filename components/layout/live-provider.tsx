"use client";

import { focusManager, useQueryClient, type Query } from "@tanstack/react-query";
import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { formatClock } from "../../lib/format.ts";
import { SignedOut } from "./ask-console.ts";
import { keepStream, type TabStream } from "./keep-stream.ts";
import { concerns, isStale, liveStatus, type LiveStatus } from "./live-status.ts";
import { makeMoves, MovesContext, type Moved } from "./moves.ts";
import { PresenceContext, type Present, type PresenceInTab } from "./presence-context.ts";

const TICK_MS = 1_000;
/** React shows what was streamed in a moment after it came. */
const SHOWN_AFTER_MS = 500;
/** A page that takes longer is looked at all the same: its age counts. */
const COMES_WITHIN_MS = 10_000;
/** While the house tells what moves, a page asks by itself only now and then. */
const BACK_STOP_MS = 30_000;
export const POLL_MS = 5_000;
/** Two heartbeats are missing: whether the house is there is asked at once, so that the answer is here before what is known of stops is called old. */
const ASKED_AFTER_MS = 6_000;

interface Live {
  status: LiveStatus;
  /** By the stream, and not only by asking. */
  isStreaming: boolean;
  /** Too old to decide from. */
  isStale: boolean;
  /** When the house was heard last, in milliseconds. */
  asOfMs: number;
  pause: () => void;
  resume: () => void;
}

const LiveContext = createContext<Live | null>(null);

/** What all of a page reads must not move while the page is streamed in: React would throw away what came and make it anew. */
function isStillComing(): boolean {
  const [navigation] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  const [nowMs, loadedMs] = [performance.now(), navigation?.loadEventEnd ?? 0];
  return nowMs < COMES_WITHIN_MS && (loadedMs === 0 || nowMs - loadedMs < SHOWN_AFTER_MS);
}

const patternsOf = ({ meta }: Query): readonly string[] => (Array.isArray(meta?.movesWith) ? (meta.movesWith as string[]) : []);

/** Keeps the stream, and tells by it what the tab shows and who else has that open. */
function useTabStream(isPaused: boolean, onHeard: () => void, onMoved: (kinds: Moved) => void): PresenceInTab {
  const topic = useRef<string | null>(null);
  const stream = useRef<TabStream | null>(null);
  const [present, setPresent] = useState<Present | null>(null);
  useEffect(() => {
    if (isPaused) return;
    stream.current = keepStream({ topic: () => topic.current, onHeard, onPresent: setPresent, onMoved });
    return () => {
      stream.current?.end();
      stream.current = null;
    };
  }, [isPaused, onHeard, onMoved]);
  const watch = useCallback((shown: string) => {
    topic.current = shown;
    stream.current?.turn();
    return () => {
      if (topic.current === shown) topic.current = null;
      stream.current?.turn();
    };
  }, []);
  return useMemo(() => ({ present, watch }), [present, watch]);
}

/** One event stream for this tab. A query says in `meta.movesWith` which kinds of events it moves with, and is asked again when one comes. */
export function LiveProvider({ madeAt, children }: { madeAt: number; children: ReactNode }) {
  const client = useQueryClient();
  const heardMs = useRef({ any: madeAt, stream: madeAt });
  const [isPaused, setPaused] = useState(false);
  const [isSignedOut, setSignedOut] = useState(false);
  const [told, setTold] = useState({ status: "live" as LiveStatus, isStreaming: true, isStale: false, asOfMs: madeAt });

  const look = useCallback((isHeld: boolean) => {
    const nowMs = Date.now();
    const { any: asOfMs, stream } = heardMs.current;
    const heard = { lastHeardMs: asOfMs, isOnline: navigator.onLine, isPaused: isHeld, isSignedOut };
    const next = { status: liveStatus(heard, nowMs), isStreaming: nowMs - stream < ASKED_AFTER_MS, isStale: isStale(heard, nowMs), asOfMs };
    setTold((before) => (before.status === next.status && before.isStreaming === next.isStreaming && before.isStale === next.isStale && before.asOfMs === asOfMs ? before : next));
  }, [isSignedOut]);
  useEffect(() => {
    const lookAgain = () => {
      if (!isStillComing()) look(isPaused);
    };
    const timer = setInterval(lookAgain, TICK_MS);
    for (const event of ["online", "offline"]) window.addEventListener(event, lookAgain);
    return () => {
      clearInterval(timer);
      for (const event of ["online", "offline"]) window.removeEventListener(event, lookAgain);
    };
  }, [isPaused, look]);

  // An answer is as good a sign of life as a heartbeat; and any of them tells whether the session is over, or began again in another tab.
  useEffect(() => client.getQueryCache().subscribe((event) => {
    if (event.type !== "updated") return;
    const { action, query: { state } } = event;
    if (state.status === "success") heardMs.current.any = Math.max(heardMs.current.any, state.dataUpdatedAt);
    if (action.type === "success" && action.manual !== true) setSignedOut(false);
    else if (action.type === "error" && action.error instanceof SignedOut) setSignedOut(true);
  }), [client]);

  const [moves] = useState(makeMoves);
  const askAgain = useCallback((kinds: Moved) => {
    void client.invalidateQueries({ predicate: (query) => (kinds === null ? patternsOf(query).length > 0 : concerns(patternsOf(query), kinds)) });
  }, [client]);
  const onMoved = useCallback((kinds: Moved) => {
    askAgain(kinds);
    moves.tell(kinds);
  }, [askAgain, moves]);

  const { isStreaming } = told;
  useEffect(() => {
    if (!isStreaming && !isPaused) askAgain(null);
  }, [askAgain, isPaused, isStreaming]);

  // Otherwise coming back to the window would ask anew, and move what was to be held.
  useEffect(() => {
    if (!isPaused) return;
    focusManager.setFocused(false);
    return () => focusManager.setFocused(undefined);
  }, [isPaused]);

  const onHeard = useCallback(() => {
    heardMs.current = { any: Date.now(), stream: Date.now() };
  }, []);
  const presence = useTabStream(isPaused || isSignedOut, onHeard, onMoved);

  const live = useMemo(() => ({
    ...told,
    // Said at once: who presses again because nothing changed would undo it.
    pause: () => {
      setPaused(true);
      look(true);
    },
    resume: () => {
      setPaused(false);
      look(false);
      askAgain(null);
    },
  }), [askAgain, look, told]);
  return <LiveContext value={live}><MovesContext value={moves}><PresenceContext value={presence}>{children}</PresenceContext></MovesContext></LiveContext>;
}

export function useLive(): Live {
  const live = useContext(LiveContext);
  if (!live) throw new Error("useLive needs a LiveProvider around it");
  return live;
}

/** How often a page asks by itself: seldom as long as it is told what moves, and not at all while somebody paused it. */
export function useAskingInterval(): number | false {
  const { status, isStreaming } = useLive();
  return status === "paused" ? false : isStreaming || status === "signed_out" ? BACK_STOP_MS : POLL_MS;
}

/** Why nothing should be decided from this page now; null while it is current. Stopping never asks. `saysStops`: it is decided from what is known of stops. */
export function useStaleReason({ saysStops = false }: { saysStops?: boolean } = {}): string | null {
  const { status, isStale: isTooOld, asOfMs } = useLive();
  if (saysStops ? status === "live" : !isTooOld) return null;
  const from = `What is shown is from ${formatClock(new Date(asOfMs))} UTC`;
  if (status === "signed_out") return `${from}, and you are signed out. Sign in again first.`;
  return status === "paused" ? `${from}: updates are paused. Resume them first.` : `${from} and may have changed. It can be decided again when the console answers.`;
}
