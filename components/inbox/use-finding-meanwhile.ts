"use client";

import { usePulse } from "@/components/layout/use-pulse.ts";
import { whatHappened, type FindingPulse, type Meanwhile } from "./finding-meanwhile.ts";

const MOVES_WITH = ["finding.", "change."];

/** What became of it since, and when that was asked last, in epoch milliseconds. */
export function useFindingMeanwhile(findingId: string, seen: FindingPulse): { meanwhile: Meanwhile | "unknown" | null; askedAtMs: number } {
  const { pulse, isUnknown, readAtMs } = usePulse<FindingPulse>(`/api/console/findings/${encodeURIComponent(findingId)}`, MOVES_WITH, seen.state !== "open");
  return { meanwhile: isUnknown ? "unknown" : pulse ? whatHappened(seen, pulse) : null, askedAtMs: readAtMs };
}
