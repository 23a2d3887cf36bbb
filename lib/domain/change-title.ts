// What does a change do, in one line?

import type { Fact } from "./fact.ts";
import { shortValue } from "./quote.ts";

const VERBS: readonly (readonly [Fact["group"], string])[] = [
  ["gains", "gains"], ["widens", "widens"], ["raises", "raises"], ["may_skip", "may skip"], ["changes", "changes"], ["narrows", "narrows"], ["loses", "loses"],
];

/** Losing the way back is not losing the tool. */
function subjectOf({ kind, component, subject }: Fact): string {
  if (kind.startsWith("policy_text_")) return "the policy's text";
  if (component === subject || (component === "prompt" && subject === "main")) return component;
  return kind.startsWith("compensation_") ? `compensation of ${shortValue(subject)}` : shortValue(subject);
}

function subjects(facts: readonly Fact[]): string {
  const names = [...new Set(facts.map(subjectOf))];
  return names.length <= 2 ? names.join(" and ") : `${names.slice(0, 2).join(", ")} and ${names.length - 2} more`;
}

/** For instance "refund-bot 41 → 42 gains payout_send, widens refund_create and changes prompt". */
export function titleOfChange(agentId: string, from: number | null, to: number, facts: readonly Fact[]): string {
  if (from === null) return `${agentId}: first version, number ${to}`;
  const parts = VERBS.flatMap(([group, verb]) => {
    const matching = facts.filter((fact) => fact.group === group);
    return matching.length === 0 ? [] : [`${verb} ${subjects(matching)}`];
  });
  const shown = parts.slice(0, 3);
  const sentence = shown.length <= 1 ? (shown[0] ?? "changes nothing that counts") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
  return `${agentId} ${from} → ${to} ${sentence}`;
}
