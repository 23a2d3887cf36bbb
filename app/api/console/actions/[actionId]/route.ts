import { consoleRoute } from "@/lib/console-route.ts";
import { NotFound } from "@/lib/errors.ts";
import { getActionPulse } from "@/lib/queries/actions.ts";

export const GET = consoleRoute("action:read", async ({ parameters, now }) => {
  const pulse = await getActionPulse(parameters.actionId ?? "", now);
  if (!pulse) throw new NotFound("There is no such action.");
  return pulse;
});
