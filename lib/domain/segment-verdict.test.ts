import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AmountMarks } from "./amount-marks.ts";
import { FROZEN_QUANTILES } from "./heavy-tail-betting.ts";
import { addToSegments, sizedSegments, talliesOf } from "./segment-tally.ts";
import { evidenceOfRise, judgeSegments, shownMetrics, worstFirst, type SegmentFigures, type SegmentMetric } from "./segment-verdict.ts";

/** mulberry32 */
function randomFrom(start: number): () => number {
  let seed = start;
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const metric = (events: [number, number], known: [number, number], name: SegmentMetric["metric"] = "action_errors"): SegmentMetric =>
  ({ metric: name, current: { events: events[0], known: known[0] }, candidate: { events: events[1], known: known[1] } });
const segment = (value: string, ...metrics: SegmentMetric[]): SegmentFigures => ({ name: "tier", value, metrics });

/** So many of both versions above each of four marks. */
const amount = (name: "latency" | "cost", above: [current: number[], candidate: number[]], known: [number, number]): SegmentMetric[] =>
  FROZEN_QUANTILES.map((_, place) => ({ ...metric([above[0][place] ?? 0, above[1][place] ?? 0], known, name), above: (place + 1) * 1_000 }));

describe("the worst segment", () => {
  test("a broken minority is named among healthy ones, in which the average would drown it", () => {
    const healthy = Array.from({ length: 7 }, (_, index) => segment(`t${index}`, metric([40, 13], [1_000, 330]), metric([100, 33], [1_000, 330], "escalation")));
    const { worst, segments, sentence } = judgeSegments([...healthy, segment("gold", metric([4, 22], [90, 60]))]);
    expect(worst).toMatchObject({ name: "tier", value: "gold", metric: { metric: "action_errors", verdict: "worse", direction: "up" } });
    expect(segments.flatMap(({ metrics }) => metrics).filter(({ verdict }) => verdict === "worse")).toHaveLength(1);
    expect(sentence).toBe("In 1 of 8 segments the candidate is worse.");
  });

  test("fewer successes, fewer escalations and more escalations are worse; more successes and fewer errors are not", () => {
    const of = (one: SegmentMetric) => judgeSegments([segment("a", one)]).segments[0]?.metrics[0];
    expect(of(metric([180, 90], [200, 200], "success"))).toMatchObject({ verdict: "worse", direction: "down" });
    expect(of(metric([90, 180], [200, 200], "success"))).toMatchObject({ verdict: "not_shown", direction: null });
    expect(of(metric([60, 5], [200, 200], "escalation"))).toMatchObject({ verdict: "worse", direction: "down" });
    expect(of(metric([5, 60], [200, 200], "escalation"))).toMatchObject({ verdict: "worse", direction: "up" });
    expect(of(metric([60, 5], [200, 200]))).toMatchObject({ verdict: "not_shown" });
  });

  test.each(["latency", "cost"] as const)("is one in which only %s broke, told by the mark that shows most", (name) => {
    const like = (known: number): number[] => [0.5, 0.25, 0.1, 0.03].map((share) => Math.round(share * known));
    const healthy = Array.from({ length: 7 }, (_, index) => segment(`t${index}`, metric([40, 13], [1_000, 330]), ...amount("latency", [like(1_000), like(330)], [1_000, 330]), ...amount("cost", [like(1_000), like(330)], [1_000, 330])));
    const { worst, segments, sentence } = judgeSegments([...healthy, segment("gold", metric([4, 2], [90, 60]), ...amount(name, [[30, 6, 1, 0], [52, 41, 9, 1]], [90, 60]))]);
    expect(worst).toMatchObject({ value: "gold", metric: { metric: name, above: 2_000, verdict: "worse", direction: "up", candidate: { events: 41 } } });
    expect(sentence).toBe("In 1 of 8 segments the candidate is worse.");
    const [first, second] = worstFirst(segments).map(shownMetrics);
    expect(first?.map(({ metric: one, above }) => [one, above])).toEqual([["action_errors", undefined], [name, 2_000]]);
    expect(second?.map(({ metric: one, above }) => [one, above])).toEqual([["action_errors", undefined], ["latency", 3_000], ["cost", 3_000]]);
  });

  test("is not one that became quicker and cheaper, nor one in which hardly any cost is known", () => {
    const quicker = segment("a", ...amount("latency", [[150, 90, 60, 40], [20, 4, 1, 0]], [200, 200]), ...amount("cost", [[1, 1, 1, 1], [29, 29, 29, 29]], [200, 29]));
    const { worst, segments } = judgeSegments([quicker]);
    expect(worst).toBeNull();
    expect(new Set(segments[0]?.metrics.map(({ metric: one, verdict }) => `${one} ${verdict}`))).toEqual(new Set(["latency not_shown", "cost too_few"]));
  });

  test("is found where a hundred and forty-nine are larger", () => {
    const marks: AmountMarks = { latency: { at: [500, 900, 1_500, 2_500], since: null } };
    const random = randomFrom(77);
    const tallies = talliesOf();
    for (let customer = 0; customer < 200; customer += 1) {
      for (let task = 0; task < 2 * (60 + 200 - customer); task += 1) {
        const arm = task % 2 === 0 ? "current" as const : "candidate" as const;
        const latency = -Math.log(1 - random()) * 700 * (customer === 149 && arm === "candidate" ? 4 : 1);
        addToSegments(tallies, { segments: { customer: `c${customer}` }, arm, values: { success: random() < 0.9 ? 1 : 0, latency }, shadowValues: null }, marks);
      }
    }
    const segments = sizedSegments(tallies, marks);
    expect([segments.length, segments[149]?.value]).toEqual([200, "c149"]);
    const { worst, sentence, segments: judged } = judgeSegments(segments);
    expect(worst).toMatchObject({ name: "customer", value: "c149", metric: { metric: "latency" } });
    expect(sentence).toBe("In 1 of 200 segments the candidate is worse.");
    expect(worstFirst(judged).slice(0, 4).map(({ value }) => value)).toEqual(["c149", "c0", "c1", "c2"]);
  });

  test("of a small segment nothing is said, whatever it shows", () => {
    const { worst, segments, sentence } = judgeSegments([segment("a", metric([0, 29], [500, 29])), segment("b", metric([20, 20], [500, 500]))]);
    expect(worst).toBeNull();
    expect(segments[0]?.metrics[0]).toMatchObject({ verdict: "too_few", e: null });
    expect(sentence).toBe("In the only segment with enough tasks the candidate is not shown to be worse. 1 has fewer than 30 tasks of one version.");
  });

  test("nothing to look at", () => {
    expect(judgeSegments([])).toEqual({ segments: [], worst: null, e: 1, sentence: "No task says which part of the work it belongs to." });
    expect(judgeSegments([segment("a", metric([0, 0], [2, 1]))]).sentence).toBe("No segment has 30 tasks of both versions yet.");
  });
});

test("many segments looked at again and again: a healthy candidate is named in at most one rollout of twenty", () => {
  let named = 0;
  for (let rollout = 0; rollout < 100; rollout += 1) {
    const random = randomFrom(rollout * 104_729 + 3);
    const segments = Array.from({ length: 6 }, (_, index) => segment(String(index), metric([0, 0], [0, 0]), metric([0, 0], [0, 0], "escalation"), ...amount("cost", [[], []], [0, 0])));
    let isNamed = false;
    for (let task = 1; task <= 1_500 && !isNamed; task += 1) {
      const one = segments[Math.floor(random() * segments.length)];
      const arm = random() < 0.25 ? "candidate" : "current";
      const cost = random();
      for (const [index, isSo] of [random() < 0.06, random() < 0.15, cost > 0.5, cost > 0.75, cost > 0.9, cost > 0.97].entries()) {
        const figures = one?.metrics[index]?.[arm];
        if (!figures) continue;
        figures.known += 1;
        if (isSo) figures.events += 1;
      }
      if (task % 300 === 0) isNamed = judgeSegments(segments).worst !== null;
    }
    if (isNamed) named += 1;
  }
  expect(named).toBeLessThanOrEqual(11);
});

test("evidence grows with a difference and is nothing without one", () => {
  const arm = fc.integer({ min: 1, max: 300 }).chain((known) => fc.integer({ min: 0, max: known }).map((events) => ({ events, known })));
  fc.assert(fc.property(arm, arm, (first, second) => {
    const [there, back] = [evidenceOfRise(first, second), evidenceOfRise(second, first)];
    expect(Math.min(there, back)).toBe(0);
    expect(Number.isFinite(there) && there >= 0).toBe(true);
    if (second.events < second.known) expect(evidenceOfRise(first, { events: second.events + 1, known: second.known })).toBeGreaterThanOrEqual(there * (1 - 1e-6));
  }), { numRuns: 200 });
});
