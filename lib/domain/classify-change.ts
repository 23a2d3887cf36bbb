// How much does a change weigh, and what must happen before it counts?

import type { Fact } from "./fact.ts";
import { CANARY_STARTS, CHANGE_CLASSES, type ChangeClass, type Obligation, type ReviewPolicy } from "./review-policy.ts";

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

function keyOf(obligation: Obligation): string {
  if (obligation.kind === "canary") return "canary";
  return obligation.kind === "review" ? `review ${obligation.role}` : `suite ${obligation.suite}`;
}

const ORDER: readonly Obligation["kind"][] = ["review", "suite", "canary"];

/** A rule of the policy that does not exist, for facts that none names: the owners decide, after every suite that finds attacks, and it begins in shadow. */
const UNMATCHED: { id: string; title: string; obligations: Obligation[] } = {
  id: "unmatched",
  title: "No rule names this, so it counts as critical.",
  obligations: [{ kind: "review", role: "business_owner" }, { kind: "review", role: "technical_owner" }, { kind: "suite", suite: "red_team" }, { kind: "canary", from: "shadow" }],
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
  const start = CANARY_STARTS.find((from) => all.some((rule) => rule.obligations.some((obligation) => obligation.kind === "canary" && obligation.from === from)));
  if (start) obligations.set("canary", { kind: "canary", from: start });
  // A named owner answers for more than "one reviewer" asks.
  const hasOwner = [...obligations.values()].some((obligation) => obligation.kind === "review" && obligation.role !== "any_reviewer");
  if (hasOwner) obligations.delete("review any_reviewer");
  return {
    class: all.reduce<ChangeClass>((worst, rule) => worse(worst, rule.class), "harmless"),
    rules: all.toSorted((a, b) => CHANGE_CLASSES.indexOf(b.class) - CHANGE_CLASSES.indexOf(a.class)).map(({ id, title, facts: why }) => ({ id, title, facts: why })),
    obligations: [...obligations.values()].toSorted((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind)),
  };
}

/** Nothing to wait for: recorded, in effect at once, and one in N looked at afterwards. */
export const passesByItself = (classification: Classification): boolean => classification.class === "harmless" && classification.obligations.length === 0;
