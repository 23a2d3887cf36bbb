import type { ReactNode } from "react";
import { StatusShape, type StatusKind } from "../ui/status-mark.tsx";
import { classNames } from "../ui/class-names.ts";
import { GapMarks } from "./gap-marks.tsx";
import { bandPath, gapsOf, linePath, niceTicks, scaleTo100, valueRange, type BandPoint, type Range, type SeriesPoint } from "./plot-geometry.ts";

export interface BandSeries {
  /** Drawn at the line's end: "41", "canary 42". */
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
export function BandChart({ title, mark, subtitle, series, format, limit, markers = [], startsAtZero = true, values, xLabels, height = 120, children }: BandChartProps) {
  const all = series.flatMap((each) => each.points);
  const times = all.length === 0 ? { from: 0, to: 1 } : { from: Math.min(...all.map((point) => point.at)), to: Math.max(...all.map((point) => point.at)) };
  const vertical = values ?? valueRange([...all.flatMap((point) => [point.value, point.low, point.high]), limit?.value], startsAtZero);
  const x = scaleTo100(times);
  const y = scaleTo100(vertical, true);
  const gaps = series.flatMap((each) => gapsOf(each.points));
  const ticks = niceTicks(vertical, 3);
  const longest = Math.max(0, ...ticks.map((tick) => format(tick).length));
  const nameLength = Math.max(0, ...series.map((each) => each.name.length));
  const insets: Record<string, string> = { "--plot-h": `${height}px`, "--plot-left": `${longest * CHARACTER + 8}px`, "--plot-right": `${nameLength * CHARACTER + 12}px` };
  const described = `${title}. ${series.map((each) => `${each.name}: ${lastValue(each, format)}`).join(", ")}${limit ? `, ${limit.label}` : ""}.`;
  return (
    <figure style={insets}>
      <figcaption className="mb-3">
        <span className="panel-head font-semibold">
          {mark && <StatusShape kind={mark} />}
          {title}
        </span>
        {subtitle !== undefined && <span className="meta">{subtitle}</span>}
      </figcaption>
      <div className="plot" role="img" aria-label={described}>
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
          {ticks.map((tick) => (
            <path key={tick} className={tick === 0 ? "zero" : "axis"} d={`M0 ${y(tick)}H100`} />
          ))}
          {markers.map((marker) => (
            <path key={`${marker.at} ${marker.label}`} className="marker" d={`M${x(marker.at)} 0V100`} />
          ))}
          {series.map((each) => (
            <SeriesShapes key={each.name} series={each} x={x} y={y} />
          ))}
          {limit && <path className="limit" d={`M0 ${y(limit.value)}H100`} />}
        </svg>
        <GapMarks gaps={gaps} x={x} />
        {markers.flatMap(({ at, label, mark: shape }) => (shape === undefined ? [] : [
          <span key={`${at} ${label}`} className="on-marker" style={{ left: `${Math.min(100, Math.max(0, x(at)))}%` }} title={label}><StatusShape kind={shape} className="size-3" /></span>,
        ]))}
        {ticks.map((tick) => (
          <span key={tick} className="tick" style={{ top: `${y(tick)}%` }}>
            {format(tick)}
          </span>
        ))}
        {limit && (
          <span className="on-line" style={{ top: `${y(limit.value)}%` }}>
            {limit.label}
          </span>
        )}
        {endLabels(series, y, height).map((label) => (
          <span key={label.name} className={classNames("direct", label.kind === "canary" && "direct-canary")} style={{ top: `${label.top}%` }}>
            {label.name}
          </span>
        ))}
      </div>
      <div className="x-axis">
        <span>{xLabels[0]}</span>
        <span>{xLabels[1]}</span>
      </div>
      {children}
    </figure>
  );
}

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

function lastValue(series: BandSeries, format: (value: number) => string): string {
  const value = lastKnown(series);
  return value === undefined ? "no data" : format(value);
}

/** The names at the lines' ends, from the top down, pushed apart so that none lies on another. */
function endLabels(series: readonly BandSeries[], y: (value: number) => number, height: number): { name: string; kind: BandSeries["kind"]; top: number }[] {
  const apart = (16 / height) * 100;
  let floor = -Infinity;
  return series
    .flatMap((each) => {
      const value = lastKnown(each);
      return value === undefined ? [] : [{ name: each.name, kind: each.kind, top: y(value) }];
    })
    .toSorted((a, b) => a.top - b.top)
    .map((label) => {
      floor = Math.max(label.top, floor + apart);
      return { ...label, top: floor };
    });
}
