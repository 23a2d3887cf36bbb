import type { ReactNode } from "react";
import { classNames } from "../ui/class-names.ts";
import { Link } from "../ui/link.tsx";
import { StatusShape, type StatusKind } from "../ui/status-mark.tsx";
import { GapMarks } from "./gap-marks.tsx";
import { MarkerRail, type ChartMarker } from "./marker-rail.tsx";
import { gapsOf, linePath, scaleTo100, timeRange, valueRange, type Range, type SeriesPoint } from "./plot-geometry.ts";

export interface MetricRowProps {
  /** The finding: "Escalations: above usual". */
  title: string;
  /** Shape before the title; left out where all is usual. */
  mark?: StatusKind | undefined;
  /** The metric, its unit and n. */
  subtitle: ReactNode;
  points: readonly SeriesPoint[];
  usual?: { low: number; high: number; middle?: number | undefined } | undefined;
  /** The value now, formatted: "11.8 %". */
  value: string;
  /** Under the value: "usual 5.5 to 8.9". */
  valueNote?: ReactNode;
  markers?: readonly { at: number }[] | undefined;
  /** From here on the line is drawn as abnormal. */
  abnormalFrom?: number | undefined;
  /** Rates and counts: the scale begins at zero. */
  startsAtZero?: boolean | undefined;
  /** Shared by the rows of one list, so that they line up. */
  range?: Range | undefined;
  /** Opens the metric alone. */
  href?: string | undefined;
}

/** One metric against its own usual range. */
export function MetricRow({ title, mark, subtitle, points, usual, value, valueNote, markers = [], abnormalFrom, startsAtZero = false, range, href }: MetricRowProps) {
  const times = range ?? timeRange(points);
  const x = scaleTo100(times);
  const y = scaleTo100(valueRange([...points.map((point) => point.value), usual?.low, usual?.high], startsAtZero), true);
  const gaps = gapsOf(points);
  const normal = linePath(abnormalFrom === undefined ? points : points.filter((point) => point.at <= abnormalFrom), x, y);
  const abnormal = linePath(abnormalFrom === undefined ? [] : points.filter((point) => point.at >= abnormalFrom), x, y);
  const last = points.at(-1);
  const gapText = gaps.length === 0 ? "" : gaps.length === 1 ? ", with one gap in the data" : `, with ${gaps.length} gaps in the data`;
  return (
    <li className="metric">
      <div className="min-w-0">
        <h3>
          {mark && <StatusShape kind={mark} />}
          {href === undefined ? title : (
            <Link className="stretch hover:underline" href={href}>
              {title}
            </Link>
          )}
        </h3>
        <p className="meta">{subtitle}</p>
      </div>
      <div className="plot" role="img" aria-label={`${title}. Now ${value}${gapText}.`}>
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
          {usual && <rect className="usual" x="0" width="100" y={y(usual.high)} height={Math.max(0.5, y(usual.low) - y(usual.high))} />}
          {startsAtZero && <path className="axis" d="M0 100H100" />}
          {usual?.middle !== undefined && <path className="middle" d={`M0 ${y(usual.middle)}H100`} />}
          {markers.map((marker) => (
            <path key={marker.at} className="marker" d={`M${x(marker.at)} 0V100`} />
          ))}
          {normal.path && <path className="one" d={normal.path} />}
          {normal.lonely && <path className="one dot" d={normal.lonely} />}
          {abnormal.path && <path className="abnormal" d={abnormal.path} />}
          {abnormal.lonely && <path className="abnormal dot" d={abnormal.lonely} />}
        </svg>
        <GapMarks gaps={gaps} x={x} />
        {last && last.value !== null && <span className={classNames("end", abnormalFrom !== undefined && "end-abnormal")} style={{ left: `${x(last.at)}%`, top: `${y(last.value)}%` }} />}
      </div>
      <div className="value">
        <b>{value}</b>
        {valueNote !== undefined && <span className="meta">{valueNote}</span>}
      </div>
    </li>
  );
}

interface MetricAxisProps {
  note?: ReactNode;
  from: ReactNode;
  to: ReactNode;
  /** Of the rows above: here each says what it stands for. */
  markers: readonly ChartMarker[];
  range: Range;
  now: Date;
}

/** The last line of a list of metrics: what the drawing means, what happened, and the time it spans. */
export function MetricAxis({ note = "Band: usual. Dashed: its middle.", from, to, ...rail }: MetricAxisProps) {
  return (
    <li className="metric metric-axis">
      <span className="meta">{note}</span>
      <div className="axis-line">
        {rail.markers.length > 0 && <MarkerRail {...rail} />}
        <div className="x-axis">
          <span>{from}</span>
          <span>{to}</span>
        </div>
      </div>
    </li>
  );
}
