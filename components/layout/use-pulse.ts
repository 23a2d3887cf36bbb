"use client";

import { useQuery } from "@tanstack/react-query";
import { askConsole } from "./ask-console.ts";
import { POLL_MS, useAskingInterval } from "./live-provider.tsx";

interface Asked<Pulse> {
  pulse: Pulse | undefined;
  /** The console did not answer twice, and not since. */
  isUnknown: boolean;
  /** In epoch milliseconds; 0 before the first answer. */
  readAtMs: number;
}

/** The handful of figures that tell whether a page is still as it was made: asked again when something of these kinds moves. `isOver`: nothing more happens to it by itself. */
export function usePulse<Pulse>(url: string, movesWith: readonly string[], isOver = false): Asked<Pulse> {
  const interval = useAskingInterval();
  const { data, dataUpdatedAt, errorUpdatedAt } = useQuery<Pulse>({
    queryKey: ["pulse", url], meta: { movesWith }, enabled: !isOver,
    refetchInterval: ({ state }) => (interval !== false && state.status === "error" ? POLL_MS : interval),
    queryFn: ({ signal }) => askConsole<Pulse>(url, signal),
  });
  return { pulse: data, isUnknown: errorUpdatedAt > dataUpdatedAt, readAtMs: dataUpdatedAt };
}
