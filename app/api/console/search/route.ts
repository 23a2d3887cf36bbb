import { consoleRoute } from "@/lib/console-route.ts";
import { search } from "@/lib/queries/search.ts";

const LONGEST = 200;

export const GET = consoleRoute("agent:read", async ({ actor, search: query }) => ({
  found: await search((query.get("q") ?? "").replaceAll("\u0000", "").slice(0, LONGEST), actor),
}));
