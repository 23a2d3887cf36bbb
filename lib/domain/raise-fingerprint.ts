// What is an approval of a higher stage or tier bound to?

import type { Json } from "./manifest.ts";
import { digestOf } from "./fingerprint.ts";

interface Raise {
  kind: "stage" | "tier";
  agentId: string;
  proposal: unknown;
}

/** Of the agent. */
interface Standing {
  stage: string;
  tier: number | null;
  currentVersionId: string | null;
}

/** To what is asked, and to where the agent stood when it was asked: once that was lowered, an older approval raises nothing. */
export function raiseFingerprint({ kind, agentId, proposal }: Raise, { stage, tier, currentVersionId }: Standing): string {
  const from = kind === "stage" ? `${stage} of ${currentVersionId}` : `${tier ?? "none"}`;
  return digestOf({ kind, agentId, proposal: proposal as Json, boundTo: from });
}
