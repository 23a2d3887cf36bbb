import { gapsOf, bandPath, linePath, niceTicks, scaleTo100, valueRange } from "@/components/charts/plot-geometry.ts";
import { GapMarks } from "@/components/charts/gap-marks.tsx";
import { TableOfSeries } from "@/components/charts/table-of-series.tsx";
import { StatusShape } from "@/components/ui/status-mark.tsx";
import type { ChartPoint, ControlChart } from "@/lib/domain/control-chart.ts";
import { formatDay, formatNumber } from "@/lib/format.ts";
import { FIGURE_WORDS, formatQuality, WORD_MARKS, type ShownFigure } from "./quality-words.ts";

interface ControlChartPanelProps {
  figure: ShownFigure;
  chart: ControlChart;
  counted: readonly number[];
  markers: readonly { at: number; label: string }[];
}

const RULE_WORDS: Readonly<Record<NonNullable<ChartPoint["rule"]>, string>> = { outside_limits: "outside its limits", long_run: "long run on one side", near_limit: "near its limit again" };

/** A centre line, natural limits and three rules; only what chance does not explain has a shape. */
export function ControlChartPanel({ figure, chart, counted, markers }: ControlChartPanelProps) {
  const { name, basis } = FIGURE_WORDS[figure];
  const points = chart.points.map((point) => ({ ...point, at: Date.parse(point.start) }));
  const last = points.findLast(({ value }) => value !== null);
  return (
    <div className="control-chart">
      <h3><StatusShape kind={WORD_MARKS[chart.word]} />{name}: {chart.word}</h3>
      <p className="meta">{basis}{last && `, the last week ${formatQuality(figure, last.value)}`}</p>
      <Plot figure={figure} chart={chart} points={points} markers={markers} />
      <p className="dense mt-2 text-pretty text-fg-2">{chart.sentence}{chart.centre !== null && ` Usually ${formatQuality(figure, chart.centre)}.`}</p>
      <TableOfSeries
        caption={`${name} by week`} columns={["Week from", name, FIGURE_WORDS[figure].of, "Limits", "Sign"]}
        rows={points.map((point, index) => [
          formatDay(point.at), formatQuality(figure, point.value), formatNumber(counted[index] ?? 0),
          point.low === null || point.high === null ? "none yet" : `${formatQuality(figure, point.low)} to ${formatQuality(figure, point.high)}`,
          point.rule === null ? "none" : `${point.cause ?? "changed"}, ${RULE_WORDS[point.rule]}`,
        ])}
      />
    </div>
  );
}

type Placed = ChartPoint & { at: number };

function Plot({ figure, chart, points, markers }: { figure: ShownFigure; chart: ControlChart; points: readonly Placed[]; markers: ControlChartPanelProps["markers"] }) {
  const times = { from: points[0]?.at ?? 0, to: points.at(-1)?.at ?? 1 };
  const range = valueRange(points.flatMap(({ value, high }) => [value, high]), true);
  const x = scaleTo100(times);
  const y = scaleTo100(range, true);
  const ticks = niceTicks(range, 3);
  const area = bandPath(points, x, y);
  const { path, lonely } = linePath(points, x, y);
  const longest = Math.max(0, ...ticks.map((tick) => formatQuality(figure, tick).length));
  const shown = markers.filter(({ at }) => at >= times.from && at <= times.to);
  return (
    <div style={{ "--plot-h": "112px", "--plot-left": `${longest * 6.6 + 8}px`, "--plot-right": "8px" } as Record<string, string>} className="mt-3">
      <div className="plot" role="img" aria-label={`${FIGURE_WORDS[figure].name}: ${chart.word}. ${chart.sentence}`}>
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
          {ticks.map((tick) => <path key={tick} className={tick === 0 ? "zero" : "axis"} d={`M0 ${y(tick)}H100`} />)}
          {area && <path className="band-baseline" d={area} />}
          {chart.centre !== null && <path className="middle" d={`M0 ${y(chart.centre)}H100`} />}
          {shown.map(({ at, label }) => <path key={`${at} ${label}`} className="marker" d={`M${x(at)} 0V100`} />)}
          {path && <path className="one" d={path} />}
          {lonely && <path className="one dot" d={lonely} />}
        </svg>
        <GapMarks gaps={gapsOf(points)} x={x} />
        {ticks.map((tick) => <span key={tick} className="tick" style={{ top: `${y(tick)}%` }}>{formatQuality(figure, tick)}</span>)}
        {points.flatMap(({ at, value, cause }) => (value === null || cause === null ? [] : [
          <span key={at} className="special" style={{ left: `${x(at)}%`, top: `${y(value)}%` }}><StatusShape kind={cause === "worse" ? "warning" : "proven"} className="size-3.5" /></span>,
        ]))}
      </div>
      <div className="x-axis"><span>{formatDay(times.from).replace(/ \d{4}$/, "")}</span><span>this week</span></div>
    </div>
  );
}
