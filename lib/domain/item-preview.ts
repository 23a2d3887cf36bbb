// What has to be known of one item of the inbox before somebody goes on with it? The same where it is read and where it is shown.

import type { AuthorityLevel } from "./authority-level.ts";
import type { DeltaGroup } from "./capability-delta.ts";
import type { ObligationStatus } from "./review-status.ts";

/** As JSON carries it: moments and amounts as text. */
export interface ActionPreview {
  kind: "action";
  isOpen: boolean;
  tier: string;
  because: string;
  policies: string[];
  unusual: string[];
  tool: string;
  reversibility: { kind: "automatic" | "by_hand" | "none"; until: string | null; withinHours: number | null; instructions: string | null; owner: string | null; isOfAgent: boolean };
  usage: { callsOfToolToday: number; spentTodayMinor: string | null; currency: string | null };
  amountMinor: string | null;
  onBehalfOf: string | null;
  justification: string | null;
  plan: string | null;
  confidence: number | null;
  /** What is secret is not in it. */
  input: unknown;
}

export interface ChangePreview {
  kind: "change";
  author: string;
  reason: string | null;
  /** Null: it is no version, and its sentence says all that it changes. */
  delta: { groups: DeltaGroup[]; isFirst: boolean } | null;
  obligations: (Omit<ObligationStatus, "at"> & { at: string | null })[];
  holders: Record<string, string[]>;
  rules: { id: string; title: string }[];
  policyRevision: number;
}

export interface FindingPreview {
  kind: "finding";
  differences: string[];
  more: number;
  runs: number;
  openedAt: string;
  lastSeenAt: string;
  /** What the agent may do now, and what it might without this. */
  level: AuthorityLevel;
  without: AuthorityLevel;
}

export interface RolloutPreview {
  kind: "rollout";
  strong: string;
  rest: string | null;
  stage: string;
  exposure: number;
  isOpen: boolean;
  deadlineAt: string | null;
  lastOutcomeAt: string | null;
}

export type ItemPreview = ActionPreview | ChangePreview | FindingPreview | RolloutPreview;
