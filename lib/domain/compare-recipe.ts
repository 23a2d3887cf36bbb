// Is what traffic shows what was approved? Compares one observed thing with the version it claims to be.

import { promptHashOf, shortFingerprint, toolContractDigest } from "./fingerprint.ts";
import type { Component, ComponentKind, ModelComponent, PromptComponent, ToolComponent } from "./manifest.ts";
import { listed, quoted, shortValue } from "./quote.ts";

export { promptHashOf, toolContractDigest } from "./fingerprint.ts";

export const OBSERVED_FACETS = ["model", "prompt", "tool", "version", "fingerprint"] as const;
export type ObservedFacet = (typeof OBSERVED_FACETS)[number];

export interface Observation {
  facet: ObservedFacet;
  /** The tool's name; otherwise the facet's own name. */
  name: string;
  /** Model name, prompt hash, tool contract digest, version label or fingerprint. */
  value: string;
}

export interface DeclaredRecipe {
  version: { id: string; label: string | null; number: number; fingerprint: string; isApproved: boolean; isInReview: boolean };
  components: readonly Component[];
}

export type RecipeFault = "other_fingerprint" | "unknown_version" | "unapproved_version" | "component_differs";

export interface RecipeVerdict {
  matches: boolean;
  /** A sentence for people, also when it matches. */
  reason: string;
  kind: RecipeFault | null;
  component?: ComponentKind;
  subject?: string;
}

const fault = (kind: RecipeFault, reason: string, about: { component?: ComponentKind; subject?: string } = {}): RecipeVerdict => ({ matches: false, kind, reason, ...about });
const match = (reason: string): RecipeVerdict => ({ matches: true, kind: null, reason });

/** `declared` is null when nothing is registered under what the traffic claims. */
export function compareObservation(observation: Observation, declared: DeclaredRecipe | null, context: { runInShadow: boolean }): RecipeVerdict {
  if (!declared) return unknown(observation);
  const { version } = declared;
  const isCandidateInShadow = version.isInReview && context.runInShadow;
  if (!version.isApproved && !isCandidateInShadow) {
    return fault("unapproved_version", `Version ${version.number} runs, and nobody has approved it.`);
  }
  const contents = <Content>(kind: ComponentKind): Content[] => declared.components.filter((component) => component.kind === kind).map((component) => component.content as unknown as Content);
  switch (observation.facet) {
    case "version":
      return match(`The label names version ${version.number}.`);
    case "fingerprint":
      return observation.value === version.fingerprint
        ? match(`The fingerprint is that of version ${version.number}.`)
        : fault("other_fingerprint", `The fingerprint ${shortValue(shortFingerprint(observation.value))} is not that of version ${version.number}, ${shortFingerprint(version.fingerprint)}.`);
    case "model":
      return compareModel(observation, contents<ModelComponent>("model"));
    case "prompt":
      return contents<PromptComponent>("prompt").some((prompt) => promptHashOf(prompt.text) === observation.value)
        ? match("The prompt is the declared one.")
        : fault("component_differs", "The system prompt differs from the declared one.", { component: "prompt", subject: "main" });
    case "tool":
      return compareTool(observation, contents<ToolComponent>("tool"));
  }
}

function unknown({ facet, value }: Observation): RecipeVerdict {
  if (facet === "version") return fault("unknown_version", `Version label ${quoted(value)} was never registered.`);
  if (facet === "fingerprint") return fault("other_fingerprint", `The fingerprint ${shortValue(shortFingerprint(value))} was never registered.`);
  return fault("unknown_version", "Nothing is registered that this traffic could be compared with.");
}

const RELEASE_SUFFIX = /^-(?:\d{4}-\d{2}-\d{2}|\d{8}|\d{4}|\d{3})$/;

/** A name that ends in a slash has no other name than the whole. */
const bareModel = (name: string): string => (name.slice(name.lastIndexOf("/") + 1) || name).toLowerCase();

/**
 * Providers answer with a dated release of the model that was asked for: `gpt-4o` may show as `gpt-4o-2024-11-20`. A declared date is
 * binding. A prefix such as `azure/` names the seller, not the model.
 */
function isSameModel(observed: string, declared: string): boolean {
  const [seen, known] = [bareModel(observed), bareModel(declared)];
  return seen === known || (seen.startsWith(known) && RELEASE_SUFFIX.test(seen.slice(known.length)));
}

function compareModel({ value }: Observation, models: readonly ModelComponent[]): RecipeVerdict {
  if (models.some((model) => isSameModel(value, model.name))) return match("The model is the declared one.");
  return fault("component_differs", `The model is ${quoted(value)}, and ${listed(models.map((model) => quoted(model.name))) || "none"} is declared.`, { component: "model", subject: "model" });
}

function compareTool({ name, value }: Observation, tools: readonly ToolComponent[]): RecipeVerdict {
  const tool = tools.find((candidate) => candidate.name === name);
  const about = { component: "tool" as const, subject: name };
  if (!tool) return fault("component_differs", `The tool ${quoted(name)} was never declared.`, about);
  if (toolContractDigest(tool) === value) return match(`The tool ${quoted(name)} is the declared one.`);
  return fault("component_differs", `The tool ${quoted(name)} has another contract than the declared one.`, about);
}
