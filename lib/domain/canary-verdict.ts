// Hold, roll back, promote or wait: what follows from what the judge has learned?

import { type CanaryMetric, type CanaryPlan, isComparedIn, isGatingIn, isHeldBack, isShareMetric, isUnawaitedIn, leastSameOf, marginIn, type MetricPlan, PROMOTE_AT, SHOWN_QUANTILES, type StagePlan } from "./canary-plan.ts";
import { type RecommendationFigures, recommendationFigures } from "./compare-recommendations.ts";
import { FROZEN_QUANTILES } from "./heavy-tail-betting.ts";
import { hasBothArms, isTwoSided, type JudgeState, type MetricState, type PerArm, stakesOf } from "./judge-state.ts";
import { chanceOf } from "./label-betting.ts";
import { quantile } from "./latency-histogram.ts";
import { growthOfNotWorse, logNotWorse, PROVEN_QUANTILES } from "./non-inferiority.ts";
import { logSampleRatio, type RatioGroup, SAMPLE_RATIO_AT } from "./sample-ratio.ts";
import { expClipped } from "./special-functions.ts";
import { wealthOf } from "./weigh-evidence.ts";

export interface ShownAmount {
  value: number;
  /** Which quantile it is. */
  quantile: number;
}

export interface ArmFigures {
  tasks: number;
  known: number;
  /** Ones among the values of a share; null for an amount. */
  events: number | null;
  rate: number | null;
  /** Of an amount, to 1 %: the quantile that is drawn, too. Null for a share, and of nothing known. */
  amount: ShownAmount | null;
}

interface ArmLateness {
  /** Given out at least so long ago. */
  tasks: number;
  /** Of them: nothing was known by then, whatever has come in since. A task that is late once stays late. */
  late: number;
}

/** Of the first task of each unit that either version could have got. */
export interface Lateness {
  current: ArmLateness;
  candidate: ArmLateness;
  /** The late ones, by their chance of going to the candidate. */
  groups: readonly RatioGroup[];
}

/** Of outcomes that were judged alike, or of one amount of all: `late` are those of which something else is said now, in `groups` stands whatever was ever corrected. */
export interface Correction extends Lateness {
  metric: CanaryMetric;
}

/** Of the stage that the rollout is in. */
export interface StageCoverage {
  /** Left out: the stage of the newest outcome. */
  stageIndex?: number;
  current: { tasks: number; known: number };
  candidate: { tasks: number; known: number };
  /** Units that were given out, whether anything is known of them or not: outcomes that come in later from one version say nothing of the router. Left out: those that were judged. */
  router?: readonly RatioGroup[];
  /** One for each age at which tasks are looked at. Left out: nothing is compared, as in shadow. */
  late?: readonly Lateness[];
  /** Of the whole rollout; left out: none. */
  corrected?: readonly Correction[];
}

export interface MetricVerdict {
  metric: CanaryMetric;
  verdict: "worse" | "not_worse" | "better" | "cannot_tell";
  /** The highest so far. */
  eWorse: number;
  eBetter: number;
  /** Of this stage, at this stage's margin. */
  eNotWorse: number;
  /** Which way the candidate differs, where it does. */
  direction: "up" | "down" | null;
  current: ArmFigures;
  candidate: ArmFigures;
  /** About how many more of the candidate until "not worse" is shown, if nothing changed; null where unknown or already shown. */
  moreTasks: number | null;
}

export const VERDICT_CODES = ["escaped_violation", "worse", "sample_ratio", "coverage_low", "coverage_differs", "metric_missing", "corrections_differ", "too_few_tasks", "not_enough_evidence", "recommends_otherwise", "corrected_not_shown", "not_worse"] as const;
export type VerdictCode = (typeof VERDICT_CODES)[number];

export interface CanaryVerdict {
  decision: "roll_back" | "hold" | "promote" | "wait";
  because: { code: VerdictCode; metric?: CanaryMetric };
  /** Weighted mean over the metrics, the highest so far. */
  eWorse: number;
  metrics: MetricVerdict[];
  sampleRatio: { e: number; isClean: boolean };
  /** Which metrics got worse, by closed testing. */
  named: CanaryMetric[];
  escaped: { current: number; candidate: number };
  /** Of shadow; left out where nothing was compared. */
  recommendations?: RecommendationFigures;
}

