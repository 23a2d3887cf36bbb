import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bandPath, gapsOf, groupMarkers, linePath, niceTicks, scaleTo100, unionOfGaps, valueRange } from "./plot-geometry.ts";

const same = (value: number) => value;
const points = (...values: (number | null)[]) => values.map((value, at) => ({ at, value }));

describe("linePath", () => {
  it("breaks at a gap and never bridges it", () => {
    expect(linePath(points(1, 2, null, 4, 5), same, same)).toEqual({ path: "M0 1L1 2M3 4L4 5", lonely: "" });
  });
  it("draws a value alone between gaps as a dot", () => {
    expect(linePath(points(null, 3, null), same, same)).toEqual({ path: "", lonely: "M1 3h0" });
  });
  it("draws zero as a value", () => {
    expect(linePath(points(0, 0), same, same).path).toBe("M0 0L1 0");
  });
  it("draws nothing from nothing", () => {
    expect(linePath([], same, same)).toEqual({ path: "", lonely: "" });
  });
});

describe("bandPath", () => {
  it("goes along the upper edge and back along the lower, in pieces", () => {
    const band = [
      { at: 0, low: 1, high: 3 },
      { at: 1, low: 1, high: 4 },
      { at: 2, low: null, high: 9 },
      { at: 3, low: 2, high: 5 },
    ];
    expect(bandPath(band, same, same)).toBe("M0 3L1 4L1 1L0 1Z");
  });
});

describe("gapsOf", () => {
  it.each([
    [points(1, 2, 3), []],
    [points(1, null, null, 4), [{ from: 0, to: 3 }]],
    [points(null, 2, null), [{ from: 0, to: 1 }, { from: 1, to: 2 }]],
    [points(null, null), [{ from: 0, to: 1 }]],
    [[], []],
  ])("case %#", (series, gaps) => {
    expect(gapsOf(series)).toEqual(gaps);
  });
});

it("gaps of two series that overlap are one, and those that meet at a value stay two", () => {
  const gaps = [{ from: 4, to: 6 }, { from: 0, to: 2 }, { from: 1, to: 3 }, { from: 3, to: 4 }];
  expect(unionOfGaps(gaps)).toEqual([{ from: 0, to: 3 }, { from: 3, to: 4 }, { from: 4, to: 6 }]);
  expect(gaps[1], "what it is given stays").toEqual({ from: 0, to: 2 });
});

describe("valueRange", () => {
  it("starts rates at zero", () => {
    expect(valueRange([5, 8], true).from).toBe(0);
  });
  it("always contains every value and is never empty", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constant(null), fc.double({ noNaN: true, min: -1e9, max: 1e9 })), { maxLength: 20 }), fc.boolean(), (values, startsAtZero) => {
        const range = valueRange(values, startsAtZero);
        expect(range.to).toBeGreaterThan(range.from);
        for (const value of values) if (value !== null) expect(value >= range.from && value <= range.to).toBe(true);
      }),
    );
  });
});

describe("niceTicks", () => {
  it.each([
    [{ from: 0, to: 10 }, [0, 2.5, 5, 7.5, 10]],
    [{ from: 0, to: 0.93 }, [0, 0.25, 0.5, 0.75]],
    [{ from: 4.9, to: 7.7 }, [5, 6, 7]],
    [{ from: 3, to: 3 }, [3]],
  ])("%o gives %o", (range, ticks) => {
    expect(niceTicks(range)).toEqual(ticks);
  });
});

it("scales to the view box, upside down for values", () => {
  expect(scaleTo100({ from: 10, to: 20 })(15)).toBe(50);
  expect(scaleTo100({ from: 0, to: 4 }, true)(4)).toBe(0);
  expect(scaleTo100({ from: 2, to: 2 })(2)).toBe(50);
});

describe("groupMarkers", () => {
  const at = (...times: number[]) => times.map((time) => ({ at: time }));
  it("keeps those apart that do not touch, and puts the others with the first of them", () => {
    expect(groupMarkers(at(0, 7, 8, 50, 99), same, 8).map(({ x, markers }) => [x, markers.map((marker) => marker.at)])).toEqual([[0, [0, 7]], [8, [8]], [50, [50]], [99, [99]]]);
  });
  it("never leaves the chart, and no two groups touch", () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: -50, max: 150 })), (times) => {
      const groups = groupMarkers(at(...times), same, 8);
      const places = groups.map(({ x }) => x);
      return groups.flatMap(({ markers }) => markers).length === times.length && places.every((place, index) => place >= 0 && place <= 100 && (index === 0 || place - places[index - 1]! >= 8));
    }));
  });
});
