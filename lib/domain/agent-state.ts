// How does an agent stand, in one word? The most serious thing about it comes first.

import type { ConstraintSource } from "./authority.ts";
import { AUTONOMY_STAGES, rankOfLevel, type AuthorityLevel, type ControlTier } from "./authority-level.ts";
import { HEALTH_NAMES } from "./fleet-health.ts";
import { STANDING_NAMES, type StopStanding } from "./stop-words.ts";

export const AGENT_STATES = ["stopped", "finding", "not_reporting", "incomplete", "capped", "normal"] as const;
/** `capped`: an open change or an override holds it below its stage and tier. `not_reporting`: by the rule and in the word of its health, and as early in the order, so that the page Now and its own never differ. */
export type AgentState = (typeof AGENT_STATES)[number];

/** `stopped` is a level, which a stop sets from its latch on, and a cap can set as well: whether anything has stopped, only a proof can say. "As reviewed" and not "normal": how its figures are is the word of its health. */
export const AGENT_STATE_NAMES: Record<AgentState, string> = {
  stopped: "May do nothing",
  finding: "Unreviewed change",
  not_reporting: HEALTH_NAMES.not_reporting,
  incomplete: "Card incomplete",
  capped: "Capped",
  normal: "As reviewed",
};

/** `stop`: how far the stops that cover it have come; null where none does. */
export const agentStateName = (state: AgentState, stop: StopStanding | null): string => (state === "stopped" && stop !== null ? STANDING_NAMES[stop] : AGENT_STATE_NAMES[state]);

/** Constraints that are a cap by themselves; stage and tier are where an agent stands anyway. */
export const CAPPING_SOURCES: readonly ConstraintSource[] = ["open_change", "override"];

export interface AgentStateFacts {
  level: AuthorityLevel;
  binding: ConstraintSource;
  /** An override took it below what its stage and its tier allow. */
  isHeldBelow: boolean;
  openFindings: number;
  /** As `isNotReporting` of its health says. */
  isNotReporting: boolean;
  isComplete: boolean;
}

export function agentState(facts: AgentStateFacts): AgentState {
  if (facts.level === "stopped") return "stopped";
  if (facts.openFindings > 0) return "finding";
  if (facts.isNotReporting) return "not_reporting";
  if (!facts.isComplete) return "incomplete";
  if (facts.isHeldBelow || CAPPING_SOURCES.includes(facts.binding)) return "capped";
  return "normal";
}

/** Whether the level is lower than stage and tier alone would make it. */
export function isHeldBelow(level: AuthorityLevel, stage: string, tier: ControlTier | null, hasVersion: boolean): boolean {
  const ofStage = rankOfLevel(hasVersion ? (AUTONOMY_STAGES.find((each) => each === stage) ?? "shadow") : "shadow");
  const ofTier = rankOfLevel(LEVEL_OF_TIER[tier ?? 0]);
  return rankOfLevel(level) < Math.min(ofStage, ofTier);
}

const LEVEL_OF_TIER: Record<ControlTier, AuthorityLevel> = { 0: "shadow", 1: "assisted", 2: "bounded" };
