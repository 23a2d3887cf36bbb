import { consoleRoute } from "@/lib/console-route.ts";
import { countInbox } from "@/lib/queries/inbox.ts";
import { countForShell } from "@/lib/queries/shell.ts";

/** The counts in the navigation, which also tell an open page that it is still connected. */
export const GET = consoleRoute("agent:read", async ({ actor, now }) => {
  const [inbox, counts] = await Promise.all([countInbox(actor, now), countForShell()]);
  return { inbox, ...counts };
});
