// What can be said of a policy text that differs: does it permit more, or less, and how is that known?

import { countChangedLines } from "./diff-prompt.ts";
import type { Fact, FactGroup, FactKind } from "./fact.ts";
import type { GateDecision } from "./gate-decision.ts";
import { isJsonObject, own } from "./json-object.ts";
import { listed } from "./quote.ts";
import { countSteps, loosening, type DecisionStep, type ReplayClass } from "./replay-class.ts";

/** Why the letters of two texts do not show by themselves that the second permits nothing more. */
export const NARROWING_DOUBTS = ["tools", "permit", "forbid", "failing_permit"] as const;
export type NarrowingDoubt = (typeof NARROWING_DOUBTS)[number];

/** The calls of late, decided again under the text before and under the one after. */
export type PolicyTrial =
  | { kind: "unreadable" }
  | {
      kind: "tried";
      decided: number;
      /** ISO 8601, of the oldest of them; null when there are none. */
      since: string | null;
      /** Of the calls that are decided otherwise. */
      steps: readonly DecisionStep[];
      /** Null: whatever is called, the text after decides it no looser. */
      doubt: NarrowingDoubt | null;
    };

/** Undefined when the policy has none. */
export function policyTextOf(content: unknown): string | undefined {
  const text = isJsonObject(content) ? own(content, "cedar") : undefined;
  return typeof text === "string" ? text : undefined;
}

const textFact = (kind: FactKind, group: FactGroup, sentence: string): Fact => ({ kind, component: "policy", subject: "text", group, sentence });

/**
 * Recorded calls show that a text permits more; that it permits nothing more they cannot show, so it is said only when the letters do.
 * `trial` is asked for when both texts are there; null: nobody tried, and it counts as if it had been widened.
 */
export function policyTextFact(before: string | undefined, after: string | undefined, trial: PolicyTrial | null): Fact | null {
  if (before === after) return null;
  if (after === undefined) return textFact("policy_text_changed", "may_skip", "The text of the policy, which the gate applied to each call.");
  if (before === undefined) return textFact("policy_text_changed", "changes", "The policy has a text, which the gate applies to each call.");
  const lines = linesSentence(before, after);
  if (trial?.kind !== "tried" || trial.decided === 0) return textFact("policy_text_changed", "changes", `${lines} ${untriedSentence(trial)}`);
  const found = foundWords(trial);
  const { widened, narrowed } = countSteps(trial.steps);
  if (widened > 0 && narrowed > 0) return textFact("policy_text_mixed", "widens", `The text of the policy permits more in some calls and less in others: ${found}.`);
  if (widened > 0) return textFact("policy_text_widened", "widens", `The text of the policy permits more: ${found}.`);
  if (trial.doubt === null) return textFact("policy_text_narrowed", "narrows", `The text of the policy permits nothing more than before: ${found}.`);
  return textFact("policy_text_changed", "changes", `${lines} ${found.charAt(0).toUpperCase()}${found.slice(1)}. It is not proven for any other call: ${DOUBT_WORDS[trial.doubt]}.`);
}

function linesSentence(before: string, after: string): string {
  const { added, removed } = countChangedLines(before, after);
  if (added + removed === 0) return "The text of the policy says the same lines in another order.";
  return `The text of the policy says something else: +${added} −${removed} lines.`;
}

function untriedSentence(trial: PolicyTrial | null): string {
  if (trial === null) return "It was not tried on recorded calls.";
  return trial.kind === "unreadable" ? "It could not be tried on recorded calls, because one of the two texts cannot be read." : "There were no recorded calls to try it on.";
}

const DOUBT_WORDS: Readonly<Record<NarrowingDoubt, string>> = {
  tools: "the tools differ as well", permit: "a permit was added or changed", forbid: "a forbid was changed or taken away",
  failing_permit: "a permit was taken away that could have failed, and where one fails the call is refused",
};

function foundWords({ decided, since, steps }: Extract<PolicyTrial, { kind: "tried" }>): string {
  const calls = `the last ${decided.toLocaleString("en")} recorded ${decided === 1 ? "call" : "calls"}${since === null ? "" : `, since ${since.slice(0, 16).replace("T", " ")} UTC,`}`;
  if (steps.length === 0) return `none of ${calls} would be decided otherwise`;
  const looser = steps.filter((step) => loosening(step) > 0);
  const stricter = steps.filter((step) => loosening(step) < 0);
  const parts = [
    stepWords(looser.filter(({ after }) => after === "permit")), stepWords(looser.filter(({ after }) => after === "hold")),
    stepWords(stricter.filter(({ before }) => before === "permit")), stepWords(stricter.filter(({ before }) => before === "hold")),
  ];
  return `of ${calls} ${listed(parts.filter((part) => part !== null))}`;
}

const NOW_WORDS: Readonly<Record<GateDecision, string>> = { permit: "permits", hold: "holds", deny: "refuses" };
const THEN_WORDS: Readonly<Record<GateDecision, string>> = { permit: "permitted", hold: "held", deny: "refused" };

/** "3 that the old text holds or refuses would be permitted"; null for none. */
function stepWords(steps: readonly DecisionStep[]): string | null {
  if (steps.length === 0) return null;
  const either = (words: Readonly<Record<GateDecision, string>>, of: (step: DecisionStep) => GateDecision) =>
    (["permit", "hold", "deny"] as const).filter((decision) => steps.some((step) => of(step) === decision)).map((decision) => words[decision]).join(" or ");
  return `${steps.length.toLocaleString("en")} that the old text ${either(NOW_WORDS, ({ before }) => before)} would be ${either(THEN_WORDS, ({ after }) => after)}`;
}

const SHOWN_BY: Partial<Record<FactKind, readonly ReplayClass[]>> = {
  policy_text_widened: ["widened"], policy_text_mixed: ["mixed"], policy_text_changed: ["same", "narrowed"], policy_text_narrowed: ["same", "narrowed"],
};

/** What the change was classified by, where recorded calls show something else by now; a text that is gone was never tried. */
export function outdatedReplay(facts: readonly Fact[], now: ReplayClass): string | null {
  const fact = facts.find(({ kind, group }) => SHOWN_BY[kind] !== undefined && group !== "may_skip");
  return fact === undefined || SHOWN_BY[fact.kind]?.includes(now) === true ? null : fact.sentence;
}
