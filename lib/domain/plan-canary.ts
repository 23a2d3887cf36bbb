// How many tasks and how many days does a canary need before it can conclude, and can it at all?

import type { AutonomyStage } from "./authority-level.ts";
import { type CanaryMargin, type CanaryMetric, CANARY_METRIC_NAMES, type CanaryPlan, isGatingIn, isShareMetric, leastSameOf, marginIn, PROMOTE_AT, type StagePlan } from "./canary-plan.ts";
import { fewestToShow } from "./compare-recommendations.ts";
import { type Walk, walk, walkToConclude, walkToDoubling } from "./evidence-growth.ts";

export interface TrafficFacts {
  /** Of both versions, with an outcome that counts. */
  tasksPerDay: number;
  /** What share of the older tasks, whose outcomes had time to come in, has one that counts. Null or left out: not known. */
  coverage?: number | null;
  /** What share of the tasks would act: only those show what a candidate recommends in shadow. Null or left out: not known. */
  acting?: number | null;
  /** Of the current version: what share of its tasks has the metric (success: succeeds). Amounts need none. */
  rates: Partial<Record<CanaryMetric, number | null>>;
  /** How many tasks the rate of escalation is known from. Left out: not known. */
  escalationKnown?: number;
}

export interface MetricEstimate {
  metric: CanaryMetric;
  isGating: boolean;
  margin: CanaryMargin;
  /** Of the candidate, until "not worse" is shown if nothing changed; null: never, or not known. */
  tasksToConclude: number | null;
  daysToConclude: number | null;
  /** Of the candidate, until the rollout is held if bad outcomes are twice as frequent (of an amount: if it passes the ninth decile twice as often). */
  tasksToSeeDoubling: number | null;
}

export interface StageEstimate {
  stage: AutonomyStage;
  /** Of the candidate; pairs in shadow. */
  tasks: number | null;
  days: number | null;
  metrics: MetricEstimate[];
  canConclude: boolean;
  refusals: string[];
}

export interface CanaryEstimate {
  stages: StageEstimate[];
  days: number | null;
  /** If it starts now. */
  endsAt: Date | null;
  canConclude: boolean;
  /** Sentences; none where it can conclude. */
  refusals: string[];
}

const DAY_MS = 86_400_000;

export function estimateCanary(plan: CanaryPlan, facts: TrafficFacts, now: Date): CanaryEstimate {
  const stages = plan.stages.map((stage) => estimateStage(plan, stage, facts));
  const days = stages.reduce<number | null>((sum, stage) => (sum === null || stage.days === null ? null : sum + stage.days), 0);
  const refusals = [...new Set([...refusalsOfPlan(plan, facts), ...stages.flatMap((stage) => stage.refusals), ...tooLate(plan, days, facts)])];
  return { stages, days, endsAt: days === null ? null : new Date(now.getTime() + Math.round(Math.min(days, 36_500) * DAY_MS)), canConclude: refusals.length === 0, refusals };
}

/** "At 12 tasks a day": a rate below ten keeps a decimal. */
const pace = (perDay: number, one: string): string => `${perDay.toLocaleString("en", { maximumFractionDigits: perDay < 10 ? 1 : 0 })} ${one}${perDay === 1 ? "" : "s"} a day`;

/** In the words of a refusal: what there is too little of. */
function paceOf(plan: CanaryPlan, { tasksPerDay }: TrafficFacts): string {
  const { unit, newUnitsPerDay } = plan;
  return unit !== "task" && newUnitsPerDay !== undefined && newUnitsPerDay < tasksPerDay ? pace(newUnitsPerDay, `new ${unit}`) : pace(tasksPerDay, "task");
}

/** What bets: every task, or each new customer or session once. In shadow nothing is given to either version, so there every task does. */
const betsPerDay = ({ unit, newUnitsPerDay }: CanaryPlan, { stage }: StagePlan, { tasksPerDay }: TrafficFacts): number =>
  unit === "task" || stage === "shadow" ? tasksPerDay : Math.min(tasksPerDay, newUnitsPerDay ?? 0);

const wholeDays = (days: number): string => (days < 1 ? "less than a day" : `about ${Math.ceil(days).toLocaleString("en")} ${Math.ceil(days) === 1 ? "day" : "days"}`);

function refusalsOfPlan(plan: CanaryPlan, { tasksPerDay }: TrafficFacts): string[] {
  const refusals = plan.stages.length === 0 ? ["The plan has no stage."] : [];
  if (!(tasksPerDay > 0)) refusals.push("No task is known of this agent's last days: nothing could be compared.");
  if (plan.unit !== "task" && plan.newUnitsPerDay === undefined && plan.stages.some(({ stage }) => stage !== "shadow")) {
    refusals.push(`Each ${plan.unit} counts once in a rollout, so it takes as long as new ones take to come: say how many new ${plan.unit}s a day there are.`);
  }
  return refusals;
}

function tooLate(plan: CanaryPlan, days: number | null, facts: TrafficFacts): string[] {
  const { deadlineDays, stages } = plan;
  if (stages.length < 2 || days === null || days <= deadlineDays) return [];
  return [`At ${paceOf(plan, facts)} all stages together need ${wholeDays(days)}; the deadline is ${deadlineDays.toLocaleString("en")}.`];
}

