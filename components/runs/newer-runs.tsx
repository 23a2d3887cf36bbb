"use client";

import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useAskingInterval } from "@/components/layout/live-provider.tsx";

/** Rows never move under a finger: what came since waits behind this button. */
export function NewerRuns({ address }: { address: string }) {
  const router = useRouter();
  const interval = useAskingInterval();
  const { data } = useQuery({
    meta: { movesWith: ["runs."] },
    queryKey: ["newer-runs", address],
    queryFn: async ({ signal }) => {
      const response = await fetch(address, { signal });
      if (!response.ok) throw new Error("could not ask for newer runs");
      return (await response.json()) as { count: number };
    },
    refetchInterval: interval,
    staleTime: 0,
  });
  const count = data?.count ?? 0;
  return (
    <span aria-live="polite">
      {count > 0 && (
        <button type="button" className="btn btn-sm" data-key="." onClick={() => router.refresh()}>
          {count >= 100 ? "100 or more" : count} new
        </button>
      )}
    </span>
  );
}
