import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addLabelBets, addPairBets, chanceOf, controlFromHistory, FREQUENT_STAKES, ODDS_DOWN, ODDS_UP, RARE_STAKES, USUAL_STAKES } from "./label-betting.ts";

const factor = (chance: number, ratio: number, isEvent: boolean, probability: number, isCandidate: boolean): number => {
  const logs = [0];
  addLabelBets(logs, 0, [ratio], chance, isEvent, { probability, isCandidate });
  return Math.exp(logs[0] ?? Number.NaN);
};

describe("addLabelBets", () => {
  it.each([[true, true, 1.7606], [false, true, 0.9155], [true, false, 0.9653], [false, false, 1.0039]])("has the factors of the worked example: candidate %s, event %s", (isCandidate, isEvent, expected) => {
    expect(factor(0.04, 2, isEvent, 0.1, isCandidate)).toBeCloseTo(expected, 3);
  });

  it("is a fair bet on the label for every outcome, rate, share and alternative", () => {
    const inside = fc.double({ min: 1e-4, max: 1 - 1e-4, noNaN: true });
    fc.assert(fc.property(inside, inside, fc.double({ min: 0.01, max: 100, noNaN: true }), fc.boolean(), (chance, probability, ratio, isEvent) => {
      const fair = probability * factor(chance, ratio, isEvent, probability, true) + (1 - probability) * factor(chance, ratio, isEvent, probability, false);
      expect(fair).toBeCloseTo(1, 9);
    }));
  });

  it("adds from where it is told, and nowhere else", () => {
    const logs = [7, 7, 7, 7];
    addLabelBets(logs, 1, [2, 3], 0.1, true, { probability: 0.5, isCandidate: true });
    expect(logs.map((log) => log === 7)).toEqual([true, false, false, true]);
  });
});

it("is a fair bet on whose of a pair the event is", () => {
  for (const ratio of [...ODDS_UP, ...ODDS_DOWN]) {
    const [mine, theirs] = [[0], [0]];
    addPairBets(mine, 0, [ratio], true);
    addPairBets(theirs, 0, [ratio], false);
    expect((Math.exp(mine[0] ?? 0) + Math.exp(theirs[0] ?? 0)) / 2).toBeCloseTo(1, 12);
  }
});

it("stakes all it has, once", () => {
  for (const { up, restartedUp, down } of [USUAL_STAKES, FREQUENT_STAKES, RARE_STAKES]) {
    expect([up.length, restartedUp.length, down.length]).toEqual([ODDS_UP.length, ODDS_UP.length, ODDS_DOWN.length]);
    for (const stakes of [up, restartedUp, down]) expect(stakes.reduce((sum, stake) => sum + stake, 0)).toBeCloseTo(1, 12);
  }
});

describe("what the current version's rate is taken for", () => {
  it("lets 400 tasks of history count, however long it is", () => {
    expect(controlFromHistory(240, 6_000)).toEqual({ events: 16.5, tasks: 410 });
    expect(controlFromHistory(0, 0)).toEqual({ events: 0.5, tasks: 10 });
  });

  it("is never impossible and never certain", () => {
    fc.assert(fc.property(fc.nat(), fc.nat(), (events, others) => {
      const chance = chanceOf(controlFromHistory(events, events + others));
      expect(chance > 0 && chance < 1).toBe(true);
    }));
  });
});
