"use client";

import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect, useRef } from "react";

const EVERY_MS = 4_000;

/** Renders the page anew when a stop, its release or what was heard moved. Draws nothing. */
export function StopsWatch({ address, initial }: { address: string; initial: string }) {
  const router = useRouter();
  const seen = useRef(initial);
  const { data } = useQuery({
    queryKey: ["stops", address],
    queryFn: async ({ signal }) => {
      const response = await fetch(address, { signal });
      if (!response.ok) throw new Error(`the console answered ${response.status}`);
      return ((await response.json()) as { pulse: string }).pulse;
    },
    refetchInterval: EVERY_MS,
  });
  useEffect(() => {
    if (data === undefined || data === seen.current) return;
    seen.current = data;
    router.refresh();
  }, [data, router]);
  return null;
}
