"use client";

import { useQuery } from "@tanstack/react-query";
import { useAskingInterval } from "@/components/layout/live-provider.tsx";

interface Asked<Pulse> {
  pulse: Pulse | undefined;
  /** The console did not answer twice. */
  isUnknown: boolean;
}

/** Asks again when something about actions moves. `isOver`: nothing more happens to it by itself. */
export function usePulse<Pulse>(url: string, isOver: boolean): Asked<Pulse> {
  const interval = useAskingInterval();
  const { data, isError, failureCount } = useQuery({
    queryKey: ["action pulse", url], meta: { movesWith: ["action.", "undo.", "stop."] }, refetchInterval: interval, enabled: !isOver,
    queryFn: async ({ signal }): Promise<Pulse> => {
      const response = await fetch(url, { signal, headers: { accept: "application/json" } });
      if (!response.ok) throw new Error(`the console answered ${response.status}`);
      return (await response.json()) as Pulse;
    },
  });
  return { pulse: data, isUnknown: isError && failureCount > 1 };
}
