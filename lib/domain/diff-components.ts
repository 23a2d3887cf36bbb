// What would the agent be able to do that it cannot do today? Two recipes, component by component, as facts.

import { comparePrompts, countChangedLines } from "./diff-prompt.ts";
import { diffTool, gainedTool } from "./diff-tool.ts";
import { diffPolicy, diffEscalation } from "./diff-rules.ts";
import { byConsequence, type Fact } from "./fact.ts";
import { isDeepStrictEqualJson, isJsonObject, own } from "./json-object.ts";
import type { Component, ComponentKind, ModelComponent, PromptComponent, ToolComponent } from "./manifest.ts";
import type { PolicyTrial } from "./policy-text-fact.ts";
import { listed, quoted, shortValue } from "./quote.ts";

export type { Fact } from "./fact.ts";

interface Pair {
  before: Component | undefined;
  after: Component | undefined;
}

const contentOf = <Content>(component: Component): Content => component.content as unknown as Content;

/** The most consequential first. With nothing before, everything counts as gained. `trial`: of the policy text, where both have one and they differ. */
export function diffComponents(before: readonly Component[], after: readonly Component[], trial: PolicyTrial | null = null): Fact[] {
  const pairs = new Map<string, Pair>();
  for (const component of before) pairs.set(`${component.kind} ${component.name}`, { before: component, after: undefined });
  for (const component of after) {
    const key = `${component.kind} ${component.name}`;
    pairs.set(key, { before: pairs.get(key)?.before, after: component });
  }
  const context = { systemsBefore: systemsOf(before), systemsAfter: systemsOf(after) };
  const facts = [...pairs.values()].filter((pair) => pair.before?.digest !== pair.after?.digest).flatMap((pair) => {
    const found = diffPair(pair, trial);
    return found.length > 0 ? found : notUnderstood(pair);
  });
  return [...facts, ...systemFacts(context)].toSorted(byConsequence);
}

/** Kinds of which no component was added, removed or changed; for "Same". */
export function unchangedKinds(before: readonly Component[], after: readonly Component[]): ComponentKind[] {
  const digests = (components: readonly Component[], kind: ComponentKind) =>
    components.filter((component) => component.kind === kind).map((component) => JSON.stringify([component.name, component.digest])).toSorted().join("\n");
  return [...new Set(after.map((component) => component.kind))].filter((kind) => digests(before, kind) === digests(after, kind));
}

function diffPair({ before, after }: Pair, trial: PolicyTrial | null): Fact[] {
  const { kind, name } = (after ?? before) as Component;
  switch (kind) {
    case "model":
      return diffModel(before, after);
    case "prompt":
      return diffPromptComponent(name, before, after);
    case "tool":
      if (!before) return after ? gainedTool(contentOf<ToolComponent>(after)) : [];
      if (!after) return [{ kind: "tool_removed", component: "tool", subject: name, group: "loses", sentence: `Tool ${quoted(name)}.` }];
      return diffTool(contentOf<ToolComponent>(before), contentOf<ToolComponent>(after));
    case "policy":
      return diffPolicy(before?.content, after?.content, trial);
    case "escalation":
      return diffEscalation(before?.content, after?.content);
    case "memory":
      return [{ kind: "memory_changed", component: kind, subject: kind, group: "changes", sentence: `The memory strategy${describeJson(before, after)}.` }];
    case "workflow":
      return [{ kind: "workflow_changed", component: kind, subject: kind, group: "changes", sentence: `The workflow${describeJson(before, after)}.` }];
    case "retrieval":
      if (!before) return [{ kind: "retrieval_added", component: kind, subject: name, group: "gains", sentence: `Retrieval source ${quoted(name)}.` }];
      if (!after) return [{ kind: "retrieval_removed", component: kind, subject: name, group: "loses", sentence: `Retrieval source ${quoted(name)}.` }];
      return [{ kind: "retrieval_changed", component: kind, subject: name, group: "changes", sentence: `Retrieval source ${quoted(name)} is set up differently.` }];
  }
}

const NOT_UNDERSTOOD: Record<ComponentKind, Fact["kind"]> = {
  model: "model_parameters", prompt: "prompt_wording", tool: "tool_schema_changed", policy: "policy_changed", memory: "memory_changed",
  escalation: "escalation_changed", workflow: "workflow_changed", retrieval: "retrieval_changed",
};

