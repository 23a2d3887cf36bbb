import { consoleRoute } from "@/lib/console-route.ts";
import { NotFound } from "@/lib/errors.ts";
import { findShownStop, pulseOfShown } from "@/lib/queries/stops-shown.ts";

/** One stop with its proof as of now, asked several times a second while that is open; with `pulse` only what tells that the page is old. */
export const GET = consoleRoute("agent:read", async ({ parameters, search, now }) => {
  const stop = await findShownStop(parameters.stopId ?? "", now);
  if (!stop) throw new NotFound("There is no such stop.");
  return search.has("pulse") ? { pulse: pulseOfShown(stop) } : stop;
});
