import { consoleRoute } from "@/lib/console-route.ts";
import { NotFound } from "@/lib/errors.ts";
import { findRolloutPulse } from "@/lib/queries/rollout.ts";

export const GET = consoleRoute("rollout:read", async ({ parameters }) => {
  const pulse = await findRolloutPulse(parameters.rolloutId ?? "");
  if (!pulse) throw new NotFound("There is no such rollout.");
  return pulse;
});
