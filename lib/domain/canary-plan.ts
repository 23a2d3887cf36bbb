// In which stages, at which exposures and against which margins is a candidate tried?

import { z } from "zod";
import { AUTONOMY_STAGES, isBelow, rankOfLevel, type AutonomyStage } from "./authority-level.ts";
import { OWNER_ROLES } from "./roles.ts";
import { taskLimitsSchema } from "./task-limits.ts";

export const CANARY_METRICS = ["action_errors", "success", "escalation", "violations", "latency", "cost"] as const;
export type CanaryMetric = (typeof CANARY_METRICS)[number];

export const CANARY_METRIC_NAMES: Record<CanaryMetric, string> = {
  action_errors: "Action errors",
  success: "Success",
  escalation: "Escalation rate",
  violations: "Violations attempted",
  latency: "Latency",
  cost: "Cost per task",
};

/** Amounts per task with a heavy tail; the others are yes or no. */
export const AMOUNT_METRICS = ["latency", "cost"] as const satisfies readonly CanaryMetric[];
export type AmountMetric = (typeof AMOUNT_METRICS)[number];
/** Which of its quantiles is shown, in a chart and in words. */
export const SHOWN_QUANTILES: Readonly<Record<AmountMetric, number>> = { latency: 0.95, cost: 0.5 };
export type RateMetric = Exclude<CanaryMetric, AmountMetric>;

export const isShareMetric = (metric: CanaryMetric): metric is RateMetric => metric !== "latency" && metric !== "cost";

const MOST_RATIO = 10;

const ratioMarginSchema = z.strictObject({
  kind: z.literal("ratio"),
  value: z.number().gt(1, "A margin of ratio 1 can never be shown to hold: such a canary may conclude nothing.").max(MOST_RATIO),
});

const pointsMarginSchema = z.strictObject({
  kind: z.literal("points"),
  /** As a fraction: three percentage points are 0.03. */
  value: z.number().gt(0, "A margin of 0 can never be shown to hold: such a canary may conclude nothing.").max(0.5),
});

const marginSchema = z.discriminatedUnion("kind", [ratioMarginSchema, pointsMarginSchema]);
export type CanaryMargin = z.infer<typeof marginSchema>;

export const metricPlanSchema = z.strictObject({
  metric: z.enum(CANARY_METRICS),
  /** Of the error allowed to the whole rollout; normalised over the metrics of the plan. */
  weight: z.number().positive().max(1_000),
  /** Promotion needs the proof that this one did not get worse. */
  isGating: z.boolean(),
  margin: marginSchema,
  /** Absolute bounds of the candidate's rate. Both count for escalation, else the one on the bad side. */
  band: z.strictObject({ low: z.number().min(0).max(1), high: z.number().min(0).max(1) }).refine(({ low, high }) => low < high, "The band's low end must lie below its high end.").nullable(),
  /** Of an amount: a rise by less than this fraction is nobody's business and counts as none. Left out: 0. */
  tolerance: z.number().min(0).max(0.5).optional(),
}).refine(({ metric, margin }) => isShareMetric(metric) || margin.kind === "ratio", "Only a rate can have a margin in percentage points.")
  .refine(({ metric, band }) => isShareMetric(metric) || band === null, "Only a rate can have an absolute band.");
export type MetricPlan = z.infer<typeof metricPlanSchema>;

export const CANARY_APPROVERS = ["any_reviewer", ...OWNER_ROLES, "nobody"] as const;
export type CanaryApprover = (typeof CANARY_APPROVERS)[number];

const isIncreasing = (values: readonly number[]): boolean => values.every((value, index) => index === 0 || value > (values[index - 1] ?? value));

export const stagePlanSchema = z.strictObject({
  stage: z.enum(AUTONOMY_STAGES),
  /** Shares of the tasks that the candidate gets, one after the other; none in shadow, where it only recommends. */
  exposures: z.array(z.number().gt(0, "An exposure of 0 shows nothing.").lt(1, "At 100 % no control is left to compare with: an exposure must stay below 1.")).max(8).refine(isIncreasing, "Exposures must increase."),
  /** Of the candidate, with a known outcome, in this stage. */
  minimumTasks: z.int().min(1).max(1_000_000),
  /** Outcomes known, of tasks given out; in each arm and, for a gating metric, of that metric. */
  minimumCoverage: z.number().min(0).max(1),
  approver: z.enum(CANARY_APPROVERS),
  /** A metric whose margin is a ratio must hold the smaller of its own and this one here. */
  marginRatio: z.number().gt(1, "A margin of ratio 1 can never be shown to hold: such a canary may conclude nothing.").max(MOST_RATIO),
}).refine(({ stage, exposures }) => (stage === "shadow") === (exposures.length === 0), "A stage needs exposures, unless it is shadow, which has none.");
export type StagePlan = z.infer<typeof stagePlanSchema>;

