import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { logEvidenceAbove, logEvidenceBelow, logEvidenceOther, shareAtRatio } from "./beta-mixture.ts";

const chance = fc.double({ min: 0.01, max: 0.99, noNaN: true });

/** Expectation over k ~ Bin(n, p). */
function expected(n: number, p: number, log: (k: number) => number): number {
  let [term, sum] = [(1 - p) ** n, 0];
  for (let k = 0; k <= n; k += 1) {
    sum += term * Math.exp(log(k));
    term *= ((n - k) / (k + 1)) * (p / (1 - p));
  }
  return sum;
}

// Recomputed with mpmath to 18 digits from the closed form.
test.each([[14, 20, 0.5, 2.475_541_795_665_634_7], [9, 20, 0.25, 2.297_875_911_498_202_5], [5, 20, 0.5, 0.085_679_885_989_483_513]])("%i of %i events against %d", (k, n, w, e) => {
  expect(Math.exp(logEvidenceAbove(k, n, w))).toBeCloseTo(e, 12);
});

describe("what a person sees before the judge holds (20) and rolls back (100)", () => {
  it.each([[0.1, 10, 5, 6], [0.1, 20, 7, 8], [0.5, 20, 16, 18], [0.5, 40, 29, 31]])("at a share of %d, of %i bad events: %i and %i", (w, n, hold, rollBack) => {
    const first = (level: number): number => Array.from({ length: n + 1 }, (_, k) => k).findIndex((k) => logEvidenceAbove(k, n, w) >= Math.log(level));
    expect([first(20), first(100)]).toEqual([hold, rollBack]);
  });

  it("needs two of two at a share of one in twenty", () => expect(logEvidenceAbove(2, 2, 0.05)).toBeGreaterThan(Math.log(100)));
});

it("is worth 1 on average where its hypothesis holds, and no more on the side of it that is farther off", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 60 }), chance, fc.double({ min: 0, max: 1, noNaN: true }), (n, w, part) => {
    for (const log of [logEvidenceAbove, logEvidenceBelow, logEvidenceOther]) expect(expected(n, w, (k) => log(k, n, w))).toBeCloseTo(1, 7);
    expect(expected(n, w * part, (k) => logEvidenceAbove(k, n, w))).toBeLessThanOrEqual(1 + 1e-9);
    expect(expected(n, w + (1 - w) * part * 0.999, (k) => logEvidenceBelow(k, n, w))).toBeLessThanOrEqual(1 + 1e-9);
  }));
});

it("mirrors: more events above a chance are fewer of the others below what remains", () => {
  fc.assert(fc.property(fc.nat({ max: 300 }), fc.nat({ max: 300 }), chance, (k, rest, w) => {
    const [above, below] = [logEvidenceAbove(k, k + rest, w), logEvidenceBelow(rest, k + rest, 1 - w)];
    expect(Math.abs(above - below)).toBeLessThanOrEqual(1e-8 * Math.max(1, Math.abs(above)));
  }));
});

it("says nothing before anything was seen, grows with every event, and is always a number", () => {
  fc.assert(fc.property(fc.nat({ max: 5_000 }), fc.nat({ max: 5_000 }), chance, (k, rest, w) => {
    expect(logEvidenceAbove(0, 0, w)).toBeCloseTo(0, 12);
    const n = k + rest + 1;
    expect(logEvidenceAbove(k + 1, n, w)).toBeGreaterThan(logEvidenceAbove(k, n, w) - 1e-9);
    for (const log of [logEvidenceAbove, logEvidenceBelow, logEvidenceOther]) expect(log(k, n, w)).not.toBeNaN();
  }));
});

test("the share of bad events at a relative risk", () => {
  expect(shareAtRatio(0.1, 1)).toBeCloseTo(0.1);
  expect(shareAtRatio(0.5, 2)).toBeCloseTo(2 / 3);
});
