"use client";

import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { askConsole } from "@/components/layout/ask-console.ts";
import { stopHeadline, stopSubject, toldState, type ShownStop } from "@/lib/domain/stop-words.ts";
import { STOPS_STALE_AFTER_MS } from "@/components/layout/live-status.ts";
import { useDataAge } from "@/components/layout/use-data-age.ts";
import { FormMessage } from "@/components/ui/form-message.tsx";
import { formatClock } from "@/lib/format.ts";
import { StopProofView } from "./stop-proof-view.tsx";

/** What is shown of a stop can wait until the points have heard: reading it needs the same processor and the same database. */
const POINTS_FIRST_MS = 100;
const UNTIL_KNOWN_MS = 300;
/** A point that was missing may still come; a proof may still be contradicted. */
const AFTERWARDS_MS = { not_proven: 1_000, proven: 5_000, released: 5_000, unknown: 1_000 } as const;

interface StopProofLiveProps {
  stopId: string;
  /** Null when the stop was stored just now and has not been read yet. */
  initial: ShownStop | null;
  headingId?: string | undefined;
  level?: 1 | 2 | undefined;
  isOwn?: boolean | undefined;
}

/** The proof of one stop as the server last told it, with its age where the server cannot be reached. Nothing is assumed. */
export function StopProofLive({ stopId, initial, headingId, level, isOwn }: StopProofLiveProps) {
  const isDue = useIsLater(POINTS_FIRST_MS);
  const { data, isError, dataUpdatedAt } = useQuery({
    queryKey: ["stop", stopId],
    queryFn: ({ signal }) => askConsole<ShownStop>(`/api/console/stops/${encodeURIComponent(stopId)}`, signal),
    ...(initial === null ? {} : { initialData: initial, initialDataUpdatedAt: Date.parse(initial.readAt) }),
    enabled: initial !== null || isDue,
    staleTime: 0,
    retry: false,
    refetchInterval: ({ state }) => {
      if (state.status === "error") return 1_000;
      const told = state.data ? toldState(state.data) : "stopping";
      return told === "stopping" ? UNTIL_KNOWN_MS : AFTERWARDS_MS[told];
    },
    refetchIntervalInBackground: true,
  });
  // An answer that never comes is no error; and nobody but this vouches for a proof.
  const isOld = useDataAge({ readAtMs: dataUpdatedAt, hasFailed: isError, saysStops: true, oldestMs: STOPS_STALE_AFTER_MS }) !== null && data !== undefined;
  return (
    <>
      <p className="sr-only" role="alert">{data && announced(data)}</p>
      {(isError || isOld) && (
        <div className="p-4">
          <FormMessage kind="warning" title={data ? `Holdpoint has not answered since ${formatClock(dataUpdatedAt)} UTC.` : "Stop is stored."}>
            {data ? "What stands below is from then." : "What it reached cannot be read now. This page keeps asking."}
          </FormMessage>
        </div>
      )}
      {data ? <StopProofView stop={data} headingId={headingId} level={level} isOwn={isOwn} /> : !isError && <StoredOnly headingId={headingId} />}
    </>
  );
}

function useIsLater(afterMs: number): boolean {
  const [isLater, setIsLater] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsLater(true), afterMs);
    return () => clearTimeout(timer);
  }, [afterMs]);
  return isLater;
}

function StoredOnly({ headingId }: { headingId: string | undefined }) {
  return (
    <div className="stop-in">
      <h2 className="stop-verdict" id={headingId} tabIndex={-1}>Stopping. The stop is stored.</h2>
      <p className="stop-sentence">Reading what it has reached.</p>
    </div>
  );
}

/** Once per state, not once per point. */
const announced = (stop: ShownStop): string => {
  const state = toldState(stop);
  return `${stopSubject(stop)}: ${state === "stopping" ? "stopping. The stop is stored." : state === "not_proven" ? "stop not proven." : stopHeadline(stop)}`;
};
