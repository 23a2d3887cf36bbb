import type { Metadata } from "next";
import { FirstRunChecklist } from "@/components/agents/first-run-checklist.tsx";
import { FleetNow } from "@/components/now/fleet-now.tsx";
import { StopPathCard } from "@/components/stops/stop-path-card.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { PageHead } from "@/components/ui/page-head.tsx";
import { requireSignedIn } from "@/lib/auth/session.ts";
import { databaseNow } from "@/lib/database/database-now.ts";
import { permits } from "@/lib/database/whom-to-ask.ts";
import { may } from "@/lib/domain/permissions.ts";
import { env } from "@/lib/env.ts";
import { paths } from "@/lib/paths.ts";
import { getFleetNow } from "@/lib/queries/fleet-now.ts";
import { countInbox } from "@/lib/queries/inbox.ts";
import { getShownPath } from "@/lib/queries/stop-path.ts";

export const metadata: Metadata = { title: "Now" };

export default async function NowPage() {
  const actor = await requireSignedIn(paths.now());
  const answer = may(actor, "agent:read");
  if (!answer.ok) return <EmptyState kind="unknown" title="You may not see how the agents are.">{answer.reason}</EmptyState>;
  const now = await databaseNow();
  const [path, waiting] = await Promise.all([getShownPath(now), countInbox(actor, now)]);
  const fleet = await getFleetNow(waiting, now);
  if (fleet.agents === 0) {
    return (
      <>
        <PageHead title="There are no agents yet" lead="As soon as one is here, this page says in one sentence how all of them are." />
        <FirstRunChecklist publicUrl={env().publicUrl} create={(await permits(actor, null, { create: "agent:create" }, now)).create} />
      </>
    );
  }
  return <FleetNow initial={fleet} stopPath={<StopPathCard initial={path} linksToStops />} />;
}
