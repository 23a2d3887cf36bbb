// How does an agent stand, in one word? The most serious thing about it comes first.

import type { ConstraintSource } from "./authority.ts";
import type { AuthorityLevel } from "./authority-level.ts";

export const AGENT_STATES = ["stopped", "finding", "incomplete", "capped", "silent", "normal"] as const;
/** `capped`: something other than its stage and its tier binds it. `silent`: it has a version, and nothing was heard of it for a day. */
export type AgentState = (typeof AGENT_STATES)[number];

export const AGENT_STATE_NAMES: Record<AgentState, string> = {
  stopped: "Stopped",
  finding: "Unreviewed change",
  incomplete: "Card incomplete",
  capped: "Capped",
  silent: "Silent",
  normal: "Normal",
};

export const SILENT_AFTER_HOURS = 24;

/** Where an agent stands anyway; only other constraints are a cap. */
export const USUAL_BINDINGS: readonly ConstraintSource[] = ["stage", "tier"];

export interface AgentStateFacts {
  level: AuthorityLevel;
  binding: ConstraintSource;
  openFindings: number;
  isComplete: boolean;
  hasVersion: boolean;
  lastSeenAt: Date | null;
}

export function agentState(facts: AgentStateFacts, now: Date): AgentState {
  if (facts.level === "stopped") return "stopped";
  if (facts.openFindings > 0) return "finding";
  if (!facts.isComplete) return "incomplete";
  if (!USUAL_BINDINGS.includes(facts.binding)) return "capped";
  if (facts.hasVersion && isSilent(facts.lastSeenAt, now)) return "silent";
  return "normal";
}

function isSilent(lastSeenAt: Date | null, now: Date): boolean {
  return lastSeenAt === null || now.getTime() - lastSeenAt.getTime() > SILENT_AFTER_HOURS * 3_600_000;
}
