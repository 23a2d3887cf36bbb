import type { Metadata } from "next";
import { Suspense } from "react";
import { InboxList } from "@/components/inbox/inbox-list.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { requireSignedIn } from "@/lib/auth/session.ts";
import { databaseNow } from "@/lib/database/database-now.ts";
import { may } from "@/lib/domain/permissions.ts";
import { paths } from "@/lib/paths.ts";
import { getInboxPage, isInboxTab, isInboxTier } from "@/lib/queries/inbox.ts";
import { commentOnItemAction, giveItemBackAction, snoozeItemAction, takeItemAction, wakeItemAction } from "../item-actions.ts";
import { approveListedAction, approveSelectedAction, takeBackListedAction } from "./actions.ts";
import { FirstPeek } from "./first-peek.tsx";
import { PeekSlot } from "./peek-slot.tsx";

export const metadata: Metadata = { title: "Inbox" };

const text = (value: string | string[] | undefined): string | undefined => (typeof value === "string" ? value.slice(0, 200) : undefined);

export default async function InboxPage({ searchParams }: { searchParams: Promise<Record<"tab" | "tier" | "after" | "before" | "sel", string | string[] | undefined>> }) {
  const actor = await requireSignedIn(paths.inbox());
  const answer = may(actor, "change:read");
  if (!answer.ok) return <EmptyState kind="unknown" title="You may not see what waits.">{answer.reason}</EmptyState>;
  const { tab, tier, after, before, sel } = await searchParams;
  const cursor = { after: text(after), before: text(before) };
  const inbox = await getInboxPage(actor, { tab: isInboxTab(tab) ? tab : "all", tier: isInboxTier(tier) ? tier : null, after: cursor.after ?? null, before: cursor.before ?? null }, await databaseNow());
  const first = inbox.items.find(({ key }) => key === sel) ?? inbox.items[0];
  const peek = first && <PeekSlot firstKey={first.key} first={<Suspense><FirstPeek item={first} actor={actor} /></Suspense>} />;
  return (
    <InboxList
      key={[inbox.tab, inbox.tier, cursor.after, cursor.before].join()} initial={inbox} cursor={cursor} shownKey={text(sel) ?? null} peek={peek} approveAction={approveListedAction} approveSelectedAction={approveSelectedAction} takeBackAction={takeBackListedAction}
      triageActions={{ takeItemAction, giveItemBackAction, snoozeItemAction, wakeItemAction, commentOnItemAction }}
    />
  );
}
