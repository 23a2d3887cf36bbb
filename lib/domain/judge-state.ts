// What does the judge remember between two outcomes?

import { z } from "zod";
import { CANARY_METRICS, type CanaryMetric, type CanaryPlan, canaryPlanSchema, isShareMetric, marginIn, type MetricPlan, type RateMetric } from "./canary-plan.ts";
import { type AmountShape, freezeShape, FROZEN_QUANTILES, HEAVY_DOWN_STAKES, HEAVY_UP_STAKES } from "./heavy-tail-betting.ts";
import { type ControlCount, controlFromHistory, FREQUENT_STAKES, type OddsStakes, RARE_STAKES, USUAL_STAKES } from "./label-betting.ts";
import { beginNotWorse } from "./non-inferiority.ts";
import type { RatioGroup } from "./sample-ratio.ts";

/** Raised with every change of the method: what another one learned is judged again from the start. */
export const JUDGE_VERSION = 9;

/** Of the current and of the candidate version, in this order. */
export type PerArm<Value> = [current: Value, candidate: Value];

/** Sums of logarithms of one direction's bets, one for each alternative. */
interface Bets {
  sums: number[];
  /** The sums as they stood at each restart. */
  restarts: number[][];
}

export interface MetricState {
  metric: CanaryMetric;
  /** Of a share: how often the current version has a bad outcome. */
  control: ControlCount | null;
  /** Of an amount; null until enough is known. */
  shape: AmountShape | null;
  /** Amounts of the current version until there are enough for a shape. */
  unshaped: number[];
  /** That the bad becomes more frequent or the amount greater, and less. */
  up: Bets;
  down: Bets;
  /** Of the whole rollout. */
  known: PerArm<number>;
  bad: PerArm<number>;
  buckets: PerArm<Record<string, number>>;
  /** Of the candidate, one of each unit: tasks, and bad ones among them. */
  inBand: [tasks: number, bad: number];
  /** Of the stage. */
  stageKnown: PerArm<number>;
  /** Of the stage, one of each unit: tasks of which it is not known, by their chance of going to the candidate. */
  missing: RatioGroup[];
  /** Logarithms of the bets that the margin holds: one side for each way to be worse, and for an amount one for each of two thresholds. */
  notWorse: number[][];
  /** Natural logarithm, now and the highest so far; upwards and downwards. */
  logWorse: [number, number];
  mostLogWorse: [number, number];
}

export interface JudgeState {
  version: number;
  /** As it was when judging began. */
  plan: CanaryPlan;
  stageIndex: number;
  /** The highest chance of the candidate in this stage so far. */
  exposure: number;
  /** Weights of the bets from the start and from each restart. */
  restartShares: number[];
  restartsAt: "step" | "stage";
  restarts: number;
  tasks: PerArm<number>;
  stageTasks: PerArm<number>;
  escaped: PerArm<number>;
  /** Of the tasks that both versions did in shadow: in which either would act, and of these in how many the candidate began with what was done. */
  recommended?: [compared: number, same: number] | undefined;
  metrics: MetricState[];
  ratio: RatioGroup[];
  mostLogRatio: number;
  /** A task went to an arm that it had no chance to go to. */
  impossible: number;
  mostLogWorse: number;
  named: CanaryMetric[];
}

/** What history is told of: the newest tasks. */
const MOST_HISTORY = 5_000;
const START_SHARE = 0.8;
/** The later a restart, the more it gets: what began before it has mostly shown itself, and what begins after it has nothing else. Found by simulation. */
function sharesOfRestarts(restarts: number): number[] {
  const parts = Array.from({ length: restarts }, (_, index) => index + 1);
  const all = parts.reduce((sum, part) => sum + part, 0);
  return parts.map((part) => ((1 - START_SHARE) * part) / all);
}
/** With more steps than this, in several stages, the bets restart with each stage only. */
const MOST_STEPS_RESTARTED = 6;

/** A bad outcome is 1: a failure where the metric is success. */
export const isBadValue = (metric: CanaryMetric, value: number): boolean => (metric === "success" ? value === 0 : value === 1);

