import { BarStrip } from "@/components/charts/bar-strip.tsx";
import { TableOfSeries } from "@/components/charts/table-of-series.tsx";
import { Card, CardBody } from "@/components/ui/card.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { Verdict } from "@/components/ui/verdict.tsx";
import type { QualityWeek } from "@/lib/domain/change-quality.ts";
import { formatDay } from "@/lib/format.ts";

interface QualityCardProps {
  title: string;
  /** The finding, in one sentence. */
  finding: string;
  /** How it is counted. */
  rule: string;
  weeks: readonly QualityWeek[];
  valueOf: (week: QualityWeek) => number | null;
  isAbnormal?: (week: QualityWeek) => boolean;
  /** What the table shows beside the week; "no data" is written. */
  columns: readonly { name: string; cell: (week: QualityWeek) => string }[];
  nothing: string;
}

/** One indicator: what was found, twelve weeks as bars, the rule, and the same as a table. */
export function QualityCard({ title, finding, rule, weeks, valueOf, isAbnormal, columns, nothing }: QualityCardProps) {
  const first = weeks[0];
  const last = weeks.at(-1);
  const isEmpty = weeks.every((week) => valueOf(week) === null);
  return (
    <Card title={title} meta="by week, Monday to Sunday, UTC">
      {isEmpty || !first || !last ? <EmptyState kind="nothing_yet" title={nothing}>{rule}</EmptyState> : (
        <CardBody className="form-stack">
          <Verdict size="lead" detail={rule}>{finding}</Verdict>
          <BarStrip
            label={`${title}: ${finding}`} height={96} from={`week of ${formatDay(first.week)}`} to={`week of ${formatDay(last.week)}, not over`}
            bars={weeks.map((week) => ({ key: week.week.toISOString(), value: valueOf(week), isAbnormal: isAbnormal?.(week) ?? false }))}
          />
          <TableOfSeries
            caption={`${title} by week`} columns={["Week of", ...columns.map((column) => column.name)]}
            rows={weeks.map((week) => [`${formatDay(week.week)}${week.isOver ? "" : ", not over"}`, ...columns.map((column) => column.cell(week))])}
          />
        </CardBody>
      )}
    </Card>
  );
}