function estimateStage(plan: CanaryPlan, stage: StagePlan, facts: TrafficFacts): StageEstimate {
  const refusals = faultsOfExposures(stage);
  const isWalkable = refusals.length === 0;
  const metrics = plan.metrics.map((planned): MetricEstimate => {
    const margin = marginIn(planned, stage);
    const chance = isShareMetric(planned.metric) ? chanceOfBad(planned.metric, facts.rates) : 0;
    const isPlayable = isWalkable && chance !== null;
    const found = isPlayable && isPossible(margin) ? walkToConclude(planned.metric, stage, margin, chance) : null;
    return {
      metric: planned.metric, isGating: isGatingIn(plan, planned, stage.stage), margin, tasksToConclude: found?.tasks ?? null, daysToConclude: daysFor(found, betsPerDay(plan, stage, facts)),
      tasksToSeeDoubling: isPlayable ? walkToDoubling(plan, planned, stage, chance)?.tasks ?? null : null,
    };
  });
  const gating = metrics.filter(({ isGating }) => isGating);
  if (gating.length === 0) refusals.push(`No metric decides in the stage ${stage.stage}: it would never conclude.`);
  for (const metric of gating) refusals.push(...faultOfMetric(metric, stage, facts));
  const least = isWalkable && refusals.length === 0 ? walk(stage, () => false, Math.max(stage.minimumTasks, pairsToAgree(plan, stage, facts))) : null;
  const leastDays = daysFor(least, facts.tasksPerDay);
  const isPaceKnown = betsPerDay(plan, stage, facts) > 0;
  const days = leastDays === null || !isPaceKnown ? null : Math.max(leastDays, ...gating.map(({ daysToConclude }) => daysToConclude ?? 0));
  if (days !== null && days > plan.deadlineDays) refusals.push(`At ${paceOf(plan, facts)} the stage ${stage.stage} needs ${wholeDays(days)}; the deadline is ${plan.deadlineDays.toLocaleString("en")}.`);
  refusals.push(...faultOfCoverage(plan, stage, facts));
  const tasks = least === null ? null : Math.max(least.tasks, ...gating.map(({ tasksToConclude }) => tasksToConclude ?? 0));
  return { stage: stage.stage, tasks, days, metrics, canConclude: refusals.length === 0 && days !== null, refusals };
}

/** Tasks in shadow until enough of them act, if all recommendations are what was done. Without any that acts nothing is compared. */
const pairsToAgree = (plan: CanaryPlan, { stage }: StagePlan, { acting }: TrafficFacts): number =>
  stage === "shadow" && acting ? Math.ceil(fewestToShow(leastSameOf(plan), PROMOTE_AT) / acting) : 0;

const daysFor = (found: Walk | null, perDay: number): number | null => (found && perDay > 0 ? found.taskTotal / perDay : null);

function faultOfCoverage({ countedOutcomes }: CanaryPlan, { stage, minimumCoverage }: StagePlan, { coverage }: TrafficFacts): string[] {
  if (coverage === null || coverage === undefined || coverage >= minimumCoverage) return [];
  const percent = (share: number): string => `${Math.floor(share * 1_000) / 10} %`;
  return [`Of its older tasks ${percent(coverage)} have an outcome${countedOutcomes === "reported" ? " from the system of record" : ""}; the stage ${stage} asks for ${percent(minimumCoverage)}.`];
}

/** Sentences about a plan that is still being written: a stored one has passed its schema. */
function faultsOfExposures({ stage, exposures }: StagePlan): string[] {
  if (stage === "shadow") return [];
  if (exposures.length === 0) return [`The stage ${stage} gives the candidate no tasks.`];
  const faults: string[] = [];
  if (exposures.some((exposure) => !(exposure > 0))) faults.push(`The stage ${stage} has an exposure of 0 %: it shows nothing.`);
  if (exposures.some((exposure) => exposure >= 1)) faults.push(`The stage ${stage} has an exposure of 100 %: no control is left to compare with.`);
  return faults;
}

const isPossible = ({ kind, value }: CanaryMargin): boolean => (kind === "ratio" ? value > 1 : value > 0);

function faultOfMetric({ metric, margin, tasksToConclude }: MetricEstimate, stage: StagePlan, { rates }: TrafficFacts): string[] {
  const name = CANARY_METRIC_NAMES[metric];
  if (!isPossible(margin)) return [`${name}: a margin of ${margin.kind === "ratio" ? "ratio 1" : "0"} can never be shown to hold.`];
  const chance = isShareMetric(metric) ? chanceOfBad(metric, rates) : 0;
  if (chance === null) return [`${name}: no rate is known of the current version.`];
  if (tasksToConclude !== null || faultsOfExposures(stage).length > 0) return [];
  if (isShareMetric(metric) && chance === 0 && margin.kind === "ratio") return [`${name}: none was seen of the current version, and a multiple of nothing shows nothing. Give it a margin in percentage points.`];
  return [`${name}: at this margin the stage ${stage.stage} would never conclude.`];
}

function chanceOfBad(metric: CanaryMetric, rates: TrafficFacts["rates"]): number | null {
  const rate = rates[metric];
  if (rate === null || rate === undefined || !(rate >= 0 && rate <= 1)) return null;
  return metric === "success" ? 1 - rate : rate;
}
