// Can another policy text permit more than the one before, whatever is called? Read from the texts alone, without any call.

import { digestOf } from "../domain/fingerprint.ts";
import { isJsonObject } from "../domain/json-object.ts";
import type { Json } from "../domain/manifest.ts";
import type { NarrowingDoubt } from "../domain/policy-text-fact.ts";
import { askEngine, type PolicyJson } from "./cedar.ts";
import type { InputType, PolicySchema } from "./policy-schema.ts";
import type { PreparedPolicy } from "./prepare-policy.ts";
import type { PolicyRule } from "./read-policy-rule.ts";

/**
 * Null is a proof. A call is denied where nothing permits it, where a forbid applies or where a policy fails; else held where a forbid applies that
 * asks; else permitted. So with the same tools, nothing more that permits, everything that forbids, and no failure less, no call goes up this order: one
 * more forbid that asks holds what was permitted, what was denied stays denied, and what was held needs, beside the approvals it needed, its own.
 */
export function narrowingDoubt(before: PreparedPolicy, after: PreparedPolicy): NarrowingDoubt | null {
  if (!knowsOnlyToolsOf(before.schema, after.schema)) return "tools";
  const [old, young] = [statementsOf(before), statementsOf(after)];
  const added = [...young].filter(([key]) => !old.has(key)).map(([, statement]) => statement);
  const dropped = [...old].filter(([key]) => !young.has(key)).map(([, statement]) => statement);
  if (added.some(({ rule }) => rule.effect !== "forbid")) return "permit";
  if (dropped.some(({ rule }) => rule.effect !== "permit")) return "forbid";
  return dropped.some(({ json }) => json === null || canFail(json)) ? "failing_permit" : null;
}

interface Statement {
  rule: PolicyRule;
  /** Null when the engine does not say. */
  json: PolicyJson | null;
}

/** By what they say: spaces, comments and their order make no difference, an annotation does. */
function statementsOf({ rules }: PreparedPolicy): Map<string, Statement> {
  return new Map([...rules.values()].map((rule): [string, Statement] => {
    const answer = askEngine((cedar) => cedar.policyToJson(rule.text));
    const json = answer?.type === "success" ? answer.json : null;
    return [(json && exactDigest(json)) ?? `as written ${rule.text}`, { rule, json }];
  }));
}

/** Null when it holds a number that JSON cannot tell from its neighbour, or anything else that is no JSON. */
function exactDigest(json: PolicyJson): string | null {
  const pending: unknown[] = [json];
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (typeof value === "number" && !Number.isSafeInteger(value)) return null;
    if (typeof value === "object" && value !== null) pending.push(...Object.values(value).filter((member) => member !== undefined));
  }
  try {
    return digestOf(json as unknown as Json);
  } catch {
    return null;
  }
}

/** What a validated expression is made of when it cannot fail. Sums can: they run over. */
const CERTAIN = new Set([
  "!", "==", "!=", "in", "<", "<=", ">", ">=", "&&", "||", "contains", "containsAll", "containsAny", "isEmpty", ".", "has", "like", "is", "if-then-else",
  "Set", "Record", "decimal", "lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual",
]);
const OPERANDS = ["left", "right", "arg", "if", "then", "else", "in"] as const;

const canFail = ({ conditions }: PolicyJson): boolean => conditions.some(({ body }) => expressionCanFail(body));

function expressionCanFail(expression: unknown): boolean {
  if (!isJsonObject(expression)) return true;
  const [member, ...others] = Object.entries(expression);
  if (!member || others.length > 0) return true;
  const [operator, operands] = member;
  if (operator === "Value" || operator === "Var") return false;
  if (operator === "neg") return !(isJsonObject(operands) && isJsonObject(operands.arg) && typeof operands.arg.Value === "number" && operands.arg.Value >= 0);
  if (!CERTAIN.has(operator)) return true;
  if (Array.isArray(operands)) return operands.some(expressionCanFail);
  if (!isJsonObject(operands)) return true;
  const parts = operator === "Record" ? Object.values(operands) : OPERANDS.filter((name) => Object.hasOwn(operands, name)).map((name) => operands[name]);
  return parts.some(expressionCanFail);
}

/** With the same effects and arguments: one that is gone is refused, one that is new was refused before. */
function knowsOnlyToolsOf(before: PolicySchema, after: PolicySchema): boolean {
  return [...after.tools.values()].every(({ name, effect, input }) => {
    const old = before.tools.get(name);
    return old !== undefined && old.effect === effect && describe(old.input) === describe(input);
  });
}

function describe(type: InputType): string {
  if (type.kind === "set") return `set of ${describe(type.of)}`;
  if (type.kind !== "record") return type.kind;
  const members = [...type.members].map(([name, member]) => [name, member.isRequired, describe(member.type)]).toSorted();
  return JSON.stringify([type.isOpaque, [...type.unseen].toSorted(), members]);
}
