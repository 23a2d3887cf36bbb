import type { ReactNode } from "react";
import { StatusShape, type StatusKind } from "../ui/status-mark.tsx";
import { classNames } from "../ui/class-names.ts";
import { GapMarks } from "./gap-marks.tsx";
import { PointReader, type ReadPoint } from "./point-reader.tsx";
import { bandPath, gapsOf, linePath, niceTicks, scaleTo100, unionOfGaps, valueRange, type BandPoint, type Gap, type Range, type SeriesPoint } from "./plot-geometry.ts";

export interface BandSeries {
  /** Stands at the line's end before its newest value: "41", "canary 42". */
  name: string;
  /** baseline: dashed grey. canary: solid blue. one: a single series. */
  kind: "baseline" | "canary" | "one";
  points: readonly (SeriesPoint & { low?: number | null | undefined; high?: number | null | undefined })[];
}

interface BandChartProps {
  /** The finding. */
  title: string;
  mark?: StatusKind | undefined;
  /** Metric, unit and n. */
  subtitle?: ReactNode;
  series: readonly BandSeries[];
  format: (value: number) => string;
  /** The time of a point, as it is read out. */
  when: (at: number) => string;
  limit?: { value: number; label: string } | undefined;
  /** Of those with a mark the shape stands at the line's upper end; their words and links belong beside the chart and in its table. */
  markers?: readonly { at: number; label: string; mark?: StatusKind | undefined }[] | undefined;
  startsAtZero?: boolean | undefined;
  /** The same for all panels of one unit. */
  values?: Range | undefined;
  xLabels: readonly [from: string, to: string];
  height?: number | undefined;
  /** Usually a `TableOfSeries`. */
  children?: ReactNode;
}

/** About the width of a character at 12 px, in px. */
const CHARACTER = 6.6;

/** One or two series with their intervals, a limit, and names at the lines' ends in place of a legend. */
export function BandChart({ title, mark, subtitle, series, format, when, limit, markers = [], startsAtZero = true, values, xLabels, height = 120, children }: BandChartProps) {
  const all = series.flatMap((each) => each.points);
  const times = all.length === 0 ? { from: 0, to: 1 } : { from: Math.min(...all.map((point) => point.at)), to: Math.max(...all.map((point) => point.at)) };
  const vertical = values ?? valueRange([...all.flatMap((point) => [point.value, point.low, point.high]), limit?.value], startsAtZero);
  const x = scaleTo100(times);
  const y = scaleTo100(vertical, true);
  const ticks = niceTicks(vertical, 3);
  const labels = endLabels(series, y, height, format);
  const longest = Math.max(0, ...ticks.map((tick) => format(tick).length));
  const nameLength = Math.max(0, ...labels.map(({ name }) => name.length));
  const insets: Record<string, string> = { "--plot-h": `${height}px`, "--plot-left": `${longest * CHARACTER + 8}px`, "--plot-right": `${nameLength * CHARACTER + 12}px` };
  return (
    <figure style={insets}>
      <figcaption className="mb-3">
        <span className="panel-head font-semibold">
          {mark && <StatusShape kind={mark} />}
          {title}
        </span>
        {subtitle !== undefined && <span className="meta">{subtitle}</span>}
      </figcaption>
      <div className="relative">
        <div className="plot" role="img" aria-label={`${title}. ${series.map((each) => inWords(each, format, when)).join("; ")}${limit ? `; ${limit.label}` : ""}.`}>
          <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
            {ticks.map((tick) => <path key={tick} className={tick === 0 ? "zero" : "axis"} d={`M0 ${y(tick)}H100`} />)}
            {markers.map((marker) => <path key={`${marker.at} ${marker.label}`} className="marker" d={`M${x(marker.at)} 0V100`} />)}
            {series.map((each) => <SeriesShapes key={each.name} series={each} x={x} y={y} />)}
            {limit && <path className="limit" d={`M0 ${y(limit.value)}H100`} />}
          </svg>
          <GapMarks gaps={allGaps(series)} x={x} saysSo />
          {markers.flatMap(({ at, label, mark: shape }) => (shape === undefined ? [] : [
            <span key={`${at} ${label}`} className="on-marker" style={{ left: `${Math.min(100, Math.max(0, x(at)))}%` }} title={label}><StatusShape kind={shape} className="size-3" /></span>,
          ]))}
          {ticks.map((tick) => <span key={tick} className="tick" style={{ top: `${y(tick)}%` }}>{format(tick)}</span>)}
          {limit && <span className={classNames("on-line", isUnder(limit.value, series) && "on-line-under")} style={{ top: `${y(limit.value)}%` }}>{limit.label}</span>}
          {labels.map((label) => <span key={label.name} className={classNames("direct", label.kind === "canary" && "direct-canary")} style={{ top: `${label.top}%` }}>{label.name}</span>)}
        </div>
        <PointReader label={`${title}, by time`} points={readPoints(series, { x, y, format, when })} />
      </div>
      <div className="x-axis">
        <span>{xLabels[0]}</span>
        <span>{xLabels[1]}</span>
      </div>
      {children}
    </figure>
  );
}

