import { exportA2aCard } from "@/lib/domain/a2a-agent-card.ts";
import { consoleRoute } from "@/lib/console-route.ts";
import type { OwnerRole } from "@/lib/domain/roles.ts";
import { env } from "@/lib/env.ts";
import { NotFound } from "@/lib/errors.ts";
import { findAgent } from "@/lib/queries/agents.ts";
import { findVersion } from "@/lib/queries/versions.ts";

const read = consoleRoute("agent:read", async ({ parameters, now }) => {
  const agent = await findAgent(parameters.agentId ?? "", now);
  if (!agent) throw new NotFound("There is no such agent.");
  const version = agent.version ? await findVersion(agent.id, agent.version.number, now) : null;
  const owners = Object.fromEntries(agent.owners.filter((owner) => !owner.isDeputy).map((owner) => [owner.role, owner.name])) as Partial<Record<OwnerRole, string>>;
  return exportA2aCard({
    agentId: agent.id, card: agent.card, version: agent.version, components: version?.components ?? [], owners,
    organisation: env().organisation, baseUrl: env().publicUrl, environment: env().environmentName, authorityLevel: agent.authority.level,
  });
});

/** Offered as a file: an agent without an A2A address of its own is not published at the well-known one. */
export async function GET(request: Request, context: { params: Promise<{ agentId: string }> }): Promise<Response> {
  const response = await read(request, context);
  if (response.ok) response.headers.set("content-disposition", `attachment; filename="${(await context.params).agentId}-agent-card.json"`);
  return response;
}
