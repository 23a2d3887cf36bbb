// Outcomes that were judged and corrected since: is the candidate still shown to be not worse with what is said of them now?

import { type CanaryMetric, type CanaryPlan, isGatingIn, PROMOTE_AT } from "./canary-plan.ts";
import { FROZEN_QUANTILES, LEAST_FOR_SHAPE } from "./heavy-tail-betting.ts";
import { type JudgedTask, beginJudging, judgeTask, type JudgeState, readVerdict } from "./judge-canary.ts";
import { controlFromHistory } from "./label-betting.ts";

/** What somebody can say otherwise of a run afterwards, or telemetry that comes in late. What the gate saw stays as it is. */
const CORRECTABLE_METRICS: readonly CanaryMetric[] = ["action_errors", "success", "escalation", "latency", "cost"];

/** As often as it was when they were chosen. */
const CONTROL_OF_SHAPE = FROZEN_QUANTILES.map((share) => controlFromHistory((1 - share) * LEAST_FOR_SHAPE, LEAST_FOR_SHAPE));

/**
 * The first of these metrics that is not; null: all that decide are. `tasks`: of the stage in the order in which they were judged, each as it stands
 * now; of customers and sessions those of earlier stages too. `learned`: by the judge so far, of which only what history told it is used.
 *
 * Bets on labels that are known already are no e-process of their own. They need not be: this is asked only where the e-process of the outcomes as
 * they were first told has reached its line, and can only keep from promoting. So false promotions stay as rare as that one promises, however often
 * it is asked. Of the corrected outcomes it is an e-value at each single look.
 */
export function notShownAsCorrected(learned: JudgeState, plan: CanaryPlan, { stageIndex, tasks }: { stageIndex: number; tasks: readonly JudgedTask[] }): CanaryMetric | null {
  const stage = plan.stages[stageIndex];
  const own: CanaryPlan = { ...plan, metrics: plan.metrics.filter((planned) => CORRECTABLE_METRICS.includes(planned.metric) && stage !== undefined && isGatingIn(plan, planned, stage.stage)) };
  if (own.metrics.length === 0) return null;
  const state = beginJudging(own, { values: [] });
  for (const metric of state.metrics) {
    const known = learned.metrics.find((one) => one.metric === metric.metric);
    if (known?.control) metric.control = { events: known.control.events - known.bad[0], tasks: known.control.tasks - known.known[0] };
    if (known?.shape) metric.shape = { ...known.shape, control: structuredClone(CONTROL_OF_SHAPE) };
  }
  for (const task of tasks) judgeTask(state, task);
  const all = { tasks: tasks.length, known: tasks.length };
  return readVerdict(state, own, { stageIndex, current: all, candidate: all }).metrics.find(({ eNotWorse }) => eNotWorse < PROMOTE_AT)?.metric ?? null;
}
