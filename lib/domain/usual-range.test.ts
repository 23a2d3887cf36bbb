import { expect, test } from "vitest";
import { judgeIndividual, judgeShare } from "./usual-range.ts";

test.each([[10, "within its usual range"], [20, "special cause, worse"], [0, "special cause, better"]])("%i of 100 against a tenth", (events, word) => {
  expect(judgeShare({ events, n: 100 }, { events: 100, n: 1_000 }).word).toBe(word);
});

test("three sigma: 0.1 ± 0.09 at n = 100", () => {
  const { usual } = judgeShare({ events: 10, n: 100 }, { events: 100, n: 1_000 });
  expect(usual?.low).toBeCloseTo(0.01);
  expect(usual?.high).toBeCloseTo(0.19);
});

test("too little data is said, not judged", () => {
  expect(judgeShare({ events: 19, n: 19 }, { events: 1, n: 1_000 }).word).toBe("not enough data");
  expect(judgeShare({ events: 20, n: 20 }, { events: 1, n: 99 }).word).toBe("not enough data");
  expect(judgeIndividual(9, [1, 2, 3]).word).toBe("not enough data");
  expect(judgeIndividual(null, Array.from({ length: 28 }, () => 1)).word).toBe("not enough data");
});

test("moving ranges of one around 10.5: limits 2.66 either side", () => {
  const past = [10, 11, 10, 11, 10, 11, 10, 11];
  expect(judgeIndividual(13.1, past).word).toBe("within its usual range");
  expect(judgeIndividual(13.2, past).word).toBe("special cause, worse");
  expect(judgeIndividual(7.8, past).word).toBe("special cause, better");
});

test.each([8_866.123, 0.1, 1e-7, 123_456_789.1])("what is always %d is as usual", (value) => {
  expect(judgeIndividual(value, Array.from({ length: 28 }, () => value)).word).toBe("within its usual range");
});
