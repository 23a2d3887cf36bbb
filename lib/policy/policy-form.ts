// Which rules can be set in a form, and how does each of them stand in the policy text?

import { z } from "zod";
import { MOST_PERSONS } from "../domain/approval-ask.ts";
import { actionOf, cedarText, decimalText, isIdentifier } from "./cedar-literal.ts";

const text = (max: number) => z.string().min(1).max(max).refine((value) => value.isWellFormed(), "This is not well-formed Unicode.");
const unique = <Item>(items: readonly Item[]): boolean => new Set(items).size === items.length;

const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,99}$/, "An id has small letters, digits and hyphens.");
const tool = text(200);
const tools = z.array(tool).min(1).max(2_000).refine(unique, "A tool is listed twice.");
const approver = z.string().regex(/^[a-z]+:[\p{L}\p{N}_.@+-]{1,100}$/u, "An approver is named like role:finance.");

const personsFrom = (least: number) => {
  const sentence = `From ${least} to ${MOST_PERSONS} persons approve, each of them another one.`;
  return z.int(sentence).min(least, sentence).max(MOST_PERSONS, sentence);
};
/** So many of these approve (nobody named: of those whom the gate asks). */
const asked = { approvers: z.array(approver).max(20).refine(unique, "An approver is listed twice."), persons: personsFrom(1) };

/** What happens to a call outside the rule: refused, or held until it is approved. */
const otherwise = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("refuse") }), z.strictObject({ kind: z.literal("ask"), ...asked }),
]);

const bound = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("at_most_decimal"), value: z.number().refine((value) => decimalText(value) !== null && !Object.is(value, -0), "At most four digits after the point.") }),
  z.strictObject({ kind: z.literal("at_most_whole"), value: z.int().refine((value) => !Object.is(value, -0)) }),
  z.strictObject({ kind: z.literal("one_of_texts"), values: z.array(z.string().max(1_000).refine((value) => value.isWellFormed())).min(1).max(200).refine(unique, "A value is listed twice.") }),
  z.strictObject({ kind: z.literal("one_of_numbers"), values: z.array(z.int().refine((value) => !Object.is(value, -0))).min(1).max(200).refine(unique, "A value is listed twice.") }),
]);

const hour = z.int().min(0).max(23);

export const formRuleSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("allow"), id, tools, isLowRisk: z.boolean() }),
  /** An argument that is not given is within every bound. `path` leads to it, the outermost name first. */
  z.strictObject({ kind: z.literal("limit"), id, tool, path: z.array(text(200)).min(1).max(8), bound, otherwise }),
  /** Permitted from `fromHour` until before `untilHour`, over midnight when it is the smaller one, on these days (1 is Monday); UTC. */
  z.strictObject({
    kind: z.literal("hours"), id, tools, fromHour: hour, untilHour: z.int().min(0).max(24),
    weekdays: z.array(z.int().min(1).max(7)).min(1).refine(unique).refine((days) => days.every((day, index) => index === 0 || day > (days[index - 1] ?? 0)), "Weekdays go from Monday to Sunday."), otherwise,
  }),
  z.strictObject({ kind: z.literal("always_ask"), id, tools, ...asked }),
  /** Of any tool that is declared as irreversible, also one to come. `aboveMinor` is in minor units of the call's own currency; an amount that is not known counts as above it. */
  z.strictObject({ kind: z.literal("large_irreversible"), id, aboveMinor: z.int().min(0), ...asked, persons: personsFrom(2) }),
  /** What is spent in a day with the call itself, in minor units of its currency, each currency by itself; not known counts as too much. */
  z.strictObject({ kind: z.literal("daily_sum"), id, tools, maxMinor: z.int().min(0), otherwise }),
]);
export type FormRule = z.infer<typeof formRuleSchema>;
type Otherwise = z.infer<typeof otherwise>;
type Bound = z.infer<typeof bound>;

/** `by_hand`: policies and comments that no rule of the form says; kept letter for letter. */
export type FormItem = FormRule | { kind: "by_hand"; text: string };

export interface PolicyForm {
  items: FormItem[];
}

const GRANTED = "unless { context has approval && context.approval.granted }";

export const writePolicyForm = ({ items }: PolicyForm): string => items.map((item) => `${item.kind === "by_hand" ? item.text : writeRule(item)}\n`).join("\n");

/** One policy, without a line break at its end. */
export function writeRule(rule: FormRule): string {
  switch (rule.kind) {
    case "allow":
      return `@id(${cedarText(rule.id)})\n${rule.isLowRisk ? '@decision("low_risk")\n' : ""}permit(principal, action in ${listOf(rule.tools)}, resource);`;
    case "limit":
      return forbid(rule.id, [rule.tool], limitCondition(rule.path, rule.bound), rule.otherwise);
    case "hours":
      return forbid(rule.id, rule.tools, `!(${hoursCondition(rule.fromHour, rule.untilHour)}) || !([${rule.weekdays.join(", ")}].contains(context.weekday))`, rule.otherwise);
    case "always_ask":
      return forbid(rule.id, rule.tools, null, { ...rule, kind: "ask" });
    case "large_irreversible":
      return forbid(rule.id, null, `context.effect == "irreversible" && !(context has amountMinor && context.amountMinor <= ${rule.aboveMinor})`, { ...rule, kind: "ask" });
    case "daily_sum":
      return forbid(rule.id, rule.tools, `!(context has spentTodayMinor && context has amountMinor && context.spentTodayMinor + context.amountMinor <= ${rule.maxMinor})`, rule.otherwise);
  }
}

const listOf = (tools: readonly string[]): string => `[${tools.map(actionOf).join(", ")}]`;

/** Without names of tools it is about all of them. */
function forbid(ruleId: string, toolNames: readonly string[] | null, condition: string | null, outside: Otherwise): string {
  const whom = outside.kind === "ask" && outside.approvers.length > 0 ? [`@approvers(${cedarText(outside.approvers.join(", "))})`] : [];
  const howMany = outside.kind === "ask" && outside.persons > 1 ? [`@persons("${outside.persons}")`] : [];
  return `${[
    `@id(${cedarText(ruleId)})`, ...(outside.kind === "ask" ? ['@decision("require_approval")', ...whom, ...howMany] : []),
    `forbid(principal, action${toolNames === null ? "" : ` in ${listOf(toolNames)}`}, resource)`, ...(condition === null ? [] : [`when { ${condition} }`]), ...(outside.kind === "ask" ? [GRANTED] : []),
  ].join("\n")};`;
}

function limitCondition(path: readonly string[], limit: Bound): string {
  let at = "context.input";
  const given: string[] = [];
  for (const name of path) {
    given.push(`${at} has ${isIdentifier(name) ? name : cedarText(name)}`);
    at += isIdentifier(name) ? `.${name}` : `[${cedarText(name)}]`;
  }
  return `${given.join(" && ")} && !(${boundCondition(at, limit)})`;
}

function boundCondition(at: string, limit: Bound): string {
  switch (limit.kind) {
    case "at_most_decimal":
      return `${at}.lessThanOrEqual(decimal(${cedarText(decimalText(limit.value) ?? "")}))`;
    case "at_most_whole":
      return `${at} <= ${limit.value}`;
    case "one_of_texts":
      return `[${limit.values.map(cedarText).join(", ")}].contains(${at})`;
    case "one_of_numbers":
      return `[${limit.values.join(", ")}].contains(${at})`;
  }
}

function hoursCondition(from: number, until: number): string {
  return `context.hour >= ${from} ${from < until ? "&&" : "||"} context.hour < ${until}`;
}