/** The newest value, and when there was none. */
function inWords(series: BandSeries, format: BandChartProps["format"], when: BandChartProps["when"]): string {
  const value = lastKnown(series);
  return [`${series.name}: ${value === undefined ? "no data" : format(value)}`, ...gapsOf(series.points).map(({ from, to }) => `no data ${when(from)} to ${when(to)}`)].join(", ");
}

/** Where either series has a gap. */
const allGaps = (series: readonly BandSeries[]): Gap[] => unionOfGaps(series.flatMap(({ points }) => gapsOf(points)));

function SeriesShapes({ series, x, y }: { series: BandSeries; x: (at: number) => number; y: (value: number) => number }) {
  const band: BandPoint[] = series.points.map((point) => ({ at: point.at, low: point.low ?? null, high: point.high ?? null }));
  const area = bandPath(band, x, y);
  const { path, lonely } = linePath(series.points, x, y);
  return (
    <>
      {area && <path className={series.kind === "canary" ? "band-canary" : "band-baseline"} d={area} />}
      {path && <path className={series.kind} d={path} />}
      {lonely && <path className={`${series.kind} dot`} d={lonely} />}
    </>
  );
}

function lastKnown(series: BandSeries): number | undefined {
  return series.points.findLast((point) => point.value !== null)?.value ?? undefined;
}

/** Below a line that the series stay above, so that its text covers none of them. */
const isUnder = (limit: number, series: readonly BandSeries[]): boolean => series.some((each) => (lastKnown(each) ?? -Infinity) > limit);

interface Reading {
  x: (at: number) => number;
  y: (value: number) => number;
  format: (value: number) => string;
  when: (at: number) => string;
}

/** What all series say at each point of time. */
function readPoints(series: readonly BandSeries[], { x, y, format, when }: Reading): ReadPoint[] {
  const times = [...new Set(series.flatMap(({ points }) => points.map(({ at }) => at)))].toSorted((a, b) => a - b);
  const values = series.map(({ name, points }) => ({ name, at: new Map(points.map((point) => [point.at, point.value])) }));
  return times.map((at) => {
    const said = values.map((each) => ({ name: each.name, value: each.at.get(at) ?? null }));
    return { x: x(at), text: `${when(at)}: ${said.map(({ name, value }) => `${name} ${value === null ? "no data" : format(value)}`).join(", ")}`, dots: [...new Set(said.flatMap(({ value }) => (value === null ? [] : [y(value)])))] };
  });
}

/** Each series with its newest value at its line's end, from the top down, pushed apart so that none lies on another and none below the chart. */
function endLabels(series: readonly BandSeries[], y: (value: number) => number, height: number, format: (value: number) => string): { name: string; kind: BandSeries["kind"]; top: number }[] {
  const apart = (16 / height) * 100;
  let floor = -Infinity;
  let ceiling = 100;
  return series
    .flatMap((each) => {
      const value = lastKnown(each);
      return value === undefined ? [] : [{ name: `${each.name}\u2002${format(value)}`, kind: each.kind, top: y(value) }];
    })
    .toSorted((a, b) => a.top - b.top)
    .map((label) => {
      floor = Math.max(label.top, floor + apart);
      return { ...label, top: floor };
    })
    .toReversed()
    .map((label) => {
      const top = Math.min(label.top, ceiling);
      ceiling = top - apart;
      return { ...label, top };
    });
}
