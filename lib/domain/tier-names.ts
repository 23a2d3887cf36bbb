// What is a control tier called?

import { CONTROL_TIERS, type ControlTier } from "./authority-level.ts";

export const TIER_MEANINGS: Record<ControlTier, string> = { 0: "suggests only", 1: "a person approves", 2: "acts within limits" };

/** For instance "Tier 1, a person approves". A number that is none of them is no tier. */
export function tierName(tier: number | null): string {
  const known = CONTROL_TIERS.find((each) => each === tier);
  return known === undefined ? "No tier set" : `Tier ${known}, ${TIER_MEANINGS[known]}`;
}
