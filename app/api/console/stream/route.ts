import { headers } from "next/headers";
import { consoleEvents } from "@/lib/console-events.ts";
import { consoleRoute } from "@/lib/console-route.ts";
import { watcherOf } from "@/lib/domain/presence.ts";

/** One for each open tab: says that something moved, that the house is there, and who else has open what this tab shows. `after`: where another stream of this tab ended. */
export const GET = consoleRoute("agent:read", async ({ actor, search }) =>
  consoleEvents().open((await headers()).get("last-event-id") ?? search.get("after"), watcherOf(actor, search.get("on"))));
