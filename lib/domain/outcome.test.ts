import fc from "fast-check";
import { expect, test } from "vitest";
import { decideOutcome, OUTCOME_SOURCES, OUTCOMES, type KnownOutcome } from "./outcome.ts";

const said = (outcome: KnownOutcome["outcome"], source: KnownOutcome["source"], atUs: number): KnownOutcome => ({ outcome, source, atUs });

test.each([
  ["the agent's word beats the trace", said("success", "agent", 1), said("failure", "trace", 9), "success"],
  ["a report beats the agent's word", said("success", "agent", 9), said("failure", "reported", 1), "failure"],
  ["the later of two words counts", said("failure", "agent", 1), said("success", "agent", 2), "success"],
  ["failure counts when both were said at once", said("success", "agent", 1), said("failure", "agent", 1), "failure"],
  ["failure beats nothing", null, said("failure", "trace", 1), "failure"],
] as const)("%s", (_, one, other, outcome) => {
  expect(decideOutcome(one, other)?.outcome).toBe(outcome);
});

test("nothing and nothing is nothing", () => {
  expect(decideOutcome(null, null)).toBeNull();
});

test("the order in which words arrive never matters", () => {
  const known = fc.option(fc.record({ outcome: fc.constantFrom(...OUTCOMES), source: fc.constantFrom(...OUTCOME_SOURCES), atUs: fc.nat(3) }));
  fc.assert(
    fc.property(known, known, known, (a, b, c) => {
      expect(decideOutcome(a, b)).toEqual(decideOutcome(b, a));
      expect(decideOutcome(decideOutcome(a, b), c)).toEqual(decideOutcome(a, decideOutcome(b, c)));
    }),
  );
});
