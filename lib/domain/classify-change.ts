// How much does a change weigh, and what must happen before it counts?

import type { Fact } from "./fact.ts";
import { CHANGE_CLASSES, type ChangeClass, type Obligation, type ReviewPolicy } from "./review-policy.ts";

export interface FiredRule {
  id: string;
  title: string;
  facts: Fact[];
}

export interface Classification {
  class: ChangeClass;
  rules: FiredRule[];
  obligations: Obligation[];
}

const worse = (a: ChangeClass, b: ChangeClass): ChangeClass => (CHANGE_CLASSES.indexOf(a) >= CHANGE_CLASSES.indexOf(b) ? a : b);

const keyOf = (obligation: Obligation): string => (obligation.kind === "review" ? `review ${obligation.role}` : `suite ${obligation.suite}`);

/** A rule of the policy that does not exist, for facts that none names: the owners decide, after every suite that finds attacks. */
const UNMATCHED: { id: string; title: string; obligations: Obligation[] } = {
  id: "unmatched",
  title: "No rule names this, so it counts as critical.",
  obligations: [{ kind: "review", role: "business_owner" }, { kind: "review", role: "technical_owner" }, { kind: "suite", suite: "red_team" }],
};

/** The worst rule decides; the obligations of all rules that fired add up. No facts, no rules: harmless. */
export function classifyChange(facts: readonly Fact[], policy: ReviewPolicy): Classification {
  const named = new Set(policy.rules.flatMap((rule) => rule.facts));
  const fired = policy.rules
    .map((rule) => ({ ...rule, facts: facts.filter((fact) => rule.facts.includes(fact.kind)) }))
    .filter((rule) => rule.facts.length > 0);
  const unmatched = facts.filter((fact) => !named.has(fact.kind));
  const all = unmatched.length === 0 ? fired : [...fired, { ...UNMATCHED, class: policy.unmatchedClass, facts: unmatched }];
  const obligations = new Map(all.flatMap((rule) => rule.obligations).map((obligation) => [keyOf(obligation), obligation]));
  // A named owner answers for more than "one reviewer" asks.
  const hasOwner = [...obligations.values()].some((obligation) => obligation.kind === "review" && obligation.role !== "any_reviewer");
  if (hasOwner) obligations.delete("review any_reviewer");
  return {
    class: all.reduce<ChangeClass>((worst, rule) => worse(worst, rule.class), "harmless"),
    rules: all.toSorted((a, b) => CHANGE_CLASSES.indexOf(b.class) - CHANGE_CLASSES.indexOf(a.class)).map(({ id, title, facts: why }) => ({ id, title, facts: why })),
    obligations: [...obligations.values()].toSorted((a, b) => (a.kind === b.kind ? 0 : a.kind === "review" ? -1 : 1)),
  };
}

/** Nothing to wait for: recorded, in effect at once, and one in N looked at afterwards. */
export const passesByItself = (classification: Classification): boolean => classification.class === "harmless" && classification.obligations.length === 0;
