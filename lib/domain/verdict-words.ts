// In which words is the judge's verdict told, and why is it so?

import { type CanaryMargin, type CanaryMetric, CANARY_METRIC_NAMES, type CanaryPlan, isComparedIn, isGatingIn, isShareMetric, isUnawaitedIn, marginIn, type MetricPlan, PROMOTE_AT, type StagePlan } from "./canary-plan.ts";
import type { RecommendationFigures } from "./compare-recommendations.ts";
import type { ArmFigures, CanaryVerdict, MetricVerdict, VerdictCode } from "./judge-canary.ts";
import { isTwoSided } from "./judge-state.ts";
import type { ClockHoldCode, RolloutState } from "./rollout-state.ts";

export interface VerdictSentence {
  /** The answer. */
  strong: string;
  /** What is missing, or what follows. */
  rest: string | null;
}

export interface ToldVerdict {
  state: RolloutState;
  plan: CanaryPlan;
  stageIndex: number;
  verdict: CanaryVerdict | null;
  currentNumber: number;
  candidateNumber: number;
  /** Of the candidate, of late; null: not known. */
  tasksPerDay: number | null;
  /** Why it is held, in Holdpoint's own words: nothing that somebody typed. */
  heldBecause?: string | null;
}

const count = (value: number): string => Math.round(value).toLocaleString("en");
const counted = (value: number, one: string, many = `${one}s`): string => `${count(value)} ${Math.round(value) === 1 ? one : many}`;
const listed = (items: readonly string[]): string => (items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`);
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** As it stands in the middle of a sentence. */
export const metricInSentence = (metric: CanaryMetric): string => CANARY_METRIC_NAMES[metric].toLowerCase();

const BECAUSE: Readonly<Record<VerdictCode | ClockHoldCode, (metric: string | null) => string>> = {
  escaped_violation: () => "A forbidden action of the candidate took effect.",
  worse: (metric) => `The candidate is worse${metric === null ? "" : `: ${metric}`}, beyond what chance explains.`,
  sample_ratio: () => "The tasks are not split between the versions as they were drawn, so the comparison cannot be trusted.",
  coverage_low: (metric) => `Too few of the tasks have a known ${metric ?? "outcome"}.`,
  coverage_differs: (metric) => `A known ${metric ?? "outcome"} is missing more often from one version than from the other, so what is known is no fair sample.`,
  metric_missing: (metric) => `Of one version nothing is known about ${metric ?? "a metric that decides"}.`,
  corrections_differ: (metric) => `What was judged was corrected more often for one version than for the other${metric === null ? "" : `: ${metric}`}. So what was said first is no fair comparison.`,
  too_few_tasks: () => "The candidate has not done as many tasks in this stage as the plan asks for.",
  not_enough_evidence: (metric) => `Nothing speaks against the candidate, but it is not shown yet to be not worse${metric === null ? "" : `: ${metric}`}.`,
  recommends_otherwise: () => "It is not shown that the candidate recommends what the current version does.",
  corrected_not_shown: (metric) => `Outcomes were corrected after they were judged, and with them the candidate is not shown to be not worse${metric === null ? "" : `: ${metric}`}.`,
  not_worse: () => "Every metric that decides is shown to be not worse within its margin.",
  deadline: () => "The deadline passed before there was enough evidence.",
  candidate_silent: () => "The candidate was given tasks, and no outcome of any has come in for as long as the plan allows.",
  current_silent: () => "The current version was given tasks, and no outcome of any has come in for as long as the plan allows.",
  no_data: () => "No outcome has come in for as long as the plan allows.",
  crossed: () => "Too many tasks ran with another version than the one that they were given to.",
};

export const becauseSentence = ({ code, metric }: { code: VerdictCode | ClockHoldCode; metric?: CanaryMetric }): string => BECAUSE[code](metric ? metricInSentence(metric) : null);

const ENDED: Readonly<Partial<Record<RolloutState, (told: ToldVerdict) => VerdictSentence>>> = {
  planned: ({ currentNumber, candidateNumber }) => ({ strong: `${candidateNumber} is approved and not in use.`, rest: `${currentNumber} does every task until somebody starts the rollout.` }),
  completed: ({ currentNumber, candidateNumber }) => ({ strong: `${candidateNumber} is in effect.`, rest: `It took the place of ${currentNumber}.` }),
  superseded: ({ candidateNumber }) => ({ strong: `${candidateNumber} was superseded.`, rest: "It gets no tasks." }),
  aborted: ({ currentNumber, candidateNumber }) => ({ strong: `Aborted: back to ${currentNumber}.`, rest: `${candidateNumber} gets no tasks.` }),
};

/** What stands first on the page of a rollout. */
export function verdictSentence(told: ToldVerdict): VerdictSentence {
  const { state, plan, stageIndex, verdict, currentNumber, candidateNumber } = told;
  const ended = ENDED[state]?.(told);
  if (ended) return ended;
  const without = `${candidateNumber} gets no tasks`;
  if (state === "rolled_back") return { strong: `Rolled back to ${currentNumber}.`, rest: `${verdict ? `${becauseOf(verdict)} ` : ""}${without}.` };
  if (verdict === null) return { strong: "Nothing judged yet.", rest: state === "running" ? "The first outcomes are awaited." : `${capital(state)}: ${without}.` };
  const held = state === "running" ? null : `${capital(state)}: ${without}.`;
  if (["roll_back", "hold"].includes(verdict.decision)) return { strong: becauseOf(verdict), rest: held };
  const stage = plan.stages[stageIndex];
  const shown = shownSoFar(verdict.metrics);
  if (held !== null) return { strong: shown, rest: state === "held" && told.heldBecause ? `${held} ${told.heldBecause}` : held };
  return { strong: shown, rest: (stage && restOfStage(stage, verdict)) ?? missing(told, verdict) };
}

/** Null: what is missing is evidence of a metric. */
function restOfStage({ stage, minimumTasks }: StagePlan, { decision, because, recommendations }: CanaryVerdict): string | null {
  const differing = stage === "shadow" ? differingWords(recommendations) : null;
  if (decision === "promote") return `The stage ${stage} has its evidence.${differing === null ? "" : ` ${differing}`}`;
  if (because.code === "coverage_differs" || because.code === "corrected_not_shown") return becauseSentence(because);
  if (because.code === "recommends_otherwise") return differing ?? becauseSentence(because);
  return because.code === "too_few_tasks" ? `This stage asks for ${counted(minimumTasks, "task")} of the candidate.` : null;
}

function becauseOf({ because, metrics }: CanaryVerdict): string {
  const worse = metrics.filter(({ verdict }) => verdict === "worse").map(({ metric }) => metricInSentence(metric));
  return because.code === "worse" && worse.length > 0 ? `Worse on ${listed(worse)}.` : becauseSentence(because);
}

function shownSoFar(metrics: readonly MetricVerdict[]): string {
  const shown = metrics.filter(({ verdict }) => verdict === "not_worse" || verdict === "better").length;
  const better = metrics.filter(({ verdict }) => verdict === "better").map(({ metric }) => metricInSentence(metric));
  if (shown === 0) return "Cannot tell yet.";
  return `Not worse on ${shown === metrics.length ? "all " : `${shown} of `}${metrics.length}.${better.length > 0 ? ` Better on ${listed(better)}.` : ""}`;
}

/** Null: all that was compared is the same. */
function differingWords(recommendations: RecommendationFigures | undefined): string | null {
  if (recommendations === undefined || recommendations.compared === recommendations.same) return null;
  const { compared, same } = recommendations;
  return `In ${count(compared - same)} of ${counted(compared, "task")} it recommends something else than was done.`;
}

const NOT_COMPARED = "Its first call with an effect is refused, and from there on it no longer sees what the current version saw: what either did later counts neither way.";

/** What the candidate would have done in shadow, beside what was done. */
export function recommendationSentence({ compared, same, least, e }: RecommendationFigures): string {
  const seen = `Of ${counted(compared, "task")} in which either version would act, the candidate began with what was done in ${count(same)} (${percent(same / compared)}). ${NOT_COMPARED}`;
  return least === 0 ? `${seen} The plan lets it recommend anything.` : `${seen} It leaves shadow when more than ${percent(least)} such tasks are shown; the evidence for that is ${evidenceWords(e)} and ${PROMOTE_AT} is needed.`;
}

/** First what promotion waits for. */
function missing({ plan, stageIndex, tasksPerDay }: ToldVerdict, { metrics }: CanaryVerdict): string | null {
  const stage = plan.stages[stageIndex];
  const open = metrics.filter(({ verdict }) => verdict === "cannot_tell");
  const gating = open.filter(({ metric }) => plan.metrics.some((planned) => planned.metric === metric && stage !== undefined && isGatingIn(plan, planned, stage.stage)));
  const named = gating.length > 0 ? gating : open;
  if (named.length === 0) return null;
  const names = listed(named.slice(0, 2).map(({ metric }) => metricInSentence(metric)).concat(named.length > 2 ? [`${named.length - 2} more`] : []));
  if (named.some(({ moreTasks }) => moreTasks === null)) return `Not enough data on ${names}.`;
  const more = Math.max(...named.map(({ moreTasks }) => moreTasks ?? 0));
  return `Not enough data on ${names}${more > 0 ? `: about ${counted(more, "more task")}${tasksPerDay !== null && tasksPerDay > 0 ? `, roughly ${span(more / tasksPerDay)}` : ""}` : ""}.`;
}

function span(days: number): string {
  const hours = days * 24;
  if (hours < 1) return "less than an hour";
  return hours < 48 ? `${count(Math.ceil(hours))} h` : `${count(Math.ceil(days))} days`;
}

/** For a panel and for a list: "cannot tell yet (about 240 more tasks)". */
export function metricVerdictWords({ verdict, direction, moreTasks }: Pick<MetricVerdict, "verdict" | "direction" | "moreTasks">): string {
  if (verdict === "worse") return direction === null ? "worse" : `worse, it ${direction === "up" ? "rose" : "fell"}`;
  if (verdict === "cannot_tell") return moreTasks === null || moreTasks === 0 ? "cannot tell yet" : `cannot tell yet (about ${counted(moreTasks, "more task")})`;
  return verdict === "better" ? "better" : "not worse";
}

/** Why a metric's verdict is what it is, with its numbers: a sentence each. */
export function explainMetric(told: MetricVerdict, plan: CanaryPlan, stageIndex: number): string[] {
  const planned = plan.metrics.find(({ metric }) => metric === told.metric);
  const stage = plan.stages[stageIndex];
  const seen = `${CANARY_METRIC_NAMES[told.metric]}: ${figuresWords(told.metric, told.candidate, "the candidate")}, ${figuresWords(told.metric, told.current, "the current version")}.`;
  if (!planned || !stage) return [seen];
  const margin = `"Not worse" means here: not ${marginWords(told.metric, marginIn(planned, stage))}.`;
  if (told.verdict === "worse") return [seen, `${changeWords(told, planned)} ${rarely("nothing had changed", told.eWorse)}`];
  if (told.verdict === "better") return [seen, `${changeWords(told, planned)} ${rarely("nothing had changed", told.eBetter)}`];
  if (told.verdict === "not_worse") return [seen, margin, rarely("it were", told.eNotWorse)];
  if (!isComparedIn(plan, told.metric, stage.stage)) return [seen, "It is not compared in this stage, where the candidate's writes are held."];
  if (isUnawaitedIn(stage, told.metric)) return [seen, "In shadow it is known only of tasks in which nothing was refused to the candidate, and nothing waits for it."];
  const more = told.moreTasks === null ? "How many more tasks that takes is not known." : `If nothing changed, about ${counted(told.moreTasks, "more task")} of the candidate will show it.`;
  return [seen, margin, `The evidence for that is ${evidenceWords(told.eNotWorse)} and ${PROMOTE_AT} is needed. ${more}`];
}

/** Of an amount every task is judged, and not the quantile that is shown. */
function changeWords({ metric, verdict, direction }: MetricVerdict, { tolerance = 0 }: Pick<MetricPlan, "tolerance">): string {
  const isBetter = verdict === "better";
  if (isShareMetric(metric)) return isBetter ? "It got better." : `It ${direction === "down" ? "fell" : "rose"}.`;
  if (isBetter) return `${JUDGED_AMOUNTS} lie lower: all of them together, or fewer are above amounts of before.`;
  const minded = tolerance > 0 ? ` A rise by less than ${percent(tolerance)} counts as none.` : "";
  return `${JUDGED_AMOUNTS} lie higher: all of them together, more of them above amounts of before, or some of them by much.${minded}`;
}

const JUDGED_AMOUNTS = "Judged by all its tasks and not by that one figure: they";

/** Ville: evidence e or more is ever reached with at most the chance 1 / e. */
const rarely = (premise: string, e: number): string => `If ${premise}, at most one rollout in ${e >= 1_000_000 ? "a million" : count(Math.floor(e))} would ever show evidence this strong (${evidenceWords(e)}).`;

function figuresWords(metric: CanaryMetric, { known, events, rate, amount }: ArmFigures, who: string): string {
  if (known === 0) return `${who} nothing known`;
  if (!isShareMetric(metric)) return amount === null ? `${who} unknown` : `${who} ${amountWords(metric, amount.value)} as the ${quantileWord(amount.quantile)} of ${counted(known, "task")}`;
  return `${who} ${count(events ?? 0)} of ${counted(known, "task")} (${percent(rate ?? 0)})`;
}

const percent = (share: number): string => `${(share * 100).toLocaleString("en", { maximumFractionDigits: share > 0 && share < 0.01 ? 2 : 1 })} %`;

/** What a quantile is called: "median", "p95". */
export const quantileWord = (share: number): string => (share === 0.5 ? "median" : `p${(share * 100).toLocaleString("en", { maximumFractionDigits: 1 })}`);

function amountWords(metric: CanaryMetric, value: number): string {
  if (metric === "cost") return `${(value / 1e9).toLocaleString("en", { maximumSignificantDigits: 3 })} USD`;
  return value < 1_000 ? `${count(value)} ms` : `${(value / 1_000).toLocaleString("en", { maximumSignificantDigits: 3 })} s`;
}

/** Completes "not …". */
export function marginWords(metric: CanaryMetric, { kind, value }: CanaryMargin): string {
  const times = `${value.toLocaleString("en")} times`;
  const points = `${(value * 100).toLocaleString("en", { maximumFractionDigits: 1 })} percentage points`;
  if (isTwoSided(metric)) return kind === "ratio" ? `${times} as frequent or more, and not ${times} as rare` : `higher or lower by ${points} or more`;
  if (metric === "success") return kind === "ratio" ? `${times} as many failures or more` : `lower by ${points} or more`;
  if (!isShareMetric(metric)) return `above the upper quartile or the ninth decile of before ${times} as often or more`;
  return kind === "ratio" ? `${times} as frequent or more` : `higher by ${points} or more`;
}

/** An e-value: "0.4", "12", "more than a million". */
export function evidenceWords(e: number): string {
  if (e >= 1_000_000) return "more than a million";
  if (e < 0.01) return "below 0.01";
  return e < 10 ? e.toLocaleString("en", { maximumSignificantDigits: 2 }) : count(Math.floor(e));
}

/** Why the whole is decided as it is: a sentence each. */
export function explainVerdict(verdict: CanaryVerdict, plan: CanaryPlan): string[] {
  const { candidate: escaped } = verdict.escaped;
  return [
    becauseSentence(verdict.because),
    `The evidence that any metric got worse, all taken together, has been ${evidenceWords(verdict.eWorse)} at most. At ${count(plan.holdAt)} the rollout is held${plan.onWorse === "roll_back" ? `, at ${count(plan.rollBackAt)} it is rolled back` : ""}.`,
    ...(verdict.recommendations ? [recommendationSentence(verdict.recommendations)] : []),
    verdict.sampleRatio.isClean ? "The tasks are split between the versions as they were drawn." : "The tasks are not split between the versions as they were drawn.",
    escaped === 0 ? "No forbidden action of the candidate is known to have taken effect." : `${counted(escaped, "forbidden action")} of the candidate took effect. One is enough to roll back.`,
    "The evidence may be looked at after every outcome: that raises no false alarms.",
  ];
}
