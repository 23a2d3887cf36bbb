// What does an agent's policy say, and what would a draft of another one say? Read, tried on one call, and on those that were recorded.

import { prisma } from "../database/database.ts";
import { loadVersionRules, type VersionRules } from "../database/version-rules.ts";
import { versionComponents } from "../database/version-components.ts";
import { amountOf } from "../domain/amount-of.ts";
import { exampleArguments } from "../domain/example-arguments.ts";
import type { Json, ToolComponent } from "../domain/manifest.ts";
import type { PolicyVerdict } from "../domain/policy-verdict.ts";
import { isJsonObject, own } from "../domain/json-object.ts";
import { NotFound } from "../errors.ts";
import { decideByPolicy } from "../policy/decide-by-policy.ts";
import type { PolicyFacts } from "../policy/policy-facts.ts";
import { writePolicyForm, type FormItem } from "../policy/policy-form.ts";
import type { PolicyProblem } from "../policy/policy-problem.ts";
import { policySchemaOf, type RecordType } from "../policy/policy-schema.ts";
import { preparePolicy } from "../policy/prepare-policy.ts";
import { readPolicyForm } from "../policy/read-policy-form.ts";
import { replayDraft, type PolicyReplay } from "./policy-replay.ts";

export interface PolicyArgument {
  path: string[];
  kind: "string" | "long" | "decimal";
}

export interface PolicyTool {
  name: string;
  effect: ToolComponent["effect"];
  /** JSON of a call that could be made. */
  example: string;
  /** Those a limit can be set on. */
  arguments: PolicyArgument[];
  /** Those no policy sees, and why. */
  leftOut: { path: string; why: string }[];
}

export interface AgentPolicy {
  versionId: string;
  /** Null: the version has no policy text, so nothing but the agent's authority speaks against a call. */
  text: string | null;
  /** What a first draft starts from: everything that it declares is allowed. */
  template: string;
  tools: PolicyTool[];
  openChange: { id: string; title: string } | null;
}

/** Null when the agent has no approved version: without tools there is nothing a policy could speak of. */
export async function findAgentPolicy(agentId: string): Promise<AgentPolicy | null> {
  const agent = await prisma().agent.findUnique({ where: { id: agentId }, select: { currentVersionId: true } });
  if (!agent?.currentVersionId) return null;
  const [rules, components, openChange] = await Promise.all([
    loadVersionRules(prisma(), agent.currentVersionId), versionComponents(prisma(), agent.currentVersionId),
    prisma().change.findFirst({ where: { agentId, kind: "version", state: "open" }, orderBy: { proposedAt: "desc" }, select: { id: true, title: true } }),
  ]);
  const policy = components.find(({ kind }) => kind === "policy")?.content;
  const text = isJsonObject(policy) ? own(policy, "cedar") : undefined;
  const tools = [...rules.tools.values()];
  return { versionId: agent.currentVersionId, text: typeof text === "string" ? text : null, template: templateFor(tools), tools: describedTools(tools), openChange };
}

const templateFor = (tools: readonly ToolComponent[]): string =>
  tools.length === 0 ? "" : writePolicyForm({ items: [{ kind: "allow", id: "declared-tools", tools: tools.map(({ name }) => name), isLowRisk: false }] });

function describedTools(tools: readonly ToolComponent[]): PolicyTool[] {
  const schema = policySchemaOf(tools);
  return tools.map(({ name, effect, inputSchema }) => {
    const input = schema.tools.get(name)?.input;
    return {
      name, effect, example: JSON.stringify(exampleArguments(inputSchema), null, 2), arguments: input ? argumentsOf(input, []) : [],
      leftOut: schema.leftOut.filter(({ tool }) => tool === name).map(({ path, why }) => ({ path, why })),
    };
  });
}

function argumentsOf({ members }: RecordType, above: readonly string[]): PolicyArgument[] {
  return [...members].flatMap(([name, { type }]): PolicyArgument[] => {
    const path = [...above, name];
    if (type.kind === "record") return argumentsOf(type, path);
    return type.kind === "set" || type.kind === "boolean" ? [] : [{ path, kind: type.kind }];
  });
}

export interface DraftReading {
  /** Null: the text cannot be cut into policies. */
  items: FormItem[] | null;
  errors: PolicyProblem[];
  warnings: readonly PolicyProblem[];
}

interface Draft {
  agentId: string;
  versionId: string;
  text: string;
}

export async function readDraft(draft: Draft): Promise<DraftReading> {
  const prepared = preparePolicy(draft.text, toolsOf(await rulesOf(draft)));
  const items = readPolicyForm(draft.text)?.items ?? null;
  return prepared.ok ? { items, errors: [], warnings: prepared.policy.warnings } : { items, errors: prepared.errors, warnings: [] };
}

/** Null while the draft has errors. */
export async function replayOfDraft(draft: Draft): Promise<PolicyReplay | null> {
  const prepared = preparePolicy(draft.text, toolsOf(await rulesOf(draft)));
  return prepared.ok ? replayDraft({ agentId: draft.agentId, fromVersionId: draft.versionId, draft: prepared.policy }) : null;
}

export type TriedCall = { kind: "decided"; verdict: PolicyVerdict; amountMinor: number | null } | { kind: "not_tried"; sentence: string };

export interface CallToTry {
  tool: string;
  /** JSON, as it was typed. */
  input: string;
  facts: PolicyFacts;
}

/** Decided by the function that the gate asks. Stops and the agent's authority come before it and are not tried here. */
export async function tryDraft(draft: Draft, { tool, input, facts }: CallToTry): Promise<TriedCall> {
  const rules = await rulesOf(draft);
  const prepared = preparePolicy(draft.text, toolsOf(rules));
  if (!prepared.ok) return { kind: "not_tried", sentence: "The draft has errors, so nothing can be decided by it." };
  const given = parsedJson(input);
  if (!given.ok) return { kind: "not_tried", sentence: "The arguments are no JSON." };
  const minor = amountOf(given.value, rules.tools.get(tool)?.amount)?.minor ?? null;
  const amountMinor = minor === null || minor > BigInt(Number.MAX_SAFE_INTEGER) ? null : Number(minor);
  const verdict = decideByPolicy(prepared.policy, { tool, input: given.value, facts: { ...facts, ...(amountMinor === null ? {} : { amountMinor }) } });
  return { kind: "decided", verdict, amountMinor };
}

function parsedJson(text: string): { ok: true; value: Json } | { ok: false } {
  try {
    return { ok: true, value: JSON.parse(text) as Json };
  } catch {
    return { ok: false };
  }
}

const toolsOf = ({ tools }: VersionRules): ToolComponent[] => [...tools.values()];

async function rulesOf({ agentId, versionId }: Draft): Promise<VersionRules> {
  const version = await prisma().agentVersion.findUnique({ where: { id: versionId }, select: { agentId: true } });
  if (version?.agentId !== agentId) throw new NotFound("There is no such version of this agent.");
  return loadVersionRules(prisma(), versionId);
}
