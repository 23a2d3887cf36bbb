// What does the card still lack before the agent may do more than suggest?

import type { AgentCard } from "./agent-card.ts";
import type { ControlTier } from "./authority-level.ts";
import { OWNER_ROLES, ROLE_NAMES, type OwnerRole } from "./roles.ts";

/** A person by name; a deputy does not make the card complete. */
export type NamedOwners = { readonly [role in OwnerRole]?: { name: string } | null | undefined };

/** Names of what is missing, in the order of the form; empty when the card is complete. */
export function missingFromCard(card: AgentCard, owners: NamedOwners, tier: ControlTier | null): string[] {
  const parts: [isThere: boolean, name: string][] = [
    [isText(card.purpose), "the purpose"],
    [isList(card.boundary.may), "what it may do"],
    [isList(card.boundary.mustNever), "what it must never do"],
    [isList(card.boundary.mustEscalateWhen), "when it must escalate"],
    [isList(card.boundary.doneMeans), "what done means"],
    [isList(card.inputs), "the inputs"],
    [isList(card.tools), "the tools"],
    [isList(card.dataSources), "the data sources"],
    ...OWNER_ROLES.map((role): [boolean, string] => [isText(owners[role]?.name ?? ""), `the ${ROLE_NAMES[role].toLowerCase()}`]),
    [tier !== null, "the control tier"],
    [isText(card.escalationContact), "the escalation contact"],
    [isText(card.onCallRotation), "the on-call rotation"],
    [isText(card.runbook), "the runbook"],
    [card.monthlyBudget !== null, "the monthly budget"],
    [card.pact.length > 0, "a promise in the pact"],
  ];
  return parts.filter(([isThere]) => !isThere).map(([, name]) => name);
}

export function isComplete(card: AgentCard, owners: NamedOwners, tier: ControlTier | null): boolean {
  return missingFromCard(card, owners, tier).length === 0;
}

const isText = (text: string): boolean => text.trim() !== "";
const isList = (lines: readonly string[]): boolean => lines.some(isText);