interface ArmCoverage {
  tasks: number;
  known: number;
}

/**
 * First what speaks against the candidate, then what makes the comparison unsound, then what is missing; only what passes all is promoted.
 * Holds for `worse` and `escaped_violation` stay; the others lift when their cause does.
 */
export function readVerdict(state: JudgeState, plan: CanaryPlan, coverage: StageCoverage): CanaryVerdict {
  const stageIndex = Math.min(plan.stages.length - 1, Math.max(0, coverage.stageIndex ?? state.stageIndex));
  const stage = plan.stages[stageIndex];
  const isStageJudged = stageIndex === state.stageIndex;
  const metrics = plan.metrics.flatMap((planned) => {
    const metric = state.metrics.find((one) => one.metric === planned.metric);
    return metric && stage ? [verdictOf(state, metric, planned, { stage, isStageJudged, isCompared: isComparedIn(plan, planned.metric, stage.stage) })] : [];
  });
  const logRatio = coverage.router ? logSampleRatio(coverage.router) : state.mostLogRatio;
  const sampleRatio = { e: expClipped(logRatio), isClean: state.impossible === 0 && logRatio < Math.log(SAMPLE_RATIO_AT) };
  const recommendations = recommendationFigures(state.recommended ?? [0, 0], leastSameOf(plan));
  const facts = { ...(recommendations ? { recommendations } : {}), metrics, sampleRatio, named: [...state.named], eWorse: expClipped(state.mostLogWorse), escaped: { current: state.escaped[0], candidate: state.escaped[1] } };
  return { ...against(facts, plan) ?? unsound(state, plan, facts, { stage, isStageJudged, coverage }) ?? missing(state, plan, facts, { stage, isStageJudged, coverage }), ...facts };
}

type Decision = Pick<CanaryVerdict, "decision" | "because">;
type Facts = Omit<CanaryVerdict, "decision" | "because">;

interface StageFacts {
  stage: StagePlan | undefined;
  /** False: nothing of this stage has been judged yet. */
  isStageJudged: boolean;
  coverage: StageCoverage;
}

function against({ escaped, eWorse, metrics, named }: Facts, plan: CanaryPlan): Decision | null {
  if (escaped.candidate > 0) return { decision: "roll_back", because: { code: "escaped_violation" } };
  if (eWorse < plan.holdAt) return null;
  const strongest = metrics.filter(({ metric }) => named.length === 0 || named.includes(metric)).toSorted((a, b) => b.eWorse - a.eWorse)[0];
  const isRolledBack = eWorse >= plan.rollBackAt && plan.onWorse === "roll_back";
  return { decision: isRolledBack ? "roll_back" : "hold", because: { code: "worse", ...(strongest ? { metric: strongest.metric } : {}) } };
}

/** Comparing is unsound where the arms are not what the router says, or where outcomes stay away more from one of them. */
function unsound(state: JudgeState, plan: CanaryPlan, { sampleRatio }: Facts, { stage, isStageJudged, coverage }: StageFacts): Decision | null {
  if (!sampleRatio.isClean) return { decision: "hold", because: { code: "sample_ratio" } };
  if (!stage) return null;
  if (coverage.late && differsLate(coverage.late)) return { decision: "hold", because: { code: "coverage_differs" } };
  const corrected = coverage.corrected?.find((one) => differsLate([one], KINDS_OF_CORRECTION));
  if (corrected) return { decision: "hold", because: { code: "corrections_differ", metric: corrected.metric } };
  if (isLow(coverage.current, stage) || isLow(coverage.candidate, stage)) return { decision: "hold", because: { code: "coverage_low" } };
  if (!isStageJudged) return null;
  for (const metric of state.metrics) {
    const planned = plan.metrics.find((one) => one.metric === metric.metric);
    if (!planned || !isGatingIn(plan, planned, stage.stage)) continue;
    const code = faultOfMetric(state.stageTasks, metric, stage);
    if (code) return { decision: "hold", because: { code, metric: metric.metric } };
  }
  return null;
}

/** One false hold in a hundred stages. */
const DIFFERS_AT = 100;
const LEAST_DIFFERENCE = 0.02;
/** Errors, success and escalation, each either way, latency and cost. */
const KINDS_OF_CORRECTION = 8;

