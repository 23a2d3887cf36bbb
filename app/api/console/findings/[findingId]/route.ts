import { consoleRoute } from "@/lib/console-route.ts";
import { NotFound } from "@/lib/errors.ts";
import { getFindingPulse } from "@/lib/queries/findings.ts";

export const GET = consoleRoute("change:read", async ({ parameters, now }) => {
  const pulse = await getFindingPulse(parameters.findingId ?? "", now);
  if (!pulse) throw new NotFound("There is no such finding.");
  return pulse;
});
