// Why can a stage not be proposed, or lowered to, from this page now?

import { stageAbove, type AutonomyStage } from "@/lib/domain/authority-level.ts";
import type { Answer } from "@/lib/domain/permissions.ts";

interface StageChoice {
  wanted: AutonomyStage;
  stage: AutonomyStage;
  isLower: boolean;
  hasVersion: boolean;
  openChange: boolean;
  permission: Answer;
  /** Why nothing should be decided from this page; null while it is current. */
  stale: string | null;
}

/** Undefined: it can. What lowers waits for nothing, however old the page is. */
export function whyNotStage({ wanted, stage, isLower, hasVersion, openChange, permission, stale }: StageChoice): string | undefined {
  if (wanted === stage) return `It stands at ${stage} already.`;
  if (!permission.ok) return permission.reason;
  if (isLower) return undefined;
  if (wanted !== stageAbove(stage)) return `Authority rises one stage at a time: after ${stage} comes ${stageAbove(stage)}.`;
  if (!hasVersion) return "A stage belongs to an approved version; this agent has none yet.";
  return openChange ? "A proposal for another stage waits already. Decide or withdraw it first." : (stale ?? undefined);
}
