import { BandChart } from "@/components/charts/band-chart.tsx";
import { TableOfSeries } from "@/components/charts/table-of-series.tsx";
import { marginIn, CANARY_METRIC_NAMES, isShareMetric, type CanaryPlan } from "@/lib/domain/canary-plan.ts";
import type { MetricVerdict } from "@/lib/domain/judge-canary.ts";
import { marginWords } from "@/lib/domain/verdict-words.ts";
import { formatNumber, formatUtc } from "@/lib/format.ts";
import { DifferenceChart } from "./difference-chart.tsx";
import { drawnMarkers, MarkerList } from "./marker-list.tsx";
import { limitLineOf, newest, panelRange } from "./panel-range.ts";
import { formatDifference, formatMetric, isCompared, isGating, METRIC_BASIS, VERDICT_WORDS } from "./rollout-words.ts";
import type { ShownMarker, ShownSeries, VersionNumbers } from "./shown-rollout.ts";

interface MetricPanelProps {
  series: ShownSeries;
  /** Of the whole page. */
  all: readonly ShownSeries[];
  /** Null while nothing is judged. */
  verdict: MetricVerdict | null;
  plan: CanaryPlan;
  stageIndex: number;
  versions: VersionNumbers;
  markers: readonly ShownMarker[];
  xLabels: readonly [from: string, to: string];
  whenOf: (at: number) => string;
}

/** One metric: both versions with their intervals, and below, on the same time axis, how far apart they are. */
export function MetricPanel({ series, all, verdict, plan, stageIndex, versions, markers, xLabels, whenOf }: MetricPanelProps) {
  const { metric, limit } = series;
  const { word, kind } = VERDICT_WORDS[verdict?.verdict ?? "cannot_tell"];
  const difference = newest(series.difference);
  const line = limitLineOf(series);
  const drawn = drawnMarkers(markers);
  const sentence = difference === undefined ? "No difference can be told yet." : differenceWords(series, difference);
  return (
    <div className="metric-panel">
      <BandChart
        title={`${CANARY_METRIC_NAMES[metric]}: ${word}`} mark={kind} height={96} startsAtZero
        subtitle={<>{METRIC_BASIS[metric]}{verdict && `, ${sampleWords(verdict)}`}{!isGating(plan, metric) && ", does not gate"}{!isCompared(plan, metric, stageIndex) && ", not compared in this stage"}</>}
        series={[
          { name: String(versions.current), kind: "baseline", points: series.current },
          { name: String(versions.candidate), kind: "canary", points: series.candidate },
        ]}
        format={(value) => formatMetric(metric, value)} when={whenOf} markers={drawn} xLabels={xLabels} values={panelRange(series, all)} limit={line === null ? undefined : { value: line, label: `limit ${formatMetric(metric, line)}` }}
      >
        <DifferenceChart label={sentence} points={series.difference} limit={limit} markers={drawn} />
        <div className="x-axis"><span>{xLabels[0]}</span><span>{xLabels[1]}</span></div>
        <p className="dense mt-2 text-fg-2"><b className="font-medium text-fg">Difference</b> {sentence} {limitWords(series, plan, stageIndex)}</p>
        <SeriesTable series={series} versions={versions} markers={markers} />
      </BandChart>
    </div>
  );
}

/** "n = 212 and 636": of the candidate first. */
const sampleWords = ({ current, candidate }: MetricVerdict): string => `n = ${formatNumber(candidate.known)} and ${formatNumber(current.known)}`;

function differenceWords({ metric }: ShownSeries, { value, low, high }: { value: number | null; low: number | null; high: number | null }): string {
  const between = low === null || high === null ? "" : `, between ${formatDifference(metric, low)} and ${formatDifference(metric, high)}`;
  return `${formatDifference(metric, value)}${between}.`;
}

function limitWords({ metric, limit }: ShownSeries, plan: CanaryPlan, stageIndex: number): string {
  const planned = plan.metrics.find((one) => one.metric === metric);
  const stage = plan.stages[stageIndex];
  const sides = [limit.above, limit.below].flatMap((side) => (side === null ? [] : [formatDifference(metric, side)]));
  if (!planned || !stage) return "";
  const margin = marginIn(planned, stage);
  if (!isShareMetric(metric)) return `No limit for this figure: not worse means not ${marginWords(metric, margin)}.`;
  if (sides.length === 0) return "";
  const of = margin.kind === "ratio" ? `, ${margin.value} times ${metric === "success" ? "the failures" : "the current version"}` : "";
  return `Limit ${sides.join(" and ")}${of}.`;
}

function SeriesTable({ series, versions, markers }: Pick<MetricPanelProps, "series" | "versions" | "markers">) {
  const { metric } = series;
  const rows = series.current.flatMap((current, index) => {
    const candidate = series.candidate[index];
    const difference = series.difference[index];
    const after = series.current[index - 1]?.at ?? -Infinity;
    const inside = markers.filter(({ at }) => at > after && at <= current.at);
    if (!candidate || !difference || (current.n === 0 && candidate.n === 0 && inside.length === 0)) return [];
    return [{
      inside,
      cells: [
        formatUtc(current.at), formatMetric(metric, current.value), String(current.n), formatMetric(metric, candidate.value), String(candidate.n), formatDifference(metric, difference.value),
        difference.low === null || difference.high === null ? "no data" : `${formatDifference(metric, difference.low)} to ${formatDifference(metric, difference.high)}`,
      ],
    }];
  });
  return (
    <TableOfSeries
      caption={`${CANARY_METRIC_NAMES[metric]}, of everything judged until then`}
      columns={["Until", `Version ${versions.current}`, `n of ${versions.current}`, `Version ${versions.candidate}`, `n of ${versions.candidate}`, "Difference", "95 % interval"]} rows={rows.map(({ cells }) => cells)}
      notes={markers.length === 0 ? undefined : { header: "What happened", cells: rows.map(({ inside }, index) => (inside.length === 0 ? "nothing" : <MarkerList key={index} markers={inside} />)) }}
    />
  );
}