/** Without anything known of one arm nothing can be compared. */
export const hasBothArms = (known: PerArm<number>): boolean => known[0] > 0 && known[1] > 0;

/** Unknown, or nothing that this metric can be. */
export function knownValue(metric: CanaryMetric, value: number | null | undefined): number | null {
  if (value === null || value === undefined) return null;
  // A sum with 0, for JSON has no −0.
  return (isShareMetric(metric) ? value === 0 || value === 1 : Number.isFinite(value) && value >= 0) ? value + 0 : null;
}

/** Escalation is worse in both directions: an agent that stops asking is the dangerous one. */
export const isTwoSided = (metric: CanaryMetric): boolean => metric === "escalation";

/** Both directions of escalation share its weight. */
const UPWARDS_OF_ESCALATION = 0.5;

export function weightsOf({ metric, weight }: Pick<MetricPlan, "metric" | "weight">, allWeights: number): [up: number, down: number] {
  const share = weight / allWeights;
  return isTwoSided(metric) ? [share * UPWARDS_OF_ESCALATION, share * (1 - UPWARDS_OF_ESCALATION)] : [share, 0];
}

const ODDS_STAKES: Readonly<Record<RateMetric, OddsStakes>> = { action_errors: USUAL_STAKES, success: USUAL_STAKES, escalation: FREQUENT_STAKES, violations: RARE_STAKES };

export function stakesOf(metric: CanaryMetric, isUp: boolean): readonly number[] {
  if (isShareMetric(metric)) return ODDS_STAKES[metric][isUp ? "up" : "down"];
  return isUp ? HEAVY_UP_STAKES : HEAVY_DOWN_STAKES;
}

/** Of the bets that restart later. */
export const restartedStakesOf = (metric: CanaryMetric, isUp: boolean): readonly number[] => (isUp && isShareMetric(metric) ? ODDS_STAKES[metric].restartedUp : stakesOf(metric, isUp));

/** How many proofs a metric needs to be not worse: all of them have to be given. */
export const sidesOf = (metric: CanaryMetric): number => (isTwoSided(metric) || !isShareMetric(metric) ? 2 : 1);

/** A state of another version, or of another shape, is null: the caller judges again from the start. */
export function readJudgeState(stored: unknown): JudgeState | null {
  const read = judgeStateSchema.safeParse(stored);
  return read.success && isCoherent(read.data) ? read.data : null;
}

function isCoherent({ plan, metrics, stageIndex, restarts, restartShares }: JudgeState): boolean {
  const planned = plan.metrics.every(({ metric }, index) => metrics[index]?.metric === metric) && metrics.length === plan.metrics.length;
  return planned && stageIndex < plan.stages.length && restarts < restartShares.length && metrics.every(({ metric, control, shape, up, down, notWorse }) =>
    [up, down].every((bets) => bets.restarts.length === restarts && [bets.sums, ...bets.restarts].every(({ length }) => length === stakesOf(metric, bets === up).length))
    && notWorse.length === sidesOf(metric) && (isShareMetric(metric) ? control !== null : shape === null || shape.control.length === FROZEN_QUANTILES.length));
}

export function beginState(plan: CanaryPlan, history: readonly Partial<Record<CanaryMetric, number | null>>[]): JudgeState {
  const kept = history.slice(-MOST_HISTORY);
  const steps = plan.stages.reduce((sum, { exposures }) => sum + Math.max(1, exposures.length), 0);
  const isEachStep = steps <= MOST_STEPS_RESTARTED || plan.stages.length === 1;
  const restarts = (isEachStep ? steps : plan.stages.length) - 1;
  return {
    version: JUDGE_VERSION, plan: structuredClone(plan), stageIndex: 0, exposure: 0,
    restartShares: restarts === 0 ? [1] : [START_SHARE, ...sharesOfRestarts(restarts)], restartsAt: isEachStep ? "step" : "stage", restarts: 0,
    tasks: [0, 0], stageTasks: [0, 0], escaped: [0, 0], metrics: plan.metrics.map(({ metric }) => beginMetric(metric, plan, kept)),
    ratio: [], mostLogRatio: 0, impossible: 0, mostLogWorse: 0, named: [],
  };
}

