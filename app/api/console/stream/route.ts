import { headers } from "next/headers";
import { consoleEvents } from "@/lib/console-events.ts";
import { consoleRoute } from "@/lib/console-route.ts";

/** One for each open tab: says that something moved, and that the house is there. */
export const GET = consoleRoute("agent:read", async () => consoleEvents().open((await headers()).get("last-event-id")));