/** Below this a ratio says next to nothing: three times almost never is almost never. */
const RARE = 0.01;
const MARGIN_OF_RARE: CanaryMargin = { kind: "points", value: 0.03 };

/** What is rare in the current version gets a margin in percentage points, or its ratio could never be shown to hold. `rates`: of bad tasks; null: unknown. */
export function suitedToRates(plan: CanaryPlan, rates: Partial<Record<CanaryMetric, number | null>>): CanaryPlan {
  const isRare = ({ metric, margin }: MetricPlan): boolean => isShareMetric(metric) && metric !== "success" && margin.kind === "ratio" && (rates[metric] ?? 1) < RARE;
  return { ...plan, metrics: plan.metrics.map((metric) => (isRare(metric) ? { ...metric, margin: MARGIN_OF_RARE } : metric)) };
}

export const CANARY_UNITS = ["task", "customer", "session"] as const;

/** `reported`: only what a person or the system of record said afterwards; what an agent says of itself, and what its trace shows, is no outcome then. */
export const COUNTED_OUTCOMES = ["any", "reported"] as const;
export type CountedOutcomes = (typeof COUNTED_OUTCOMES)[number];

const MOST_HOLD_AT = 1_000;
const MOST_ROLL_BACK_AT = 10_000;

export const canaryPlanSchema = z.strictObject({
  /** What is given to an arm as a whole. */
  unit: z.enum(CANARY_UNITS),
  /** Of customers or sessions: how many come a day that were not there before. Each bets once in a rollout, so this is its pace. Left out: not known. */
  newUnitsPerDay: z.number().positive().max(10_000_000).optional(),
  /** Left out: any. */
  countedOutcomes: z.enum(COUNTED_OUTCOMES).optional(),
  metrics: z.array(metricPlanSchema).min(1).refine((metrics) => new Set(metrics.map(({ metric }) => metric)).size === metrics.length, "A metric may be planned once.")
    .refine((metrics) => metrics.some(({ isGating }) => isGating), "At least one metric must decide about promotion."),
  stages: z.array(stagePlanSchema).min(1).refine((stages) => isIncreasing(stages.map(({ stage }) => rankOfLevel(stage))), "Stages must rise: shadow, assisted, partial, bounded."),
  deadlineDays: z.int().min(1).max(90),
  /** E-values: 20 allows one false alarm in twenty rollouts, 100 one in a hundred. */
  holdAt: z.number().min(2).max(MOST_HOLD_AT, "Evidence of 1,000 is as much as a hold may wait for: beyond it nothing would be held in time."),
  rollBackAt: z.number().min(2).max(MOST_ROLL_BACK_AT, "Evidence of 10,000 is as much as a rollback may wait for: beyond it nothing would be rolled back in time."),
  /** What reaching rollBackAt sets off. A violation that took effect rolls back whatever stands here. */
  onWorse: z.enum(["hold", "roll_back"]),
  /** Whether a rollback by the judge also takes back what the candidate did; else somebody is offered to. */
  onRollBack: z.enum(["offer", "compensate"]),
  /** Without any outcome for so long while it runs, it is held. */
  noDataHours: z.int().min(1).max(24 * 14),
  /** Of one task in either arm. */
  taskLimits: taskLimitsSchema,
  /** In shadow, of the tasks in which either version would act: in so many the candidate has to begin with what was done. 0: it may recommend anything. Left out: `LEAST_SAME`. */
  leastSame: z.number().min(0).max(0.99, "Nothing can show that all recommendations are the same: ask for 99 % at most.").optional(),
  /** At which stage the current version acts, the weaker of its own and what its tier allows, as it was when the rollout began: written by Holdpoint, whatever somebody sends. Left out: not known. */
  actsAt: z.enum(AUTONOMY_STAGES).optional(),
}).refine(({ holdAt, rollBackAt }) => rollBackAt >= holdAt, { message: "Rolling back may not need less evidence than holding.", path: ["rollBackAt"] });
export type CanaryPlan = z.infer<typeof canaryPlanSchema>;

/** What promotion asks of every gating metric, whatever the plan says. */
export const PROMOTE_AT = 20;
export const HOLD_AT = 20;
export const ROLL_BACK_AT = 100;
/** Where what was done cannot be undone. */
export const ROLL_BACK_IRREVERSIBLE_AT = 20;

/** Twenty tasks in which all are the same show it. */
const LEAST_SAME = 0.8;
export const leastSameOf = ({ leastSame = LEAST_SAME }: Pick<CanaryPlan, "leastSame">): number => leastSame;

/** The margin that a metric must hold in a stage. */
export function marginIn({ margin }: Pick<MetricPlan, "margin">, { marginRatio }: Pick<StagePlan, "marginRatio">): CanaryMargin {
  return margin.kind === "ratio" ? { kind: "ratio", value: Math.min(margin.value, marginRatio) } : margin;
}

