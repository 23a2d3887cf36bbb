"use client";

import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect, useRef } from "react";
import { useAskingInterval } from "@/components/layout/live-provider.tsx";

const MOVES_WITH = ["stop.", "rehearsal.", "points."];

/** Renders the page anew when a stop, its release or what was heard moved. Draws nothing. */
export function StopsWatch({ address, initial }: { address: string; initial: string }) {
  const router = useRouter();
  const seen = useRef(initial);
  const interval = useAskingInterval();
  const { data } = useQuery({
    meta: { movesWith: MOVES_WITH },
    queryKey: ["stops", address],
    queryFn: async ({ signal }) => {
      const response = await fetch(address, { signal });
      if (!response.ok) throw new Error(`the console answered ${response.status}`);
      return ((await response.json()) as { pulse: string }).pulse;
    },
    refetchInterval: interval,
  });
  useEffect(() => {
    if (data === undefined || data === seen.current) return;
    seen.current = data;
    router.refresh();
  }, [data, router]);
  return null;
}
