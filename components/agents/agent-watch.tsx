"use client";

import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect, useRef } from "react";

/** Asks for a handful of figures every few seconds and renders the page anew when one of them moved. Draws nothing. */
export function AgentWatch({ address, initial }: { address: string; initial: unknown }) {
  const router = useRouter();
  const seen = useRef(JSON.stringify(initial));
  const { data } = useQuery({
    queryKey: ["agent-pulse", address],
    queryFn: async ({ signal }): Promise<unknown> => {
      const response = await fetch(address, { signal });
      if (!response.ok) throw new Error(`the console answered ${response.status}`);
      return response.json();
    },
    refetchInterval: 4_000,
  });
  const current = data === undefined ? undefined : JSON.stringify(data);
  useEffect(() => {
    if (current === undefined || current === seen.current) return;
    seen.current = current;
    router.refresh();
  }, [current, router]);
  return null;
}
