// Which of the actions that wait are alike enough to be decided together, and which of those stand out?

import { isOutlier, medianOf } from "./unusual-call.ts";

export interface WaitingAction {
  id: string;
  agentId: string;
  tool: string;
  versionId: string | null;
  policies: readonly string[];
  currency: string | null;
  amountMinor: bigint | null;
}

/** At this tier and above each action is decided by itself. */
const FIRST_TIER_ALONE = 2;

/** A sentence, or null: together is possible. An agent without a tier may only suggest. */
export const whyNotTogether = (tier: number | null): string | null => (tier !== null && tier >= FIRST_TIER_ALONE ? `At tier ${tier} each action is decided by itself.` : null);

/** Why an irreversible one is left out. */
export const FINAL_ALONE = "It cannot be undone, so it is decided by itself.";

/** Equal for the same agent, tool, version, policies and currency, and for nothing else. */
export const likenessOf = ({ agentId, tool, versionId, policies, currency }: WaitingAction): string => JSON.stringify([agentId, tool, versionId, policies, currency]);

/** By id, why it is left out: against the others, and against what the agent usually moves. */
export function outliersAmong(actions: readonly WaitingAction[], usualMinor: number | null): ReadonlyMap<string, string> {
  const middle = medianOf(actions.flatMap(({ amountMinor }) => (amountMinor === null ? [] : [amountMinor])));
  return new Map(actions.flatMap(({ id, amountMinor }): [string, string][] => {
    if (amountMinor === null) return middle === null ? [] : [[id, "Its amount is not known, unlike that of the others."]];
    if (isOutlier(amountMinor, middle)) return [[id, "Its amount is more than three times that of the others; look at it by itself."]];
    return isOutlier(amountMinor, usualMinor) ? [[id, "Its amount is more than three times what this agent usually moves; look at it by itself."]] : [];
  }));
}

export interface AlikeActions<Action extends WaitingAction> {
  together: Action[];
  leftOut: { action: Action; why: string }[];
  /** Of those together; null: not one amount is known. */
  totalMinor: bigint | null;
  largestMinor: bigint | null;
}

/** Groups of at least two, the largest first. `usualOf`: the middle amount of what the agent did before with that tool. */
export function groupAlike<Action extends WaitingAction>(actions: readonly Action[], usualOf: (one: Action) => number | null): AlikeActions<Action>[] {
  const groups = [...Map.groupBy(actions, likenessOf).values()].map((alike): AlikeActions<Action> => {
    const [first] = alike;
    const outliers = outliersAmong(alike, first ? usualOf(first) : null);
    const together = alike.filter(({ id }) => !outliers.has(id));
    const amounts = together.flatMap(({ amountMinor }) => (amountMinor === null ? [] : [amountMinor]));
    return {
      together, leftOut: alike.flatMap((action) => (outliers.has(action.id) ? [{ action, why: outliers.get(action.id) ?? "" }] : [])),
      totalMinor: amounts.length === 0 ? null : amounts.reduce((sum, amount) => sum + amount, 0n), largestMinor: amounts.length === 0 ? null : amounts.reduce((a, b) => (a > b ? a : b)),
    };
  });
  return groups.filter(({ together }) => together.length > 1).toSorted((a, b) => b.together.length - a.together.length);
}
