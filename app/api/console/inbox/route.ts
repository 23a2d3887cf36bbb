import { consoleRoute } from "@/lib/console-route.ts";
import { getInbox, isInboxTab } from "@/lib/queries/inbox.ts";

export const GET = consoleRoute("change:read", ({ actor, search, now }) => {
  const tab = search.get("tab");
  return getInbox(actor, isInboxTab(tab) ? tab : "all", now);
});
