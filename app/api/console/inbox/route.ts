import { consoleRoute } from "@/lib/console-route.ts";
import { getInboxPage, isInboxTab, isInboxTier } from "@/lib/queries/inbox.ts";

export const GET = consoleRoute("change:read", ({ actor, search, now }) => {
  const [tab, tier] = [search.get("tab"), search.get("tier")];
  return getInboxPage(actor, { tab: isInboxTab(tab) ? tab : "all", tier: isInboxTier(tier) ? tier : null, after: search.get("after"), before: search.get("before") }, now);
});
