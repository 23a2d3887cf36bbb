import { consoleRoute } from "@/lib/console-route.ts";
import { getStopPath } from "@/lib/queries/stop-path.ts";
import { listEngagedStops, pulseOfStops } from "@/lib/queries/stops.ts";

export const GET = consoleRoute("agent:read", async ({ now }) => {
  const [stops, path] = await Promise.all([listEngagedStops(), getStopPath(now)]);
  return { pulse: `${path.last?.id ?? ""}\n${await pulseOfStops(stops, now)}` };
});