/** Another digest without a fact that explains it, for instance rules in another order: never harmless by omission. */
function notUnderstood({ before, after }: Pair): Fact[] {
  const { kind, name } = (after ?? before) as Component;
  return [{ kind: NOT_UNDERSTOOD[kind], component: kind, subject: name, group: "changes", sentence: `${quoted(name)} differs in a way that is not understood.` }];
}

function describeJson(before: Component | undefined, after: Component | undefined): string {
  if (!before) return " is new";
  if (!after) return " is gone";
  if (!isJsonObject(before.content) || !isJsonObject(after.content)) return " differs";
  const [old, young] = [before.content, after.content];
  const names = [...new Set([...Object.keys(old), ...Object.keys(young)])].filter((name) => !isDeepStrictEqualJson(own(old, name), own(young, name)));
  return ` differs in ${listed(names.map(quoted))}`;
}

function parameterSteps(old: Record<string, unknown>, young: Record<string, unknown>): string[] {
  const valueOf = (parameters: Record<string, unknown>, name: string): string => (Object.hasOwn(parameters, name) ? shortValue(JSON.stringify(parameters[name])) : "unset");
  const names = [...new Set([...Object.keys(old), ...Object.keys(young)])];
  return names.filter((name) => !isDeepStrictEqualJson(own(old, name), own(young, name))).map((name) => `${quoted(name)} ${valueOf(old, name)} → ${valueOf(young, name)}`);
}

const modelName = ({ provider, name }: ModelComponent): string => (provider ? `${provider} ${name}` : name);

function diffModel(before: Component | undefined, after: Component | undefined): Fact[] {
  const fact = (kind: "model_changed" | "model_parameters", sentence: string): Fact => ({ kind, component: "model", subject: "model", group: "changes", sentence });
  if (!after) return [fact("model_changed", "There is no model any more.")];
  const young = contentOf<ModelComponent>(after);
  if (!before) return [fact("model_changed", `Model ${quoted(modelName(young))}.`)];
  const old = contentOf<ModelComponent>(before);
  const facts: Fact[] = [];
  if (old.name !== young.name || (old.provider ?? "") !== (young.provider ?? "")) facts.push(fact("model_changed", `Model ${quoted(modelName(old))} → ${quoted(modelName(young))}.`));
  const steps = parameterSteps(old.parameters ?? {}, young.parameters ?? {});
  if (steps.length > 0) facts.push(fact("model_parameters", `Model parameters: ${listed(steps)}.`));
  return facts;
}

function diffPromptComponent(name: string, before: Component | undefined, after: Component | undefined): Fact[] {
  const title = name === "main" ? "The prompt" : `The prompt ${quoted(name)}`;
  const fact = (kind: Fact["kind"], group: Fact["group"], sentence: string): Fact => ({ kind, component: "prompt", subject: name, group, sentence });
  if (!before) return [fact("prompt_added", "gains", `${title} is new.`)];
  if (!after) return [fact("prompt_removed", "loses", `${title}.`)];
  const [old, young] = [contentOf<PromptComponent>(before).text, contentOf<PromptComponent>(after).text];
  const change = comparePrompts(old, young);
  if (change === "whitespace") return [fact("prompt_whitespace", "changes", `${title} differs in whitespace only.`)];
  if (change === "comment") return [fact("prompt_comment", "changes", `${title} differs in comments only.`)];
  const { added, removed } = countChangedLines(old, young);
  if (added + removed === 0) return [fact("prompt_wording", "changes", `${title} says the same lines in another order.`)];
  return [fact("prompt_wording", "changes", `${title} says something else: +${added} −${removed} lines.`)];
}

const systemsOf = (components: readonly Component[]): Set<string> =>
  new Set(components.flatMap((component) => {
    const system = component.kind === "tool" ? contentOf<ToolComponent>(component).system : undefined;
    return system ? [system] : [];
  }));

function systemFacts({ systemsBefore, systemsAfter }: { systemsBefore: Set<string>; systemsAfter: Set<string> }): Fact[] {
  const fact = (kind: "external_system_added" | "external_system_removed", system: string): Fact => ({
    kind, component: "tool", subject: system, group: kind === "external_system_added" ? "gains" : "loses", sentence: `Reach into the system ${quoted(system)}.`,
  });
  return [
    ...[...systemsAfter].filter((system) => !systemsBefore.has(system)).map((system) => fact("external_system_added", system)),
    ...[...systemsBefore].filter((system) => !systemsAfter.has(system)).map((system) => fact("external_system_removed", system)),
  ];
}
