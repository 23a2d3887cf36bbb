import { consoleRoute } from "@/lib/console-route.ts";
import { getChangePulse } from "@/lib/queries/changes.ts";

export const GET = consoleRoute("change:read", ({ actor, parameters, now }) => getChangePulse(parameters.changeId ?? "", actor.id, now));