function beginMetric(metric: CanaryMetric, plan: CanaryPlan, history: readonly Partial<Record<CanaryMetric, number | null>>[]): MetricState {
  const values = history.flatMap((task) => knownValue(metric, task[metric]) ?? []);
  const isShare = isShareMetric(metric);
  const shape = isShare ? null : freezeShape(values);
  const none = (isUp: boolean): Bets => ({ sums: stakesOf(metric, isUp).map(() => 0), restarts: [] });
  return {
    metric, control: isShare ? controlFromHistory(values.filter((value) => isBadValue(metric, value)).length, values.length) : null,
    shape, unshaped: isShare || shape ? [] : values, up: none(true), down: none(false), known: [0, 0], bad: [0, 0], buckets: [{}, {}], inBand: [0, 0],
    stageKnown: [0, 0], missing: [], notWorse: beginProofs(metric, plan, 0), logWorse: [0, 0], mostLogWorse: [0, 0],
  };
}

function beginProofs(metric: CanaryMetric, plan: CanaryPlan, stageIndex: number): number[][] {
  const planned = plan.metrics.find((one) => one.metric === metric);
  const stage = plan.stages[stageIndex];
  return planned && stage ? Array.from({ length: sidesOf(metric) }, () => beginNotWorse(marginIn(planned, stage))) : [];
}

/** Promotion out of a stage needs proof from that stage, at its margin; what speaks for "worse" is kept over the whole rollout. */
export function beginStage(state: JudgeState, stageIndex: number): void {
  if (stageIndex <= state.stageIndex || stageIndex >= state.plan.stages.length) return;
  state.stageIndex = stageIndex;
  state.exposure = 0;
  state.stageTasks = [0, 0];
  for (const metric of state.metrics) {
    metric.stageKnown = [0, 0];
    metric.missing = [];
    metric.notWorse = beginProofs(metric.metric, state.plan, stageIndex);
  }
  if (state.restartsAt === "stage") restart(state);
}

/** A higher exposure is a new step. */
export function beginStep(state: JudgeState, exposure: number): void {
  const isStart = state.exposure === 0 && state.stageIndex === 0;
  state.exposure = exposure;
  if (state.restartsAt === "step" && !isStart) restart(state);
}

/** Some of the weight bets on a difference that began only now, which a long good past would drown. */
function restart(state: JudgeState): void {
  if (state.restarts >= state.restartShares.length - 1) return;
  state.restarts += 1;
  for (const { up, down } of state.metrics) for (const bets of [up, down]) bets.restarts.push([...bets.sums]);
}

const count = z.number().min(0);
const perArm = z.tuple([count, count]);
const sums = z.array(z.number());
const bets = z.strictObject({ sums, restarts: z.array(sums) });
const control = z.strictObject({ events: count, tasks: count });
const buckets = z.record(z.string(), count);

const ratioGroups = z.array(z.strictObject({ probability: z.number().gt(0).lt(1), candidate: count, tasks: count }));

const metricStateSchema = z.strictObject({
  metric: z.enum(CANARY_METRICS), control: control.nullable(),
  shape: z.strictObject({ thresholds: sums, logMean: z.number(), logDeviation: z.number().positive(), control: z.array(control) }).nullable(),
  unshaped: sums, up: bets, down: bets, known: perArm, bad: perArm, buckets: z.tuple([buckets, buckets]), inBand: perArm, stageKnown: perArm, missing: ratioGroups,
  notWorse: z.array(sums), logWorse: z.tuple([z.number(), z.number()]), mostLogWorse: z.tuple([z.number(), z.number()]),
});

export const judgeStateSchema = z.strictObject({
  version: z.literal(JUDGE_VERSION), plan: canaryPlanSchema, stageIndex: z.int().min(0), exposure: count, restartShares: sums, restartsAt: z.enum(["step", "stage"]), restarts: z.int().min(0),
  tasks: perArm, stageTasks: perArm, escaped: perArm, recommended: perArm.optional(), metrics: z.array(metricStateSchema),
  ratio: ratioGroups, mostLogRatio: z.number(), impossible: count,
  mostLogWorse: z.number(), named: z.array(z.enum(CANARY_METRICS)),
});
