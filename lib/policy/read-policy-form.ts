// Which rules of a policy text can be set in the form, and which are written by hand?

import { isJsonObject, own } from "../domain/json-object.ts";
import { askEngine, type PolicyJson } from "./cedar.ts";
import { formRuleSchema, writeRule, type FormItem, type PolicyForm } from "./policy-form.ts";
import { scanPolicyText } from "./scan-policy-text.ts";

/**
 * A policy is a rule of the form only when the form would write exactly these letters; everything else stays beside it as it is, with the
 * comments in between. Null when the text is no policy text that can be cut into policies.
 */
export function readPolicyForm(text: string): PolicyForm | null {
  const { segments, problem } = scanPolicyText(text);
  if (problem) return null;
  const items: FormItem[] = [];
  let handFrom: number | null = null;
  let last = 0;
  const closeHand = (until: number): void => {
    const words = text.slice(handFrom ?? last, until).trim();
    if (words !== "") items.push({ kind: "by_hand", text: words });
    handFrom = null;
  };
  for (const { start, end } of segments) {
    const policy = text.slice(start, end);
    const json = jsonOf(policy);
    if (!json) return null;
    const rule = ruleOf(json, policy);
    if (rule) {
      closeHand(start);
      items.push(rule);
    } else handFrom ??= last;
    last = end;
  }
  // What follows the last policy is a comment, or it was cut wrongly.
  const rest = text.slice(last);
  if (rest.replace(/\/\/[^\n]*/g, "").trim() !== "") return null;
  closeHand(text.length);
  return { items };
}

function jsonOf(policy: string): PolicyJson | null {
  const answer = askEngine((cedar) => cedar.policyToJson(policy));
  return answer?.type === "success" ? answer.json : null;
}

/** Guesses from where the form would have put things; whether the guess is right is seen by writing it again. */
function ruleOf(json: PolicyJson, policy: string): FormItem | null {
  const annotations = json.annotations ?? {};
  const tools = toolsOf(json);
  const { id, decision } = annotations;
  const asked = { approvers: annotations.approvers ? annotations.approvers.split(", ") : [], persons: Number(annotations.persons ?? 1) };
  const otherwise = decision === "require_approval" ? { kind: "ask", ...asked } : { kind: "refuse" };
  const body = json.conditions.find(({ kind }) => kind === "when")?.body;
  const guesses: unknown[] = json.effect === "permit"
    ? [{ kind: "allow", id, tools, isLowRisk: decision === "low_risk" }]
    : [
        { kind: "always_ask", id, tools, ...asked }, { kind: "large_irreversible", id, aboveMinor: valueAt(body, "&&", "right", "!", "arg", "&&", "right", "<=", "right", "Value"), ...asked },
        { kind: "daily_sum", id, tools, maxMinor: valueAt(body, "!", "arg", "&&", "right", "<=", "right", "Value"), otherwise },
        { kind: "hours", id, tools, ...hoursOf(body), otherwise }, { kind: "limit", id, tool: tools[0], ...limitOf(body), otherwise },
      ];
  for (const guess of guesses) {
    const rule = formRuleSchema.safeParse(guess);
    if (rule.success && writeRule(rule.data) === policy) return rule.data;
  }
  return null;
}

function toolsOf({ action }: PolicyJson): unknown[] {
  if (action.op !== "in") return [];
  return ("entities" in action ? action.entities : [action.entity]).map((entity) => valueAt(entity, "id"));
}

function valueAt(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>((at, name) => (isJsonObject(at) ? own(at, name) : Array.isArray(at) ? at[Number(name)] : undefined), value);
}

/** Of `[1, 2].contains(…)`. */
function valuesOf(set: unknown): unknown[] | undefined {
  const items = valueAt(set, "Set");
  return Array.isArray(items) ? items.map((item) => numberOf(item)) : undefined;
}

/** A literal; -5 may come as the negation of 5. */
const numberOf = (expression: unknown): unknown => {
  const negated = valueAt(expression, "neg", "arg", "Value");
  return typeof negated === "number" ? -negated : valueAt(expression, "Value");
};

function hoursOf(body: unknown): object {
  const window = valueAt(body, "||", "left", "!", "arg");
  const both = valueAt(window, "&&") ?? valueAt(window, "||");
  return {
    fromHour: valueAt(both, "left", ">=", "right", "Value"), untilHour: valueAt(both, "right", "<", "right", "Value"),
    weekdays: valuesOf(valueAt(body, "||", "right", "!", "arg", "contains", "left")),
  };
}

function limitOf(body: unknown): object {
  const test = valueAt(body, "&&", "right", "!", "arg");
  const within = valueAt(test, "lessThanOrEqual");
  if (Array.isArray(within)) return { path: pathOf(within[0]), bound: { kind: "at_most_decimal", value: Number(valueAt(within[1], "decimal", "0", "Value")) } };
  const whole = valueAt(test, "<=");
  if (whole !== undefined) return { path: pathOf(valueAt(whole, "left")), bound: { kind: "at_most_whole", value: numberOf(valueAt(whole, "right")) } };
  const values = valuesOf(valueAt(test, "contains", "left"));
  return { path: pathOf(valueAt(test, "contains", "right")), bound: { kind: values?.every((value) => typeof value === "number") ? "one_of_numbers" : "one_of_texts", values } };
}

/** Of `context.input.a.b`: a, b. */
function pathOf(expression: unknown): unknown[] {
  const names: unknown[] = [];
  for (let at = valueAt(expression, "."); at !== undefined; at = valueAt(at, "left", ".")) names.unshift(valueAt(at, "attr"));
  return names.slice(1);
}
