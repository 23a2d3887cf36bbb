"use client";

import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { AppShell } from "@/components/layout/app-shell.tsx";
import { LiveState } from "@/components/layout/live-state.tsx";
import { StopBanner } from "@/components/stops/stop-banner.tsx";
import { StopControl } from "@/components/stops/stop-control.tsx";
import { formatClock } from "@/lib/format.ts";

interface Counts {
  inbox: number;
  agents: number;
  changes: number;
  stops: number;
  /** Of the newest that are engaged. */
  stopNames: string[];
}

interface LiveShellProps {
  person: { name: string; roles: string };
  environment: string;
  counts: Counts;
  /** When the counts were read, in milliseconds. */
  readAt: number;
  signOut: ReactNode;
  children: ReactNode;
}

const EVERY_MS = 5_000;

/** The frame with its counts kept fresh; how that goes is what the header calls live, delayed or offline. */
export function LiveShell({ person, environment, counts, readAt, signOut, children }: LiveShellProps) {
  const { data, dataUpdatedAt, failureCount, isError } = useQuery({
    queryKey: ["shell"],
    queryFn: async ({ signal }) => {
      const response = await fetch("/api/console/shell", { signal });
      if (!response.ok) throw new Error("the console did not answer");
      return (await response.json()) as Counts;
    },
    initialData: counts,
    initialDataUpdatedAt: readAt,
    refetchInterval: EVERY_MS,
  });
  const state = isError ? "offline" : failureCount > 0 ? "delayed" : "live";
  const { stopNames, ...numbers } = data;
  return (
    <AppShell
      person={person} environment={environment} counts={numbers} live={<LiveState state={state} detail={`${formatClock(dataUpdatedAt)} UTC`} />} signOut={signOut}
      stopSlot={<StopControl />} stopBarSlot={<StopControl isInBar />} notice={<StopBanner stops={data.stops} stopNames={stopNames} />}
    >
      {children}
    </AppShell>
  );
}
