// What does a level mean for people, and for a call of a tool?

import type { Authority } from "./authority.ts";
import type { AuthorityLevel } from "./authority-level.ts";
import type { ToolEffect } from "./manifest.ts";
import { isProvenStanding, STANDING_NAMES, type StopStanding } from "./stop-words.ts";

export const LEVEL_NAMES: Record<AuthorityLevel, string> = {
  stopped: "May do nothing",
  shadow: "Shadow",
  assisted: "Assisted",
  partial: "Partial",
  bounded: "Bounded",
};

/**
 * `recommend`: denied and recorded as a recommendation. `hold_unless_low_risk`: permitted when the policy calls it low risk.
 * `permit_within_limits`: held outside the policy's limits. `permit_if_undoable`: within limits, and only when a compensation or an
 * explicit waiver stands behind it; else held.
 */
export const LEVEL_DECISIONS = ["permit", "permit_within_limits", "permit_if_undoable", "hold_unless_low_risk", "hold", "recommend", "deny"] as const;
export type LevelDecision = (typeof LEVEL_DECISIONS)[number];

const DECISIONS: Record<AuthorityLevel, Record<ToolEffect, LevelDecision>> = {
  stopped: { read: "deny", write: "deny", irreversible: "deny" },
  shadow: { read: "permit", write: "recommend", irreversible: "recommend" },
  assisted: { read: "permit", write: "hold_unless_low_risk", irreversible: "hold" },
  partial: { read: "permit", write: "permit_within_limits", irreversible: "hold" },
  bounded: { read: "permit", write: "permit_within_limits", irreversible: "permit_if_undoable" },
};

/** What the level alone says to a call; a tool whose effect is not known counts as irreversible. */
export function decisionFor(level: AuthorityLevel, effect: ToolEffect | null): LevelDecision {
  return DECISIONS[level][effect ?? "irreversible"];
}

const MEANINGS: Record<AuthorityLevel, string> = {
  stopped: "May do nothing. Every call that asks is refused, reads too.",
  shadow: "Reads freely. Every write is denied and recorded as a recommendation.",
  assisted: "Reads freely. Every write waits for a person, unless the policy calls it low risk. What cannot be undone always waits.",
  partial: "Reads freely and writes inside its limits. What goes beyond them, or cannot be undone, waits for a person.",
  bounded: "Reads and writes inside its limits. What cannot be undone waits for a person, unless a compensation or a waiver stands behind it.",
};

export function whatItMeans(level: AuthorityLevel): string {
  return MEANINGS[level];
}

/** For instance "Assisted, because a critical change is open." `stop`: how far the stops that cover the agent have come; null where that is not asked, as at the latch. */
export function authoritySentence(authority: Pick<Authority, "level" | "binding">, stop: StopStanding | null): string {
  const { level, binding } = authority;
  if (binding.source === "kill_switch" && level === "stopped") {
    const standing = stop ?? "stored";
    return `${STANDING_NAMES[standing]}${isProvenStanding(standing) ? ", because" : ":"} ${binding.because}.`;
  }
  const override = binding.overriddenBy;
  if (override !== undefined && override.from !== level) {
    const end = override.until === null ? "" : ` until ${override.until.toISOString().slice(0, 16).replace("T", " ")} UTC`;
    return `${LEVEL_NAMES[level]}, because an override by ${override.by} holds it there${end}, although ${binding.because}.`;
  }
  return `${LEVEL_NAMES[level]}, because ${binding.because}.`;
}
