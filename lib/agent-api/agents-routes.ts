// What can code ask and say about agents?

import { z } from "zod";
import { exportA2aCard } from "../domain/a2a-agent-card.ts";
import { agentCardSchema } from "../domain/agent-card.ts";
import { AUTHORITY_LEVELS, AUTONOMY_STAGES, isBelow, type AutonomyStage } from "../domain/authority-level.ts";
import { METRIC_RANGES, spanUntilNow, type MetricRange } from "../domain/metric-span.ts";
import type { Actor } from "../domain/roles.ts";
import { env } from "../env.ts";
import { NotFound } from "../errors.ts";
import { assignOwners, createAgent, editCard, newAgentSchema, ownerSchema } from "../operations/agents.ts";
import { lowerStage, lowerTier, proposeStage, proposeTier, stageSchema, tierSchema } from "../operations/stages.ts";
import { listAgentSummaries } from "../queries/agent-api-views.ts";
import { getAgentMetrics, getAgentTotals } from "../queries/agent-metrics.ts";
import { findAgent } from "../queries/agents.ts";
import { getAuthority } from "../queries/authority.ts";
import { findVersion } from "../queries/versions.ts";
import type { Answer } from "./answer-request.ts";
import { route } from "./route.ts";

export const agentParams = z.object({ agent: z.string().min(1).max(63).describe("The agent's id.") });
export const agentInPath = ({ params }: { params: z.infer<typeof agentParams> }): string => params.agent;

const tag = "Agents";
const anything = z.record(z.string(), z.unknown());
const proposed = z.object({ changeId: z.string().nullable() });
const ranges = [...(Object.keys(METRIC_RANGES) as MetricRange[]), "all"] as const;

/** Agents of which the actor may see something; a person who may read agents reads all of them. */
export const visibleAgents = (actor: Actor): readonly string[] => (actor.kind === "key" ? actor.agentIds : ["*"]);

async function existing(agentId: string, now: Date) {
  const agent = await findAgent(agentId, now);
  if (!agent) throw new NotFound(`There is no agent ${agentId}.`);
  return agent;
}

const accepted = (changeId: string): Answer => ({ status: 202, body: { changeId } });
const doneAtOnce: Answer = { status: 200, body: { changeId: null } };

const readRoutes = [
  route({
    method: "get", path: "/v1/agents", tag, summary: "List agents", needs: "agent:read", about: "each",
    query: z.object({ after: z.string().optional().describe("The `next` of the page before.") }),
    success: { status: 200, description: "Up to 100 agents in the order of their ids.", schema: z.object({ agents: z.array(anything), next: z.string().nullable() }) },
    handle: async ({ actor, query }) => ({ status: 200, body: await listAgentSummaries(visibleAgents(actor), query.after ?? null) }),
  }),
  route({
    method: "get", path: "/v1/agents/{agent}", tag, summary: "Read an agent", needs: "agent:read", about: agentInPath, params: agentParams,
    success: { status: 200, description: "Its card, its owners, where it stands and what its card still misses.", schema: anything },
    handle: async ({ params, now }) => {
      const { authority, owners, ...agent } = await existing(params.agent, now);
      return { status: 200, body: { ...agent, authority: authority.level, owners: owners.map(({ role, name, isDeputy, deputyUntil }) => ({ role, name, isDeputy, deputyUntil })) } };
    },
  }),
  route({
    method: "get", path: "/v1/agents/{agent}/authority", tag, summary: "What may the agent do right now?",
    description: "The level is the minimum over all constraints; the first one binds. Whoever cannot reach Holdpoint must treat the level as shadow.",
    needs: "authority:read", about: agentInPath, params: agentParams,
    success: {
      status: 200, description: "The level and the constraints behind it.",
      schema: z.object({ agent: z.string(), level: z.enum(AUTHORITY_LEVELS), binding: anything, constraints: z.array(anything), stoppedTools: z.array(anything), at: z.string() }),
    },
    handle: async ({ params, now }) => {
      await existing(params.agent, now);
      return { status: 200, body: { agent: params.agent, ...(await getAuthority(params.agent, now)), at: now } };
    },
  }),
  route({
    method: "get", path: "/v1/agents/{agent}/metrics", tag, summary: "How well does it work?", needs: "agent:read", about: agentInPath, params: agentParams,
    query: z.object({ range: z.enum(ranges).default("7d") }),
    success: { status: 200, description: "Figures over the range, and by version. A figure is null where nothing was counted; money is in nano-USD.", schema: anything },
    handle: async ({ params, query, now }) => {
      await existing(params.agent, now);
      return { status: 200, body: query.range === "all" ? await getAgentTotals(params.agent) : await getAgentMetrics(params.agent, spanUntilNow(query.range, now)) };
    },
  }),
  route({
    method: "get", path: "/v1/agents/{agent}/a2a-card", tag, summary: "Export as an A2A agent card (v1.0)", needs: "agent:read", about: agentInPath, params: agentParams,
    success: { status: 200, description: "The card, unsigned.", schema: anything },
    handle: async ({ params, now }) => {
      const agent = await existing(params.agent, now);
      const version = agent.version ? await findVersion(agent.id, agent.version.number, now) : null;
      return {
        status: 200,
        body: exportA2aCard({
          agentId: agent.id, card: agent.card, version: agent.version, components: version?.components ?? [], organisation: env().organisation, baseUrl: env().publicUrl,
          environment: env().environmentName, authorityLevel: agent.authority.level,
          owners: Object.fromEntries(agent.owners.filter((owner) => !owner.isDeputy).map((owner) => [owner.role, owner.name])),
        }),
      };
    },
  }),
];

