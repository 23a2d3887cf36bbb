import type { Metadata } from "next";
import { InboxList } from "@/components/inbox/inbox-list.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { requireSignedIn } from "@/lib/auth/session.ts";
import { may } from "@/lib/domain/permissions.ts";
import { paths } from "@/lib/paths.ts";
import { getInbox, isInboxTab } from "@/lib/queries/inbox.ts";

export const metadata: Metadata = { title: "Inbox" };

export default async function InboxPage({ searchParams }: { searchParams: Promise<{ tab?: string | string[] }> }) {
  const actor = await requireSignedIn(paths.inbox());
  const answer = may(actor, "change:read");
  if (!answer.ok) return <EmptyState kind="unknown" title="You may not see what waits.">{answer.reason}</EmptyState>;
  const { tab } = await searchParams;
  const inbox = await getInbox(actor, isInboxTab(tab) ? tab : "all", new Date());
  return <InboxList key={inbox.tab} initial={inbox} />;
}
