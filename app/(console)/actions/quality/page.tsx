import type { Metadata } from "next";
import { RuleQualityCard } from "@/components/actions/rule-quality-card.tsx";
import { LinkButton } from "@/components/ui/button.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { PageHead } from "@/components/ui/page-head.tsx";
import { requireSignedIn } from "@/lib/auth/session.ts";
import { may } from "@/lib/domain/permissions.ts";
import { paths } from "@/lib/paths.ts";
import { getReviewerQuality, QUALITY_DAYS } from "@/lib/queries/reviewer-quality.ts";

export const metadata: Metadata = { title: "Approval quality" };

export default async function ActionQualityPage({ searchParams }: { searchParams: Promise<Record<string, string | string[] | undefined>> }) {
  const actor = await requireSignedIn(paths.actionQuality());
  const answer = may(actor, "action:read");
  if (!answer.ok) return <EmptyState kind="unknown" title="You may not see actions.">{answer.reason}</EmptyState>;
  const { agent } = await searchParams;
  const agentId = typeof agent === "string" && agent.trim() !== "" ? agent.trim().slice(0, 100) : null;
  const quality = await getReviewerQuality(agentId, new Date());
  return (
    <>
      <PageHead
        title="Approval quality" lead={`Whether people still decide when a rule asks them, or only agree: ${agentId === null ? "all agents" : agentId}, over ${QUALITY_DAYS} days.`}
        actions={agentId === null ? <LinkButton href={paths.actions()}>All actions</LinkButton> : <LinkButton href={paths.actionQuality()}>All agents</LinkButton>}
      />
      <RuleQualityCard quality={quality} days={QUALITY_DAYS} />
    </>
  );
}
