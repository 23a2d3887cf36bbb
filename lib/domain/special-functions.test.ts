import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { expClipped, logBeta, logGamma, logIncompleteBeta, logOneMinusExp, logUpperBeta } from "./special-functions.ts";

// All expected values: mpmath 1.3 with 40 to 60 digits (loggamma, beta, betainc).

const closeTo = (found: number, expected: number, relative: number): void => expect(Math.abs(found - expected)).toBeLessThanOrEqual(relative * Math.max(1, Math.abs(expected)));

test.each([
  [0.1, 2.252_712_651_734_206], [0.5, 0.572_364_942_924_700_09], [1, 0], [1.5, -0.120_782_237_635_245_22], [3.7, 1.428_072_326_665_387_9], [10, 12.801_827_480_081_47],
  [100.25, 360.284_559_637_764_23], [1_234.5, 7_550.550_901_077_894_9], [1e6, 12_815_504.569_147_612], [3e7, 486_501_230.499_377_45], [1e9, 19_723_265_827.503_717],
])("ln Γ(%d)", (x, expected) => closeTo(logGamma(x), expected, 5e-15));

test.each([[1, 1, 0], [0.5, 0.5, 1.144_729_885_849_400_2], [14, 7, -13.204_201_395_619_961], [2_000.5, 30, -156.993_918_489_290_05], [1e5, 2e5, -190_958.885_279_116_85]])("ln B(%d, %d)", (a, b, expected) => {
  closeTo(logBeta(a, b), expected, 1e-13);
});

test.each([
  [0.3, 2, 5, -0.545_028_945_107_488_91, -0.867_083_987_819_506_83], [0.5, 15, 7, -3.239_666_947_156_411_7, -0.039_965_008_627_137_509],
  [0.01, 3, 400, -0.266_202_686_526_340_01, -1.453_647_704_620_153_3], [0.25, 260, 740, -1.438_899_954_367_215_9, -0.270_744_373_163_968_13],
  [0.999, 0.5, 0.5, -0.020_340_514_397_558_013, -3.905_293_616_969_037_5],
])("both tails of I at %d with %d and %d", (x, a, b, lower, upper) => {
  closeTo(logIncompleteBeta(x, a, b), lower, 1e-11);
  closeTo(logUpperBeta(x, a, b), upper, 1e-11);
});

it("keeps a tail that is far below what a difference from 1 can show", () => {
  closeTo(logIncompleteBeta(0.5, 900, 100), -372.727_104_441_694_03, 1e-12);
  closeTo(logUpperBeta(0.5, 100, 900), -372.727_104_441_694_03, 1e-12);
});

describe("at the edges", () => {
  it("is nothing at 0 and everything at 1", () => {
    expect(logIncompleteBeta(0, 2, 3)).toBe(Number.NEGATIVE_INFINITY);
    expect(logIncompleteBeta(1, 2, 3)).toBe(0);
  });

  it("is not a number where the functions are not defined", () => {
    for (const found of [logGamma(0), logGamma(-1), logGamma(Number.NaN), logIncompleteBeta(-0.1, 1, 1), logIncompleteBeta(0.5, 0, 1)]) expect(found).toBeNaN();
  });
});

it("has tails that sum to 1, and rises", () => {
  const place = { min: 1e-6, max: 1 - 1e-6, noNaN: true };
  fc.assert(fc.property(fc.double(place), fc.double(place), fc.double({ min: 0.1, max: 3_000, noNaN: true }), fc.double({ min: 0.1, max: 3_000, noNaN: true }), (x, y, a, b) => {
    expect(Math.exp(logIncompleteBeta(x, a, b)) + Math.exp(logUpperBeta(x, a, b))).toBeCloseTo(1, 9);
    expect(logIncompleteBeta(Math.min(x, y), a, b)).toBeLessThanOrEqual(logIncompleteBeta(Math.max(x, y), a, b) + 1e-9);
  }));
});

it("has the sums of the binomial in closed form", () => {
  // I_x(k, n − k + 1) = P(Bin(n, x) ≥ k)
  fc.assert(fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), fc.double({ min: 0.01, max: 0.99, noNaN: true }), (one, other, x) => {
    const [k, n] = [Math.min(one, other), Math.max(one, other)];
    let [term, tail] = [(1 - x) ** n, 0];
    for (let i = 0; i <= n; i += 1) {
      if (i >= k) tail += term;
      term *= ((n - i) / (i + 1)) * (x / (1 - x));
    }
    expect(Math.exp(logIncompleteBeta(x, k, n - k + 1))).toBeCloseTo(tail, 10);
  }));
});

test("ln(1 − exp(y)) near 0 and far from it", () => {
  closeTo(logOneMinusExp(-1e-20), Math.log(1e-20), 1e-15);
  closeTo(logOneMinusExp(-50), -Math.exp(-50), 1e-30);
});

test("what is stored stays finite", () => {
  for (const x of [-1e9, 1e9, Number.MAX_VALUE, -Number.MAX_VALUE]) expect(expClipped(x) > 0 && Number.isFinite(expClipped(x) * 1_000)).toBe(true);
});
