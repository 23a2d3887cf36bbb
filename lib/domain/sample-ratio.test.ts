import fc from "fast-check";
import { expect, it } from "vitest";
import { countInRatio, logSampleRatio, type RatioGroup, SAMPLE_RATIO_AT } from "./sample-ratio.ts";

const groupsOf = (draws: readonly (readonly [number, boolean])[]): RatioGroup[] => {
  const groups: RatioGroup[] = [];
  for (const [probability, isCandidate] of draws) countInRatio(groups, probability, isCandidate);
  return groups;
};

it("is a fair bet on the next assignment, in whatever order the exposures come", () => {
  fc.assert(fc.property(fc.array(fc.tuple(fc.constantFrom(0.1, 0.25, 0.5), fc.boolean()), { maxLength: 60 }), fc.constantFrom(0.1, 0.25, 0.5), (draws, next) => {
    const now = Math.exp(logSampleRatio(groupsOf(draws)));
    const after = (isCandidate: boolean): number => Math.exp(logSampleRatio(groupsOf([...draws, [next, isCandidate]])));
    expect((next * after(true) + (1 - next) * after(false)) / now).toBeCloseTo(1, 7);
  }));
});

it("finds arms that were swapped, and says nothing of those that are as planned", () => {
  const planned = groupsOf(Array.from({ length: 1_000 }, (_, index) => [0.1, index % 10 === 0]));
  const swapped = groupsOf(Array.from({ length: 30 }, (_, index) => [0.1, index % 10 !== 0]));
  expect(logSampleRatio(planned)).toBeLessThan(0);
  expect(logSampleRatio(swapped)).toBeGreaterThan(Math.log(SAMPLE_RATIO_AT));
});
