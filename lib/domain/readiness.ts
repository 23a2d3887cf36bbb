// What does an agent still need before it can be relied on? One checklist for every agent of every team.

import type { AgentCard } from "./agent-card.ts";
import type { ControlTier } from "./authority-level.ts";
import { missingFromCard, type NamedOwners } from "./card-completeness.ts";
import { OWNER_ROLES, ROLE_NAMES } from "./roles.ts";

export interface ReadinessFacts {
  card: AgentCard;
  owners: NamedOwners;
  tier: ControlTier | null;
  versions: number;
  /** A version is approved and current. */
  hasCurrentVersion: boolean;
  lastSeenAt: Date | null;
  /** A run of the last thirty days whose outcome somebody or something said. */
  hasOutcome: boolean;
  /** The current version has a policy text, which the gate applies. */
  hasPolicy: boolean;
  /** An enforcement point of this agent was heard, or one of its calls was decided. */
  asksGate: boolean;
  /** A rollout of a version of it was started, or its evidence waived. */
  hasRollout: boolean;
  /** The agent's point confirmed a stop or a drill that was proven. */
  stopProvenAt: Date | null;
}

export const READINESS_ITEMS = ["card", "owners", "tier", "version", "approval", "traces", "outcome", "policy", "gate", "canary", "stop"] as const;
export type ReadinessItem = (typeof READINESS_ITEMS)[number];

export interface ReadinessStep {
  item: ReadinessItem;
  name: string;
  isDone: boolean;
  /** What is there, or what it needs. */
  detail: string;
}

const OWNERS: readonly string[] = OWNER_ROLES.map((role) => `the ${ROLE_NAMES[role].toLowerCase()}`);

export function readinessOf(facts: ReadinessFacts): ReadinessStep[] {
  const missing = missingFromCard(facts.card, facts.owners, facts.tier);
  const noOwner = missing.filter((name) => OWNERS.includes(name));
  const onCard = missing.filter((name) => !OWNERS.includes(name) && name !== "the control tier");
  const step = (item: ReadinessItem, name: string, isDone: boolean, done: string, needs: string): ReadinessStep => ({ item, name, isDone, detail: isDone ? done : needs });
  return [
    step("card", "Card complete", onCard.length === 0, "Purpose, boundary, operation and pact are written.", `Still missing: ${onCard.join(", ")}.`),
    step("owners", "Three owners", noOwner.length === 0, "A named person for each of the three roles.", `Nobody is named as ${noOwner.map((name) => name.slice(4)).join(", ")}.`),
    step("tier", "Control tier", facts.tier !== null, `Tier ${facts.tier}.`, "A business owner answers the decision guide."),
    step("version", "Version registered", facts.versions > 0, "Its recipe is known.", "The pipeline registers the manifest, or somebody pastes it."),
    step("approval", "First version approved", facts.hasCurrentVersion, "A reviewed version is current.", facts.versions > 0 ? "The open change waits for its reviews." : "There is no version to review yet."),
    step("traces", "Traces arriving", facts.lastSeenAt !== null, "Runs are seen.", "A key, and OpenTelemetry's variables in the agent's process."),
    step("outcome", "Outcome arriving", facts.hasOutcome, "What came of its runs is said.", "The agent sets holdpoint.outcome, or a system reports it afterwards."),
    step("policy", "Policy", facts.hasPolicy, "The current version has a policy.", "Rules on its tool calls, written on its policy page and reviewed as a change."),
    step("gate", "Policy gate", facts.asksGate, "Its tool calls are decided by Holdpoint.", "A key with the scope authority, and an enforcement point or calls of its own that ask."),
    step("canary", "Canary", facts.hasRollout, "A version was tried beside the one it replaces, or two owners waived that.", "Approve a version whose change asks for a canary, then start its rollout."),
    step("stop", "Stop proven", facts.stopProvenAt !== null, "An enforcement point of this agent confirmed a proven stop or drill.", "Connect an enforcement point, then run a drill on the stops page."),
  ];
}

/** What comes later, with what each will need; none of it can be done yet. */
export const LATER_ITEMS: readonly { name: string; needs: string }[] = [
  { name: "Evaluation suites", needs: "Golden, regression and red-team cases that run on each change." },
  { name: "Evidence", needs: "Sealed packs of what was decided and why." },
  { name: "Budget enforcement", needs: "A monthly budget on the card and spend at each call." },
];

export const countReady = (steps: readonly ReadinessStep[]): number => steps.filter((step) => step.isDone).length;

/** What another agent can take over: everything that describes the work, and nothing that was decided about this one. */
export function cardAsTemplate(card: AgentCard): AgentCard {
  return { ...card, monthlyBudget: null };
}
