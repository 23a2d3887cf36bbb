"use client";

import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect, useRef } from "react";
import { useAskingInterval } from "@/components/layout/live-provider.tsx";

const MOVES_WITH = ["authority.", "runs.", "change.", "finding.", "version.", "stage.", "tier.", "override.", "card.", "owners.", "stop.", "points."];

/** Renders the page anew when one of a handful of figures moved. Draws nothing. */
export function AgentWatch({ address, initial }: { address: string; initial: unknown }) {
  const router = useRouter();
  const seen = useRef(JSON.stringify(initial));
  const interval = useAskingInterval();
  const { data } = useQuery({
    meta: { movesWith: MOVES_WITH },
    queryKey: ["agent-pulse", address],
    queryFn: async ({ signal }): Promise<unknown> => {
      const response = await fetch(address, { signal });
      if (!response.ok) throw new Error(`the console answered ${response.status}`);
      return response.json();
    },
    refetchInterval: interval,
  });
  const current = data === undefined ? undefined : JSON.stringify(data);
  useEffect(() => {
    if (current === undefined || current === seen.current) return;
    seen.current = current;
    router.refresh();
  }, [current, router]);
  return null;
}
