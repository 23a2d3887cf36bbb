// Is this text a policy for these tools? Parsed, validated against what the tools declare, and ready to decide.

import type { ToolComponent } from "../domain/manifest.ts";
import { askEngine } from "./cedar.ts";
import { policySchemaOf, type PolicySchema } from "./policy-schema.ts";
import { inOrder, problemAt, problemOfError, type PolicyProblem } from "./policy-problem.ts";
import { readPolicyRule, type PolicyRule } from "./read-policy-rule.ts";
import { scanPolicyText, type PolicySegment } from "./scan-policy-text.ts";

export interface PreparedPolicy {
  text: string;
  schema: PolicySchema;
  /** By id, in the order of the text. */
  rules: ReadonlyMap<string, PolicyRule>;
  warnings: readonly PolicyProblem[];
}

export type Preparation = { ok: true; policy: PreparedPolicy } | { ok: false; errors: PolicyProblem[] };

/** Validating takes some 15 µs for each policy and tool, and nothing else runs meanwhile. */
export const MAX_POLICIES_BY_TOOLS = 20_000;

interface Read extends PolicySegment {
  rule: PolicyRule;
}

/** Pure: the engine keeps nothing of it before the first decision. */
export function preparePolicy(text: string, tools: readonly Pick<ToolComponent, "name" | "inputSchema" | "effect">[]): Preparation {
  const scan = scanPolicyText(text);
  if (scan.problem) return { ok: false, errors: [problemAt(text, scan.problem, scan.problem.message)] };
  const unparsed = parseProblems(text, scan.segments);
  if (unparsed.length > 0) return { ok: false, errors: inOrder(unparsed) };
  const read = readRules(text, scan.segments);
  if (read.errors.length > 0) return { ok: false, errors: inOrder(read.errors) };
  if (read.rules.length * tools.length > MAX_POLICIES_BY_TOOLS) {
    return { ok: false, errors: [problemAt(text, { start: 0, end: text.length }, `With ${tools.length.toLocaleString("en")} tools there can be at most ${Math.floor(MAX_POLICIES_BY_TOOLS / tools.length)} policies.`)] };
  }
  const schema = policySchemaOf(tools);
  const checked = validate(text, read.rules, schema);
  if (checked.errors.length > 0) return { ok: false, errors: inOrder(checked.errors) };
  const rules = read.rules.map(({ rule }) => rule);
  return {
    ok: true,
    policy: {
      text, schema, rules: new Map(rules.map((rule) => [rule.id, rule])), warnings: inOrder([...read.warnings, ...checked.warnings]),
    },
  };
}

const NO_ANSWER = "The policy engine could not read this.";

function parseProblems(text: string, segments: readonly PolicySegment[]): PolicyProblem[] {
  const whole = { start: 0, end: text.length };
  const answer = askEngine((cedar) => cedar.policySetTextToParts(text));
  if (!answer) return [problemAt(text, whole, NO_ANSWER)];
  if (answer.type === "failure") return answer.errors.map((error) => problemOfError(text, error, whole, null));
  if (answer.policy_templates.length > 0) {
    const start = Math.max(0, text.search(/\?(principal|resource)/));
    return [problemAt(text, { start, end: start + 1 }, "A template decides nothing: name the tool in place of the slot.")];
  }
  if (answer.policies.length === 0) return [problemAt(text, whole, "There is no policy here, so every call would be refused.")];
  // What is shown, named and decided by is cut by us; the engine must have cut it at the same places.
  const ours = segments.map(({ start, end }) => text.slice(start, end)).toSorted();
  return JSON.stringify(ours) === JSON.stringify(answer.policies.toSorted()) ? [] : [problemAt(text, whole, NO_ANSWER)];
}

function readRules(text: string, segments: readonly PolicySegment[]): { rules: Read[]; errors: PolicyProblem[]; warnings: PolicyProblem[] } {
  const [rules, errors, warnings]: [Read[], PolicyProblem[], PolicyProblem[]] = [[], [], []];
  const ids = new Set<string>();
  for (const [index, segment] of segments.entries()) {
    const reading = readPolicyRule(text.slice(segment.start, segment.end), index + 1);
    if (!reading) {
      errors.push(problemAt(text, segment, NO_ANSWER));
      continue;
    }
    const about = { policyId: reading.rule.id };
    errors.push(...reading.errors.map((message) => problemAt(text, segment, message, about)));
    warnings.push(...reading.warnings.map((message) => problemAt(text, segment, message, about)));
    if (ids.has(reading.rule.id)) errors.push(problemAt(text, segment, `Two policies have the id ${reading.rule.id}.`, about));
    ids.add(reading.rule.id);
    rules.push({ ...segment, rule: reading.rule });
  }
  return { rules, errors, warnings };
}

function validate(text: string, rules: readonly Read[], { schema }: PolicySchema): { errors: PolicyProblem[]; warnings: PolicyProblem[] } {
  const answer = askEngine((cedar) => cedar.validate({ schema, policies: { staticPolicies: text } }));
  const whole = { start: 0, end: text.length };
  if (!answer) return { errors: [problemAt(text, whole, NO_ANSWER)], warnings: [] };
  if (answer.type === "failure") return { errors: answer.errors.map((error) => problemOfError(text, error, whole, null)), warnings: [] };
  const problems = (found: typeof answer.validationErrors) => found.map(({ policyId, error }) => {
    // Given a whole text, the engine calls its policies policy0, policy1, and so on.
    const read = rules[Number(/^policy(\d+)$/.exec(policyId)?.[1] ?? NaN)];
    return problemOfError(text, error, read ?? whole, read?.rule.id ?? null);
  });
  return { errors: problems(answer.validationErrors), warnings: problems(answer.validationWarnings) };
}
