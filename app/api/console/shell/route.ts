import { consoleRoute } from "@/lib/console-route.ts";
import { countInbox } from "@/lib/queries/inbox.ts";
import { findOnCall } from "@/lib/queries/on-call.ts";
import { countForShell } from "@/lib/queries/shell.ts";
import { countEngagedStops } from "@/lib/queries/stops.ts";

/** The counts in the navigation, the engaged stops and who is on call, which also tell an open page that it is still connected. */
export const GET = consoleRoute("agent:read", async ({ actor, now }) => {
  const [inbox, counts, stops, onCall] = await Promise.all([countInbox(actor, now), countForShell(), countEngagedStops(now), findOnCall(now)]);
  return { inbox, ...counts, ...stops, onCall };
});
