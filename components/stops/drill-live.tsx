"use client";

import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { askConsole } from "@/components/layout/ask-console.ts";
import { DrillResult, drillHeadline, type ShownDrill } from "./drill-result.tsx";

const WHILE_RUNNING_MS = 500;

export function DrillLive({ initial }: { initial: ShownDrill }) {
  const router = useRouter();
  const { data } = useQuery({
    queryKey: ["drill", initial.id],
    queryFn: ({ signal }) => askConsole<ShownDrill>(`/api/console/stops/drills/${encodeURIComponent(initial.id)}`, signal),
    initialData: initial,
    enabled: initial.endedAt === null,
    refetchInterval: ({ state }) => (state.data?.endedAt === null ? WHILE_RUNNING_MS : false),
  });
  // The page itself may know of the end first; then nothing is asked any more.
  const drill = initial.endedAt === null ? data : initial;
  const hasEndedHere = initial.endedAt === null && data.endedAt !== null;
  useEffect(() => {
    // The list of past ones has one more.
    if (hasEndedHere) router.refresh();
  }, [hasEndedHere, router]);
  return (
    <div className="border-t border-line p-4">
      <p className="sr-only" role="status">{drill.endedAt === null ? "The rehearsal has started." : drillHeadline(drill)}</p>
      <DrillResult drill={drill} />
    </div>
  );
}
