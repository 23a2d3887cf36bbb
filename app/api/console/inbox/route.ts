import { consoleRoute } from "@/lib/console-route.ts";
import { getInboxPage, INBOX_PAGE, isInboxTab, isInboxTier } from "@/lib/queries/inbox.ts";
import { findFates } from "@/lib/queries/item-fates.ts";

/** `known`: what whoever asks still has before them; what became of those that the page no longer has is told with it. */
export const GET = consoleRoute("change:read", async ({ actor, search, now }) => {
  const [tab, tier] = [search.get("tab"), search.get("tier")];
  const page = await getInboxPage(actor, { tab: isInboxTab(tab) ? tab : "all", tier: isInboxTier(tier) ? tier : null, after: search.get("after"), before: search.get("before") }, now);
  const listed = new Set(page.items.map(({ key }) => key));
  const gone = (search.get("known") ?? "").split(",", INBOX_PAGE).filter((key) => key !== "" && !listed.has(key));
  return { ...page, fates: await findFates(actor, gone, now) };
});