const writeRoutes = [
  route({
    method: "post", path: "/v1/agents", tag, summary: "Create an agent", needs: "agent:create", about: "nothing", body: newAgentSchema,
    bodyExample: { agentId: "refund-bot", card: { purpose: "Refunds orders that arrived broken.", team: "Support" } },
    success: { status: 201, description: "Created.", schema: z.object({ agentId: z.string() }) },
    handle: async ({ actor, body, now }) => ({ status: 201, body: await createAgent(actor, body, now) }),
  }),
  route({
    method: "put", path: "/v1/agents/{agent}/card", tag, summary: "Replace the card", needs: "card:edit", about: agentInPath, params: agentParams,
    body: z.object({ card: agentCardSchema, expectedRevision: z.int().positive().optional().describe("Refused when somebody saved another revision meanwhile.") }),
    success: { status: 200, description: "Saved.", schema: z.object({ revision: z.int() }) },
    handle: async ({ actor, params, body, now }) => ({ status: 200, body: await editCard(actor, { agentId: params.agent, ...body }, now) }),
  }),
  route({
    method: "put", path: "/v1/agents/{agent}/owners", tag, summary: "Name the owners and deputies", needs: "owners:assign", about: agentInPath, params: agentParams,
    body: z.object({ owners: z.array(ownerSchema).max(50) }),
    success: { status: 200, description: "All owners are as given now." },
    handle: async ({ actor, params, body, now }) => {
      await assignOwners(actor, { agentId: params.agent, owners: body.owners }, now);
      return { status: 200, body: {} };
    },
  }),
  route({
    method: "post", path: "/v1/agents/{agent}/stage", tag, summary: "Raise or lower the autonomy stage",
    description: "A higher stage is proposed for review; a lower one counts at once.", needs: ["stage:raise", "stage:lower"], about: agentInPath, params: agentParams,
    body: stageSchema.omit({ agentId: true }), bodyExample: { stage: "assisted", reason: "Four weeks in shadow without a wrong recommendation." },
    success: { status: 202, description: "Proposed (202), or lowered at once (200, without a change).", schema: proposed },
    handle: async ({ actor, params, body, now }) => {
      const agent = await existing(params.agent, now);
      const stage = AUTONOMY_STAGES.find((known): known is AutonomyStage => known === agent.stage) ?? "shadow";
      const input = { agentId: params.agent, ...body };
      if (isBelow(stage, body.stage)) return accepted((await proposeStage(actor, input, now)).changeId);
      await lowerStage(actor, input, now);
      return doneAtOnce;
    },
  }),
  route({
    method: "post", path: "/v1/agents/{agent}/tier", tag, summary: "Raise or lower the control tier",
    description: "A higher tier is proposed for review; a lower one counts at once.", needs: ["tier:propose", "tier:lower"], about: agentInPath, params: agentParams,
    body: tierSchema.omit({ agentId: true }), bodyExample: { tier: 1, answers: { money: true }, reason: "Refunds move money." },
    success: { status: 202, description: "Proposed (202), or lowered at once (200, without a change).", schema: proposed },
    handle: async ({ actor, params, body, now }) => {
      const agent = await existing(params.agent, now);
      const input = { agentId: params.agent, ...body };
      if (agent.tier === null || body.tier > agent.tier) return accepted((await proposeTier(actor, input, now)).changeId);
      await lowerTier(actor, input, now);
      return doneAtOnce;
    },
  }),
];

export const agentsRoutes = [...readRoutes, ...writeRoutes];
