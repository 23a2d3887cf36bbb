import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { byDaysUntilLimit, forecastSpend, isCostKnown, judgeLimit, type LimitJudgement } from "./forecast-spend.ts";

const USD = 1e9;
const budget = (dollars: number, currency = "USD") => ({ amountMinor: dollars * 100, currency });
const spend = (dollars: number, runs = 100, costKnownRuns = runs) => ({ nanoUsd: dollars * USD, runs, costKnownRuns });
const evenDays = (dollars: number) => Array.from({ length: 10 }, () => dollars * USD);

describe("forecastSpend", () => {
  it("says nothing from four days", () => {
    expect(forecastSpend(40 * USD, [10, 10, 10, 10], 20)).toEqual({ kind: "too_few_days", days: 4 });
    expect(forecastSpend(0, [], 30)).toEqual({ kind: "too_few_days", days: 0 });
  });

  it("adds the mean of the days so far for each day that is left, and widens with the root of them", () => {
    // Mean 10, sample variance 10.
    const forecast = forecastSpend(50, [6, 8, 10, 12, 14], 4);
    expect(forecast).toMatchObject({ kind: "range", expected: 90, perDay: 10 });
    if (forecast.kind !== "range") return;
    expect(forecast.high - 90).toBeCloseTo(1.96 * Math.sqrt(10) * 2, 10);
    expect(90 - forecast.low).toBeCloseTo(1.96 * Math.sqrt(10) * 2, 10);
  });

  it("has no range on even days, and nothing to add when the month is over", () => {
    expect(forecastSpend(100, evenDays(10), 0)).toMatchObject({ low: 100, expected: 100, high: 100 });
    expect(forecastSpend(100 * USD, evenDays(10), 5)).toMatchObject({ low: 150 * USD, expected: 150 * USD, high: 150 * USD });
  });

  it("never goes below what is spent already", () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.array(fc.nat(1e6), { minLength: 5, maxLength: 31 }), fc.double({ min: 0, max: 31, noNaN: true }), (spent, days, left) => {
        const forecast = forecastSpend(spent, days, left);
        if (forecast.kind !== "range") throw new Error("five days are enough");
        expect(forecast.low).toBeGreaterThanOrEqual(spent);
        expect(forecast.expected).toBeGreaterThanOrEqual(forecast.low);
        expect(forecast.high).toBeGreaterThanOrEqual(forecast.expected);
      }),
    );
  });
});

describe("judgeLimit", () => {
  const even = (spent: number) => forecastSpend(spent * USD, evenDays(10), 10);

  it.each([
    [null, "no_budget"], [budget(500, "EUR"), "other_currency"],
  ] as const)("cannot tell for the budget %j", (given, why) => {
    expect(judgeLimit(given, spend(100), even(100), 10)).toEqual({ state: "cannot_tell", days: null, why });
  });

  it("tells over, reached before the month ends, and inside", () => {
    expect(judgeLimit(budget(99), spend(100), even(100), 10)).toEqual({ state: "over", days: 0, why: null });
    expect(judgeLimit(budget(150), spend(100), even(100), 10)).toEqual({ state: "reaches", days: 5, why: null });
    expect(judgeLimit(budget(400), spend(100), even(100), 10)).toEqual({ state: "inside", days: 30, why: null });
  });

  it("tells that it may be reached where only the upper end of the range does", () => {
    const forecast = forecastSpend(100 * USD, [2, 18, 2, 18, 10].map((day) => day * USD), 10);
    expect(judgeLimit(budget(205), spend(100), forecast, 10)).toMatchObject({ state: "may_reach", days: 10.5 });
  });

  it("is inside without a day when nothing is spent at all", () => {
    expect(judgeLimit(budget(10), spend(0, 0), forecastSpend(0, evenDays(0), 10), 10)).toEqual({ state: "inside", days: null, why: null });
  });

  it("does not call an agent inside whose costs are unknown, and still calls it over", () => {
    expect(judgeLimit(budget(1_000), spend(100, 100, 90), even(100), 10)).toEqual({ state: "cannot_tell", days: null, why: "cost_unknown" });
    expect(judgeLimit(budget(1_000), spend(0, 100, 0), even(0), 10)).toMatchObject({ state: "cannot_tell", why: "cost_unknown" });
    expect(judgeLimit(budget(50), spend(100, 100, 10), even(100), 10).state).toBe("over");
    expect(isCostKnown(spend(0, 100, 0))).toBe(false);
    expect(isCostKnown(spend(0, 0))).toBe(true);
  });

  it("does not forecast from too few days, and still calls it over", () => {
    expect(judgeLimit(budget(500), spend(100), forecastSpend(100 * USD, [], 10), 10)).toMatchObject({ state: "cannot_tell", why: "too_few_days" });
    expect(judgeLimit(budget(50), spend(100), forecastSpend(100 * USD, [], 10), 10).state).toBe("over");
  });
});

describe("byDaysUntilLimit", () => {
  const at = (id: string, state: LimitJudgement["state"], days: number | null) => ({ id, limit: { state, days, why: null } });

  it("puts the soonest first and the unknown last", () => {
    const rows = [at("f", "cannot_tell", null), at("e", "inside", null), at("d", "inside", 40), at("c", "reaches", 3), at("b", "over", 0), at("a", "over", 0)];
    expect(rows.toSorted(byDaysUntilLimit).map((row) => row.id)).toEqual(["a", "b", "c", "d", "e", "f"]);
  });
});
