import { notFound } from "next/navigation";
import { requireSignedIn } from "@/lib/auth/session.ts";
import { may } from "@/lib/domain/permissions.ts";
import type { PersonActor } from "@/lib/domain/roles.ts";
import { findAgent, findAgentPulse, type AgentDetail, type AgentPulse } from "@/lib/queries/agents.ts";

export interface AgentPage {
  actor: PersonActor;
  agent: AgentDetail;
  /** For its head, which has the page made anew when one of these moves. */
  pulse: AgentPulse | null;
  now: Date;
}

/** For each page about one agent. Whoever may not see agents is told what a stranger to this agent is told: that it is not there. */
export async function requireAgent(params: Promise<{ agentId: string }>, pathOf: (agentId: string) => string): Promise<AgentPage> {
  const { agentId } = await params;
  const actor = await requireSignedIn(pathOf(agentId));
  if (!may(actor, "agent:read", agentId).ok) notFound();
  const now = new Date();
  const [agent, pulse] = await Promise.all([findAgent(agentId, now), findAgentPulse(agentId, now)]);
  if (!agent) notFound();
  return { actor, agent, pulse, now };
}
