"use client";

import { HeldRefresh } from "@/components/layout/held-refresh.tsx";
import { useTurns } from "@/components/layout/page-watch.tsx";
import type { FindingPulse } from "./finding-meanwhile.ts";
import { useFindingMeanwhile } from "./use-finding-meanwhile.ts";

/** What was seen of a finding is read again each minute, until it is decided elsewhere: then the page stays as it was, and says so. */
export function FindingWatch({ findingId, seen }: { findingId: string; seen: FindingPulse }) {
  const { meanwhile, askedAtMs } = useFindingMeanwhile(findingId, seen);
  const turns = useTurns(askedAtMs);
  return meanwhile === null && <HeldRefresh madeOf="" current="" turns={turns} />;
}