type Stages = Pick<CanaryPlan, "actsAt" | "stages">;

/** Do the candidate's writes wait for people where those of the current version do not? */
export const isHeldBack = ({ actsAt }: Pick<CanaryPlan, "actsAt">, stage: AutonomyStage): boolean => actsAt !== undefined && stage !== "shadow" && isBelow(stage, actsAt);

/** What waiting for people changes, however good the candidate is. */
const HELD_METRICS: readonly CanaryMetric[] = ["escalation", "latency"];

/**
 * Held writes make a candidate slower and let it hand over more. A bet on that difference would win against a candidate that is no worse, which breaks
 * what is promised about false alarms, and it would hide one that hands over too rarely. So there these two are figures only: no evidence for worse,
 * for better or for not worse. It costs time, not safety: what is held takes no effect by itself, errors, violations and success are judged all along,
 * and the last stage always compares everything. Where even that one holds back, the error is on the safe side: it stops what might be well.
 */
export const isComparedIn = (plan: Stages, metric: CanaryMetric, stage: AutonomyStage): boolean =>
  !HELD_METRICS.includes(metric) || !isHeldBack(plan, stage) || plan.stages.at(-1)?.stage === stage;

/** By metric the places of the stages in which it is not compared. */
export const uncomparedStages = (plan: Stages): Readonly<Record<string, readonly number[]>> =>
  Object.fromEntries(CANARY_METRICS.map((metric) => [metric, plan.stages.flatMap(({ stage }, place) => (isComparedIn(plan, metric, stage) ? [] : [place]))]));

/** What only a whole run shows. The others show themselves call by call. */
export const WHOLE_RUN_METRICS: readonly CanaryMetric[] = ["success", "escalation", "latency", "cost"];

/**
 * In shadow the first call with an effect is refused to the candidate, and what it does from there on differs however good it is: calls are compared up to
 * there, and what only a whole run shows gates from the first exposure on.
 */
export const isUnawaitedIn = ({ stage }: Pick<StagePlan, "stage">, metric: CanaryMetric): boolean => stage === "shadow" && WHOLE_RUN_METRICS.includes(metric);

export const isGatingIn = (plan: Stages, { metric, isGating }: Pick<MetricPlan, "metric" | "isGating">, stage: AutonomyStage): boolean =>
  isGating && !isUnawaitedIn({ stage }, metric) && isComparedIn(plan, metric, stage);

const STAGES: readonly StagePlan[] = [
  { stage: "shadow", exposures: [], minimumTasks: 100, minimumCoverage: 0.9, approver: "any_reviewer", marginRatio: 3 },
  { stage: "assisted", exposures: [0.1, 0.25, 0.5], minimumTasks: 100, minimumCoverage: 0.9, approver: "any_reviewer", marginRatio: 3 },
  { stage: "partial", exposures: [0.1, 0.25, 0.5], minimumTasks: 200, minimumCoverage: 0.9, approver: "technical_owner", marginRatio: 2 },
  { stage: "bounded", exposures: [0.1, 0.25, 0.5], minimumTasks: 300, minimumCoverage: 0.9, approver: "business_owner", marginRatio: 1.5 },
];

const METRICS: readonly MetricPlan[] = [
  { metric: "action_errors", weight: 0.35, isGating: true, margin: { kind: "ratio", value: 3 }, band: null },
  { metric: "success", weight: 0.12, isGating: true, margin: { kind: "points", value: 0.05 }, band: null },
  { metric: "escalation", weight: 0.215, isGating: true, margin: { kind: "ratio", value: 3 }, band: null },
  // Too rare for a ratio: a margin must widen with rarity.
  { metric: "violations", weight: 0.09, isGating: true, margin: { kind: "points", value: 0.03 }, band: null },
  { metric: "latency", weight: 0.12, isGating: false, margin: { kind: "ratio", value: 3 }, band: null, tolerance: 0.02 },
  { metric: "cost", weight: 0.105, isGating: false, margin: { kind: "ratio", value: 3 }, band: null, tolerance: 0.02 },
];

/** Never above the stage at which the agent stands; at least the first stage. */
export function defaultCanaryPlan(from: "shadow" | "assisted", upTo: AutonomyStage = "bounded"): CanaryPlan {
  const stages = STAGES.filter(({ stage }) => (from === "shadow" || stage !== "shadow") && !isBelow(upTo, stage));
  return {
    unit: "task", metrics: structuredClone([...METRICS]), stages: structuredClone(stages.length > 0 ? stages : STAGES.slice(0, 1)),
    deadlineDays: 30, holdAt: HOLD_AT, rollBackAt: ROLL_BACK_AT, onWorse: "roll_back", onRollBack: "offer", noDataHours: 24, taskLimits: { maxCalls: null, maxCostNanoUsd: null },
  };
}
