// Does a policy, or the set of escalation rules, allow more than before?

import type { Fact, FactGroup, FactKind } from "./fact.ts";
import { isDeepStrictEqualJson, isJsonObject, type JsonObject } from "./json-object.ts";

const asObject = (value: unknown): JsonObject => (isJsonObject(value) ? value : {});
const textsOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

type Component = "policy" | "escalation";

function fact(component: Component, kind: FactKind, group: FactGroup, sentence: string): Fact {
  return { kind, component, subject: component, group, sentence };
}

const quoted = (rule: string): string => (rule.length > 160 ? `“${rule.slice(0, 157)}…”` : `“${rule}”`);

/** Keys other than those that are understood: changed in a way that nobody can rank. */
function otherKeys(before: JsonObject, after: JsonObject, understood: readonly string[]): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => !understood.includes(key) && !isDeepStrictEqualJson(before[key], after[key]));
}

/** A limit is a number whose rise loosens; one that is gone is unlimited. */
function diffLimits(before: JsonObject, after: JsonObject): Fact[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted().flatMap((name): Fact[] => {
    const [old, young] = [before[name], after[name]];
    if (old === young) return [];
    const step = `Limit \`${name}\`: ${old === undefined ? "none" : String(old)} → ${young === undefined ? "none" : String(young)}.`;
    const isLooser = young === undefined || (typeof old === "number" && typeof young === "number" && young > old);
    return [isLooser ? fact("policy", "policy_limit_raised", "raises", step) : fact("policy", "policy_limit_lowered", "narrows", step)];
  });
}

interface RuleWords {
  added: { kind: FactKind; sentence: string };
  removed: { kind: FactKind; sentence: string };
}

function diffRuleTexts(component: Component, before: unknown, after: unknown, words: RuleWords): Fact[] {
  const [old, young] = [textsOf(before), textsOf(after)];
  return [
    ...old.filter((rule) => !young.includes(rule)).map((rule) => fact(component, words.removed.kind, "may_skip", `${words.removed.sentence} ${quoted(rule)}`)),
    ...young.filter((rule) => !old.includes(rule)).map((rule) => fact(component, words.added.kind, "narrows", `${words.added.sentence} ${quoted(rule)}`)),
  ];
}

/** `before` or `after` undefined: there was, or is, no policy at all. */
export function diffPolicy(before: unknown, after: unknown): Fact[] {
  const [old, young] = [asObject(before), asObject(after)];
  const others = otherKeys(old, young, ["limits", "rules"]);
  return [
    ...diffLimits(asObject(old.limits), asObject(young.limits)),
    ...diffRuleTexts("policy", old.rules, young.rules, {
      added: { kind: "policy_rule_added", sentence: "A rule of the policy was added:" }, removed: { kind: "policy_rule_removed", sentence: "A rule of the policy:" },
    }),
    ...(others.length > 0 ? [fact("policy", "policy_changed", "changes", `The policy differs in ${others.map((key) => `\`${key}\``).join(", ")}.`)] : []),
  ];
}

export function diffEscalation(before: unknown, after: unknown): Fact[] {
  const [old, young] = [asObject(before), asObject(after)];
  const others = otherKeys(old, young, ["rules"]);
  return [
    ...diffRuleTexts("escalation", old.rules, young.rules, {
      added: { kind: "escalation_rule_added", sentence: "It must escalate in one more case:" }, removed: { kind: "escalation_rule_removed", sentence: "Escalation when" },
    }),
    ...(others.length > 0 ? [fact("escalation", "escalation_changed", "changes", `Escalation differs in ${others.map((key) => `\`${key}\``).join(", ")}.`)] : []),
  ];
}
