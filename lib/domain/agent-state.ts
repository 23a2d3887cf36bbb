// How does an agent stand, in one word? The most serious thing about it comes first.

import type { ConstraintSource } from "./authority.ts";
import { AUTONOMY_STAGES, rankOfLevel, type AuthorityLevel, type ControlTier } from "./authority-level.ts";
import { STANDING_NAMES, type StopStanding } from "./stop-words.ts";

export const AGENT_STATES = ["stopped", "finding", "incomplete", "capped", "silent", "normal"] as const;
/** `capped`: an open change or an override holds it below its stage and tier. `silent`: it has a version, and nothing was heard of it for a day. */
export type AgentState = (typeof AGENT_STATES)[number];

/** `stopped` is a level, which a stop sets from its latch on, and a cap can set as well: whether anything has stopped, only a proof can say. "As reviewed" and not "normal": how its figures are is the word of its health. */
export const AGENT_STATE_NAMES: Record<AgentState, string> = {
  stopped: "May do nothing",
  finding: "Unreviewed change",
  incomplete: "Card incomplete",
  capped: "Capped",
  silent: "Silent",
  normal: "As reviewed",
};

/** `stop`: how far the stops that cover it have come; null where none does. */
export const agentStateName = (state: AgentState, stop: StopStanding | null): string => (state === "stopped" && stop !== null ? STANDING_NAMES[stop] : AGENT_STATE_NAMES[state]);

export const SILENT_AFTER_HOURS = 24;

/** Constraints that are a cap by themselves; stage and tier are where an agent stands anyway. */
export const CAPPING_SOURCES: readonly ConstraintSource[] = ["open_change", "override"];

export interface AgentStateFacts {
  level: AuthorityLevel;
  binding: ConstraintSource;
  /** An override took it below what its stage and its tier allow. */
  isHeldBelow: boolean;
  openFindings: number;
  isComplete: boolean;
  hasVersion: boolean;
  lastSeenAt: Date | null;
}

export function agentState(facts: AgentStateFacts, now: Date): AgentState {
  if (facts.level === "stopped") return "stopped";
  if (facts.openFindings > 0) return "finding";
  if (!facts.isComplete) return "incomplete";
  if (facts.isHeldBelow || CAPPING_SOURCES.includes(facts.binding)) return "capped";
  if (facts.hasVersion && isSilent(facts.lastSeenAt, now)) return "silent";
  return "normal";
}

function isSilent(lastSeenAt: Date | null, now: Date): boolean {
  return lastSeenAt === null || now.getTime() - lastSeenAt.getTime() > SILENT_AFTER_HOURS * 3_600_000;
}

/** Whether the level is lower than stage and tier alone would make it. */
export function isHeldBelow(level: AuthorityLevel, stage: string, tier: ControlTier | null, hasVersion: boolean): boolean {
  const ofStage = rankOfLevel(hasVersion ? (AUTONOMY_STAGES.find((each) => each === stage) ?? "shadow") : "shadow");
  const ofTier = rankOfLevel(LEVEL_OF_TIER[tier ?? 0]);
  return rankOfLevel(level) < Math.min(ofStage, ofTier);
}

const LEVEL_OF_TIER: Record<ControlTier, AuthorityLevel> = { 0: "shadow", 1: "assisted", 2: "bounded" };
