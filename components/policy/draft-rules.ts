// Which rules does the form hold while somebody is still filling them in, and what does each of them lack?

import { formRuleSchema, writePolicyForm, type FormItem, type FormRule } from "@/lib/policy/policy-form.ts";

/** `key` stays with a rule while it is edited and moved; a number that is not typed yet is NaN. */
export interface DraftItem {
  key: number;
  item: FormItem;
}

export type RuleKind = FormRule["kind"];
export type Otherwise = Extract<FormRule, { kind: "limit" }>["otherwise"];
/** Whose yes a held call needs, and of how many. */
export type AskedOf = Pick<Extract<FormRule, { kind: "always_ask" }>, "approvers" | "persons">;
export type Bound = Extract<FormRule, { kind: "limit" }>["bound"];

export const RULE_NAMES: Readonly<Record<RuleKind, string>> = {
  allow: "Allow tools", limit: "Limit an argument", hours: "Only at these hours", always_ask: "Always ask", daily_sum: "Limit what is spent in a day",
  large_irreversible: "Several persons for large irreversible calls",
};

export const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const;

export interface ToolArgument {
  path: readonly string[];
  kind: "string" | "long" | "decimal";
}

/** The bounds that an argument of this type can have. */
export const BOUNDS: Readonly<Record<ToolArgument["kind"], readonly Bound["kind"][]>> = { decimal: ["at_most_decimal"], long: ["at_most_whole", "one_of_numbers"], string: ["one_of_texts"] };

export function emptyBound(kind: Bound["kind"]): Bound {
  switch (kind) {
    case "at_most_decimal":
    case "at_most_whole":
      return { kind, value: NaN };
    case "one_of_texts":
    case "one_of_numbers":
      return { kind, values: [] };
  }
}

/** Whoever the gate asks. */
export const ANYBODY: AskedOf = { approvers: [], persons: 1 };

const WORD_OF_ID: Readonly<Record<RuleKind, string>> = { allow: "allow", limit: "limit", hours: "hours", always_ask: "ask", daily_sum: "daily-sum", large_irreversible: "large" };

export function emptyRule(kind: RuleKind, taken: ReadonlySet<string>): FormRule {
  let number = 1;
  while (taken.has(`${WORD_OF_ID[kind]}-${number}`)) number++;
  const id = `${WORD_OF_ID[kind]}-${number}`;
  const otherwise: Otherwise = { kind: "ask", ...ANYBODY };
  switch (kind) {
    case "allow":
      return { kind, id, tools: [], isLowRisk: false };
    case "limit":
      return { kind, id, tool: "", path: [], bound: emptyBound("at_most_decimal"), otherwise };
    case "hours":
      return { kind, id, tools: [], fromHour: 8, untilHour: 18, weekdays: [1, 2, 3, 4, 5], otherwise };
    case "always_ask":
      return { kind, id, tools: [], ...ANYBODY };
    case "daily_sum":
      return { kind, id, tools: [], maxMinor: NaN, otherwise };
    case "large_irreversible":
      return { kind, id, aboveMinor: NaN, approvers: [], persons: 2 };
  }
}

const LACKS: Readonly<Record<string, string>> = {
  id: "The name has small letters, digits and hyphens.", tools: "Choose at least one tool.", tool: "Choose a tool.", path: "Choose an argument.",
  bound: "Give the limit: a number with at most four digits after the point, or at least one value, each once.", approvers: "Approvers are named like role:finance, each once.",
  fromHour: "The hours go from 0 to 23, and until 24.", untilHour: "The hours go from 0 to 23, and until 24.",
  weekdays: "Choose at least one day.", maxMinor: "Give the sum as a whole number, 0 or more.",
  aboveMinor: "Give the amount as a whole number, 0 or more.",
};

/** Null: the rule can be written. */
export function lackOf(item: FormItem): string | null {
  if (item.kind === "by_hand") return null;
  const [issue] = formRuleSchema.safeParse(item).error?.issues ?? [];
  if (!issue) return null;
  const field = issue.path.map(String).findLast((name) => Object.hasOwn(LACKS, name));
  return field === undefined ? issue.message : (LACKS[field] ?? issue.message);
}

/** Null while a rule lacks something. */
export const textOf = (drafts: readonly DraftItem[]): string | null =>
  drafts.every(({ item }) => lackOf(item) === null) ? writePolicyForm({ items: drafts.map(({ item }) => item) }) : null;

export function moved<Item>(list: readonly Item[], index: number, by: -1 | 1): Item[] {
  const [from, to] = [list[index], list[index + by]];
  if (from === undefined || to === undefined) return [...list];
  return list.map((item, at) => (at === index ? to : at === index + by ? from : item));
}
