import type { ChartMarker } from "@/components/charts/marker-rail.tsx";
import { MetricAxis, MetricRow } from "@/components/charts/metric-row.tsx";
import { Time } from "@/components/ui/time.tsx";
import { FIGURE_DEFINITIONS, judgeFigure, type Figure, type FigurePoint, type FigureVerdict } from "@/lib/domain/figures.ts";
import { formatFigure, formatFigureRange } from "./figure-format.ts";

interface BehaviourListProps {
  figures: readonly Figure[];
  series: Readonly<Record<Figure, readonly FigurePoint[]>>;
  markers: readonly ChartMarker[];
  from: Date;
  /** Where it ends when that is not now. */
  until?: Date | undefined;
  now: Date;
  /** Where a figure is shown alone. */
  hrefOf: (figure: Figure) => string;
}

const WORDS: Record<FigureVerdict["word"], string> = {
  usual: "usual", above: "above usual", below: "below usual", cannot_tell: "not enough data", no_data: "no data",
};

/** Every figure against its own usual range: only what got worse has a shape. */
export function BehaviourList({ figures, series, markers, from, until, now, hrefOf }: BehaviourListProps) {
  const range = { from: from.getTime(), to: (until ?? now).getTime() };
  return (
    <ul className="rows">
      {figures.map((figure) => (
        <FigureRow key={figure} figure={figure} points={series[figure]} markers={markers} range={range} href={hrefOf(figure)} />
      ))}
      <MetricAxis from={<Time at={from} show="day" now={now} />} to={until === undefined ? "now" : <Time at={until} show="moment" now={now} />} markers={markers} range={range} now={now} />
    </ul>
  );
}

interface FigureRowProps {
  figure: Figure;
  points: readonly FigurePoint[];
  markers: BehaviourListProps["markers"];
  range: { from: number; to: number };
  href: string;
}

function FigureRow({ figure, points, markers, range, href }: FigureRowProps) {
  const verdict = judgeFigure(figure, points);
  const { name, basis, unit } = FIGURE_DEFINITIONS[figure];
  return (
    <MetricRow
      title={`${name}: ${WORDS[verdict.word]}`}
      mark={verdict.isWorse ? "warning" : undefined}
      subtitle={basis}
      points={points}
      usual={verdict.usual ?? undefined}
      value={formatFigure(figure, verdict.last)}
      valueNote={verdict.usual ? `usual ${formatFigureRange(figure, verdict.usual.low, verdict.usual.high)}` : undefined}
      markers={markers}
      range={range}
      abnormalFrom={verdict.abnormalFrom ?? undefined}
      startsAtZero={unit === "share"}
      href={href}
    />
  );
}
