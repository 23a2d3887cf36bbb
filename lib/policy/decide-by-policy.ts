// What does the policy say to this call? Permit, hold for a person, or deny; whatever goes wrong is a denial.

import { strictestAsks, type ApprovalAsk } from "../domain/approval-ask.ts";
import type { PolicyVerdict } from "../domain/policy-verdict.ts";
import { listed, quoted } from "../domain/quote.ts";
import { askEngine, type Context } from "./cedar.ts";
import { enginePool } from "./engine-pool.ts";
import { readFacts, type PolicyFacts } from "./policy-facts.ts";
import type { EngineSchema, ToolType } from "./policy-schema.ts";
import { contextFor, looksAtNothing, sliceFor, type EngineSet, type PolicySlice } from "./policy-slice.ts";
import type { PreparedPolicy } from "./prepare-policy.ts";
import { readArguments } from "./read-arguments.ts";
import type { PolicyRule } from "./read-policy-rule.ts";

export interface PolicyCall {
  tool: string;
  input: unknown;
  facts: PolicyFacts;
}

export type PolicyAnswer = PolicyVerdict;
type PolicyError = NonNullable<PolicyVerdict["error"]>;

const MAX_SETS = 2_048;
const MAX_SCHEMAS = 2_048;

const nameOfSet = enginePool<EngineSet>("set", MAX_SETS, (name, { texts }) => askEngine((cedar) => cedar.preparsePolicySet(name, { staticPolicies: { ...texts } }))?.type === "success");
const nameOfSchema = enginePool<EngineSchema>("tool", MAX_SCHEMAS, (name, { schema }) => askEngine((cedar) => cedar.preparseSchema(name, schema))?.type === "success");

/**
 * Denied where no policy permits; a forbid wins; a call is held when each forbid that applies asks for a person and everything else would
 * permit it. After an approval it is asked again, with the approval among the facts.
 */
export function decideByPolicy(policy: PreparedPolicy, { tool, input, facts }: PolicyCall): PolicyAnswer {
  const type = policy.schema.tools.get(tool);
  if (!type) return failed("tool_unknown", `The policy knows no tool ${quoted(tool)}, so the call is refused.`);
  const values = readArguments(type.input, input);
  if (!values.ok) return failed("arguments", values.sentence);
  const known = readFacts(facts);
  if (!known.ok) return failed("facts", known.sentence);
  const slice = sliceFor(policy, type);
  const context = contextFor(slice, { ...known.context, effect: type.effect }, values.input);
  const ask = (set: EngineSet): Outcome => (looksAtNothing(slice) ? evaluateOnce(slice, set, type) : evaluate(set, slice.schema, type, context));
  const outcome = ask(slice.all);
  if ("error" in outcome) return outcome;
  const rules = inTextOrder(policy, outcome.ids);
  if (rules.length < outcome.ids.length) return failed("engine", "The policy engine named a policy that is not there, so the call is refused.");
  return outcome.isAllowed ? permitted(rules) : refused(rules, type, () => ask(slice.plain));
}

function permitted(rules: readonly PolicyRule[]): PolicyAnswer {
  return { decision: "permit", policies: applied(rules), asks: [], isLowRisk: rules.some((rule) => rule.isLowRisk), sentence: `Permitted by ${named(rules)}.` };
}

function refused(rules: readonly PolicyRule[], type: ToolType, withoutAsking: () => Outcome): PolicyAnswer {
  const denied = { decision: "deny" as const, asks: [], isLowRisk: false };
  const nothingPermits = { ...denied, policies: [], sentence: `No policy permits ${quoted(type.name)} with these arguments.` };
  if (rules.length === 0) return nothingPermits;
  const hard = rules.filter((rule) => !rule.asks);
  if (hard.length > 0) return { ...denied, policies: applied(hard), sentence: `Refused by ${named(hard)}.` };
  const rest = withoutAsking();
  if ("error" in rest) return rest;
  if (!rest.isAllowed) return nothingPermits;
  const asks = strictestAsks(rules.map(({ approvers, persons }) => ({ approvers, persons })));
  return { decision: "hold", policies: applied(rules), asks, isLowRisk: false, sentence: `Held by ${named(rules)} until ${listed(asks.map(conditionOf), asks.length)}.` };
}

function conditionOf({ approvers, persons }: ApprovalAsk): string {
  if (approvers.length === 0) return persons > 1 ? `${persons} persons approve` : "a person approves";
  return persons > 1 ? `${persons} of ${approvers.join(" or ")} approve` : `${approvers.join(" or ")} approves`;
}

const NO_DECISION = "The policy engine gave no answer, so the call is refused.";

type Outcome = { isAllowed: boolean; ids: string[] } | (PolicyAnswer & { error: PolicyError });

function evaluate(set: EngineSet, schema: EngineSchema, type: ToolType, context: Context): Outcome {
  const [preparsedPolicySetId, preparsedSchemaName] = [nameOfSet(set), nameOfSchema(schema)];
  if (preparsedPolicySetId === null || preparsedSchemaName === null) return failed("engine", NO_DECISION);
  const answer = askEngine((cedar) => cedar.statefulIsAuthorized({
    principal: { type: "Agent", id: "self" }, action: { type: "Action", id: type.name }, resource: { type: "Tool", id: type.name },
    context, preparsedPolicySetId, preparsedSchemaName, validateRequest: true, entities: [],
  }));
  if (!answer) return failed("engine", NO_DECISION);
  if (answer.type === "failure") return failed("arguments", `The policy engine does not accept this call of ${quoted(type.name)}, so it is refused.`);
  const { decision, diagnostics } = answer.response;
  const [first] = diagnostics.errors;
  if (first) return failed("evaluation", `The policy ${quoted(first.policyId)} could not be applied, so the call is refused.`);
  return { isAllowed: decision === "allow", ids: diagnostics.reason };
}

/** Of slices that look at nothing of a call: reading, for most agents. There is one question, so there is one answer. */
const answeredOnce = new WeakMap<PolicySlice, Map<EngineSet, Outcome>>();

function evaluateOnce(slice: PolicySlice, set: EngineSet, type: ToolType): Outcome {
  const outcomes = answeredOnce.get(slice) ?? new Map<EngineSet, Outcome>();
  const known = outcomes.get(set);
  if (known) return known;
  const outcome = evaluate(set, slice.schema, type, {});
  if (!("error" in outcome)) answeredOnce.set(slice, outcomes.set(set, outcome));
  return outcome;
}

const failed = (error: PolicyError, sentence: string): PolicyAnswer & { error: PolicyError } => ({ decision: "deny", policies: [], asks: [], isLowRisk: false, sentence, error });

const named = (rules: readonly PolicyRule[]): string => `the ${rules.length === 1 ? "policy" : "policies"} ${listed(rules.map(({ id }) => quoted(id)))}`;

function inTextOrder({ rules }: PreparedPolicy, ids: readonly string[]): PolicyRule[] {
  if (ids.length > 1) return [...rules.values()].filter(({ id }) => ids.includes(id));
  return ids.flatMap((id) => rules.get(id) ?? []);
}

const applied = (rules: readonly PolicyRule[]): Pick<PolicyRule, "id" | "effect">[] => rules.map(({ id, effect }) => ({ id, effect }));
