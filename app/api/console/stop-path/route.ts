import { consoleRoute } from "@/lib/console-route.ts";
import { getShownPath } from "@/lib/queries/stop-path.ts";

export const GET = consoleRoute("agent:read", ({ now }) => getShownPath(now));
