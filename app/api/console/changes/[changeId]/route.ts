import { consoleRoute } from "@/lib/console-route.ts";
import { getChangePulse } from "@/lib/queries/changes.ts";

export const GET = consoleRoute("change:read", ({ parameters, now }) => getChangePulse(parameters.changeId ?? "", now));
