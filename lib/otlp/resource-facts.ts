// What does a resource say that holds for each of its spans?

import { labelOf } from "./attribute-reader.ts";
import { holdpointFactsOf, type HoldpointFacts } from "./holdpoint-facts.ts";
import { ownValue } from "./json-content.ts";
import type { Attributes } from "./set-own.ts";

export interface ResourceFacts {
  /** Most specific first. */
  agentHints: string[];
  versionLabel: string | null;
  conversationId: string | null;
  holdpoint: HoldpointFacts;
}

/** Nothing else of a resource is read: the rest describes the host and the person who started the process. */
export function readResource(resource: Attributes): ResourceFacts {
  const label = (name: string): string | null => labelOf(ownValue(resource, name));
  const service = label("service.name");
  return {
    agentHints: [label("gen_ai.main_agent.id"), label("gen_ai.agent.id"), isDefault(service) ? null : service].filter((hint) => hint !== null),
    versionLabel: [label("gen_ai.agent.version"), label("service.version")].find((version) => version !== null && !isDefault(version)) ?? null,
    conversationId: label("gen_ai.conversation.id"),
    holdpoint: holdpointFactsOf(resource),
  };
}

/** SDKs fill in `unknown_service:node` and the like where nobody said anything. */
export function isDefault(label: string | null): boolean {
  return label !== null && /^unknown(?:$|[_:])/i.test(label);
}
