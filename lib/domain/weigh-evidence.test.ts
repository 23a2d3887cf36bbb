import { expect, it } from "vitest";
import { assisted, historyOf, taskOf } from "../testing/judged-arms.ts";
import { beginJudging, judgeTask } from "./judge-canary.ts";
import type { JudgeState, MetricState } from "./judge-state.ts";
import { ODDS_UP, USUAL_STAKES } from "./label-betting.ts";
import { wealthOf, weighUp } from "./weigh-evidence.ts";

/** With three steps, of which as many were entered. */
function inStep(entered: number): { state: JudgeState; errors: MetricState } {
  const state = beginJudging({ ...assisted, stages: [{ ...assisted.stages[0]!, exposures: [0.1, 0.25, 0.5] }] }, historyOf(600));
  for (const probability of [0.1, 0.25, 0.5].slice(0, entered)) judgeTask(state, taskOf({ probability, values: {} }));
  const errors = state.metrics.find(({ metric }) => metric === "action_errors");
  if (!errors) throw new Error("the plan has no action errors");
  return { state, errors };
}

/** As if bets on twice as often had won `times` since the last restart, and nothing before. */
function doubledSince(entered: number, times: number): number {
  const { state, errors } = inStep(entered);
  errors.up.sums = ODDS_UP.map((ratio) => (ratio === 2 ? Math.log(times) : 0));
  weighUp(state);
  return Math.exp(errors.logWorse[0]);
}

it("is the mean of the bets from the start and of those of each restart; what has not begun stands at 1", () => {
  const [start = 0, ...restarts] = inStep(1).state.restartShares;
  expect(restarts).toHaveLength(2);
  const [usual = 0, restarted = 0] = [USUAL_STAKES.up[1], USUAL_STAKES.restartedUp[1]];
  const grown = (stake: number): number => 1 + 99 * stake;
  expect(doubledSince(1, 100)).toBeCloseTo(start * grown(usual) + 1 - start, 9);
  expect(doubledSince(2, 100)).toBeCloseTo(start * grown(usual) + (restarts[0] ?? 0) * grown(restarted) + (restarts[1] ?? 0), 9);
  expect(doubledSince(3, 100)).toBeCloseTo(start * grown(usual) + (1 - start) * grown(restarted), 9);
});

it("gives a later restart more, and stakes more of it on twice as often than the bets from the start do", () => {
  const [, first = 0, second = 0] = inStep(1).state.restartShares;
  expect(second).toBeGreaterThan(first);
  expect(wealthOf([0, Math.log(100), 0, 0], null, USUAL_STAKES.restartedUp)).toBeGreaterThan(wealthOf([0, Math.log(100), 0, 0], null, USUAL_STAKES.up));
});

it("counts what was won since a restart only", () => {
  expect(wealthOf([3, 1], [3, 0], [0.5, 0.5])).toBeCloseTo((1 + Math.E) / 2, 12);
  expect(wealthOf([3, 1], null, [1, 0])).toBeCloseTo(Math.exp(3), 9);
});
