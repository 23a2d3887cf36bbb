import type { QualityWeek } from "@/lib/domain/change-quality.ts";
import { formatNumber } from "@/lib/format.ts";
import { QualityCard } from "./quality-card.tsx";
import { exposureFinding, reviewedFirstFinding, reviewedRunsFinding, reviewTimeCell, shareCell } from "./quality-words.ts";

const counted = (week: QualityWeek, value: number): string => (week.runs === 0 ? "no data" : formatNumber(value));

export function QualityCards({ weeks }: { weeks: readonly QualityWeek[] }) {
  return (
    <div className="stack">
      <QualityCard
        title="Production runs on a reviewed version" finding={reviewedRunsFinding(weeks)} weeks={weeks} valueOf={(week) => week.reviewedRunShare} isAbnormal={(week) => week.unreviewedRuns > 0}
        rule="Runs outside of shadow. Reviewed: the version was approved by the end of the hour in which the run started, and nothing unapproved was seen in it. A run of an unknown version is not."
        columns={[{ name: "Share", cell: (week) => shareCell(week.reviewedRunShare) }, { name: "Runs", cell: (week) => formatNumber(week.runs) }]}
        nothing="No production run in twelve weeks."
      />
      <QualityCard
        title="Changes reviewed before their first run" finding={reviewedFirstFinding(weeks)} weeks={weeks} valueOf={(week) => week.reviewedFirstShare} isAbnormal={(week) => (week.reviewedFirstShare ?? 1) < 1}
        rule="Version changes by the week of their proposal, once approved or seen in live traffic. The time is from proposal to decision, for changes on which a person spoke, by the week of the decision."
        columns={[
          { name: "Share", cell: (week) => shareCell(week.reviewedFirstShare) }, { name: "Changes", cell: (week) => formatNumber(week.changes) },
          { name: "Median time to review", cell: (week) => reviewTimeCell(week.medianReviewMs) }, { name: "Reviews", cell: (week) => formatNumber(week.reviews) },
        ]}
        nothing="No change went live in twelve weeks."
      />
      <QualityCard
        title="Exposure to unreviewed recipes" finding={exposureFinding(weeks)} weeks={weeks} valueOf={(week) => (week.runs === 0 ? null : week.unreviewedCalls)} isAbnormal={(week) => week.unreviewedCalls > 0}
        rule="Calls with an effect, in production runs that were not on a reviewed version."
        columns={[{ name: "Runs", cell: (week) => counted(week, week.unreviewedRuns) }, { name: "Calls with an effect", cell: (week) => counted(week, week.unreviewedCalls) }]}
        nothing="No production run in twelve weeks."
      />
    </div>
  );
}
