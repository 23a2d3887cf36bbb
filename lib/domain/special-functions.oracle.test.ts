import betainc from "@stdlib/math-base-special-betainc";
import betaln from "@stdlib/math-base-special-betaln";
import gammaln from "@stdlib/math-base-special-gammaln";
import fc from "fast-check";
import { expect, test } from "vitest";
import { logBeta, logGamma, logIncompleteBeta, logUpperBeta } from "./special-functions.ts";

const positive = fc.double({ min: 0.5, max: 20_000, noNaN: true });
const share = fc.double({ min: 0.001, max: 0.999, noNaN: true });
/** Relative to the size of what was summed up to get it. */
const isClose = (ours: number, theirs: number, scale = 1): boolean => Math.abs(ours - theirs) <= 1e-11 * Math.max(1, Math.abs(theirs), scale);

test("ln Γ and ln B are those of @stdlib", () => {
  fc.assert(fc.property(positive, positive, (a, b) => {
    expect(isClose(logGamma(a), gammaln(a))).toBe(true);
    // Where the gammas are large their difference loses what they have in common.
    expect(isClose(logBeta(a, b), betaln(a, b), gammaln(a + b))).toBe(true);
  }), { numRuns: 2_000 });
});

test("both tails of the incomplete beta function are those of @stdlib, where it has not run out of digits", () => {
  let compared = 0;
  fc.assert(fc.property(share, fc.double({ min: 1, max: 2_000, noNaN: true }), fc.double({ min: 1, max: 2_000, noNaN: true }), (x, a, b) => {
    for (const [ours, theirs] of [[logIncompleteBeta(x, a, b), betainc(x, a, b, true, false)], [logUpperBeta(x, a, b), betainc(x, a, b, true, true)]] as const) {
      if (theirs < 1e-250) continue;
      compared++;
      expect(Math.abs(ours - Math.log(theirs))).toBeLessThan(1e-8 * Math.max(1, gammaln(a + b) / 1e3));
    }
  }), { numRuns: 2_000 });
  expect(compared).toBeGreaterThan(2_000);
});
