"use client";

import { useRouter } from "next/navigation";
import { NewPill } from "@/components/layout/new-pill.tsx";
import { usePulse } from "@/components/layout/use-pulse.ts";
import { newsOfRun, type RunPulse } from "./run-pulse.ts";

const MOVES_WITH = ["runs.", "run."];

/** A run that goes on stays as it was read, with the span that is looked at; what came since is a press away. */
export function RunWatch({ runId, seen, isOver }: { runId: string; seen: RunPulse; isOver: boolean }) {
  const router = useRouter();
  const { pulse, isUnknown } = usePulse<RunPulse>(`/api/console/runs/${encodeURIComponent(runId)}/pulse`, MOVES_WITH, isOver);
  const news = pulse === undefined || isUnknown ? null : newsOfRun(seen, pulse);
  return news === null ? null : <div className="page-pill"><NewPill onPress={() => router.refresh()}>{news}</NewPill></div>;
}
