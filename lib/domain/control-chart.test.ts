import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ChartInput, controlChart } from "./control-chart.ts";

const week = (index: number): string => new Date(Date.UTC(2026, 0, 5 + 7 * index)).toISOString().slice(0, 10);
const shares = (weeks: readonly (readonly [events: number, n: number])[], worse: ChartInput["worse"] = "more"): ChartInput =>
  ({ kind: "share", worse, weeks: weeks.map(([events, n], index) => ({ start: week(index), events, n })) });
const values = (weeks: readonly (number | null)[], worse: ChartInput["worse"] = "more"): ChartInput =>
  ({ kind: "value", worse, weeks: weeks.map((value, index) => ({ start: week(index), value })) });
const steady = (count: number, events = 10, n = 100) => Array.from({ length: count }, () => [events, n] as const);

describe("one point outside its limits", () => {
  test.each([["more", 25, "special cause, worse"], ["less", 25, "special cause, better"], ["more", 0, "special cause, better"], ["either", 0, "special cause, worse"], ["more", 12, "within its usual range"]] as const)(
    "where %s is worse, %i of 100 after 10 of 100 is: %s", (worse, events, word) => {
      expect(controlChart(shares([...steady(11), [events, 100]], worse)).word).toBe(word);
    });

  test("a week of few tasks has wide limits: 0.08 ± 3 √(0.08 · 0.92 / n + (0.5 / n)²)", () => {
    const { centre, points } = controlChart(shares([...steady(10), [12, 400], [3, 12]]));
    const spread = 112.5 / 1_401;
    expect(centre).toBeCloseTo(112 / 1_400);
    expect(points[10]?.high).toBeCloseTo(112 / 1_400 + 3 * Math.sqrt((spread * (1 - spread)) / 400 + (0.5 / 400) ** 2), 9);
    expect(points[11]?.low).toBe(0);
    expect(points[11]?.rule).toBeNull();
    expect((points[11]?.high ?? 0) - (points[10]?.high ?? 0)).toBeGreaterThan(0.1);
  });

  test("moving ranges of one: limits 2.66 either side of the mean", () => {
    const { points, centre } = controlChart(values([10, 11, 10, 11, 10, 11, 10, 11, 13.3]));
    expect(centre).toBeCloseTo(10.5);
    expect(points[0]?.high).toBeCloseTo(13.16);
    expect(points[8]).toMatchObject({ rule: "outside_limits", cause: "worse" });
    expect(controlChart(values([10, 11, 10, 11, 10, 11, 10, 11, 13])).word).toBe("within its usual range");
  });

  test("a rate that was never above nothing can still rise", () => {
    expect(controlChart(shares([...steady(10, 0), [1, 100]])).word).toBe("within its usual range");
    expect(controlChart(shares([...steady(10, 0), [6, 100]])).word).toBe("special cause, worse");
  });
});

describe("few rules for what stays inside the limits", () => {
  test("seven weeks above the centre are a run, six are not", () => {
    const high = (count: number) => controlChart(shares([...steady(12, 9), ...steady(count, 13)]));
    expect(high(6).points.at(-1)?.rule).toBeNull();
    expect(high(7).points.slice(-7).map(({ rule }) => rule)).toEqual(Array.from({ length: 7 }, () => "long_run"));
    expect(high(7).sentence).toBe("Worse than usual: 7 weeks or more in a row lie above the centre.");
  });

  test("two of three weeks near the same limit", () => {
    const { points, sentence, word } = controlChart(shares([...steady(20), [17, 100], [10, 100], [17, 100]]));
    expect(points.slice(-3).map(({ rule }) => rule)).toEqual(["near_limit", null, "near_limit"]);
    expect(word).toBe("special cause, worse");
    expect(sentence).toBe("Worse than usual: two of the last three weeks lie near the upper limit.");
    expect(controlChart(shares([...steady(20), [17, 100], [10, 100], [4, 100]])).word).toBe("within its usual range");
  });
});

test("gaps stay gaps, and too little is said, not judged", () => {
  expect(controlChart(shares(steady(7))).sentence).toBe("Not enough data: 7 of the 8 weeks needed.");
  expect(controlChart(shares(steady(12, 1, 5))).sentence).toBe("Not enough data: fewer than 100 tasks in all.");
  expect(controlChart(values([null, null])).word).toBe("not enough data");
  expect(controlChart(values([]))).toEqual({ centre: null, points: [], word: "not enough data", sentence: "Not enough data: 0 of the 8 weeks needed." });
  const { points, word } = controlChart(values([5, null, 6, 5, 6, 5, 6, 5, 6, null]));
  expect(points[1]).toMatchObject({ value: null, low: null, high: null, rule: null });
  expect(points[9]).toMatchObject({ value: null, rule: null });
  expect(word).toBe("within its usual range");
  expect(controlChart(shares([...steady(10), [2, 4]])).points.at(-1)?.value).toBeNull();
});

test.each([8_866.123, 0.1, 1e-7])("what is always %d is as usual", (value) => {
  expect(controlChart(values(Array.from({ length: 30 }, () => value))).points.every(({ rule }) => rule === null)).toBe(true);
});

test("the picture mirrors when more becomes less, and no point outside its limits is passed over", () => {
  const weeks = fc.array(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.constant(50)), { minLength: 8, maxLength: 30 });
  fc.assert(fc.property(weeks, (drawn) => {
    const [more, less] = [controlChart(shares(drawn, "more")), controlChart(shares(drawn, "less"))];
    for (const [index, point] of more.points.entries()) {
      const mirrored = less.points[index];
      expect(mirrored?.rule).toBe(point.rule);
      if (point.cause) expect(mirrored?.cause).toBe(point.cause === "worse" ? "better" : "worse");
      const isOutside = point.value !== null && point.high !== null && point.low !== null && (point.value > point.high + 1e-9 || point.value < point.low - 1e-9);
      if (isOutside) expect(point.rule).toBe("outside_limits");
    }
  }));
});
