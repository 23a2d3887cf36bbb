import { DataTable, type Column } from "@/components/ui/data-table.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { Tag } from "@/components/ui/tag.tsx";
import { wilsonInterval, type Metrics, type MetricTotals, type Share } from "@/lib/domain/metrics.ts";
import { formatDurationMs, formatNanoUsd, formatNumber, formatPercent, formatTokens } from "@/lib/format.ts";

export interface ShownVersionMetrics {
  versionId: string;
  number: number | null;
  label: string | null;
  isCurrent: boolean;
  totals: MetricTotals;
  metrics: Metrics;
}

/** Each share with its 95 % interval and what it is a share of: two versions differ only where the intervals part. */
export function VersionMetricsTable({ versions, range }: { versions: readonly ShownVersionMetrics[]; range: string }) {
  const columns: readonly Column<ShownVersionMetrics>[] = [
    { key: "version", header: "Version", cell: (row) => (row.number === null ? "No known version" : `Version ${row.number}`) },
    { key: "mark", header: "Label", priority: 2, cell: (row) => (row.isCurrent ? <Tag strong>current</Tag> : (row.label ?? "")) },
    { key: "runs", header: "Runs", align: "right", cell: (row) => formatNumber(row.totals.runs) },
    { key: "success", header: "Success", align: "right", cell: (row) => <ShareCell share={row.metrics.successRate} /> },
    { key: "escalation", header: "Escalated", align: "right", cell: (row) => <ShareCell share={row.metrics.escalationRate} /> },
    { key: "errors", header: "Action errors", align: "right", cell: (row) => <ShareCell share={row.metrics.actionErrorRate} /> },
    { key: "intervened", header: "Intervened", align: "right", cell: (row) => <ShareCell share={row.metrics.interventionRate} /> },
    { key: "cost", header: "Cost a task", align: "right", cell: (row) => <>{formatNanoUsd(row.metrics.costPerTaskNanoUsd)}<Under text={`n = ${formatNumber(row.totals.costKnownRuns)}`} /></> },
    { key: "latency", header: "Latency p95", align: "right", cell: (row) => <>{formatDurationMs(row.metrics.latencyMs.p95)}<Under text={`p50 ${formatDurationMs(row.metrics.latencyMs.p50)}`} /></> },
    { key: "tokens", header: "Tokens", align: "right", cell: (row) => tokensOf(row.metrics) },
  ];
  return (
    <DataTable
      caption={`Metrics by version over ${range}`} columns={columns} rows={versions} rowKey={(row) => row.versionId || "none"}
      empty={<EmptyState kind="nothing_yet" title="No run in this time.">Figures appear as soon as traces arrive.</EmptyState>}
    />
  );
}

function ShareCell({ share }: { share: Share | null }) {
  if (share === null) return <span className="text-fg-3">no data</span>;
  const interval = wilsonInterval(share.hits, share.n);
  return (
    <>
      {formatPercent(share.value)}
      {interval && <Under text={`${formatNumber(interval.low * 100, 1)} to ${formatPercent(interval.high)}, n = ${formatNumber(share.n)}`} />}
    </>
  );
}

function Under({ text }: { text: string }) {
  return <span className="meta block max-sm:ml-1 max-sm:inline">{text}</span>;
}

function tokensOf({ inputTokensPerRun, outputTokensPerRun }: Metrics): string {
  if (inputTokensPerRun === null || outputTokensPerRun === null) return "no data";
  return `${formatTokens(Math.round(inputTokensPerRun))} in, ${formatTokens(Math.round(outputTokensPerRun))} out`;
}
