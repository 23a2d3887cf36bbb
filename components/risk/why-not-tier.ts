// Why can a tier not be proposed, or lowered to, from this page now?

import type { ControlTier } from "@/lib/domain/authority-level.ts";
import type { Answer } from "@/lib/domain/permissions.ts";

interface TierChoice {
  wanted: ControlTier;
  tier: ControlTier | null;
  isLower: boolean;
  openChange: boolean;
  permission: Answer;
  /** Why nothing should be decided from this page; null while it is current. */
  stale: string | null;
}

/** Undefined: it can. What lowers waits for nothing, however old the page is. */
export function whyNotTier({ wanted, tier, isLower, openChange, permission, stale }: TierChoice): string | undefined {
  if (wanted === tier) return `It is in tier ${tier} already.`;
  if (!permission.ok) return permission.reason;
  if (isLower) return undefined;
  return openChange ? "A proposal for another tier waits already. Decide or withdraw it first." : (stale ?? undefined);
}
