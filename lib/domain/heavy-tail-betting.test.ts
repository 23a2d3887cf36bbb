import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addAmountBets, addAmountPairBets, countAmount, freezeShape, HEAVY_DOWN_STAKES, HEAVY_UP_STAKES, LEAST_FOR_SHAPE } from "./heavy-tail-betting.ts";

const amounts = Array.from({ length: 600 }, (_, index) => Math.exp(10 + Math.sin(index * 2.399_963) * 1.2));
const shapeOf = (values: readonly number[]) => {
  const shape = freezeShape(values);
  if (!shape) throw new Error("no shape");
  return shape;
};

const none = () => ({ up: HEAVY_UP_STAKES.map(() => 0), down: HEAVY_DOWN_STAKES.map(() => 0) });

const anyAmount = fc.oneof(fc.double({ min: 0, max: 1e15, noNaN: true }), fc.constantFrom(0, Number.MIN_VALUE, Number.MAX_VALUE));

describe("freezeShape", () => {
  it("needs a hundred values", () => {
    expect(freezeShape(amounts.slice(0, LEAST_FOR_SHAPE - 1))).toBeNull();
    expect(freezeShape(amounts.slice(0, LEAST_FOR_SHAPE))).not.toBeNull();
  });

  it("takes the newest 600, with thresholds that they exceed as often as it says", () => {
    const shape = shapeOf([...Array.from({ length: 5_000 }, () => 1e12), ...amounts]);
    expect(shape.thresholds.map((threshold) => amounts.filter((amount) => amount > threshold).length / 600)).toEqual([0.5, 0.25, 0.1, 0.03]);
  });

  it("stands amounts that are all the same, or nothing", () => {
    expect(shapeOf(Array.from({ length: 100 }, () => 0)).logDeviation).toBeGreaterThan(0);
  });
});

describe("the bets", () => {
  it("are fair on the label for every amount and share", () => {
    const shape = shapeOf(amounts);
    fc.assert(fc.property(anyAmount, fc.double({ min: 0.001, max: 0.999, noNaN: true }), (amount, probability) => {
      const [candidate, current] = [none(), none()];
      addAmountBets(candidate.up, candidate.down, amount, shape, { probability, isCandidate: true });
      addAmountBets(current.up, current.down, amount, shape, { probability, isCandidate: false });
      for (const side of ["up", "down"] as const) candidate[side].forEach((log, index) => {
        expect(Number.isFinite(log)).toBe(true);
        expect(probability * Math.exp(log) + (1 - probability) * Math.exp(current[side][index] ?? Number.NaN)).toBeCloseTo(1, 7);
      });
    }));
  });

  it("are fair on which of a pair is which", () => {
    const shape = shapeOf(amounts);
    fc.assert(fc.property(anyAmount, anyAmount, (one, other) => {
      const [first, second] = [none(), none()];
      addAmountPairBets(first.up, first.down, one, other, shape);
      addAmountPairBets(second.up, second.down, other, one, shape);
      for (const side of ["up", "down"] as const) first[side].forEach((log, index) => expect((Math.exp(log) + Math.exp(second[side][index] ?? Number.NaN)) / 2).toBeCloseTo(1, 7));
    }));
  });

  it("stake all they have, once, one stake for each", () => {
    const { up, down } = none();
    addAmountBets(up, down, 1e9, shapeOf(amounts), { probability: 0.5, isCandidate: true });
    expect([up.length, down.length]).toEqual([HEAVY_UP_STAKES.length, HEAVY_DOWN_STAKES.length]);
    expect(up.every((log) => log > 0)).toBe(true);
    for (const stakes of [HEAVY_UP_STAKES, HEAVY_DOWN_STAKES]) expect(stakes.reduce((sum, stake) => sum + stake, 0)).toBeCloseTo(1, 12);
  });
});

it("counts the current version at every threshold", () => {
  const shape = shapeOf(amounts);
  const before = shape.control.map(({ events }) => events);
  countAmount(Number.MAX_VALUE, shape);
  expect(shape.control.map(({ events }, index) => events - (before[index] ?? 0))).toEqual([1, 1, 1, 1]);
});