/**
 * Where outcomes come in later or more rarely on one arm, those that are known are no fair sample of it. Under "both arms alike" a late task is
 * the candidate's with the chance that the router logged. Tasks are looked at when they have a fixed age, and those that are late then stay it: of
 * tasks on their way, which leave the unknown ones again, the evidence would be no e-process, and looking often enough would find something.
 * The same holds for outcomes that are corrected: one bet for each task, at its first correction, and it stays whatever is said afterwards. It is an
 * e-process beside the judge's own, whose bets on these tasks are made: multiplied with them it would bet a second time on arms that are known.
 */
function differsLate(ages: readonly Lateness[], among = ages.length): boolean {
  const share = ({ tasks, late }: ArmLateness): number => (tasks === 0 ? 0 : late / tasks);
  return ages.some(({ current, candidate, groups }) =>
    current.tasks > 0 && candidate.tasks > 0 && Math.abs(share(current) - share(candidate)) > LEAST_DIFFERENCE && logSampleRatio(groups) >= Math.log(DIFFERS_AT * among));
}

/**
 * Where writes wait for people, lateness is looked at only after long: until then what is missing of one arm more than of the other is waited for, be it
 * on its way or lost. Candidates that die on the hard tasks would be shown to be not worse on the rest.
 */
const differsKnown = ({ current, candidate }: StageCoverage): boolean => Math.abs(current.known / current.tasks - candidate.known / candidate.tasks) > LEAST_DIFFERENCE;

/** An arm with fewer tasks than the stage asks for is given time. */
const isLow = ({ tasks, known }: ArmCoverage, { minimumTasks, minimumCoverage }: StagePlan): boolean => tasks >= minimumTasks && known / tasks < minimumCoverage;

/** What is unknown of a task that was judged stays unknown, so it is compared without waiting. */
function faultOfMetric([currentTasks, candidateTasks]: PerArm<number>, { stageKnown, missing: groups }: MetricState, stage: StagePlan): VerdictCode | null {
  const [current, candidate] = [{ tasks: currentTasks, known: stageKnown[0] }, { tasks: candidateTasks, known: stageKnown[1] }];
  const late = ({ tasks, known }: ArmCoverage): ArmLateness => ({ tasks, late: tasks - known });
  const code = differsLate([{ current: late(current), candidate: late(candidate), groups }]) ? "coverage_differs" : isLow(current, stage) || isLow(candidate, stage) ? "coverage_low" : null;
  return code !== null && (current.known === 0 || candidate.known === 0) ? "metric_missing" : code;
}

function missing(state: JudgeState, plan: CanaryPlan, { metrics, recommendations }: Facts, { stage, isStageJudged, coverage }: StageFacts): Decision {
  if (!stage || !isStageJudged || coverage.current.known === 0 || Math.min(coverage.candidate.known, state.stageTasks[1]) < stage.minimumTasks) return { decision: "wait", because: { code: "too_few_tasks" } };
  if (lowestCoverage(coverage) < stage.minimumCoverage) return { decision: "hold", because: { code: "coverage_low" } };
  const gating = metrics.filter(({ metric }) => plan.metrics.some((planned) => planned.metric === metric && isGatingIn(plan, planned, stage.stage)));
  const weakest = gating.toSorted((a, b) => a.eNotWorse - b.eNotWorse)[0];
  // A plan whose only gating metric does not count in this stage shows nothing here.
  if (!weakest) return { decision: "wait", because: { code: "not_enough_evidence" } };
  if (weakest.eNotWorse < PROMOTE_AT) return { decision: "wait", because: { code: "not_enough_evidence", metric: weakest.metric } };
  if (isHeldBack(plan, stage.stage) && differsKnown(coverage)) return { decision: "wait", because: { code: "coverage_differs" } };
  // What takes no effect cannot do worse: only what it recommends says what the candidate would do.
  const isShownToRecommend = stage.stage !== "shadow" || recommendations === undefined || recommendations.e >= PROMOTE_AT;
  return isShownToRecommend ? { decision: "promote", because: { code: "not_worse" } } : { decision: "wait", because: { code: "recommends_otherwise" } };
}

