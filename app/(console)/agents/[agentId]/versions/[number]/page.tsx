import { notFound } from "next/navigation";
import { AgentHead } from "@/components/agents/agent-head.tsx";
import { VersionComponents } from "@/components/agents/version-components.tsx";
import { sourceName, VersionStateMark } from "@/components/agents/version-table.tsx";
import { Stale } from "@/components/layout/stale.tsx";
import { LinkButton } from "@/components/ui/button.tsx";
import { Card, CardBody } from "@/components/ui/card.tsx";
import { Fingerprint } from "@/components/ui/fingerprint.tsx";
import { KeyValue } from "@/components/ui/key-value.tsx";
import { Time } from "@/components/ui/time.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";
import { formatNumber } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";
import { findVersion } from "@/lib/queries/versions.ts";
import { requireAgent } from "../../require-agent.ts";

export default async function VersionPage({ params }: { params: Promise<{ agentId: string; number: string }> }) {
  const { agent, pulse, now } = await requireAgent(params, paths.agentVersions);
  const version = await findVersion(agent.id, Number((await params).number), now);
  if (!version) notFound();
  return (
    <>
      <AgentHead agent={agent} tab="versions" pulse={pulse} now={now} />
      <Stale readAtMs={now.getTime()} saysAge={false} className="cols">
        <div className="stack"><VersionComponents components={version.components} /></div>
        <aside className="stack" aria-label={`About version ${version.number}`}>
          <Card title={`Version ${version.number}`} meta={<VersionStateMark state={version.state} />}>
            <CardBody className="form-stack">
              <KeyValue items={[
                { label: "Label", value: version.label === null ? "none" : <UntrustedText text={version.label} maxLength={100} /> },
                { label: "Fingerprint", value: <Fingerprint value={version.fingerprint} length={16} /> },
                { label: "Source", value: <>{sourceName(version.source)}{version.sourceRef && <>, <UntrustedText text={version.sourceRef} maxLength={200} /></>}</> },
                { label: "Registered by", value: version.createdBy },
                { label: "Registered", value: <Time at={version.createdAt} show="both" now={now} /> },
                { label: "Components", value: formatNumber(version.components.length) },
                { label: "Runs, 7 days", value: formatNumber(version.runsInWeek) },
              ]} />
              <div className="actions">
                {version.changeId && <LinkButton href={paths.change(version.changeId)}>Its change</LinkButton>}
                <LinkButton href={paths.runs({ agent: agent.id, version: version.number })}>Its runs</LinkButton>
              </div>
            </CardBody>
          </Card>
        </aside>
      </Stale>
    </>
  );
}
