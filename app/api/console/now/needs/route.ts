import { consoleRoute } from "@/lib/console-route.ts";
import { getFleetNeeds, isAbnormalState } from "@/lib/queries/fleet-needs.ts";

export const GET = consoleRoute("agent:read", ({ search, now }) => {
  const state = search.get("state");
  return getFleetNeeds({ state: isAbnormalState(state) ? state : null, page: Number.parseInt(search.get("page") ?? "", 10) || 1 }, now);
});
