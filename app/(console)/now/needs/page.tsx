import type { Metadata } from "next";
import { FleetNeeds } from "@/components/now/fleet-needs.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { requireSignedIn } from "@/lib/auth/session.ts";
import { databaseNow } from "@/lib/database/database-now.ts";
import { may } from "@/lib/domain/permissions.ts";
import { paths } from "@/lib/paths.ts";
import { getFleetNeeds, isAbnormalState } from "@/lib/queries/fleet-needs.ts";

export const metadata: Metadata = { title: "Agents that need somebody" };

export default async function NeedsPage({ searchParams }: { searchParams: Promise<Record<"state" | "page", string | string[] | undefined>> }) {
  const actor = await requireSignedIn(paths.nowNeeds());
  const answer = may(actor, "agent:read");
  if (!answer.ok) return <EmptyState kind="unknown" title="You may not see how the agents are.">{answer.reason}</EmptyState>;
  const { state, page } = await searchParams;
  const initial = await getFleetNeeds({ state: isAbnormalState(state) ? state : null, page: Number.parseInt(String(page), 10) || 1 }, await databaseNow());
  return <FleetNeeds key={`${initial.state} ${initial.page}`} initial={initial} />;
}
