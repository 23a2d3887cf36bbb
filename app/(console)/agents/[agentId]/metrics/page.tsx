import { AgentHead } from "@/components/agents/agent-head.tsx";
import { BehaviourList } from "@/components/agents/behaviour-list.tsx";
import { FigureZoom } from "@/components/agents/figure-zoom.tsx";
import { linkedMarkers } from "@/components/agents/linked-markers.ts";
import { VersionMetricsTable } from "@/components/agents/version-metrics-table.tsx";
import { CopyLink } from "@/components/layout/copy-link.tsx";
import { Stale } from "@/components/layout/stale.tsx";
import { Card } from "@/components/ui/card.tsx";
import { Tabs } from "@/components/ui/tabs.tsx";
import { FIGURES, isFigure, type Figure } from "@/lib/domain/figures.ts";
import { isMetricRange, METRIC_RANGES, readSpan, spanUntilNow, type MetricRange } from "@/lib/domain/metric-span.ts";
import { formatCount, formatUtc } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";
import { getAgentMetrics } from "@/lib/queries/agent-metrics.ts";
import { requireAgent } from "../require-agent.ts";

interface MetricsPageProps {
  params: Promise<{ agentId: string }>;
  searchParams: Promise<Partial<Record<"range" | "figure" | "from" | "to", string | string[]>>>;
}

export default async function AgentMetricsPage({ params, searchParams }: MetricsPageProps) {
  const { agent, pulse, now } = await requireAgent(params, paths.agentMetrics);
  const search = await searchParams;
  const chosen = readSpan(search.from, search.to);
  const range: MetricRange = isMetricRange(search.range) ? search.range : "14d";
  const span = chosen ?? spanUntilNow(range, now);
  const figure: Figure = isFigure(search.figure) ? search.figure : "success";
  const metrics = await getAgentMetrics(agent.id, span);
  const [from, to] = [span.from.toISOString(), span.to.toISOString()];
  const name = chosen === null ? METRIC_RANGES[range].name : `${formatUtc(from)} to ${formatUtc(to)}`;
  const shown = chosen === null ? { range } : { from, to };
  const hrefOf = (each: Figure) => `${paths.agentMetrics(agent.id, { ...shown, figure: each })}#zoom`;
  return (
    <>
      <AgentHead agent={agent} tab="metrics" pulse={pulse} now={now} actions={<CopyLink key={name} path={paths.agentMetrics(agent.id, { from, to, figure })} from={from} to={to} />} />
      <Stale readAtMs={now.getTime()} saysAge={false} className="stack">
        <Card title="Over time" meta={`${chosen === null ? "" : `${name}, `}${formatCount(metrics.totals.runs, "run")}, a point every ${metrics.bucketHours === 1 ? "hour" : `${metrics.bucketHours} hours`}`}>
          <Tabs label="Range" tabs={(Object.keys(METRIC_RANGES) as MetricRange[]).map((each) => ({ href: paths.agentMetrics(agent.id, { range: each, figure }), label: METRIC_RANGES[each].name, isCurrent: chosen === null && each === range }))} />
          <BehaviourList figures={FIGURES} series={metrics.series} markers={linkedMarkers(metrics.markers)} from={span.from} until={chosen?.to} now={now} hrefOf={hrefOf} />
        </Card>
        <FigureZoom figure={figure} points={metrics.series[figure]} markers={metrics.markers} range={name} hrefOf={hrefOf} />
        <Card title="By version" meta="with 95 % intervals">
          <VersionMetricsTable versions={metrics.versions} range={name} />
        </Card>
      </Stale>
    </>
  );
}
