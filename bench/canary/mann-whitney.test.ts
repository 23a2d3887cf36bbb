import { describe, expect, it } from "vitest";
import { KAYENTA_LINE, kayentaZ } from "./mann-whitney.ts";

const series = (...runs: [count: number, value: number][]): Float64Array => Float64Array.from(runs.flatMap(([count, value]) => Array.from({ length: count }, () => value))).sort();

describe("kayentaZ", () => {
  it("passes 7 of 10 points a hundred times worse and fails 8, as reported by its users", () => {
    expect(kayentaZ(series([3, 1], [7, 100]), series([10, 1]))).toBeCloseTo(1.617, 3);
    expect(kayentaZ(series([2, 1], [8, 100]), series([10, 1]))).toBeCloseTo(2.475, 3);
  });

  it("can never fail four points an arm", () => {
    const worst = kayentaZ(Float64Array.of(1001, 1002, 1003, 1004), Float64Array.of(1, 2, 3, 4));
    expect(worst).toBeCloseTo(2.165, 3);
    expect(worst).toBeLessThan(KAYENTA_LINE);
  });

  it("passes equal series, series of one value and means that fall", () => {
    expect(kayentaZ(series([5, 3]), series([5, 3]))).toBe(-Infinity);
    expect(kayentaZ(Float64Array.of(1, 2, 3), Float64Array.of(4, 5, 6))).toBe(-Infinity);
    expect(kayentaZ(new Float64Array(0), Float64Array.of(1))).toBe(-Infinity);
  });
});
