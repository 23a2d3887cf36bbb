// What is a control tier called?

import type { ControlTier } from "./authority-level.ts";

export const TIER_MEANINGS: Record<ControlTier, string> = { 0: "suggests only", 1: "a person approves", 2: "acts within limits" };

/** For instance "Tier 1, a person approves". */
export function tierName(tier: ControlTier | null): string {
  return tier === null ? "No tier set" : `Tier ${tier}, ${TIER_MEANINGS[tier]}`;
}