const lowestCoverage = ({ current, candidate }: StageCoverage): number => Math.min(...[current, candidate].map(({ tasks, known }) => (tasks > 0 ? known / tasks : 0)));

function verdictOf(state: JudgeState, metric: MetricState, planned: MetricPlan, { stage, isStageJudged, isCompared }: { stage: StagePlan; isStageJudged: boolean; isCompared: boolean }): MetricVerdict {
  const margin = marginIn(planned, stage);
  const logs = isStageJudged && hasBothArms(metric.stageKnown) ? metric.notWorse.map((sums) => logNotWorse(sums, margin)) : [];
  const log = logs.length > 0 ? Math.min(...logs) : 0;
  const isTwoWay = isTwoSided(metric.metric);
  const better = isTwoWay ? 1 : wealthOf(metric.down.sums, null, stakesOf(metric.metric, false));
  const isWorse = state.named.includes(metric.metric);
  const isShownHere = !isWorse && log >= Math.log(PROMOTE_AT);
  // It is bet on over the whole rollout, and what was shown in shadow says nothing of this stage: better is more than not worse, and never instead of it.
  const isBetter = isShownHere && better >= PROMOTE_AT;
  const isNotWorse = isShownHere && !isBetter;
  return {
    metric: metric.metric, verdict: isWorse ? "worse" : isBetter ? "better" : isNotWorse ? "not_worse" : "cannot_tell",
    eWorse: expClipped(Math.max(...metric.mostLogWorse)), eBetter: Math.min(better, expClipped(Number.MAX_VALUE)), eNotWorse: expClipped(log),
    direction: isWorse ? directionOfWorse(metric) : isBetter ? (metric.metric === "success" ? "up" : "down") : null,
    current: figuresOf(state, metric, 0), candidate: figuresOf(state, metric, 1),
    moreTasks: isWorse || isBetter || isNotWorse || !isCompared || isUnawaitedIn(stage, metric.metric) ? null : moreTasksOf(state, metric, planned, { stage, logs }),
  };
}

function directionOfWorse({ metric, mostLogWorse: [up, down] }: MetricState): "up" | "down" {
  const isUp = metric !== "success" && (up >= down || !isTwoSided(metric));
  return isUp ? "up" : "down";
}

function figuresOf({ tasks }: JudgeState, { metric, known, bad, buckets }: MetricState, arm: 0 | 1): ArmFigures {
  if (!isShareMetric(metric)) return { tasks: tasks[arm], known: known[arm], events: null, rate: null, amount: shownAmount(buckets[arm], SHOWN_QUANTILES[metric]) };
  const events = metric === "success" ? known[arm] - bad[arm] : bad[arm];
  return { tasks: tasks[arm], known: known[arm], events, rate: known[arm] === 0 ? null : events / known[arm], amount: null };
}

function shownAmount(buckets: Readonly<Record<string, number>>, share: number): ShownAmount | null {
  const value = quantile(buckets, share);
  return value === null ? null : { value: Math.min(value, Number.MAX_VALUE), quantile: share };
}

const SHADOW_CHANCE = 0.5;

function moreTasksOf({ exposure }: JudgeState, { control, shape }: MetricState, planned: MetricPlan, { stage, logs }: { stage: StagePlan; logs: readonly number[] }): number | null {
  const isPaired = stage.exposures.length === 0;
  const probability = isPaired ? SHADOW_CHANCE : exposure > 0 ? exposure : stage.exposures[0] ?? SHADOW_CHANCE;
  const chances = control ? logs.length > 1 ? [control, control] : [control] : shape ? PROVEN_QUANTILES.map((share) => shape.control[FROZEN_QUANTILES.indexOf(share)] ?? shape.control[0]) : [];
  const margin = marginIn(planned, stage);
  let most: number | null = null;
  for (let side = 0; side < chances.length; side += 1) {
    const count = chances[side];
    if (!count) continue;
    const growth = growthOfNotWorse(margin, chanceOf(count), probability);
    if (!(growth > 0)) return null;
    // A pair is a task of each arm.
    const tasks = (Math.max(0, Math.log(PROMOTE_AT) - (logs[side] ?? 0)) / growth) * (isPaired ? SHADOW_CHANCE : probability);
    most = Math.max(most ?? 0, Math.ceil(tasks));
  }
  return most;
}
