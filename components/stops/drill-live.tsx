"use client";

import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { DrillResult, drillHeadline, type ShownDrill } from "./drill-result.tsx";

const WHILE_RUNNING_MS = 500;

export function DrillLive({ initial }: { initial: ShownDrill }) {
  const router = useRouter();
  const { data } = useQuery({
    queryKey: ["drill", initial.id],
    queryFn: async ({ signal }) => {
      const response = await fetch(`/api/console/stops/drills/${encodeURIComponent(initial.id)}`, { signal });
      if (!response.ok) throw new Error(`the console answered ${response.status}`);
      return (await response.json()) as ShownDrill;
    },
    initialData: initial,
    enabled: initial.endedAt === null,
    refetchInterval: ({ state }) => (state.data?.endedAt === null ? WHILE_RUNNING_MS : false),
  });
  const hasEndedHere = initial.endedAt === null && data.endedAt !== null;
  useEffect(() => {
    // The list of past ones has one more.
    if (hasEndedHere) router.refresh();
  }, [hasEndedHere, router]);
  return (
    <div className="border-t border-line p-4">
      <p className="sr-only" role="status">{data.endedAt === null ? "The rehearsal has started." : drillHeadline(data)}</p>
      <DrillResult drill={data} />
    </div>
  );
}
