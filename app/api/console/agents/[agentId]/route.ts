import { consoleRoute } from "@/lib/console-route.ts";
import { NotFound } from "@/lib/errors.ts";
import { findAgentPulse } from "@/lib/queries/agents.ts";

export const GET = consoleRoute("agent:read", async ({ parameters, now }) => {
  const pulse = await findAgentPulse(parameters.agentId ?? "", now);
  if (!pulse) throw new NotFound("There is no such agent.");
  return pulse;
});
