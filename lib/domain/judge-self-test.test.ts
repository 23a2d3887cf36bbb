import { expect, it } from "vitest";
import { beginJudging, judgePair, judgeTask, readVerdict } from "./judge-canary.ts";
import { type Judge, runJudgeSelfTest } from "./judge-self-test.ts";

const judge: Judge = { beginJudging, judgeTask, judgePair, readVerdict };
const failed = (broken: Partial<Judge>): string[] => runJudgeSelfTest({ ...judge, ...broken }).checks.filter(({ passed }) => !passed).map(({ name }) => name);

it("passes with the judge as it is, the same every time", () => {
  const result = runJudgeSelfTest();
  expect(result.checks.filter(({ passed }) => !passed)).toEqual([]);
  expect(result.passed).toBe(true);
  expect(runJudgeSelfTest()).toEqual(result);
});

it("catches a judge that takes the arms for each other", () => {
  const broken: Partial<Judge> = {
    judgeTask: (state, task) => judgeTask(state, { ...task, arm: task.arm === "current" ? "candidate" : "current", probability: 1 - task.probability }),
  };
  expect(failed(broken)).toEqual(expect.arrayContaining(["threefold_errors", "swapped_arms"]));
});

it("catches a judge that takes the versions of a shadow pair for each other, and one that ignores pairs", () => {
  const swapped: Partial<Judge> = { judgePair: (state, { current, candidate, ...pair }) => judgePair(state, { ...pair, current: candidate, candidate: current }) };
  expect(failed(swapped)).toEqual(["threefold_in_pairs", "swapped_pairs"]);
  expect(failed({ judgePair: () => undefined })).toEqual(["threefold_in_pairs", "swapped_pairs"]);
});

it("catches a judge that ignores outcomes, one that sees worse everywhere, and one that does not count its arms", () => {
  expect(failed({ judgeTask: (state, task) => judgeTask(state, { ...task, values: {} }) })).toContain("threefold_errors");
  expect(failed({ judgeTask: (state, task) => judgeTask(state, { ...task, values: { ...task.values, ...(task.arm === "candidate" ? { action_errors: 1 } : {}) } }) })).toContain("no_difference");
  expect(failed({ readVerdict: (state, plan, coverage) => readVerdict({ ...state, mostLogRatio: 0 }, plan, coverage) })).toContain("swapped_shares");
});
