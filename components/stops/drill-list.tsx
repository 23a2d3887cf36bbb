import { Card } from "@/components/ui/card.tsx";
import { DataTable, type Column } from "@/components/ui/data-table.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { StatusMark } from "@/components/ui/status-mark.tsx";
import { Tag } from "@/components/ui/tag.tsx";
import { Time } from "@/components/ui/time.tsx";
import { formatDurationMs, formatNumber } from "@/lib/format.ts";
import type { ShownDrill } from "./drill-result.tsx";

const columns: readonly Column<ShownDrill>[] = [
  { key: "name", header: "Rehearsal of", priority: 1, cell: (drill) => drill.name },
  { key: "result", header: "Result", priority: 2, cell: (drill) => <Result {...drill} /> },
  { key: "started", header: "Started", cell: (drill) => <><Time at={drill.startedAt} show="moment" /> by {drill.startedBy}</> },
  { key: "answered", header: "Answered", cell: (drill) => `${formatNumber(drill.answered)} of ${formatNumber(drill.expected)}` },
  { key: "times", header: "Median, p99, worst", priority: 4, cell: (drill) => (drill.medianMs === null ? "" : [drill.medianMs, drill.p99Ms, drill.worstMs].map((ms) => formatDurationMs(ms)).join(", ")) },
  { key: "why", header: "What failed", isSelfEvident: true, cell: (drill) => (drill.isProven === false ? drill.sentence : "") },
];

function Result({ endedAt, isProven, expected }: ShownDrill) {
  if (endedAt === null) return <StatusMark kind="unknown">Running</StatusMark>;
  if (expected === 0) return <StatusMark kind="open">No point there</StatusMark>;
  return isProven === true ? <StatusMark kind="met">Passed</StatusMark> : <StatusMark kind="warning">Failed</StatusMark>;
}

export function DrillList({ drills }: { drills: readonly ShownDrill[] }) {
  return (
    <Card title="Rehearsals" actions={<Tag strong>Rehearsal</Tag>}>
      <DataTable caption="Past rehearsals" columns={columns} rows={drills} rowKey={(drill) => drill.id} empty={<EmptyState kind="nothing_yet" title="No stop was rehearsed yet." />} />
    </Card>
  );
}
