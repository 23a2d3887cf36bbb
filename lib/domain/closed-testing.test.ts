import fc from "fast-check";
import { expect, it } from "vitest";
import { combinedEvidence, namedByClosedTesting } from "./closed-testing.ts";

const evidence = fc.record({ weight: fc.double({ min: 0.01, max: 1, noNaN: true }), e: fc.oneof(fc.double({ min: 0, max: 3, noNaN: true }), fc.double({ min: 0, max: 1e6, noNaN: true })) });

it("names what every set that contains it agrees on, as trying all the sets does", () => {
  fc.assert(fc.property(fc.array(evidence, { minLength: 1, maxLength: 7 }), fc.constantFrom(2, 20, 100), (all, level) => {
    const sets = Array.from({ length: 2 ** all.length - 1 }, (_, index) => all.filter((__, place) => ((index + 1) >> place) % 2 === 1));
    const tried = all.map((one) => sets.filter((set) => set.includes(one)).every((set) => combinedEvidence(set) >= level * set.reduce((sum, { weight }) => sum + weight, 0)));
    // Rounding may decide where a mean meets the level exactly.
    const isClose = sets.some((set) => Math.abs(combinedEvidence(set) / (level * set.reduce((sum, { weight }) => sum + weight, 0)) - 1) < 1e-9);
    if (!isClose) expect(namedByClosedTesting(all, level)).toEqual(tried);
  }), { numRuns: 500 });
});

it("names one that stands out, and none where they only together reach the level", () => {
  expect(namedByClosedTesting([{ weight: 0.5, e: 100 }, { weight: 0.5, e: 1 }], 20)).toEqual([true, false]);
  expect(namedByClosedTesting([{ weight: 0.5, e: 19 }, { weight: 0.5, e: 30 }], 20)).toEqual([false, true]);
  expect(namedByClosedTesting([{ weight: 0.5, e: 19 }, { weight: 0.5, e: 19 }], 20)).toEqual([false, false]);
});
