import { consoleRoute } from "@/lib/console-route.ts";
import { getInboxPage, isInboxTab } from "@/lib/queries/inbox.ts";

export const GET = consoleRoute("change:read", ({ actor, search, now }) => {
  const tab = search.get("tab");
  return getInboxPage(actor, { tab: isInboxTab(tab) ? tab : "all", after: search.get("after"), before: search.get("before") }, now);
});
