// What may the agent do right now, and which of its constraints says so?

import { AUTHORITY_LEVELS, AUTONOMY_STAGES, isBelow, rankOfLevel, type AuthorityLevel, type AutonomyStage, type ControlTier } from "./authority-level.ts";

/** In the order in which constraints of equal level are named. */
export const CONSTRAINT_SOURCES = ["kill_switch", "unreviewed_change", "card", "open_change", "stage", "tier", "override"] as const;
/** `override` stands for a limit that a person set by itself, without naming another constraint. */
export type ConstraintSource = (typeof CONSTRAINT_SOURCES)[number];

export const CONSTRAINT_NAMES: Record<ConstraintSource, string> = {
  kill_switch: "Kill switch",
  unreviewed_change: "Unreviewed change",
  card: "Agent card",
  open_change: "Open change",
  stage: "Autonomy stage",
  tier: "Control tier",
  override: "Override",
};

export interface StopFact {
  id: string;
  scope: "fleet" | "tier" | "agent" | "version" | "tool";
  /** Agent id, tier, version id, or `agent/tool` for one tool; empty for the fleet. */
  target: string;
  engagedAt: Date;
  engagedBy: string;
  reason: string | null;
}

export interface OverrideFact {
  id: string;
  source: ConstraintSource;
  level: AuthorityLevel;
  reason: string;
  by: string;
  createdAt: Date;
  expiresAt: Date;
  revokedAt: Date | null;
}

/** Only stops in scope belong here: those of other agents, tiers and versions are left out by the caller. */
export interface AuthorityFacts {
  tier: { tier: ControlTier | null; since: Date | null; setBy: string | null };
  /** `stage` is null while the agent has no current version. */
  stage: { stage: AutonomyStage | null; since: Date | null; versionNumber: number | null };
  openChanges: readonly {
    id: string;
    class: "harmless" | "material" | "critical";
    title: string;
    proposedAt: Date;
    expiresAt: Date;
    /** What the re-review policy says for the running version; null when it keeps its level. */
    cap: AuthorityLevel | null;
  }[];
  unreviewedChanges: readonly { findingId: string; sentence: string; openedAt: Date; cap: AuthorityLevel }[];
  /** Names of what the card lacks; empty when it is complete. */
  cardMissing: readonly string[];
  cardSince: Date | null;
  stops: readonly StopFact[];
  overrides: readonly OverrideFact[];
}

export interface Evidence {
  kind: "change" | "finding" | "card" | "agent" | "stop" | "override" | "none";
  id?: string;
}

export interface Constraint {
  source: ConstraintSource;
  /** null: sets no limit. */
  level: AuthorityLevel | null;
  since: Date | null;
  /** When it ends or must be looked at again, whichever comes first. */
  until: Date | null;
  /** A sentence for people. */
  reason: string;
  /** The same as a clause, to follow "because". */
  because: string;
  evidence: Evidence;
  /** `isLimit`: without it the constraint would allow more. */
  overriddenBy?: { id: string; level: AuthorityLevel; reason: string; until: Date | null; by: string; from: AuthorityLevel; isLimit: boolean };
}

export interface StoppedTool {
  tool: string;
  stopId: string;
  engagedAt: Date;
  engagedBy: string;
  reason: string | null;
}

export interface Authority {
  level: AuthorityLevel;
  binding: Constraint;
  /** The binding one first, then from low to high, then those that set no limit. */
  constraints: Constraint[];
  /** Tools that are stopped by themselves; the agent's level stays. */
  stoppedTools: StoppedTool[];
}

const LEVEL_OF_TIER: Readonly<Record<number, AutonomyStage>> = { 0: "shadow", 1: "assisted", 2: "bounded" };

// Facts come out of a database: a value that is not understood must never allow more than shadow.
export const levelOfTier = (tier: number | null): AutonomyStage => (tier === null ? "shadow" : (LEVEL_OF_TIER[tier] ?? "shadow"));
const levelOfStage = (stage: AutonomyStage | null): AuthorityLevel => (stage !== null && AUTONOMY_STAGES.includes(stage) ? stage : "shadow");
const understood = (level: AuthorityLevel): AuthorityLevel => (AUTHORITY_LEVELS.includes(level) ? level : "shadow");

const isReadable = (date: Date | null): date is Date => date !== null && !Number.isNaN(date.getTime());

/**
 * The minimum over all constraints. An override replaces the level of the constraint that it names: it may always lower, it raises
 * only what was there when it was made, it never lifts a kill switch and never exceeds the tier. Of two overrides on one constraint
 * the lower counts.
 */
