import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AmountMarks } from "./amount-marks.ts";
import { FROZEN_QUANTILES } from "./heavy-tail-betting.ts";
import { randomFrom } from "./random-from.ts";
import { addToSegments, sizedSegments, talliesOf } from "./segment-tally.ts";
import { evidenceOfRise, judgeSegments, shownMetrics, worstFirst, type SegmentArm, type SegmentFigures, type SegmentMetric, type SegmentStratum } from "./segment-verdict.ts";

const sumOf = (arms: readonly SegmentArm[]): SegmentArm => ({ events: arms.reduce((sum, { events }) => sum + events, 0), known: arms.reduce((sum, { known }) => sum + known, 0) });
const of = (name: SegmentMetric["metric"], strata: readonly SegmentStratum[]): SegmentMetric =>
  ({ metric: name, current: sumOf(strata.map(({ current }) => current)), candidate: sumOf(strata.map(({ candidate }) => candidate)), strata });

const metric = (events: [number, number], known: [number, number], name: SegmentMetric["metric"] = "action_errors"): SegmentMetric =>
  of(name, [{ probability: known[1] / (known[0] + known[1]), current: { events: events[0], known: known[0] }, candidate: { events: events[1], known: known[1] } }]);
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
    const judgedOf = (one: SegmentMetric) => judgeSegments([segment("a", one)]).segments[0]?.metrics[0];
    expect(judgedOf(metric([180, 90], [200, 200], "success"))).toMatchObject({ verdict: "worse", direction: "down" });
    expect(judgedOf(metric([90, 180], [200, 200], "success"))).toMatchObject({ verdict: "not_shown", direction: null });
    expect(judgedOf(metric([60, 5], [200, 200], "escalation"))).toMatchObject({ verdict: "worse", direction: "down" });
    expect(judgedOf(metric([5, 60], [200, 200], "escalation"))).toMatchObject({ verdict: "worse", direction: "up" });
    expect(judgedOf(metric([60, 5], [200, 200]))).toMatchObject({ verdict: "not_shown" });
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
        addToSegments(tallies, { segments: { customer: `c${customer}` }, arm, probability: 0.5, values: { success: random() < 0.9 ? 1 : 0, latency }, shadowValues: null }, marks);
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

interface Step {
  probability: number;
  tasks: number;
  /** Of an error, in any task. */
  errors: number;
}

/** Every segment gets its share of each step; the last one's candidate is so many times as bad. The numbers of the segments that were named at any of some looks. */
function namedIn(steps: readonly Step[], { seed, worse = 1 }: { seed: number; worse?: number }): string[] {
  const random = randomFrom(seed);
  const tallies = talliesOf();
  const named = new Set<string>();
  for (const { probability, tasks, errors } of steps) {
    for (let task = 1; task <= tasks; task += 1) {
      const part = Math.floor(random() * 6);
      const arm = random() < probability ? "candidate" as const : "current" as const;
      const rate = (one: number): number => one * (part === 5 && arm === "candidate" ? worse : 1);
      addToSegments(tallies, { segments: { tier: String(part) }, arm, probability, values: { action_errors: random() < rate(errors) ? 1 : 0, escalation: random() < 0.15 ? 1 : 0, cost: random() * rate(1) }, shadowValues: null }, { cost: { at: [0.5, 0.75, 0.9, 0.97], since: null } });
      if (task % 300 !== 0) continue;
      const { worst } = judgeSegments(sizedSegments(tallies, { cost: { at: [0.5, 0.75, 0.9, 0.97], since: null } }));
      if (worst) named.add(worst.value ?? "");
    }
  }
  return [...named];
}

const rolloutsNaming = (steps: readonly Step[]): number => Array.from({ length: 100 }, (_, rollout) => namedIn(steps, { seed: rollout * 104_729 + 3 })).filter((named) => named.length > 0).length;

describe("looked at again and again, a healthy candidate is named in at most one rollout of twenty", () => {
  test("at one exposure", () => {
    expect(rolloutsNaming([{ probability: 0.25, tasks: 1_500, errors: 0.06 }])).toBeLessThanOrEqual(11);
  });

  test("while the exposure rises and both versions have an outage at the last step, which all tasks together would lay at its door", () => {
    expect(rolloutsNaming([{ probability: 0.1, tasks: 1_500, errors: 0.03 }, { probability: 0.5, tasks: 1_500, errors: 0.2 }])).toBeLessThanOrEqual(11);
  });

  test("while both have an outage in the middle of a step", () => {
    expect(rolloutsNaming([{ probability: 0.25, tasks: 600, errors: 0.03 }, { probability: 0.25, tasks: 600, errors: 0.5 }, { probability: 0.25, tasks: 600, errors: 0.03 }])).toBeLessThanOrEqual(11);
  });
});

test("one broken segment is named, and none beside it, while the exposure rises and everything has an outage", () => {
  const steps = [{ probability: 0.1, tasks: 1_500, errors: 0.05 }, { probability: 0.5, tasks: 1_500, errors: 0.15 }];
  const named = Array.from({ length: 20 }, (_, rollout) => namedIn(steps, { seed: rollout * 7_919 + 5, worse: 3 }));
  expect(named.filter((one) => one.includes("5")).length).toBeGreaterThanOrEqual(18);
  expect(named.filter((one) => one.some((part) => part !== "5")).length).toBeLessThanOrEqual(2);
});

test("evidence grows with a difference, is nothing without one, and every step adds its own", () => {
  const stratum = fc.record({ probability: fc.constantFrom(0.1, 0.25, 0.5), first: fc.nat(300), second: fc.nat(300) });
  fc.assert(fc.property(stratum, stratum, (one, other) => {
    const e = evidenceOfRise([one, other]);
    expect(Number.isFinite(e) && (e === 0 || e > 1)).toBe(true);
    expect(evidenceOfRise([{ ...one, second: one.second + 1 }, other])).toBeGreaterThanOrEqual(e);
    expect(evidenceOfRise([{ ...one, first: one.first + 1 }, other])).toBeLessThanOrEqual(e);
  }), { numRuns: 200 });
  for (const probability of [0.1, 0.25, 0.5]) expect(evidenceOfRise([{ probability, first: 1_000 * (1 - probability), second: 1_000 * probability }])).toBe(0);
  expect(evidenceOfRise([{ probability: 0, first: 0, second: 50 }, { probability: 1, first: 0, second: 50 }])).toBe(0);
});
