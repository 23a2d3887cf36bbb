import { consoleRoute } from "@/lib/console-route.ts";
import { NotFound } from "@/lib/errors.ts";
import { getRunPulse } from "@/lib/queries/runs.ts";

/** Whether an open run has grown, or been told an outcome of. */
export const GET = consoleRoute("run:read", async ({ parameters }) => {
  const pulse = await getRunPulse(parameters.runId ?? "");
  if (!pulse) throw new NotFound("There is no such run.");
  return pulse;
});
