import { consoleRoute } from "@/lib/console-route.ts";
import { countInbox } from "@/lib/queries/inbox.ts";
import { countForShell } from "@/lib/queries/shell.ts";
import { countEngagedStops } from "@/lib/queries/stops.ts";

/** The counts in the navigation and the engaged stops, which also tell an open page that it is still connected. */
export const GET = consoleRoute("agent:read", async ({ actor, now }) => {
  const [inbox, counts, stops] = await Promise.all([countInbox(actor, now), countForShell(), countEngagedStops()]);
  return { inbox, ...counts, ...stops };
});
