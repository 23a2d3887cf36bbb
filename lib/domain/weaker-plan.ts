// In what does the plan of a rollout ask for less than the usual one, and who has to agree to that?

import { type CanaryMargin, type CanaryMetric, CANARY_METRIC_NAMES, type CanaryPlan, leastSameOf, marginIn, type MetricPlan, type StagePlan } from "./canary-plan.ts";
import { IS_AUTHOR } from "./change-authors.ts";
import { ROLE_NAMES } from "./roles.ts";

/** Also of whatever plan the author would make. */
export const AUTHOR_WEAKENS = `${IS_AUTHOR}; a plan that is weaker than the usual one needs somebody else.`;
export const AUTHOR_RESUMES = `${IS_AUTHOR}; somebody else resumes what was held.`;

/** Completes "It …", as everything that `weakerThan` finds. */
export const STARTS_ANYWAY = "starts although it could not conclude";

/** Null: it is not. */
export const weakerSentence = (weaker: readonly string[]): string | null => (weaker.length === 0 ? null : `Weaker than the usual plan: it ${weaker.join("; it ")}.`);

/** Why the author may neither save nor start it; null: it is not weaker. */
export const faultOfAuthor = (weaker: readonly string[]): string | null => (weaker.length === 0 ? null : `${AUTHOR_WEAKENS} ${weakerSentence(weaker)}`);

/** `usual`: as Holdpoint made it. Empty: as strict in everything, or stricter. What cannot be compared counts as weaker. */
export function weakerThan(plan: CanaryPlan, usual: CanaryPlan): string[] {
  return [
    ...usual.stages.flatMap((stage) => weakerStage(plan.stages.find((one) => one.stage === stage.stage), stage)),
    ...usual.metrics.flatMap((metric) => weakerMetric(metric, plan, usual)),
    ...weakerLines(plan, usual),
  ];
}

/** Of phrases, those that hold. */
const those = (...phrases: readonly (readonly [boolean, string])[]): string[] => phrases.flatMap(([holds, phrase]) => (holds ? [phrase] : []));
/** Typed in percent and read again, a share is the same up to so little. */
const EQUAL = 1e-9;
const isMore = (one: number, other: number): boolean => one > other + EQUAL;
const percent = (share: number): string => `${(share * 100).toLocaleString("en", { maximumFractionDigits: 1 })} %`;
const count = (value: number): string => value.toLocaleString("en");

function weakerStage(planned: StagePlan | undefined, usual: StagePlan): string[] {
  const { stage } = usual;
  if (!planned) return [`leaves out the stage ${stage}`];
  const [first, usualFirst, last, usualLast] = [planned.exposures[0] ?? 0, usual.exposures[0] ?? 0, planned.exposures.at(-1) ?? 0, usual.exposures.at(-1) ?? 0];
  return those(
    [planned.approver === "nobody" && usual.approver !== "nobody", `lets ${stage} promote itself`],
    [isOtherApprover(planned, usual), `lets somebody else than the ${approverName(usual)} promote out of ${stage}`],
    [isMore(first, usualFirst), `begins ${stage} with ${percent(first)} of the tasks instead of ${percent(usualFirst)}`],
    [isMore(last, usualLast), `goes up to ${percent(last)} of the tasks in ${stage} instead of ${percent(usualLast)}`],
    [planned.minimumTasks < usual.minimumTasks, `asks for ${count(planned.minimumTasks)} tasks in ${stage} instead of ${count(usual.minimumTasks)}`],
    [isMore(usual.minimumCoverage, planned.minimumCoverage), `asks for ${percent(planned.minimumCoverage)} known outcomes in ${stage} instead of ${percent(usual.minimumCoverage)}`],
  );
}

const approverName = ({ approver }: StagePlan): string => (approver === "any_reviewer" || approver === "nobody" ? "owner" : ROLE_NAMES[approver].toLowerCase());
const isOtherApprover = (planned: StagePlan, usual: StagePlan): boolean => planned.approver !== "nobody" && usual.approver !== "nobody" && usual.approver !== "any_reviewer" && planned.approver !== usual.approver;

function weakerMetric(usual: MetricPlan, plan: CanaryPlan, usualPlan: CanaryPlan): string[] {
  const name = CANARY_METRIC_NAMES[usual.metric].toLowerCase();
  const planned = plan.metrics.find(({ metric }) => metric === usual.metric);
  if (!planned) return [`does not compare ${name}`];
  const margins = usualPlan.stages.flatMap((stage): [CanaryMargin, CanaryMargin][] => {
    const own = plan.stages.find((one) => one.stage === stage.stage);
    return own ? [[marginIn(planned, own), marginIn(usual, stage)]] : [];
  });
  return those(
    [usual.isGating && !planned.isGating, `does not let ${name} decide`],
    [usual.isGating && margins.some(([own, other]) => own.kind !== other.kind || isMore(own.value, other.value)), `has a wider margin, or one of another kind, for ${name}`],
    [isMore(shareOf(usual.metric, usualPlan), shareOf(usual.metric, plan)), `gives ${name} less weight`],
    [isMore(planned.tolerance ?? 0, usual.tolerance ?? 0), `lets ${name} rise further`],
    [usual.band !== null && (planned.band === null || isMore(usual.band.low, planned.band.low) || isMore(planned.band.high, usual.band.high)), `has a wider band, or none, for ${name}`],
  );
}

const shareOf = (metric: CanaryMetric, { metrics }: CanaryPlan): number => (metrics.find((one) => one.metric === metric)?.weight ?? 0) / metrics.reduce((sum, { weight }) => sum + weight, 0);

const isHigher = (limit: number | null, usual: number | null): boolean => usual !== null && (limit === null || limit > usual);

function weakerLines(plan: CanaryPlan, usual: CanaryPlan): string[] {
  return those(
    [plan.holdAt > usual.holdAt, `holds at ${count(plan.holdAt)} instead of ${count(usual.holdAt)}`],
    [plan.rollBackAt > usual.rollBackAt, `rolls back at ${count(plan.rollBackAt)} instead of ${count(usual.rollBackAt)}`],
    [plan.onWorse === "hold" && usual.onWorse === "roll_back", "holds where it would be rolled back"],
    [plan.noDataHours > usual.noDataHours, `waits ${count(plan.noDataHours)} h for an outcome instead of ${count(usual.noDataHours)}`],
    [usual.stages.some(({ stage }) => stage === "shadow") && isMore(leastSameOf(usual), leastSameOf(plan)), `asks for ${percent(leastSameOf(plan))} recommendations that are what was done instead of ${percent(leastSameOf(usual))}`],
    [usual.countedOutcomes === "reported" && plan.countedOutcomes !== "reported", "counts what the agent says of itself"],
    [isHigher(plan.taskLimits.maxCalls, usual.taskLimits.maxCalls) || isHigher(plan.taskLimits.maxCostNanoUsd, usual.taskLimits.maxCostNanoUsd), "lets one task do more"],
  );
}
