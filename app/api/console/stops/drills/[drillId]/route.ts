import { consoleRoute } from "@/lib/console-route.ts";
import { NotFound } from "@/lib/errors.ts";
import { findShownDrill } from "@/lib/queries/stops-drills.ts";

/** One rehearsal, asked while it runs. */
export const GET = consoleRoute("agent:read", async ({ parameters, now }) => {
  const drill = await findShownDrill(parameters.drillId ?? "", now);
  if (!drill) throw new NotFound("There is no such rehearsal.");
  return drill;
});
