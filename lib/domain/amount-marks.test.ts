import { expect, test } from "vitest";
import { freezeMarks, readAmountMarks } from "./amount-marks.ts";
import { canaryPlanSchema, defaultCanaryPlan } from "./canary-plan.ts";
import { beginJudging, judgeTask, type TaskValues } from "./judge-canary.ts";

const plan = canaryPlanSchema.parse(defaultCanaryPlan("assisted"));
const now = new Date("2026-11-21T10:00:00.000Z");
const later = new Date("2026-11-22T10:00:00.000Z");

/** 1 to 100 seconds; what they cost nobody knows. */
const hundred: TaskValues[] = Array.from({ length: 100 }, (_, index) => ({ latency: (index + 1) * 1_000, cost: null }));
const taskOf = (values: TaskValues) => ({ isFirstOfUnit: true, arm: "current" as const, probability: 0.1, stageIndex: 0, values, hasEscapedViolation: false });

test("of earlier tasks count from the first task on, and cross no rise that the plan tolerates", () => {
  const { latency, cost } = freezeMarks({}, beginJudging(plan, { values: hundred }), now);
  expect(latency?.since).toBeNull();
  expect(latency?.at.map(Math.round)).toEqual([51_000, 76_500, 91_800, 98_940]);
  expect(cost).toBeUndefined();
});

test("of the rollout's own tasks count from then on, and never move", () => {
  const state = beginJudging(plan, { values: [] });
  for (const values of hundred) judgeTask(state, taskOf({ ...values, cost: 5 }));
  const marks = freezeMarks({}, state, now);
  expect([marks.latency?.since, marks.cost?.since]).toEqual([now.toISOString(), now.toISOString()]);
  const slower = beginJudging(plan, { values: hundred.map(({ latency }) => ({ latency: (latency ?? 0) * 3, cost: 9 })) });
  expect(freezeMarks(marks, slower, later)).toEqual(marks);
  expect(freezeMarks({ latency: marks.latency }, slower, later)).toMatchObject({ latency: marks.latency, cost: { since: null } });
  expect(readAmountMarks(JSON.parse(JSON.stringify(marks)))).toEqual(marks);
});

test("are none where none are stored, or nothing that could be read", () => {
  for (const stored of [null, {}, [], { latency: { at: [1], since: null } }, "marks"]) expect(readAmountMarks(stored)).toEqual({});
});
