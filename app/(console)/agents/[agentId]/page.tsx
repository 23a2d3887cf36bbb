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
import { linkedMarkers } from "@/components/agents/linked-markers.ts";
import { UsualList, type UsualListProps } from "@/components/agents/usual-list.tsx";
import { RevokeOverride } from "@/components/agents/revoke-override.tsx";
import { OpenRolloutCard } from "@/components/rollouts/open-rollout-card.tsx";
import { Stale } from "@/components/layout/stale.tsx";
import { LinkButton } from "@/components/ui/button.tsx";
import { Card } from "@/components/ui/card.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { Link } from "@/components/ui/link.tsx";
import { PartCard } from "@/components/ui/part-card.tsx";
import { permits } from "@/lib/database/whom-to-ask.ts";
import { silenceSentence, worseSentence } from "@/lib/domain/fleet-need.ts";
import { countReady, type ReadinessStep } from "@/lib/domain/readiness.ts";
import { revocationLoosens } from "@/lib/domain/revocation.ts";
import { paths } from "@/lib/paths.ts";
import { listOpenItems, listRecentChanges, listRecentRuns } from "@/lib/queries/agent-activity.ts";
import { getMonthSpend, listMarkers } from "@/lib/queries/agent-metrics.ts";
import { getAgentUsual } from "@/lib/queries/agent-usual.ts";
import { listReadiness } from "@/lib/queries/agent-readiness.ts";
import { findOpenRollout } from "@/lib/queries/rollouts.ts";
import { getTrustEvidence } from "@/lib/queries/trust-evidence.ts";
import { listTools } from "@/lib/queries/versions.ts";
import { readParts, valueOf } from "@/lib/read-parts.ts";
import { revokeOverrideAction } from "../actions.ts";
import { requireAgent } from "./require-agent.ts";

type Params = Promise<{ agentId: string }>;

export async function generateMetadata({ params }: { params: Params }): Promise<Metadata> {
  return { title: (await params).agentId };
}

export default async function AgentPage({ params }: { params: Params }) {
  const { actor, agent, pulse, now } = await requireAgent(params, paths.agent);
  const { open, changes, runs, usual, evidence, tools, spend, readiness, rollout } = await readParts({
    open: listOpenItems(agent.id, now), changes: listRecentChanges(agent.id), runs: listRecentRuns(agent.id),
    usual: usualOf(agent.id, now), evidence: getTrustEvidence(agent.id), tools: agent.version ? listTools(agent.version.id) : Promise.resolve([]), spend: getMonthSpend(agent.id, now), readiness: listReadiness([agent.id], now), rollout: findOpenRollout(agent.id),
  });
  // With tools that are not known it may write.
  const hasWriteTools = valueOf(tools, [{ effect: "write" }]).some(({ effect }) => effect !== "read");
  const silence = agent.silence && { lastSeenAt: agent.silence.lastSeenAt, sentence: silenceSentence({ rhythm: agent.silence.rhythm, hasWriteTools }) };
  const worse = usual.ok ? worseSentence(usual.value.metrics.map(({ metric, judgement }) => ({ metric, word: judgement.word }))) : "Its five metrics could not be read";
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
            <PartCard part={usual} title={FIVE_METRICS} unknown="Whether a figure is worse than usual is not known.">{(value) => <Metrics agentId={agent.id} {...value} now={now} />}</PartCard>
          </div>
          <PartCard part={evidence} title="Trust evidence so far" className="third">{(value) => <TrustEvidenceCard agentId={agent.id} evidence={value} now={now} />}</PartCard>
          <PartCard part={runs} title="Recent runs" className="third">{(value) => <RecentRuns agentId={agent.id} runs={value} now={now} />}</PartCard>
          <PartCard part={changes} title="Recent changes" className="third">{(value) => <RecentChanges agentId={agent.id} changes={value} now={now} />}</PartCard>
        </div>
        <aside className="stack" aria-label={`About ${agent.id}`}>
          <PartCard part={rollout} title="Rollout" className="second" unknown="Whether another version is tried beside the current one is not known.">{(found) => found && <OpenRolloutCard rollout={found} className="second" />}</PartCard>
          <PartCard part={open} title="Open items" className="second" unknown="Whether something waits is not known.">
            {(items) => <OpenItems agentId={agent.id} {...items} silence={silence} worse={worse} missing={agent.missing} overrides={overridesInForce(agent.authority)} now={now} className="second" />}
          </PartCard>
          <PartCard part={readiness} title="Readiness" className="fourth">{(found) => <OpenSteps agentId={agent.id} steps={found.get(agent.id) ?? []} />}</PartCard>
          <OwnersCard owners={agent.owners} card={agent.card} now={now} />
          <RunbookCard agentId={agent.id} runbook={agent.card.runbook} />
          <BoundaryCard card={agent.card} revision={agent.cardRevision} />
          <PartCard part={tools} title="Tools" className="fourth">{(value) => <ToolsCard tools={value} versionHref={agent.version ? paths.agentVersion(agent.id, agent.version.number) : null} hooksHref={paths.agentHooks(agent.id)} />}</PartCard>
          <PartCard part={spend} title="Budget" className="fourth">{(value) => <BudgetCard agentId={agent.id} budget={agent.card.monthlyBudget} spend={value} now={now} />}</PartCard>
        </aside>
      </Stale>
    </>
  );
}

async function usualOf(agentId: string, now: Date) {
  const [metrics, markers] = await Promise.all([getAgentUsual(agentId, now), listMarkers(agentId, new Date(now.getTime() - 28 * 86_400_000))]);
  return { metrics, markers: linkedMarkers(markers) };
}

const FIVE_METRICS = "Five metrics against their usual range";

function Metrics({ agentId, metrics, ...more }: Pick<UsualListProps, "metrics" | "markers" | "now"> & { agentId: string }) {
  return (
    <Card title={FIVE_METRICS} meta="the last 24 hours, judged by the 28 days before" actions={<Link className="link dense inline-flex min-h-6 items-center" href={paths.agentMetrics(agentId)}>All metrics</Link>}>
      {metrics.every(({ points }) => points.every(({ value }) => value === null))
        ? <EmptyState kind="nothing_yet" title="No run in the last 29 days.">Figures appear as soon as traces arrive.</EmptyState>
        : <UsualList metrics={metrics} {...more} hrefOf={(figure) => `${paths.agentMetrics(agentId, { figure })}#zoom`} />}
    </Card>
  );
}

function OpenSteps({ agentId, steps }: { agentId: string; steps: readonly ReadinessStep[] }) {
  const ready = countReady(steps);
  if (ready === steps.length) return null;
  return (
    <Card title="Readiness" meta={`ready ${ready} of ${steps.length}`} className="fourth" actions={<Link className="link dense" href={paths.agentReadiness(agentId)}>Whole list</Link>}>
      <ReadinessList agentId={agentId} steps={steps} isOpenOnly />
    </Card>
  );
}
