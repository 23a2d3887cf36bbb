// What does one policy say beside its condition? Its name, and whether a person can lift it.

import { MOST_PERSONS } from "../domain/approval-ask.ts";
import { askEngine, type PolicyJson } from "./cedar.ts";
import { contextReads, type ContextReads } from "./context-reads.ts";

export interface PolicyRule {
  /** From `@id("…")`, or `policy-3` for the third. */
  id: string;
  effect: "permit" | "forbid";
  /** `@decision("require_approval")` on a forbid: a person may lift it. */
  asks: boolean;
  /** `@decision("low_risk")` on a permit: at `assisted`, a write that it permits needs nobody. */
  isLowRisk: boolean;
  /** From `@approvers("role:finance, person:dana")`. */
  approvers: readonly string[];
  /** From `@persons("2")`: so many persons must approve; 1 without it. */
  persons: number;
  /** The tools of which its scope speaks; null for any. */
  actions: ReadonlySet<string> | null;
  reads: ContextReads;
  text: string;
}

export interface RuleReading {
  rule: PolicyRule;
  errors: string[];
  warnings: string[];
}

/** From here on the engine's stack runs over when it decides; measured at 300 to 500. */
export const MAX_EXPRESSION_DEPTH = 100;
const MAX_APPROVERS = 20;
const APPROVER = /^[a-z]+:[\p{L}\p{N}_.@+-]{1,100}$/u;
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** Null when the text is no policy. `number` counts from 1. */
export function readPolicyRule(text: string, number: number): RuleReading | null {
  const answer = askEngine((cedar) => cedar.policyToJson(text));
  if (answer?.type !== "success") return null;
  const { json } = answer;
  const annotations = new Map<string, string | null>(Object.entries(json.annotations ?? {}));
  // An annotation without a value is there, but says nothing.
  const decision = annotations.has("decision") ? (annotations.get("decision") ?? "") : null;
  const approvers = (annotations.get("approvers") ?? "").split(",").map((name) => name.trim()).filter(Boolean);
  const rule: PolicyRule = {
    id: annotations.get("id") ?? (annotations.has("id") ? "" : `policy-${number}`), effect: json.effect, asks: decision === "require_approval", isLowRisk: decision === "low_risk",
    approvers: [...new Set(approvers)], persons: Number(annotations.get("persons") ?? (annotations.has("persons") ? Number.NaN : 1)),
    actions: actionsOf(json.action), reads: contextReads(json.conditions), text,
  };
  const errors = errorsOf(rule, { decision, approvers, depth: depthOf(json.conditions), has: (name) => annotations.has(name) });
  return { rule, errors, warnings: rule.asks && !mentionsApproval(json) ? ["No approval lifts this policy: it says no “unless { context has approval && context.approval.granted }”."] : [] };
}

/** Actions have no groups here, so that `in` means one of those named. What is not understood speaks of every tool. */
function actionsOf(scope: PolicyJson["action"]): ReadonlySet<string> | null {
  const named = "entities" in scope ? scope.entities : "entity" in scope ? [scope.entity] : null;
  const ids = named?.map((entity) => ("type" in entity && entity.type === "Action" && typeof entity.id === "string" ? entity.id : null)) ?? null;
  return ids === null || !ids.every((id) => id !== null) ? null : new Set(ids);
}

interface Annotated {
  decision: string | null;
  approvers: readonly string[];
  depth: number;
  has: (annotation: string) => boolean;
}

function errorsOf(rule: PolicyRule, { decision, approvers, depth, has }: Annotated): string[] {
  const isNumberOfPersons = Number.isInteger(rule.persons) && rule.persons >= 1 && rule.persons <= MOST_PERSONS;
  return [
    ...(isId(rule.id) ? [] : ["An @id has 1 to 100 characters, all of them visible."]), ...decisionErrors(rule, decision),
    ...(has("approvers") && !rule.asks ? ['@approvers needs @decision("require_approval") beside it.'] : []),
    ...(has("persons") && !(rule.asks && isNumberOfPersons) ? [`@persons is a number from 1 to ${MOST_PERSONS}, beside @decision("require_approval").`] : []),
    ...(approvers.length <= MAX_APPROVERS && approvers.every((name) => APPROVER.test(name)) ? [] : ["@approvers are up to 20 names like role:finance, with commas between them."]),
    ...(depth > MAX_EXPRESSION_DEPTH ? [`A condition has at most ${MAX_EXPRESSION_DEPTH} steps in a row; write it as several policies.`] : []),
  ];
}

const isId = (id: string): boolean => id.trim() === id && id.length >= 1 && id.length <= 100 && !UNSEEN.test(id);

function decisionErrors({ effect, asks, isLowRisk }: PolicyRule, decision: string | null): string[] {
  if (decision !== null && !asks && !isLowRisk) return ['@decision is "require_approval" on a forbid, or "low_risk" on a permit.'];
  if (asks && effect !== "forbid") return ['@decision("require_approval") stands on a forbid: what is permitted asks nobody.'];
  return isLowRisk && effect !== "permit" ? ['@decision("low_risk") stands on a permit.'] : [];
}

/** Without recursion: that is what it protects from. Two levels of JSON make one of the expression. */
function depthOf(root: unknown): number {
  let deepest = 0;
  const pending: [unknown, number][] = [[root, 0]];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const [value, depth] = next;
    if (typeof value !== "object" || value === null) continue;
    deepest = Math.max(deepest, depth);
    for (const member of Object.values(value)) pending.push([member, depth + 1]);
  }
  return Math.ceil(deepest / 2);
}

function mentionsApproval({ conditions }: PolicyJson): boolean {
  const text = JSON.stringify(conditions);
  return text.includes('"attr":"approval"') && text.includes('"attr":"granted"');
}
