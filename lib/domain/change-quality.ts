// How well are changes reviewed before they do anything? Three indicators, week by week.

const DAY = 86_400_000;
export const WEEK_MS = 7 * DAY;
export const QUALITY_WEEKS = 12;

/** Monday, 00:00 UTC. 1970 began on a Thursday. */
export function weekOf(at: Date): Date {
  const days = Math.floor(at.getTime() / DAY);
  return new Date((days - ((days + 3) % 7)) * DAY);
}

/** The weeks that are shown, oldest first; the last one has begun and is not over. */
export function shownWeeks(now: Date): Date[] {
  const last = weekOf(now).getTime();
  return Array.from({ length: QUALITY_WEEKS }, (_, index) => new Date(last - (QUALITY_WEEKS - 1 - index) * WEEK_MS));
}

/**
 * Production runs: those outside of shadow, by the week of their start. A run is on a reviewed version when its version had been approved
 * by the end of the hour in which the run started and nothing unapproved was seen in it. A run whose version is unknown is not.
 */
export interface WeekOfRuns {
  week: Date;
  runs: number;
  reviewedRuns: number;
  /** Calls with an effect in the runs that were not on a reviewed version. */
  unreviewedCalls: number;
}

/**
 * Version changes that went live or could have: approved, or seen in live traffic before a decision, by the week of their proposal. One
 * counts as reviewed first when it was approved and had neither run nor been proposed only afterwards. What is open and has not run does
 * not count yet; what was refused and never ran does not count at all.
 */
export interface WeekOfChanges {
  week: Date;
  live: number;
  reviewedFirst: number;
}

/** From proposal to decision, over the version changes on which a person spoke, by the week of the decision. */
export interface WeekOfReviews {
  week: Date;
  reviews: number;
  medianMs: number;
}

export interface QualityWeek {
  week: Date;
  isOver: boolean;
  /** Shares from 0 to 1; null without anything to take a share of. */
  reviewedRunShare: number | null;
  runs: number;
  reviewedFirstShare: number | null;
  changes: number;
  medianReviewMs: number | null;
  reviews: number;
  unreviewedRuns: number;
  unreviewedCalls: number;
}

export interface QualityFacts {
  runs: readonly WeekOfRuns[];
  changes: readonly WeekOfChanges[];
  reviews: readonly WeekOfReviews[];
}

const share = (hits: number, n: number): number | null => (n === 0 ? null : hits / n);

const noRuns = { runs: 0, reviewedRuns: 0, unreviewedCalls: 0 };
const noChanges = { live: 0, reviewedFirst: 0 };

export function changeQuality({ runs, changes, reviews }: QualityFacts, now: Date): QualityWeek[] {
  const of = <Row extends { week: Date }>(rows: readonly Row[], week: Date): Row | undefined => rows.find((row) => row.week.getTime() === week.getTime());
  return shownWeeks(now).map((week) => {
    const ran = of(runs, week) ?? noRuns;
    const changed = of(changes, week) ?? noChanges;
    const reviewed = of(reviews, week);
    return {
      week, isOver: week.getTime() + WEEK_MS <= now.getTime(),
      reviewedRunShare: share(ran.reviewedRuns, ran.runs), runs: ran.runs,
      reviewedFirstShare: share(changed.reviewedFirst, changed.live), changes: changed.live,
      medianReviewMs: reviewed?.medianMs ?? null, reviews: reviewed?.reviews ?? 0,
      unreviewedRuns: ran.runs - ran.reviewedRuns, unreviewedCalls: ran.unreviewedCalls,
    };
  });
}

/** The newest week that has something to say: a week that has just begun says nothing yet. */
export const newestWith = (weeks: readonly QualityWeek[], read: (week: QualityWeek) => number | null): QualityWeek | null => weeks.findLast((week) => read(week) !== null) ?? null;