export function computeAuthority(facts: AuthorityFacts, now: Date): Authority {
  const overrides = facts.overrides.filter((override) => !isOver(override, now));
  const tierLevel = levelOfTier(facts.tier.tier);
  const named = [...killSwitches(facts), ...unreviewedChanges(facts), card(facts), ...openChanges(facts), stage(facts), tier(facts)];
  const overridden = named.map((constraint) => applyOverride(constraint, overrides, tierLevel));
  const [first, ...rest] = [...overridden, ...ownLimits(overrides)].toSorted(byBinding);
  // The tier and the stage always set a level, so that the first constraint has one.
  const binding = first ?? tier(facts);
  return { level: binding.level ?? "stopped", binding, constraints: [binding, ...rest], stoppedTools: stoppedTools(facts) };
}

function killSwitches(facts: AuthorityFacts): Constraint[] {
  const stops = facts.stops.filter((stop) => stop.scope !== "tool");
  if (stops.length === 0) return [noLimit("kill_switch", "No kill switch is engaged.")];
  return stops.map(killSwitchConstraint);
}

/** What one engaged stop says, other than a tool's. */
export function killSwitchConstraint(stop: StopFact): Constraint {
  return {
    source: "kill_switch",
    level: "stopped",
    since: stop.engagedAt,
    until: null,
    reason: `${whatStops(stop)} ${stop.engagedBy}${stop.reason === null ? "; no reason is given yet." : `: ${asSentence(stop.reason)}`}`,
    because: "a kill switch is engaged",
    evidence: { kind: "stop", id: stop.id },
  };
}

function whatStops(stop: StopFact): string {
  if (stop.scope === "fleet") return "A stop of the whole fleet was engaged by";
  if (stop.scope === "tier") return `A stop of tier ${stop.target} was engaged by`;
  if (stop.scope === "version") return "A stop of the current version was engaged by";
  return "A stop of this agent was engaged by";
}

function unreviewedChanges(facts: AuthorityFacts): Constraint[] {
  if (facts.unreviewedChanges.length === 0) return [noLimit("unreviewed_change", "Live traffic shows only what was reviewed.")];
  return facts.unreviewedChanges.map((finding) => ({
    source: "unreviewed_change",
    level: understood(finding.cap),
    since: finding.openedAt,
    until: null,
    reason: asSentence(finding.sentence),
    because: "live traffic shows a change that nobody reviewed",
    evidence: { kind: "finding", id: finding.findingId },
  }));
}

function card(facts: AuthorityFacts): Constraint {
  if (facts.cardMissing.length === 0) return { ...noLimit("card", "The card is complete."), since: facts.cardSince, evidence: { kind: "card" } };
  return {
    source: "card",
    level: "shadow",
    since: facts.cardSince,
    until: null,
    reason: `The card is incomplete. Missing: ${facts.cardMissing.join(", ")}.`,
    because: "the card is incomplete",
    evidence: { kind: "card" },
  };
}

function openChanges(facts: AuthorityFacts): Constraint[] {
  if (facts.openChanges.length === 0) return [noLimit("open_change", "No change waits for a decision.")];
  return facts.openChanges.map((change) => ({
    source: "open_change",
    level: change.cap === null ? null : understood(change.cap),
    since: change.proposedAt,
    until: change.expiresAt,
    reason: `A ${change.class} change is open: ${asSentence(change.title)}${change.cap === null ? " The running version keeps its level." : ""}`,
    because: `a ${change.class} change is open`,
    evidence: { kind: "change", id: change.id },
  }));
}

function stage(facts: AuthorityFacts): Constraint {
  const { stage, since, versionNumber } = facts.stage;
  const version = versionNumber === null ? "The current version" : `Version ${versionNumber}`;
  return {
    source: "stage",
    level: levelOfStage(stage),
    since,
    until: null,
    reason: stage === null ? "No version is approved yet." : `${version} stands at the stage ${levelOfStage(stage)}.`,
    because: stage === null ? "no version is approved yet" : `its stage is ${levelOfStage(stage)}`,
    evidence: { kind: "agent" },
  };
}

const TIER_SENTENCES: Record<ControlTier, string> = {
  0: "Tier 0: the agent suggests only",
  1: "Tier 1: a person approves what the agent does",
  2: "Tier 2: the agent acts within its limits",
};

function tier(facts: AuthorityFacts): Constraint {
  const { tier, since, setBy } = facts.tier;
  const sentence = tier === null ? "No control tier is set, so the agent suggests only" : (TIER_SENTENCES[tier] ?? "The control tier is not understood");
  return {
    source: "tier",
    level: levelOfTier(tier),
    since,
    until: null,
    reason: setBy === null || tier === null ? `${sentence}.` : `${sentence}, set by ${setBy}.`,
    because: tier === null ? "no control tier is set" : `its control tier is ${tier}`,
    evidence: { kind: "agent" },
  };
}

