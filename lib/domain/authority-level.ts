// How far may an agent act by itself? Five levels, from nothing to everything inside its limits.

export const AUTHORITY_LEVELS = ["stopped", "shadow", "assisted", "partial", "bounded"] as const;
export type AuthorityLevel = (typeof AUTHORITY_LEVELS)[number];

/** Where a version stands on its way to production. The stages carry the names of the levels they allow. */
export const AUTONOMY_STAGES = ["shadow", "assisted", "partial", "bounded"] as const;
export type AutonomyStage = (typeof AUTONOMY_STAGES)[number];

/** 0 suggest only, 1 human approves, 2 acts within limits; set by the business owner. */
export const CONTROL_TIERS = [0, 1, 2] as const;
export type ControlTier = (typeof CONTROL_TIERS)[number];

/** Authority rises one stage at a time; null above the highest. */
export const stageAbove = (stage: AutonomyStage): AutonomyStage | null => AUTONOMY_STAGES[AUTONOMY_STAGES.indexOf(stage) + 1] ?? null;

export const rankOfLevel = (level: AuthorityLevel): number => AUTHORITY_LEVELS.indexOf(level);

export const isBelow = (level: AuthorityLevel, other: AuthorityLevel): boolean => rankOfLevel(level) < rankOfLevel(other);

export function lowestLevel(levels: readonly AuthorityLevel[]): AuthorityLevel | null {
  return levels.reduce<AuthorityLevel | null>((lowest, level) => (lowest === null || isBelow(level, lowest) ? level : lowest), null);
}
