import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FIGURES, judgeFigure, type FigurePoint } from "./figures.ts";

const series = (values: readonly (number | null)[]): FigurePoint[] => values.map((value, at) => ({ at, value }));
const calm = [0.06, 0.07, 0.06, 0.07, 0.06, 0.07, 0.06, 0.07, 0.06];

describe("judgeFigure", () => {
  it("calls a value inside the limits usual", () => {
    expect(judgeFigure("escalation", series([...calm, 0.07]))).toMatchObject({ word: "usual", isWorse: false, last: 0.07, abnormalFrom: null });
  });

  it("names the last usual point before the line left its range", () => {
    expect(judgeFigure("escalation", series([...calm, 0.3]))).toMatchObject({ word: "above", isWorse: true, abnormalFrom: 8 });
  });

  it.each([
    ["escalation", 0.3, "above", true], ["escalation", 0, "below", false], ["success", 0, "below", true], ["success", 0.3, "above", false],
  ] as const)("%s at %d is %s, worse: %s", (figure, last, word, isWorse) => {
    expect(judgeFigure(figure, series([...calm, last]))).toMatchObject({ word, isWorse });
  });

  it("cannot tell from few points, and says when there are none", () => {
    expect(judgeFigure("cost", series([1, 2, 3])).word).toBe("cannot_tell");
    expect(judgeFigure("cost", series([null, null])).word).toBe("no_data");
  });

  it("skips gaps at the end", () => {
    expect(judgeFigure("latency", series([...calm, 0.07, null, null])).last).toBe(0.07);
  });

  it("never gives limits that a figure cannot reach", () => {
    const value = fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: null });
    fc.assert(fc.property(fc.constantFrom(...FIGURES), fc.array(value, { maxLength: 60 }), (figure, values) => {
      const { usual, word, last } = judgeFigure(figure, series(values));
      if (usual) expect(usual.low).toBeGreaterThanOrEqual(0);
      if (usual && ["success", "escalation", "action_errors", "intervention"].includes(figure)) expect(usual.high).toBeLessThanOrEqual(1);
      expect(word === "no_data").toBe(last === null);
    }));
  });
});
