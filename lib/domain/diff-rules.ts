// Does a policy, or the set of escalation rules, allow more than before?

import type { Fact, FactGroup, FactKind } from "./fact.ts";
import { isDeepStrictEqualJson, isJsonObject, own, type JsonObject } from "./json-object.ts";
import { policyTextFact, policyTextOf, type PolicyTrial } from "./policy-text-fact.ts";
import { listed, quoted } from "./quote.ts";

const asObject = (value: unknown): JsonObject => (isJsonObject(value) ? value : {});
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every((item) => typeof item === "string");
const isNumbers = (value: unknown): value is Record<string, number> => isJsonObject(value) && Object.values(value).every((item) => typeof item === "number");
const textsOf = (value: unknown): string[] => (isTexts(value) ? value : []);
const limitsOf = (value: unknown): JsonObject => (isNumbers(value) ? value : {});

type Component = "policy" | "escalation";

function fact(component: Component, kind: FactKind, group: FactGroup, sentence: string): Fact {
  return { kind, component, subject: component, group, sentence };
}

/** Control characters would rearrange the sentence, half a character could not be stored. */
const inQuotes = (rule: string): string => `“${(rule.length > 160 ? `${rule.slice(0, 157)}…` : rule).toWellFormed().replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\uFFFD")}”`;

/** Whether this key can be ranked: the others changed in a way that nobody can. */
type IsUnderstood = (key: string, value: unknown) => boolean;

function otherKeys(before: JsonObject, after: JsonObject, isUnderstood: IsUnderstood): string[] {
  const isRanked = (key: string): boolean => [own(before, key), own(after, key)].every((value) => value === undefined || isUnderstood(key, value));
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => !isRanked(key) && !isDeepStrictEqualJson(own(before, key), own(after, key)));
}

/** A limit is a number whose rise loosens; one that is gone is unlimited. */
function diffLimits(before: JsonObject, after: JsonObject): Fact[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted().flatMap((name): Fact[] => {
    const [old, young] = [own(before, name), own(after, name)];
    if (old === young) return [];
    const step = `Limit ${quoted(name)}: ${old === undefined ? "none" : String(old)} → ${young === undefined ? "none" : String(young)}.`;
    const isLooser = young === undefined || (typeof old === "number" && typeof young === "number" && young > old);
    return [isLooser ? fact("policy", "policy_limit_raised", "raises", step) : fact("policy", "policy_limit_lowered", "narrows", step)];
  });
}

interface RuleWords {
  added: { kind: FactKind; sentence: string };
  removed: { kind: FactKind; sentence: string };
  /** The order of rules says nothing to us, and may say something to a model. */
  reordered: FactKind;
}

function diffRuleTexts(component: Component, before: unknown, after: unknown, words: RuleWords): Fact[] {
  const [old, young] = [textsOf(before), textsOf(after)];
  const [inOld, inYoung] = [new Set(old), new Set(young)];
  const isReordered = JSON.stringify(old.filter((rule) => inYoung.has(rule))) !== JSON.stringify(young.filter((rule) => inOld.has(rule)));
  return [
    ...[...inOld].filter((rule) => !inYoung.has(rule)).map((rule) => fact(component, words.removed.kind, "may_skip", `${words.removed.sentence} ${inQuotes(rule)}`)),
    ...[...inYoung].filter((rule) => !inOld.has(rule)).map((rule) => fact(component, words.added.kind, "narrows", `${words.added.sentence} ${inQuotes(rule)}`)),
    ...(isReordered ? [fact(component, words.reordered, "changes", `The rules of the ${component === "policy" ? "policy" : "escalation"} are listed in another way.`)] : []),
  ];
}

const isUnderstoodInPolicy: IsUnderstood = (key, value) => (key === "limits" && isNumbers(value)) || (key === "rules" && isTexts(value)) || (key === "cedar" && typeof value === "string");

/** `before` or `after` undefined: there was, or is, no policy at all. */
export function diffPolicy(before: unknown, after: unknown, trial: PolicyTrial | null = null): Fact[] {
  const [old, young] = [asObject(before), asObject(after)];
  const text = policyTextFact(policyTextOf(before), policyTextOf(after), trial);
  const others = otherKeys(old, young, isUnderstoodInPolicy);
  return [
    ...diffLimits(limitsOf(own(old, "limits")), limitsOf(own(young, "limits"))),
    ...diffRuleTexts("policy", own(old, "rules"), own(young, "rules"), {
      added: { kind: "policy_rule_added", sentence: "A rule of the policy was added:" }, removed: { kind: "policy_rule_removed", sentence: "A rule of the policy:" },
      reordered: "policy_changed",
    }),
    ...(text === null ? [] : [text]),
    ...(others.length > 0 ? [fact("policy", "policy_changed", "changes", `The policy differs in ${listed(others.map(quoted))}.`)] : []),
  ];
}

export function diffEscalation(before: unknown, after: unknown): Fact[] {
  const [old, young] = [asObject(before), asObject(after)];
  const others = otherKeys(old, young, (key, value) => key === "rules" && isTexts(value));
  return [
    ...diffRuleTexts("escalation", own(old, "rules"), own(young, "rules"), {
      added: { kind: "escalation_rule_added", sentence: "It must escalate in one more case:" }, removed: { kind: "escalation_rule_removed", sentence: "Escalation when" },
      reordered: "escalation_changed",
    }),
    ...(others.length > 0 ? [fact("escalation", "escalation_changed", "changes", `Escalation differs in ${listed(others.map(quoted))}.`)] : []),
  ];
}
