import fc from "fast-check";
import { expect, test } from "vitest";
import { taskLimitReached, taskLimitsSchema, usualTaskLimits } from "./task-limits.ts";

const NONE = { maxCalls: null, maxCostNanoUsd: null };

test.each([
  [{ ...NONE, maxCalls: 3 }, { calls: 2, refused: 0, costNanoUsd: 9e12 }, null],
  [{ ...NONE, maxCalls: 3 }, { calls: 3, refused: 0, costNanoUsd: 0 }, "This task has made 3 calls, and one task may make 3."],
  [{ ...NONE, maxCalls: 3 }, { calls: 1, refused: 1, costNanoUsd: 0 }, null],
  [{ ...NONE, maxCalls: 3 }, { calls: 1, refused: 2, costNanoUsd: 0 }, "This task has made 3 calls, 2 of them refused, and one task may make 3."],
  [{ ...NONE, maxCostNanoUsd: 5e8 }, { calls: 900, refused: 9, costNanoUsd: 499_999_999 }, null],
  [{ ...NONE, maxCostNanoUsd: 5e8 }, { calls: 1, refused: 0, costNanoUsd: 1_250_000_000 }, "This task has cost 1.25 USD, and one task may cost 0.50 USD."],
  [{ ...NONE, maxCostNanoUsd: 2e6 }, { calls: 1, refused: 0, costNanoUsd: 3e6 }, "This task has cost 0.0030 USD, and one task may cost 0.0020 USD."],
  [NONE, { calls: 100_000, refused: 9, costNanoUsd: 1e15 }, null],
])("%j after %j", (limits, used, sentence) => {
  expect(taskLimitReached(limits, used)).toBe(sentence);
});

test("what is reached stays reached, and a wider limit refuses nothing that a narrower one let through", () => {
  const amount = fc.integer({ min: 0, max: 5_000 });
  const limit = fc.option(fc.integer({ min: 1, max: 5_000 }), { nil: null });
  fc.assert(fc.property(limit, limit, amount, amount, amount, amount, (maxCalls, maxCostNanoUsd, calls, refused, costNanoUsd, more) => {
    const limits = { maxCalls, maxCostNanoUsd };
    const isOpen = taskLimitReached(limits, { calls, refused, costNanoUsd }) === null;
    if (!isOpen) expect(taskLimitReached(limits, { calls: calls + more, refused, costNanoUsd: costNanoUsd + more })).not.toBeNull();
    const wider = { maxCalls: maxCalls === null ? null : maxCalls + more, maxCostNanoUsd: maxCostNanoUsd === null ? null : maxCostNanoUsd + more };
    if (isOpen) expect(taskLimitReached(wider, { calls, refused, costNanoUsd })).toBeNull();
  }));
});

test("a limit of nothing is no limit that a task could keep", () => {
  for (const value of [0, -1, 1.5, Number.NaN]) {
    expect(taskLimitsSchema.safeParse({ maxCalls: value }).success).toBe(false);
    expect(taskLimitsSchema.safeParse({ maxCostNanoUsd: value }).success).toBe(false);
  }
  expect(taskLimitsSchema.parse({})).toEqual(NONE);
});

test.each([
  ["ten times what few tasks exceed", { calls: 12, costNanoUsd: 123_456_789 }, { maxCalls: 120, maxCostNanoUsd: 1_300_000_000 }],
  ["never so few calls that a usual task could meet it", { calls: 1, costNanoUsd: 0 }, { maxCalls: 50, maxCostNanoUsd: null }],
  ["a last resort where nothing is known", { calls: null, costNanoUsd: null }, { maxCalls: 500, maxCostNanoUsd: null }],
  ["no more than a plan can ask for", { calls: 99_000, costNanoUsd: null }, { maxCalls: 100_000, maxCostNanoUsd: null }],
])("by default: %s", (_what, usual, limits) => {
  expect(usualTaskLimits(usual)).toEqual(limits);
  expect(taskLimitsSchema.parse(usualTaskLimits(usual))).toEqual(limits);
});
