import { Fragment } from "react";
import type { Metadata } from "next";
import { AgentHead } from "@/components/agents/agent-head.tsx";
import { linkedMarkers } from "@/components/agents/linked-markers.ts";
import { Stale } from "@/components/layout/stale.tsx";
import { ControlChartPanel } from "@/components/quality/control-chart-panel.tsx";
import { FIGURE_WORDS, WORD_MARKS } from "@/components/quality/quality-words.ts";
import { Card } from "@/components/ui/card.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { Link } from "@/components/ui/link.tsx";
import { StatusMark } from "@/components/ui/status-mark.tsx";
import { Tabs } from "@/components/ui/tabs.tsx";
import { formatDay } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";
import { getAgentQuality, type AgentQuality } from "@/lib/queries/agent-quality.ts";
import { requireAgent } from "../require-agent.ts";

interface QualityPageProps {
  params: Promise<{ agentId: string }>;
  searchParams: Promise<{ version?: string | string[] }>;
}

export async function generateMetadata({ params }: QualityPageProps): Promise<Metadata> {
  return { title: `Quality of ${(await params).agentId}` };
}

export default async function AgentQualityPage({ params, searchParams }: QualityPageProps) {
  const { agent, pulse, now } = await requireAgent(params, paths.agentQuality);
  const { version } = await searchParams;
  const number = typeof version === "string" && /^\d{1,9}$/.test(version) ? Number(version) : null;
  const quality = await getAgentQuality(agent.id, number, now);
  return (
    <>
      <AgentHead agent={agent} tab="quality" pulse={pulse} now={now} />
      <Stale readAtMs={now.getTime()} saysAge={false} className="stack">
        <Card title="Week by week" meta={`${quality.weeks.length} weeks, judged by what was usual`}>
          <Tabs label="Version" tabs={tabsOf(agent.id, quality, number)} />
          <Summary quality={quality} />
        </Card>
        {quality.versions.length > 0 && (
          <section aria-label="Control charts">
            <div className="panels">
              {quality.trends.map(({ figure, chart, counted }) => <ControlChartPanel key={figure} figure={figure} chart={chart} counted={counted} markers={quality.markers} />)}
            </div>
            <p className="meta mt-2 text-pretty">
              Dashed: what is usual. Band: between these limits a figure moves by chance. A shape stands where it did not: outside the limits, seven weeks on one side, or two of three near a limit.
              {quality.markers.length > 0 && <> Lines: <Lines markers={quality.markers} />.</>}
            </p>
          </section>
        )}
      </Stale>
    </>
  );
}

/** What the upright lines in the charts stand for. */
function Lines({ markers }: Pick<AgentQuality, "markers">) {
  return linkedMarkers(markers).map(({ at, label, href }, index) => (
    <Fragment key={`${at} ${href}`}>
      {index > 0 && "; "}
      <Link className="link" href={href}>{label}</Link>, {formatDay(at)}
    </Fragment>
  ));
}

function tabsOf(agentId: string, { versions }: AgentQuality, chosen: number | null) {
  return [
    { href: paths.agentQuality(agentId), label: "All versions", isCurrent: chosen === null },
    ...versions.slice(0, 6).map(({ number, isCurrent }) => ({ href: paths.agentQuality(agentId, { version: number }), label: isCurrent ? `${number}, current` : String(number), isCurrent: chosen === number })),
  ];
}

function Summary({ quality: { trends, versions } }: { quality: AgentQuality }) {
  if (versions.length === 0) return <EmptyState kind="nothing_yet" title="No run of a known version in these weeks.">Trends appear as soon as traces arrive; limits need eight weeks.</EmptyState>;
  return (
    <ul className="rows">
      {trends.map(({ figure, chart }) => (
        <li key={figure} className="flex flex-wrap justify-between gap-x-4 px-4 py-2.5 text-dense"><span className="font-medium">{FIGURE_WORDS[figure].name}</span><StatusMark kind={WORD_MARKS[chart.word]}>{chart.word}</StatusMark></li>
      ))}
    </ul>
  );
}
