"use client";

import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect, useRef } from "react";
import { useAskingInterval } from "@/components/layout/live-provider.tsx";

const MOVES_WITH = ["authority.", "runs.", "change.", "finding.", "version.", "stage.", "tier.", "override.", "card.", "owners.", "stop.", "points.", "rollout."];

/** So that sums of hours, which no figure below tells of, are never older than they may be. */
const ANEW_AFTER_MS = 60_000;

/** Renders the page anew when one of a handful of figures moved, and now and then anyway. Draws nothing. */
export function AgentWatch({ address, initial }: { address: string; initial: unknown }) {
  const router = useRouter();
  const seen = useRef(JSON.stringify(initial));
  const interval = useAskingInterval();
  const { data, dataUpdatedAt } = useQuery({
    meta: { movesWith: MOVES_WITH },
    queryKey: ["agent-pulse", address],
    queryFn: async ({ signal }): Promise<unknown> => {
      const response = await fetch(address, { signal });
      if (!response.ok) throw new Error(`the console answered ${response.status}`);
      return response.json();
    },
    refetchInterval: interval,
  });
  const renderedMs = useRef(0);
  const current = data === undefined ? undefined : JSON.stringify(data);
  useEffect(() => {
    if (renderedMs.current === 0) renderedMs.current = Date.now();
    if (current === undefined || (current === seen.current && dataUpdatedAt - renderedMs.current < ANEW_AFTER_MS)) return;
    seen.current = current;
    renderedMs.current = Date.now();
    router.refresh();
  }, [current, dataUpdatedAt, router]);
  return null;
}