function noLimit(source: ConstraintSource, reason: string): Constraint {
  return { source, level: null, since: null, until: null, reason, because: "nothing limits it further", evidence: { kind: "none" } };
}

/** An override that names no other constraint is a limit of its own, and so is one whose name is not understood. */
function ownLimits(overrides: readonly OverrideFact[]): Constraint[] {
  return overrides
    .filter((override) => override.source === "override" || !CONSTRAINT_SOURCES.includes(override.source))
    .map((override) => ({
      source: "override",
      level: understood(override.level),
      since: override.createdAt,
      until: isReadable(override.expiresAt) ? override.expiresAt : null,
      reason: `${override.by} set a limit: ${asSentence(override.reason)}`,
      because: "an override limits it",
      evidence: { kind: "override", id: override.id },
    }));
}

function isOver(override: OverrideFact, now: Date): boolean {
  return override.revokedAt !== null || (isReadable(override.expiresAt) && override.expiresAt.getTime() <= now.getTime());
}

function applyOverride(constraint: Constraint, overrides: readonly OverrideFact[], tierLevel: AuthorityLevel): Constraint {
  const from = constraint.level;
  if (from === null || constraint.source === "kill_switch") return constraint;
  const candidates = overrides
    .filter((override) => override.source === constraint.source)
    .filter((override) => !isBelow(from, understood(override.level)) || mayRaise(constraint, override))
    .toSorted(byStrictness);
  const override = candidates[0];
  if (override === undefined) return constraint;

  const asked = understood(override.level);
  const capped = isBelow(tierLevel, asked) ? tierLevel : asked;
  const raised = isBelow(capped, from) ? from : capped;
  const level = isBelow(from, asked) ? raised : asked;
  const expiresAt = isReadable(override.expiresAt) ? override.expiresAt : null;
  const without = applyOverride(constraint, overrides.filter((other) => other !== override), tierLevel).level ?? from;
  return {
    ...constraint,
    level,
    until: earliest(constraint.until, expiresAt),
    overriddenBy: { id: override.id, level, reason: override.reason, until: expiresAt, by: override.by, from, isLimit: isBelow(level, without) },
  };
}

// A stage that was lowered, or a finding that was opened, after the override was made is nothing that its author agreed to. The card is
// excepted: filling in a line dates it anew.
function mayRaise(constraint: Constraint, override: OverrideFact): boolean {
  if (constraint.source === "tier") return false;
  if (!AUTHORITY_LEVELS.includes(override.level) || !isReadable(override.expiresAt) || !isReadable(override.createdAt)) return false;
  return constraint.source === "card" || (isReadable(constraint.since) && constraint.since.getTime() <= override.createdAt.getTime());
}

function byStrictness(a: OverrideFact, b: OverrideFact): number {
  return rankOfLevel(understood(a.level)) - rankOfLevel(understood(b.level)) || millis(b.expiresAt) - millis(a.expiresAt) || compare(a.id, b.id);
}

function byBinding(a: Constraint, b: Constraint): number {
  return (
    rankOrLast(a.level) - rankOrLast(b.level) ||
    CONSTRAINT_SOURCES.indexOf(a.source) - CONSTRAINT_SOURCES.indexOf(b.source) ||
    millis(a.since) - millis(b.since) ||
    compare(a.evidence.id ?? "", b.evidence.id ?? "")
  );
}

function stoppedTools(facts: AuthorityFacts): StoppedTool[] {
  return facts.stops
    .filter((stop) => stop.scope === "tool")
    .map(({ id, target, engagedAt, engagedBy, reason }) => ({ tool: target.slice(target.indexOf("/") + 1), stopId: id, engagedAt, engagedBy, reason }))
    .toSorted((a, b) => compare(a.tool, b.tool) || compare(a.stopId, b.stopId));
}

const rankOrLast = (level: AuthorityLevel | null): number => (level === null ? AUTHORITY_LEVELS.length : rankOfLevel(level));
const millis = (date: Date | null): number => (isReadable(date) ? date.getTime() : 0);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function earliest(a: Date | null, b: Date | null): Date | null {
  if (!isReadable(a) || !isReadable(b)) return isReadable(a) ? a : isReadable(b) ? b : null;
  return a.getTime() <= b.getTime() ? a : b;
}

const asSentence = (text: string): string => (/[.!?]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`);
