import { consoleRoute } from "@/lib/console-route.ts";
import { listEngagedStops, pulseOfStops } from "@/lib/queries/stops.ts";

export const GET = consoleRoute("agent:read", async () => ({ pulse: pulseOfStops(await listEngagedStops()) }));
