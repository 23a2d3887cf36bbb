import { RollbackButton } from "@/components/actions/rollback-button.tsx";
import { AgentHead } from "@/components/agents/agent-head.tsx";
import { VersionTable } from "@/components/agents/version-table.tsx";
import { Stale } from "@/components/layout/stale.tsx";
import { LinkButton } from "@/components/ui/button.tsx";
import { Card } from "@/components/ui/card.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { Pagination } from "@/components/ui/pagination.tsx";
import { permits } from "@/lib/database/whom-to-ask.ts";
import { paths } from "@/lib/paths.ts";
import { getRollbackPreview } from "@/lib/queries/rollback.ts";
import { listVersions } from "@/lib/queries/versions.ts";
import { requireAgent } from "../require-agent.ts";
import { rollBackAction } from "./actions.ts";

interface VersionsPageProps {
  params: Promise<{ agentId: string }>;
  searchParams: Promise<{ below?: string | string[] }>;
}

export default async function VersionsPage({ params, searchParams }: VersionsPageProps) {
  const { actor, agent, pulse, now } = await requireAgent(params, paths.agentVersions);
  const { below } = await searchParams;
  const from = typeof below === "string" && /^\d{1,9}$/.test(below) ? Number(below) : null;
  const { rows, hasMore } = await listVersions(agent.id, from, now);
  const { register, back, undo } = await permits(actor, agent.id, { register: "version:register", back: "stage:lower", undo: "action:undo" }, now);
  const button = <LinkButton variant="primary" href={paths.registerVersion(agent.id)} disabledReason={register.ok ? undefined : register.reason}>Register version</LinkButton>;
  const rollback = await getRollbackPreview(agent.id, now);
  const last = rows.at(-1);
  return (
    <>
      <AgentHead agent={agent} tab="versions" pulse={pulse} now={now} actions={(
        <>
          {rollback && (
            <RollbackButton
              // Another current version is another question.
              key={rollback.from.id} agentId={agent.id} from={rollback.from} to={rollback.to} since={rollback.since?.toISOString() ?? null} undo={rollback.undo}
              cannot={back.ok ? null : back.reason} cannotUndo={undo.ok ? null : undo.reason} action={rollBackAction}
            />
          )}
          <LinkButton href={paths.agentPolicy(agent.id)}>Policy</LinkButton>
          {button}
        </>
      )} />
      <Stale readAtMs={now.getTime()} saysAge={false}>
        <Card title="Versions" meta="a version never changes">
          <VersionTable agentId={agent.id} versions={rows} now={now} empty={<EmptyState kind="nothing_yet" title="No version is registered yet.">Paste the manifest here, or let the pipeline register it through the API.</EmptyState>} />
          <Pagination newerHref={from === null ? undefined : paths.agentVersions(agent.id)} newerLabel="Newest" olderHref={hasMore && last ? paths.agentVersions(agent.id, { below: last.number }) : undefined} />
        </Card>
      </Stale>
    </>
  );
}
