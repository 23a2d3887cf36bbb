import { newestWith, type QualityWeek } from "@/lib/domain/change-quality.ts";
import { formatCount, formatDurationMs, formatPercent } from "@/lib/format.ts";

const NO_DATA = "no data";
const when = (week: QualityWeek): string => (week.isOver ? "in the last week with data" : "this week");

export const shareCell = (share: number | null): string => (share === null ? NO_DATA : formatPercent(share));
export const reviewTimeCell = (ms: number | null): string => (ms === null ? NO_DATA : reviewTime(ms));

/** A median of days is not told in milliseconds. */
function reviewTime(ms: number): string {
  const hours = ms / 3_600_000;
  if (hours >= 48) return `${(hours / 24).toFixed(1)} days`;
  return hours >= 1 ? `${hours.toFixed(1)} h` : formatDurationMs(ms);
}

export function reviewedRunsFinding(weeks: readonly QualityWeek[]): string {
  const week = newestWith(weeks, (each) => each.reviewedRunShare);
  if (!week) return "No production run in twelve weeks.";
  if (week.unreviewedRuns === 0) return `Every production run was on a reviewed version ${when(week)}.`;
  return `${formatCount(week.unreviewedRuns, "production run")} of ${week.runs.toLocaleString("en")} ${week.unreviewedRuns === 1 ? "was" : "were"} not on a reviewed version ${when(week)}.`;
}

export function reviewedFirstFinding(weeks: readonly QualityWeek[]): string {
  const week = newestWith(weeks, (each) => each.reviewedFirstShare);
  const reviewed = newestWith(weeks, (each) => each.medianReviewMs);
  const time = reviewed?.medianReviewMs == null ? "Nobody had to review one." : `Half of the reviews took less than ${reviewTime(reviewed.medianReviewMs)}.`;
  if (!week) return `No change went live in twelve weeks. ${time}`;
  const late = week.changes - Math.round((week.reviewedFirstShare ?? 0) * week.changes);
  return `${late === 0 ? `Every change was reviewed before its first run ${when(week)}.` : `${formatCount(late, "change")} of ${week.changes} ran before ${late === 1 ? "it was" : "they were"} reviewed ${when(week)}.`} ${time}`;
}

export function exposureFinding(weeks: readonly QualityWeek[]): string {
  const week = newestWith(weeks, (each) => (each.runs === 0 ? null : each.unreviewedRuns));
  if (!week) return "No production run in twelve weeks.";
  if (week.unreviewedRuns === 0) return `No run on an unreviewed recipe ${when(week)}.`;
  return `${formatCount(week.unreviewedRuns, "run")} on unreviewed recipes made ${formatCount(week.unreviewedCalls, "call")} with an effect ${when(week)}.`;
}
