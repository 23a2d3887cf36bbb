import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changeQuality, newestWith, QUALITY_WEEKS, shownWeeks, WEEK_MS, weekOf, type QualityFacts } from "./change-quality.ts";

const now = new Date("2026-11-21T12:00:00Z");
const nothing: QualityFacts = { runs: [], changes: [], reviews: [] };
const monday = new Date("2026-11-16T00:00:00Z");

describe("weeks", () => {
  it.each([["2026-11-16T00:00:00.000Z", "2026-11-16"], ["2026-11-15T23:59:59.999Z", "2026-11-09"], ["2026-11-21T12:00:00Z", "2026-11-16"], ["1970-01-01T00:00:00Z", "1969-12-29"]])("%s is in the week of %s", (at, week) => {
    expect(weekOf(new Date(at)).toISOString().slice(0, 10)).toBe(week);
  });

  it("twelve are shown, each a week after the other, the last one not over", () => {
    fc.assert(fc.property(fc.date({ min: new Date("2000-01-01"), max: new Date("2100-01-01"), noInvalidDate: true }), (at) => {
      const weeks = shownWeeks(at);
      expect(weeks).toHaveLength(QUALITY_WEEKS);
      expect(weeks.every((week, index) => week.getUTCDay() === 1 && (index === 0 || week.getTime() - (weeks[index - 1]?.getTime() ?? 0) === WEEK_MS))).toBe(true);
      expect(changeQuality(nothing, at).filter((week) => !week.isOver)).toHaveLength(1);
    }));
  });
});

describe("changeQuality", () => {
  it("says that there is no data where there was nothing, never nought", () => {
    const weeks = changeQuality(nothing, now);
    expect(weeks.every((week) => week.reviewedRunShare === null && week.reviewedFirstShare === null && week.medianReviewMs === null)).toBe(true);
    expect(newestWith(weeks, (week) => week.reviewedRunShare)).toBeNull();
  });

  it("puts each figure into its week", () => {
    const last = changeQuality({ runs: [{ week: monday, runs: 200, reviewedRuns: 190, unreviewedCalls: 14 }], changes: [{ week: monday, live: 4, reviewedFirst: 3 }], reviews: [{ week: monday, reviews: 5, medianMs: 60_000 }] }, now).at(-1);
    expect(last).toMatchObject({ reviewedRunShare: 0.95, unreviewedRuns: 10, unreviewedCalls: 14, reviewedFirstShare: 0.75, changes: 4, medianReviewMs: 60_000, reviews: 5, isOver: false });
  });

  it("shares are between nought and one, and what is not reviewed is exposure", () => {
    fc.assert(fc.property(fc.nat(10_000), fc.nat(10_000), (reviewed, more) => {
      const week = changeQuality({ ...nothing, runs: [{ week: monday, runs: reviewed + more, reviewedRuns: reviewed, unreviewedCalls: 0 }] }, now).at(-1);
      expect(week?.unreviewedRuns).toBe(more);
      if (week?.reviewedRunShare != null) expect(week.reviewedRunShare >= 0 && week.reviewedRunShare <= 1).toBe(true);
    }));
  });
});
