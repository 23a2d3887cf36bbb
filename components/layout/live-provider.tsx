"use client";

import { useQueryClient, type Query } from "@tanstack/react-query";
import { createContext, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { formatClock } from "../../lib/format.ts";
import { concerns, DELAYED_AFTER_MS, liveStatus, reconnectWait, type LiveStatus } from "./live-status.ts";

const TICK_MS = 1_000;
/** While the house tells what moves, a page asks by itself only now and then. */
const BACK_STOP_MS = 30_000;
const POLL_MS = 5_000;
/** What moves all the time is asked for in this rhythm at most; what somebody waits for, at once. */
const GATHER_MS = 2_000;
const URGENT = ["stop.", "rehearsal.", "change.", "finding."];

interface Live {
  status: LiveStatus;
  /** By the stream, and not only by asking. */
  isStreaming: boolean;
  /** When the house was heard last, in milliseconds. */
  asOfMs: number;
  pause: () => void;
  resume: () => void;
}

const LiveContext = createContext<Live | null>(null);

function kindsIn(data: string): string[] | null {
  try {
    const { kinds } = JSON.parse(data) as { kinds?: unknown };
    return Array.isArray(kinds) ? kinds.filter((kind) => typeof kind === "string") : null;
  } catch {
    return null;
  }
}

const patternsOf = ({ meta }: Query): readonly string[] => (Array.isArray(meta?.movesWith) ? (meta.movesWith as string[]) : []);

/** One event stream for this tab. A query says in `meta.movesWith` which kinds of events it moves with, and is asked again when one comes. */
export function LiveProvider({ madeAt, children }: { madeAt: number; children: ReactNode }) {
  const client = useQueryClient();
  const heardMs = useRef({ any: madeAt, stream: madeAt });
  const [isPaused, setPaused] = useState(false);
  const [told, setTold] = useState({ status: "live" as LiveStatus, isStreaming: true, asOfMs: madeAt });

  useEffect(() => {
    const look = () => {
      const nowMs = Date.now();
      const { any: asOfMs, stream } = heardMs.current;
      const next = { status: liveStatus({ lastHeardMs: asOfMs, isOnline: navigator.onLine, isPaused }, nowMs), isStreaming: nowMs - stream < DELAYED_AFTER_MS, asOfMs };
      setTold((before) => (before.status === next.status && before.isStreaming === next.isStreaming && before.asOfMs === asOfMs ? before : next));
    };
    const timer = setInterval(look, TICK_MS);
    for (const event of ["online", "offline"]) window.addEventListener(event, look);
    return () => {
      clearInterval(timer);
      for (const event of ["online", "offline"]) window.removeEventListener(event, look);
    };
  }, [isPaused]);

  // An answer is as good a sign of life as a heartbeat.
  useEffect(() => client.getQueryCache().subscribe(({ type, query }) => {
    if (type === "updated" && query.state.status === "success") heardMs.current.any = Math.max(heardMs.current.any, query.state.dataUpdatedAt);
  }), [client]);

  useEffect(() => {
    if (isPaused) return;
    return keepStream({
      onHeard: () => {
        heardMs.current = { any: Date.now(), stream: Date.now() };
      },
      onMoved: (kinds) => void client.invalidateQueries({ predicate: (query) => (kinds === null ? patternsOf(query).length > 0 : concerns(patternsOf(query), kinds)) }),
    });
  }, [client, isPaused]);

  const live = useMemo(() => ({
    ...told,
    pause: () => setPaused(true),
    resume: () => {
      setPaused(false);
      void client.invalidateQueries({ predicate: (query) => patternsOf(query).length > 0 });
    },
  }), [client, told]);
  return <LiveContext value={live}>{children}</LiveContext>;
}

interface StreamListener {
  onHeard: () => void;
  /** `null`: something may have been missed. */
  onMoved: (kinds: readonly string[] | null) => void;
}

/** The browser reconnects by itself after a break; when it gives up, because the server refused, another stream is opened after a while. */
function keepStream({ onHeard, onMoved }: StreamListener): () => void {
  let source: EventSource | null = null;
  let again: ReturnType<typeof setTimeout> | undefined;
  let gathering: ReturnType<typeof setTimeout> | undefined;
  let gathered: string[] = [];
  let attempt = 0;

  const moved = (kinds: readonly string[]) => {
    const urgent = kinds.filter((kind) => concerns(URGENT, [kind]));
    if (urgent.length > 0) onMoved(urgent);
    gathered.push(...kinds.filter((kind) => !urgent.includes(kind)));
    if (gathered.length === 0) return;
    gathering ??= setTimeout(() => {
      gathering = undefined;
      onMoved([...new Set(gathered)]);
      gathered = [];
    }, GATHER_MS);
  };
  const open = () => {
    const next = new EventSource("/api/console/stream");
    source = next;
    next.addEventListener("beat", () => {
      attempt = 0;
      onHeard();
    });
    next.addEventListener("moved", ({ data }: MessageEvent<string>) => {
      onHeard();
      const kinds = kindsIn(data);
      if (kinds === null) onMoved(null);
      else moved(kinds);
    });
    next.addEventListener("gap", () => onMoved(null));
    next.addEventListener("error", () => {
      if (next.readyState === EventSource.CLOSED) again = setTimeout(open, reconnectWait(attempt++, Math.random()));
    });
  };
  open();
  return () => {
    clearTimeout(again);
    clearTimeout(gathering);
    source?.close();
  };
}

export function useLive(): Live {
  const live = useContext(LiveContext);
  if (!live) throw new Error("useLive needs a LiveProvider around it");
  return live;
}

/** How often a page asks by itself: seldom as long as it is told what moves, and not at all while somebody paused it. */
export function useAskingInterval(): number | false {
  const { status, isStreaming } = useLive();
  return status === "paused" ? false : isStreaming ? BACK_STOP_MS : POLL_MS;
}

/** Why nothing should be decided from this page now; null while it is current. Stopping never asks. */
export function useStaleReason(): string | null {
  const { status, asOfMs } = useLive();
  if (status === "live" || status === "delayed") return null;
  const from = `What is shown is from ${formatClock(new Date(asOfMs))} UTC`;
  return status === "paused" ? `${from}: updates are paused. Resume them first.` : `${from} and may have changed. It can be decided again when the console answers.`;
}
