"use client";

import { useId } from "react";
import { Brush, CartesianGrid, ComposedChart, Area, Line, ReferenceArea, ReferenceLine, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { formatMoment } from "../ui/format-time.ts";
import { TableOfSeries } from "./table-of-series.tsx";
import { gapsOf, type SeriesPoint } from "./plot-geometry.ts";

export interface ZoomSeries {
  key: string;
  name: string;
  kind: "one" | "baseline" | "canary";
  /** At the same times in every series. */
  points: readonly SeriesPoint[];
}

/** Everything here crosses from server to browser, so there are no functions. */
export interface ZoomChartProps {
  /** What the chart shows, in one sentence; it stands for the picture. */
  label: string;
  /** Written after every value: "%", "s", "USD". */
  unit?: string | undefined;
  /** Digits after the point. */
  digits?: number | undefined;
  series: readonly ZoomSeries[];
  usual?: { low: number; high: number; middle?: number | undefined } | undefined;
  limit?: { value: number; label: string } | undefined;
  markers?: readonly { at: number; label: string }[] | undefined;
  startsAtZero?: boolean | undefined;
  height?: number | undefined;
}

const STROKE = {
  one: { stroke: "var(--fg)", strokeWidth: 1.5 },
  baseline: { stroke: "var(--fg-3)", strokeWidth: 1.5, strokeDasharray: "4 3" },
  canary: { stroke: "var(--accent)", strokeWidth: 2 },
} as const;

/** The one chart one can zoom into. Text in it is small and grey; nothing moves by itself. */
export function ZoomChart({ label, unit = "", digits = 1, series, usual, limit, markers = [], startsAtZero = false, height = 320 }: ZoomChartProps) {
  const rows = mergeByTime(series);
  const latest = new Date(rows.at(-1)?.at ?? 0);
  const isLong = (rows.at(-1)?.at ?? 0) - (rows[0]?.at ?? 0) > 36 * 3_600_000;
  const withUnit = (value: number) => `${value.toFixed(digits)}${unit && ` ${unit}`}`;
  const timeTick = (at: number) => formatMoment(new Date(at), latest, isLong ? "day" : "minute").replace(" UTC", "");
  const first = series[0];
  const hatchId = useId();
  return (
    <div className="zoom">
      <figure aria-label={label}>
        <ResponsiveContainer width="100%" height={height}>
          <ComposedChart data={rows} margin={{ top: 8, right: 12, bottom: 0, left: 0 }} accessibilityLayer={false}>
            <CartesianGrid vertical={false} stroke="var(--line)" />
            <XAxis dataKey="at" type="number" scale="time" domain={["dataMin", "dataMax"]} tickFormatter={timeTick} tick={{ fill: "var(--fg-3)" }} stroke="var(--line-strong)" minTickGap={56} tickMargin={6} />
            <YAxis width={52} tickFormatter={(value: number) => value.toFixed(digits)} tick={{ fill: "var(--fg-3)" }} stroke="transparent" domain={startsAtZero ? [0, "auto"] : ["auto", "auto"]} />
            {usual && <ReferenceArea y1={usual.low} y2={usual.high} fill="var(--hover)" fillOpacity={1} stroke="none" />}
            <defs>
              <pattern id={hatchId} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                <path d="M0 0V6" stroke="var(--line-strong)" strokeWidth="1" />
              </pattern>
            </defs>
            {gapsOf(first?.points ?? []).map((gap) => (
              <ReferenceArea key={gap.from} x1={gap.from} x2={gap.to} fill={`url(#${hatchId})`} fillOpacity={0.6} stroke="none" />
            ))}
            {usual?.middle !== undefined && <ReferenceLine y={usual.middle} stroke="var(--fg-3)" strokeWidth={1.5} strokeDasharray="4 3" />}
            {limit && <ReferenceLine y={limit.value} stroke="var(--fg-2)" strokeWidth={1.5} strokeDasharray="1 3" label={{ value: limit.label, position: "insideTopLeft", fill: "var(--fg-2)" }} />}
            {markers.map((marker) => (
              <ReferenceLine key={marker.at} x={marker.at} stroke="var(--line-strong)" label={{ value: marker.label, position: "insideTopRight", fill: "var(--fg-3)" }} />
            ))}
            <Tooltip
              isAnimationActive={false}
              labelFormatter={(at) => formatMoment(new Date(Number(at)), latest)}
              formatter={(value) => (typeof value === "number" ? withUnit(value) : "no data")}
              contentStyle={{ background: "var(--surface)", border: "1px solid var(--line)", borderRadius: 6, boxShadow: "var(--overlay-shadow)", color: "var(--fg)", padding: "6px 10px" }}
              itemStyle={{ color: "var(--fg)" }}
              labelStyle={{ color: "var(--fg-3)" }}
              cursor={{ stroke: "var(--line-strong)" }}
            />
            {series.map((each) => (
              <Line key={each.key} dataKey={each.key} name={each.name} {...STROKE[each.kind]} dot={false} activeDot={{ r: 3.5, fill: STROKE[each.kind].stroke, stroke: "var(--surface)" }} connectNulls={false} isAnimationActive={false} type="linear" />
            ))}
            {rows.length > 24 && (
              <Brush dataKey="at" height={36} travellerWidth={10} stroke="var(--line-strong)" fill="var(--sunken)" tickFormatter={timeTick}>
                <ComposedChart data={rows}>
                  <Area dataKey={first?.key ?? ""} stroke="var(--fg-3)" fill="var(--hover)" dot={false} isAnimationActive={false} type="linear" />
                </ComposedChart>
              </Brush>
            )}
          </ComposedChart>
        </ResponsiveContainer>
      </figure>
      <TableOfSeries
        caption={label}
        columns={["Time, UTC", ...series.map((each) => (unit ? `${each.name}, ${unit}` : each.name))]}
        rows={rows.map((row) => [formatMoment(new Date(row.at), latest).replace(" UTC", ""), ...series.map((each) => cellOf(row[each.key], digits))])}
      />
    </div>
  );
}

type ZoomRow = { at: number } & Record<string, number | null>;

function mergeByTime(series: readonly ZoomSeries[]): ZoomRow[] {
  const rows = new Map<number, ZoomRow>();
  for (const each of series) {
    for (const point of each.points) {
      const row = rows.get(point.at) ?? { at: point.at };
      row[each.key] = point.value;
      rows.set(point.at, row);
    }
  }
  return [...rows.values()].sort((a, b) => a.at - b.at);
}

function cellOf(value: number | null | undefined, digits: number): string {
  return value === null || value === undefined ? "no data" : value.toFixed(digits);
}
