import { consoleRoute } from "@/lib/console-route.ts";
import { getFleetNow } from "@/lib/queries/fleet-now.ts";
import { countInbox } from "@/lib/queries/inbox.ts";

export const GET = consoleRoute("agent:read", async ({ actor, now }) => getFleetNow(await countInbox(actor, now), now));
