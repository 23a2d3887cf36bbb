import type { ChartMarker } from "@/components/charts/marker-rail.tsx";
import { MetricAxis, MetricRow } from "@/components/charts/metric-row.tsx";
import { Time } from "@/components/ui/time.tsx";
import type { Figure } from "@/lib/domain/figures.ts";
import { USUAL_METRIC_WORDS, type RangeJudgement, type UsualMetric } from "@/lib/domain/usual-range.ts";
import { formatNumber } from "@/lib/format.ts";
import { formatFigure, formatFigureRange } from "./figure-format.ts";

export interface UsualListProps {
  metrics: readonly { metric: UsualMetric; judgement: RangeJudgement; n: number; points: readonly { at: number; value: number | null }[] }[];
  markers: readonly ChartMarker[];
  now: Date;
  hrefOf: (figure: Figure) => string;
}

/** Under which figure the metrics page shows it; shares, money and times are written alike. */
const FIGURE_OF: Readonly<Record<UsualMetric, Figure>> = { errors: "action_errors", escalations: "escalation", failures: "success", latency: "latency", cost: "cost" };

/** Five metrics of the last 24 hours, each against the 28 days before: only what got worse has a shape. */
export function UsualList({ metrics, markers, now, hrefOf }: UsualListProps) {
  const range = { from: metrics[0]?.points[0]?.at ?? now.getTime(), to: now.getTime() };
  return (
    <ul className="rows">
      {metrics.map(({ metric, judgement: { word, usual }, n, points }) => {
        const { name, basis, unit } = USUAL_METRIC_WORDS[metric];
        const value = points.at(-1)?.value ?? null;
        const figure = FIGURE_OF[metric];
        return (
          <MetricRow
            key={metric} title={`${name}: ${word}`} mark={word === "special cause, worse" ? "warning" : undefined} subtitle={`${basis}, n = ${formatNumber(n)}`} points={points} usual={usual ?? undefined}
            value={formatFigure(figure, value)} valueNote={usual === null ? undefined : `usual ${formatFigureRange(figure, usual.low, usual.high)}`} markers={markers} range={range}
            abnormalFrom={word === "special cause, worse" ? points.at(-2)?.at : undefined} startsAtZero={unit === "share"} href={hrefOf(figure)}
          />
        );
      })}
      <MetricAxis note="One point a day, the last is now. Band: usual." from={<Time at={range.from} show="day" now={now} />} to="last 24 hours" markers={markers} range={range} now={now} />
    </ul>
  );
}
