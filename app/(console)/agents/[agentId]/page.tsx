import type { Metadata } from "next";
import { BoundaryCard, BudgetCard, OwnersCard, ToolsCard } from "@/components/agents/agent-facts.tsx";
import { AgentHead } from "@/components/agents/agent-head.tsx";
import { AuthorityCard } from "@/components/agents/authority-card.tsx";
import { OpenItems } from "@/components/agents/open-items.tsx";
import { overridesInForce } from "@/components/agents/overrides-in-force.ts";
import { ReadinessList } from "@/components/agents/readiness-list.tsx";
import { RunbookCard } from "@/components/agents/runbook-card.tsx";
import { RecentChanges, RecentRuns } from "@/components/agents/recent-activity.tsx";
import { TrustEvidenceCard } from "@/components/agents/trust-evidence-card.tsx";
import { UsualList } from "@/components/agents/usual-list.tsx";
import { RevokeOverride } from "@/components/agents/revoke-override.tsx";
import { OpenRolloutCard } from "@/components/rollouts/open-rollout-card.tsx";
import { Stale } from "@/components/layout/stale.tsx";
import { LinkButton } from "@/components/ui/button.tsx";
import { Card } from "@/components/ui/card.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { Link } from "@/components/ui/link.tsx";
import { permits } from "@/lib/database/whom-to-ask.ts";
import { silenceSentence, worseSentence } from "@/lib/domain/fleet-need.ts";
import { countReady } from "@/lib/domain/readiness.ts";
import { revocationLoosens } from "@/lib/domain/revocation.ts";
import { paths } from "@/lib/paths.ts";
import { listOpenItems, listRecentChanges, listRecentRuns } from "@/lib/queries/agent-activity.ts";
import { getMonthSpend, listMarkers } from "@/lib/queries/agent-metrics.ts";
import { getAgentUsual } from "@/lib/queries/agent-usual.ts";
import { listReadiness } from "@/lib/queries/agent-readiness.ts";
import { findOpenRollout } from "@/lib/queries/rollouts.ts";
import { getTrustEvidence } from "@/lib/queries/trust-evidence.ts";
import { listTools } from "@/lib/queries/versions.ts";
import { revokeOverrideAction } from "../actions.ts";
import { requireAgent } from "./require-agent.ts";

type Params = Promise<{ agentId: string }>;

export async function generateMetadata({ params }: { params: Params }): Promise<Metadata> {
  return { title: (await params).agentId };
}

export default async function AgentPage({ params }: { params: Params }) {
  const { actor, agent, pulse, now } = await requireAgent(params, paths.agent);
  const [open, changes, runs, usual, markers, evidence, tools, spend, readiness, rollout] = await Promise.all([
    listOpenItems(agent.id, now), listRecentChanges(agent.id), listRecentRuns(agent.id), getAgentUsual(agent.id, now), listMarkers(agent.id, new Date(now.getTime() - 28 * 86_400_000)), getTrustEvidence(agent.id),
    agent.version ? listTools(agent.version.id) : [], getMonthSpend(agent.id, now), listReadiness([agent.id], now), findOpenRollout(agent.id),
  ]);
  const silence = agent.silence && { lastSeenAt: agent.silence.lastSeenAt, sentence: silenceSentence({ rhythm: agent.silence.rhythm, hasWriteTools: tools.some(({ effect }) => effect !== "read") }) };
  const steps = readiness.get(agent.id) ?? [];
  const { register, mayRevoke } = await permits(actor, agent.id, { register: "version:register", mayRevoke: "override:revoke" }, now);
  return (
    <>
      <AgentHead
        agent={agent} tab="overview" pulse={pulse} now={now}
        actions={<LinkButton href={paths.registerVersion(agent.id)} disabledReason={register.ok ? undefined : register.reason}>Propose change</LinkButton>}
      />
      <Stale readAtMs={now.getTime()} saysStops saysAge={false} className="cols agent-cols">
        <div className="stack">
          <AuthorityCard
            agentId={agent.id} authority={agent.authority} stop={agent.stop} stopWords={agent.stopWords} now={now} linksToHistory className="first"
            revoke={(overrideId) => <RevokeOverride overrideId={overrideId} loosens={revocationLoosens(agent.authority, overrideId)} action={revokeOverrideAction} permission={mayRevoke} />}
          />
          <div className="third">
            <Card title="Five metrics against their usual range" meta="the last 24 hours, judged by the 28 days before" actions={<Link className="link dense inline-flex min-h-6 items-center" href={paths.agentMetrics(agent.id)}>All metrics</Link>}>
              {usual.every(({ points }) => points.every(({ value }) => value === null))
                ? <EmptyState kind="nothing_yet" title="No run in the last 29 days.">Figures appear as soon as traces arrive.</EmptyState>
                : <UsualList metrics={usual} markers={markers} now={now} hrefOf={(figure) => `${paths.agentMetrics(agent.id, { figure })}#zoom`} />}
            </Card>
          </div>
          <TrustEvidenceCard agentId={agent.id} evidence={evidence} now={now} />
          <RecentRuns agentId={agent.id} runs={runs} now={now} />
          <RecentChanges agentId={agent.id} changes={changes} now={now} />
        </div>
        <aside className="stack" aria-label={`About ${agent.id}`}>
          {rollout && <OpenRolloutCard rollout={rollout} className="second" />}
          <OpenItems agentId={agent.id} changes={open.changes} findings={open.findings} held={open.held} asking={open.asking} silence={silence} worse={worseSentence(usual.map(({ metric, judgement }) => ({ metric, word: judgement.word })))} missing={agent.missing} overrides={overridesInForce(agent.authority)} now={now} className="second" />
          {countReady(steps) < steps.length && (
            <Card title="Readiness" meta={`ready ${countReady(steps)} of ${steps.length}`} className="fourth" actions={<Link className="link dense" href={paths.agentReadiness(agent.id)}>Whole list</Link>}>
              <ReadinessList agentId={agent.id} steps={steps} isOpenOnly />
            </Card>
          )}
          <OwnersCard owners={agent.owners} card={agent.card} now={now} />
          <RunbookCard agentId={agent.id} runbook={agent.card.runbook} />
          <BoundaryCard card={agent.card} revision={agent.cardRevision} />
          <ToolsCard tools={tools} versionHref={agent.version ? paths.agentVersion(agent.id, agent.version.number) : null} hooksHref={paths.agentHooks(agent.id)} />
          <BudgetCard agentId={agent.id} budget={agent.card.monthlyBudget} spend={spend} now={now} />
        </aside>
      </Stale>
    </>
  );
}
