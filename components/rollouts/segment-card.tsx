import { Card, CardBody } from "@/components/ui/card.tsx";
import { DataTable, type Column } from "@/components/ui/data-table.tsx";
import { StatusMark } from "@/components/ui/status-mark.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";
import { CANARY_METRIC_NAMES } from "@/lib/domain/canary-plan.ts";
import { judgeSegments, type JudgedSegmentMetric, type SegmentArm, type SegmentFigures } from "@/lib/domain/segment-verdict.ts";
import { formatNumber, formatPercent } from "@/lib/format.ts";
import { metricInSentence } from "@/lib/domain/verdict-words.ts";
import type { VersionNumbers } from "./shown-rollout.ts";

interface Line {
  name: string | null;
  value: string | null;
  metric: JudgedSegmentMetric;
}

/** Rows where something differs first; the rest is in the same table. */
const SHOWN = 30;

/** An average hides no broken minority: the worst part of the work is named. */
export function SegmentCard({ segments, versions }: { segments: readonly SegmentFigures[]; versions: VersionNumbers }) {
  const { segments: judged, worst, sentence } = judgeSegments(segments);
  const lines = judged.flatMap(({ name, value, metrics }) => metrics.map((metric) => ({ name, value, metric })));
  const ordered = lines.toSorted((a, b) => rank(a) - rank(b) || (b.metric.e ?? 0) - (a.metric.e ?? 0));
  return (
    <Card title="By segment" meta={segments.length === 0 ? "none" : `${segments.length}, from the agent's traffic`}>
      <CardBody className="grid gap-2">
        <p className="text-pretty">
          {worst !== null && <><b className="font-semibold">Worst: <SegmentName name={worst.name} value={worst.value} />, {metricInSentence(worst.metric.metric)} {rate(worst.metric.candidate)} against {rate(worst.metric.current)}.</b>{" "}</>}
          <span className="text-fg-2">{sentence}</span>
        </p>
        {lines.length > 0 && (
          <details>
            <summary className="dense">Every segment{ordered.length > SHOWN && `, the first ${SHOWN} of ${ordered.length} lines`}</summary>
            <DataTable caption="Rates of both versions by segment" columns={columnsFor(versions)} rows={ordered.slice(0, SHOWN)} rowKey={({ name, value, metric }) => JSON.stringify([name, value, metric.metric])} isPlain />
          </details>
        )}
      </CardBody>
    </Card>
  );
}

const rank = ({ metric }: Line): number => ({ worse: 0, not_shown: 1, too_few: 2 })[metric.verdict];

const rate = ({ events, known }: SegmentArm): string => (known === 0 ? "no data" : formatPercent(events / known));

function SegmentName({ name, value }: Pick<Line, "name" | "value">) {
  if (name === null) return "values counted together";
  return <UntrustedText text={`${name} = ${value}`} maxLength={120} />;
}

const columnsFor = ({ current, candidate }: VersionNumbers): readonly Column<Line>[] => [
  { key: "segment", header: "Segment", cell: ({ name, value }) => <SegmentName name={name} value={value} /> },
  { key: "verdict", header: "Verdict", priority: 2, cell: ({ metric }) => <VerdictMark metric={metric} /> },
  { key: "metric", header: "Metric", isSelfEvident: true, cell: ({ metric }) => CANARY_METRIC_NAMES[metric.metric] },
  { key: "current", header: `Version ${current}`, align: "right", cell: ({ metric }) => `${rate(metric.current)} of ${formatNumber(metric.current.known)}` },
  { key: "candidate", header: `Version ${candidate}`, align: "right", cell: ({ metric }) => `${rate(metric.candidate)} of ${formatNumber(metric.candidate.known)}` },
];

function VerdictMark({ metric: { verdict } }: { metric: JudgedSegmentMetric }) {
  if (verdict === "worse") return <StatusMark kind="critical">worse</StatusMark>;
  return <StatusMark kind={verdict === "too_few" ? "unknown" : "met"}>{verdict === "too_few" ? "too few tasks" : "not shown to be worse"}</StatusMark>;
}
