import { MetricAxis, MetricRow } from "@/components/charts/metric-row.tsx";
import { Time } from "@/components/ui/time.tsx";
import { FIGURE_DEFINITIONS, judgeFigure, type Figure, type FigurePoint, type FigureVerdict } from "@/lib/domain/figures.ts";
import { formatFigure, formatFigureRange } from "./figure-format.ts";

interface BehaviourListProps {
  figures: readonly Figure[];
  series: Readonly<Record<Figure, readonly FigurePoint[]>>;
  markers: readonly { at: number; label: string }[];
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
  const last = markers.at(-1);
  return (
    <ul className="rows">
      {figures.map((figure) => (
        <FigureRow key={figure} figure={figure} points={series[figure]} markers={markers} range={{ from: from.getTime(), to: (until ?? now).getTime() }} href={hrefOf(figure)} />
      ))}
      <MetricAxis from={<Time at={from} show="day" now={now} />} middle={last && <>{last.label}, <Time at={last.at} show="moment" now={now} /></>} to={until === undefined ? "now" : <Time at={until} show="moment" now={now} />} />
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
