import type { Metadata } from "next";
import { QualityCards } from "@/components/changes/quality-cards.tsx";
import { LinkButton } from "@/components/ui/button.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { PageHead } from "@/components/ui/page-head.tsx";
import { requireSignedIn } from "@/lib/auth/session.ts";
import { may } from "@/lib/domain/permissions.ts";
import { paths } from "@/lib/paths.ts";
import { getChangeQuality } from "@/lib/queries/change-quality.ts";

export const metadata: Metadata = { title: "Change quality" };

export default async function ChangeQualityPage({ searchParams }: { searchParams: Promise<Record<string, string | string[] | undefined>> }) {
  const actor = await requireSignedIn(paths.changeQuality());
  const answer = may(actor, "change:read");
  if (!answer.ok) return <EmptyState kind="unknown" title="You may not see changes.">{answer.reason}</EmptyState>;
  const { agent } = await searchParams;
  const agentId = typeof agent === "string" && agent.trim() !== "" ? agent.trim().slice(0, 100) : null;
  const weeks = await getChangeQuality(agentId, new Date());
  return (
    <>
      <PageHead
        title="Change quality"
        lead={agentId === null ? "How well the fleet's changes are reviewed before they do anything, over twelve weeks." : `How well the changes of ${agentId} are reviewed before they do anything, over twelve weeks.`}
        actions={agentId === null ? <LinkButton href={paths.changes()}>All changes</LinkButton> : <LinkButton href={paths.changeQuality()}>Whole fleet</LinkButton>}
      />
      <QualityCards weeks={weeks} />
    </>
  );
}
