import type { ReactNode } from "react";
import { Card, CardBody } from "@/components/ui/card.tsx";
import { DataTable, type Column } from "@/components/ui/data-table.tsx";
import { StatusMark } from "@/components/ui/status-mark.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";
import type { AmountMarks } from "@/lib/domain/amount-marks.ts";
import { AMOUNT_METRICS, CANARY_METRIC_NAMES, CANARY_METRICS, type CanaryMetric, type CanaryPlan } from "@/lib/domain/canary-plan.ts";
import { LEAST_FOR_SHAPE } from "@/lib/domain/heavy-tail-betting.ts";
import { judgeSegments, shownMetrics, worstFirst, type JudgedSegment, type JudgedSegmentMetric, type SegmentArm, type SegmentFigures } from "@/lib/domain/segment-verdict.ts";
import { metricInSentence } from "@/lib/domain/verdict-words.ts";
import { formatCount, formatNumber, formatPercent, formatUtc } from "@/lib/format.ts";
import { formatMetric, listOf } from "./rollout-words.ts";
import type { VersionNumbers } from "./shown-rollout.ts";

interface SegmentCardProps {
  /** Every one: which is the worst, the smallest may say. */
  segments: readonly SegmentFigures[];
  marks: AmountMarks;
  plan: CanaryPlan;
  isOpen: boolean;
  versions: VersionNumbers;
}

const SHOWN = 24;

/** An average hides no broken minority: the worst part of the work is named. */
export function SegmentCard({ segments, marks, plan, isOpen, versions }: SegmentCardProps) {
  const { segments: judged, worst, sentence } = judgeSegments(segments);
  const rows = worstFirst(judged).slice(0, SHOWN);
  const more = judged.length - rows.length;
  return (
    <Card title="By segment" meta={segments.length === 0 ? "none" : `${formatNumber(segments.length)}, from the agent's traffic`}>
      <CardBody className="grid gap-2">
        <p className="text-pretty">
          {worst !== null && <><b className="font-semibold">Worst: <SegmentName name={worst.name} value={worst.value} />, {metricInSentence(worst.metric.metric)}{aboveWords(worst.metric)} {rate(worst.metric.candidate)} against {rate(worst.metric.current)}.</b>{" "}</>}
          <span className="text-fg-2">{sentence}</span>
        </p>
        {rows.length > 0 && (
          <details>
            <summary className="dense">{more === 0 ? "Every segment" : `${SHOWN} of ${formatNumber(judged.length)} segments`}, the worst first, then the largest</summary>
            <p className="meta mt-1">Each: version {versions.current} → version {versions.candidate}</p>
            <DataTable caption="Both versions by segment" columns={columnsFor(rows)} rows={rows} rowKey={({ name, value }) => JSON.stringify([name, value])} isPlain />
            {more > 0 && <p className="dense mt-2 text-fg-2">And {formatNumber(more)} more, which are compared all the same.</p>}
            <p className="meta mt-2 text-pretty">{amountNotes({ marks, plan, isOpen, versions }).join(" ")}</p>
          </details>
        )}
      </CardBody>
    </Card>
  );
}

const rate = ({ events, known }: SegmentArm): string => (known === 0 ? "no data" : formatPercent(events / known));

const aboveWords = ({ metric, above }: JudgedSegmentMetric): string => (above === undefined ? "" : ` above ${formatMetric(metric, above)} in`);

function SegmentName({ name, value }: Pick<JudgedSegment, "name" | "value">) {
  if (name === null) return "values counted together";
  return <UntrustedText text={`${name} = ${value}`} maxLength={120} />;
}

/** Metrics of which no row knows anything have no column. */
const columnsFor = (rows: readonly JudgedSegment[]): readonly Column<JudgedSegment>[] => [
  { key: "segment", header: "Segment", width: "18%", cell: ({ name, value }) => <SegmentName name={name} value={value} /> },
  { key: "verdict", header: "Verdict", priority: 2, width: "14%", cell: (segment) => <VerdictMark segment={segment} /> },
  { key: "tasks", header: "Tasks", cell: (segment) => <OneLine>{formatNumber(mostKnown(segment, "current"))} → {formatNumber(mostKnown(segment, "candidate"))}</OneLine> },
  ...CANARY_METRICS.filter((metric) => rows.some(({ metrics }) => metrics.some((one) => one.metric === metric))).map((metric): Column<JudgedSegment> => ({
    key: metric, header: CANARY_METRIC_NAMES[metric], cell: (segment) => <Figures segment={segment} metric={shownMetrics(segment).find((one) => one.metric === metric)} />,
  })),
];

const mostKnown = ({ metrics }: JudgedSegment, arm: "current" | "candidate"): number => Math.max(0, ...metrics.map((metric) => metric[arm].known));

const OneLine = ({ children }: { children: ReactNode }) => <span className="whitespace-nowrap">{children}</span>;

function Figures({ segment, metric }: { segment: JudgedSegment; metric: JudgedSegmentMetric | undefined }) {
  if (!metric) return "no data";
  const { current, candidate, above, verdict } = metric;
  const shares = `${rate(current)} → ${rate(candidate)}`;
  const isOfAll = current.known === mostKnown(segment, "current") && candidate.known === mostKnown(segment, "candidate");
  return (
    <>
      <OneLine>{verdict === "worse" ? <b className="font-semibold">{shares}</b> : shares}</OneLine>
      {above !== undefined && <>{" "}<OneLine>above {formatMetric(metric.metric, above)}</OneLine></>}
      {!isOfAll && <>{" "}<OneLine>of {formatNumber(current.known)} → {formatNumber(candidate.known)}</OneLine></>}
    </>
  );
}

function VerdictMark({ segment: { metrics } }: { segment: JudgedSegment }) {
  const worse = [...new Set(metrics.flatMap(({ metric, verdict }) => (verdict === "worse" ? [metricInSentence(metric)] : [])))];
  if (worse.length > 0) return <StatusMark kind="critical">worse: {listOf(worse)}</StatusMark>;
  const isJudged = metrics.some(({ verdict }) => verdict !== "too_few");
  return <StatusMark kind={isJudged ? "met" : "unknown"}>{isJudged ? "not shown to be worse" : "too few tasks"}</StatusMark>;
}

function amountNotes({ marks, plan, isOpen, versions }: Omit<SegmentCardProps, "segments">): string[] {
  const planned = AMOUNT_METRICS.filter((metric) => plan.metrics.some((one) => one.metric === metric));
  const counted = planned.filter((metric) => marks[metric]);
  const uncounted = planned.filter((metric) => !marks[metric]);
  const since = [...Map.groupBy(counted, (metric) => marks[metric]?.since ?? null)].flatMap(([at, metrics]) => (at === null ? [] : [`${named(metrics)}: of tasks judged since ${formatUtc(at)}.`]));
  return [
    ...(counted.length === 0 ? [] : [`${named(counted)}: the share of tasks above an amount that earlier tasks of version ${versions.current} set. Nine in ten of those lay below it, where nothing is worse.`]), ...since,
    ...(uncounted.length === 0 ? [] : [`${named(uncounted)}: ${isOpen ? `by segment after ${formatCount(LEAST_FOR_SHAPE, "task")} of version ${versions.current} that tell it` : "not counted by segment"}.`]),
  ];
}

function named(metrics: readonly CanaryMetric[]): string {
  const list = listOf(metrics.map(metricInSentence));
  return list.charAt(0).toUpperCase() + list.slice(1);
}
