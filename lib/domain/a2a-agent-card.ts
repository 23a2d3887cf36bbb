// How is an agent described to other agents? The A2A agent card, v1.0 (a2aproject/A2A, specification/a2a.proto), with our governance data.

import type { AgentCard } from "./agent-card.ts";
import type { Component, ToolComponent } from "./manifest.ts";
import type { OwnerRole } from "./roles.ts";

export interface A2aSource {
  agentId: string;
  card: AgentCard;
  version: { number: number; label: string | null; fingerprint: string } | null;
  components: readonly Component[];
  owners: Partial<Record<OwnerRole, string>>;
  organisation: string;
  /** Public address of this installation, without a slash at the end. */
  baseUrl: string;
  environment: string;
  authorityLevel: string;
}

const digestsOf = (components: readonly Component[], kind: Component["kind"]): string[] =>
  components.filter((component) => component.kind === kind).map((component) => component.digest);

/** Empty members are left out, as the proto's JSON mapping does with default values. */
function withoutEmpty<Shape extends Record<string, unknown>>(shape: Shape): Partial<Shape> {
  const isThere = (value: unknown): boolean => value !== undefined && value !== null && value !== "" && !(Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(shape).filter(([, value]) => isThere(value))) as Partial<Shape>;
}

/**
 * The agent has no A2A endpoint here, so `supportedInterfaces` is empty and the card is offered for download, not at the well-known
 * address. Unsigned.
 */
export function exportA2aCard(source: A2aSource) {
  const { agentId, card, version, components, owners, organisation, baseUrl } = source;
  const tools = components.filter((component) => component.kind === "tool").map((component) => component.content as unknown as ToolComponent);
  return {
    name: agentId,
    description: card.purpose || agentId,
    // A label is chosen freely and may repeat; the number names one version.
    version: version ? String(version.number) : "0",
    supportedInterfaces: [],
    provider: { organization: organisation, url: baseUrl },
    capabilities: {
      extensions: [{
        uri: `${baseUrl}/ext/governance/v1`,
        description: "Who answers for this agent, which recipe is approved, and what it may do.",
        params: withoutEmpty({
          agentId, environment: source.environment, authority: source.authorityLevel, versionNumber: version?.number, versionLabel: version?.label, fingerprint: version?.fingerprint,
          model: digestsOf(components, "model")[0], prompts: digestsOf(components, "prompt"), tools: digestsOf(components, "tool"), policy: digestsOf(components, "policy")[0],
          memory: digestsOf(components, "memory")[0], escalation: digestsOf(components, "escalation")[0],
          businessOwner: owners.business_owner, technicalOwner: owners.technical_owner, modelSteward: owners.model_steward, team: card.team,
          may: card.boundary.may, mustNever: card.boundary.mustNever, mustEscalateWhen: card.boundary.mustEscalateWhen, doneMeans: card.boundary.doneMeans,
        }),
      }],
    },
    defaultInputModes: ["text/plain"],
    defaultOutputModes: ["text/plain"],
    skills: tools.map((tool) => ({ id: tool.name, name: tool.name, description: tool.description || tool.name, tags: withoutEmpty({ effect: tool.effect, system: tool.system }) }))
      .map((skill) => ({ ...skill, tags: Object.values(skill.tags) })),
  };
}
