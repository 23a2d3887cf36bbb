import fc from "fast-check";
import { expect, test } from "vitest";
import { compareRecommendations, fewestToShow, recommendationFigures, type ConsequentialCall } from "./compare-recommendations.ts";
import { inputDigest } from "./input-digest.ts";
import { randomFrom } from "./random-from.ts";

const refund = (amount: number): ConsequentialCall => ({ tool: "refund_create", inputDigest: inputDigest({ amount, order: "5512" }) });
const credit = (amount: number): ConsequentialCall => ({ ...refund(amount), tool: "credit_give" });

test.each<[string, ConsequentialCall[], ConsequentialCall[], "same" | "other" | null]>([
  ["neither would act", [], [], null],
  ["the same call", [refund(90)], [{ tool: "refund_create", inputDigest: inputDigest({ order: "5512", amount: 90 }) }], "same"],
  ["the same calls, in another order and one of them twice", [refund(90), credit(5)], [credit(5), refund(90), credit(5)], "same"],
  ["another amount", [refund(90)], [refund(9_000)], "other"],
  ["another tool", [refund(90)], [credit(90)], "other"],
  ["nothing", [refund(90)], [], "other"],
  ["what was not done", [], [refund(90)], "other"],
  ["it first, and then what was not done", [refund(90)], [refund(90), credit(5)], "same"],
  ["it first, and nothing after it was refused", [refund(90), credit(5)], [refund(90)], "same"],
  ["what was done later first", [credit(5), refund(90)], [refund(90)], "other"],
  ["another call first, and then what was done", [refund(90)], [credit(5), refund(90)], "other"],
])("%s", (_what, done, recommended, expected) => expect(compareRecommendations(done, recommended)).toBe(expected));

test("always the same in both directions", () => {
  const calls = fc.array(fc.constantFrom(refund(1), refund(2), credit(1)), { maxLength: 4 });
  fc.assert(fc.property(calls, calls, (one, other) => {
    expect(compareRecommendations(one, other)).toBe(compareRecommendations(other, one));
    expect(compareRecommendations(one, one.toReversed())).toBe(one.length === 0 ? null : "same");
  }));
});

test("twenty tasks that are all alike show four fifths, and what is asked for by nobody is always shown", () => {
  expect([fewestToShow(0.8, 20), fewestToShow(0.9, 20), fewestToShow(0, 20)]).toEqual([20, 43, 0]);
  expect(recommendationFigures([0, 0], 0.8)).toBeNull();
  expect(recommendationFigures([20, 20], 0.8)).toMatchObject({ compared: 20, same: 20, least: 0.8 });
  expect([recommendationFigures([20, 20], 0.8)?.e ?? 0, recommendationFigures([3, 0], 0)?.e ?? 0].every((e) => e >= 20)).toBe(true);
  expect(recommendationFigures([50, 40], 0.8)?.e).toBeLessThan(1);
});

test("a candidate of which four in five are the same is shown to have more in at most one rollout of twenty, at whatever look", () => {
  const random = randomFrom(7);
  let shown = 0;
  for (let rollout = 0; rollout < 2_000; rollout += 1) {
    let same = 0;
    for (let compared = 1; compared <= 300; compared += 1) {
      if (random() < 0.8) same += 1;
      if ((recommendationFigures([compared, same], 0.8)?.e ?? 0) >= 20) {
        shown += 1;
        break;
      }
    }
  }
  expect(shown / 2_000).toBeLessThan(0.05);
});
