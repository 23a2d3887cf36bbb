import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { faultOfPath, judgeRehearsal, type RehearsedPoint } from "./judge-rehearsal.ts";

const point = (name: string, answeredMs: number | null, isGone = false): RehearsedPoint => ({ name, agentId: "refund-bot", answeredMs, isGone });

describe("judgeRehearsal", () => {
  it("counts who answered, names who did not, and expects nothing of who has gone", () => {
    expect(judgeRehearsal([point("a", 40), point("b", null), point("c", null, true), point("d", 90, true)])).toEqual({
      expected: 3, answered: 2, medianMs: 40, p99Ms: 90, worstMs: 90, slowest: "d", missing: ["b of refund-bot"],
    });
  });

  it("knows no times when nobody is there", () => {
    expect(judgeRehearsal([])).toEqual({ expected: 0, answered: 0, medianMs: null, p99Ms: null, worstMs: null, slowest: null, missing: [] });
  });

  it("takes the nearest rank: of a hundred the 99th, of few the last", () => {
    expect(judgeRehearsal(Array.from({ length: 100 }, (_, index) => point(`p${index}`, 100 - index)))).toMatchObject({ medianMs: 50, p99Ms: 99, worstMs: 100, slowest: "p0" });
    expect(judgeRehearsal([point("a", 5), point("b", 7)])).toMatchObject({ medianMs: 5, p99Ms: 7 });
  });

  it("never lets a clock that stands behind make a time negative, and never loses a point", () => {
    fc.assert(fc.property(fc.array(fc.record({ ms: fc.option(fc.integer({ min: -5_000, max: 20_000 }), { nil: null }), isGone: fc.boolean() })), (given) => {
      const result = judgeRehearsal(given.map(({ ms, isGone }, index) => point(`p${index}`, ms, isGone)));
      const silentAndGone = given.filter(({ ms, isGone }) => ms === null && isGone).length;
      expect(result.expected).toBe(given.length - silentAndGone);
      expect(result.answered).toBeLessThanOrEqual(result.expected);
      for (const ms of [result.medianMs, result.p99Ms, result.worstMs]) if (ms !== null) expect(ms).toBeGreaterThanOrEqual(0);
    }));
  });
});

describe("faultOfPath", () => {
  const result = judgeRehearsal([point("a", 40)]);
  const fine = { result, probes: 2, probesClosed: 2, isGateRefusing: true };

  it.each([
    ["nothing when all is well", fine, null],
    ["that nobody is connected", { ...fine, probes: 0, probesClosed: 0 }, "No process that serves agents is connected: the stop path could not be exercised."],
    ["which of the own points is behind", { ...fine, probesClosed: 1 }, "1 of 2 of Holdpoint's own points did not apply the stop."],
    ["that the gate permits", { ...fine, isGateRefusing: false }, "The gate did not refuse a call of the stopped probe agent."],
    ["who did not answer", { ...fine, result: judgeRehearsal([point("a", 40), point("b", null)]) }, "1 of 2 points did not answer: b of refund-bot."],
  ])("says %s", (_, facts, sentence) => expect(faultOfPath(facts)).toBe(sentence));
});
