import { consoleRoute } from "@/lib/console-route.ts";
import { readShell } from "@/lib/queries/shell.ts";

/** The counts in the navigation, the engaged stops and who is on call, which also tell an open page that it is still connected. */
export const GET = consoleRoute("agent:read", ({ actor, now }) => readShell(actor, now, now));
