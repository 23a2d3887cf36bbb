import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AmountMarks } from "./amount-marks.ts";
import { addToSegments, MOST_KEPT, MOST_VALUES, sizedSegments, talliesOf, type SegmentedOutcome, type SegmentTallies } from "./segment-tally.ts";

const marks: AmountMarks = { latency: { at: [1_000, 2_000, 4_000, 8_000], since: null }, cost: { at: [10, 20, 30, 40], since: null } };

const share = fc.constantFrom(0, 1, null);
const values = fc.record({ success: share, escalation: share, latency: fc.option(fc.nat(9_000), { nil: null }), cost: fc.constantFrom(null, 0, 10, 11, 99) }, { requiredKeys: [] });
const outcome: fc.Arbitrary<SegmentedOutcome> = fc.record({
  segments: fc.dictionary(fc.constantFrom("tier", "country", "__proto__"), fc.constantFrom("a", "b", "c")), arm: fc.constantFrom("current", "candidate"), probability: fc.constantFrom(0.1, 0.5), values, shadowValues: fc.option(values, { nil: null }),
});

function tallied(outcomes: readonly SegmentedOutcome[], tallies = talliesOf()): SegmentTallies {
  for (const one of outcomes) addToSegments(tallies, one, marks);
  return tallies;
}

const bySegment = (segments: Record<string, string>, success: number, arm: SegmentedOutcome["arm"] = "current"): SegmentedOutcome => ({ segments, arm, probability: 0.5, values: { success }, shadowValues: null });
const sizes = (tallies: SegmentTallies) => sizedSegments(tallies, marks);
const stored = (tallies: SegmentTallies): SegmentTallies => talliesOf(JSON.parse(JSON.stringify([...tallies.values()])) as Parameters<typeof talliesOf>[0]);

describe("the figures of a segment", () => {
  test("are those of its outcomes, however they were dealt out and stored in between", () => {
    fc.assert(fc.property(fc.array(outcome), fc.array(outcome), (some, others) => {
      const segments = sizes(tallied(others, stored(tallied(some))));
      const all = [...some, ...others];
      expect(segments).toEqual(sizes(tallied(all)));
      const told = all.filter((one) => [one.values, one.shadowValues].some((figures) => Object.values(figures ?? {}).some((value) => typeof value === "number")));
      expect(segments).toHaveLength(new Set(told.flatMap(({ segments: own }) => Object.entries(own as object).map((pair) => JSON.stringify(pair)))).size);
      for (const { name, value, metrics } of segments) {
        const own = all.filter((one) => name !== null && Object.hasOwn(one.segments as object, name) && (one.segments as Record<string, string>)[name] === value);
        const current = own.filter(({ arm }) => arm === "current").map((one) => one.values);
        const candidate = own.flatMap((one) => [...(one.arm === "candidate" ? [one.values] : []), ...(one.shadowValues === null ? [] : [one.shadowValues])]);
        for (const { metric, above, strata, ...arms } of metrics) {
          expect(strata.map(({ probability }) => probability)).toEqual(strata.map(({ probability }) => probability).toSorted((a, b) => a - b));
          const expected = (figures: typeof current) => figures.flatMap((known) => known[metric] ?? []).map((amount) => (above === undefined ? amount : Number(amount > above)));
          for (const [arm, figures] of [["current", expected(current)], ["candidate", expected(candidate)]] as const) expect(arms[arm]).toEqual({ known: figures.length, events: figures.reduce((sum, one) => sum + one, 0) });
        }
      }
    }));
  });

  test("say nothing of an amount that is unknown or has no marks, nor of what is no name with a value", () => {
    const inOne = <Figures extends { current: unknown; candidate: unknown }>(figures: Figures) => ({ ...figures, strata: [{ probability: 0.5, current: figures.current, candidate: figures.candidate }] });
    const success = inOne({ metric: "success", current: { events: 1, known: 1 }, candidate: { events: 0, known: 0 } });
    const outcomes = [{ ...bySegment({ tier: "a" }, 1), values: { success: 1, latency: 5, cost: null } }, { ...bySegment({}, 1), segments: ["tier"] }, { ...bySegment({}, 1), segments: null }, { ...bySegment({}, 1), segments: { tier: { a: 1 } } }];
    const unmarked = talliesOf();
    for (const one of outcomes) addToSegments(unmarked, one, {});
    expect(sizedSegments(unmarked, marks)).toEqual([{ name: "tier", value: "a", tasks: { current: 1, candidate: 0 }, metrics: [success] }]);
    const [segment] = sizes(tallied(outcomes));
    expect(segment?.metrics).toEqual([success, ...[1_000, 2_000, 4_000, 8_000].map((above) => inOne({ metric: "latency", above, current: { events: 0, known: 1 }, candidate: { events: 0, known: 0 } }))]);
    expect(sizes(tallied([{ ...bySegment({}, 1), segments: { is_new: true } }]))).toEqual([{ name: "is_new", value: "true", tasks: { current: 1, candidate: 0 }, metrics: [success] }]);
  });
});

describe("whatever comes from traffic", () => {
  test("is bounded, and what is kept apart is complete", () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 900 }), fc.integer({ min: 1, max: 300 }), (customers, names) => {
      const outcomes = Array.from({ length: 1_000 }, (_, index) => bySegment({ customer: `c${index % customers}`, [`name${index % names}`]: `${index % 3}`, tier: index % 2 === 0 ? "a" : "b" }, index % 2));
      const tallies = tallied(outcomes);
      expect(tallies.size).toBeLessThanOrEqual(MOST_KEPT + 1);
      for (const { segment, tasks } of tallies.values()) if (segment) expect(tasks).toBe(outcomes.filter(({ segments }) => (segments as Record<string, string>)[segment.name] === segment.value).length);
      expect([...tallies.values()].filter(({ segment }) => segment?.name === "customer").length).toBe(Math.min(customers, MOST_VALUES));
    }), { numRuns: 20 });
  });

  test("a value for every task leaves room for the others, and counts once in the rest", () => {
    const outcomes = Array.from({ length: 500 }, (_, index) => bySegment({ customer: `c${index}`, order: `o${index}`, tier: "gold" }, index % 2, index % 2 === 0 ? "current" : "candidate"));
    const segments = sizes(tallied([...outcomes, bySegment({ tier: "new" }, 1)]));
    expect(segments[0]).toMatchObject({ name: "tier", value: "gold", tasks: { current: 250, candidate: 250 } });
    expect(segments.at(-1)).toMatchObject({ name: null, value: null, tasks: { current: 150, candidate: 150 }, metrics: [{ metric: "success", current: { events: 0, known: 150 }, candidate: { events: 150, known: 150 } }] });
    expect(segments).toHaveLength(2 * MOST_VALUES + 3);
  });

  test("the largest come first, those of one size by name, and the rest only where there is one", () => {
    const segments = sizes(tallied([bySegment({ b: "2", a: "9" }, 1), bySegment({ b: "1" }, 1), bySegment({ z: "z" }, 1), bySegment({ z: "z" }, 0)]));
    expect(segments.map(({ name, value }) => `${name}=${value}`)).toEqual(["z=z", "a=9", "b=1", "b=2"]);
  });
});
