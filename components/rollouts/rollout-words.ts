import type { StatusKind } from "@/components/ui/status-mark.tsx";
import { isComparedIn, isShareMetric, type CanaryApprover, type CanaryMetric, type CanaryPlan, SHOWN_QUANTILES } from "@/lib/domain/canary-plan.ts";
import type { CanaryVerdict, MetricVerdict } from "@/lib/domain/judge-canary.ts";
import type { RolloutState } from "@/lib/domain/rollout-state.ts";
import { metricInSentence, quantileWord } from "@/lib/domain/verdict-words.ts";
import { ROLE_NAMES } from "@/lib/domain/roles.ts";
import { formatCount, formatDurationMs, formatNanoUsd, formatNumber, formatPercent } from "@/lib/format.ts";

export const STATE_MARKS: Readonly<Record<RolloutState, { word: string; kind: StatusKind }>> = {
  planned: { word: "Planned", kind: "open" },
  running: { word: "Running", kind: "canary" },
  paused: { word: "Paused", kind: "paused" },
  held: { word: "Held", kind: "warning" },
  completed: { word: "In effect", kind: "met" },
  rolled_back: { word: "Rolled back", kind: "critical" },
  aborted: { word: "Aborted", kind: "stopped" },
  superseded: { word: "Superseded", kind: "expired" },
};

export const VERDICT_WORDS: Readonly<Record<MetricVerdict["verdict"], { word: string; kind: StatusKind }>> = {
  worse: { word: "worse", kind: "critical" },
  not_worse: { word: "not worse", kind: "met" },
  better: { word: "better", kind: "proven" },
  cannot_tell: { word: "cannot tell yet", kind: "unknown" },
};

export const METRIC_BASIS: Readonly<Record<CanaryMetric, string>> = {
  action_errors: "tasks with a failed action", success: "tasks that succeeded", escalation: "tasks handed to a person, judged both ways", violations: "tasks with a forbidden call, blocked",
  latency: `${quantileWord(SHOWN_QUANTILES.latency)} per task`, cost: `${quantileWord(SHOWN_QUANTILES.cost)} per task`,
};

export function formatMetric(metric: CanaryMetric, value: number | null): string {
  if (value === null) return "no data";
  if (isShareMetric(metric)) return formatPercent(value);
  return metric === "latency" ? formatDurationMs(value) : formatNanoUsd(Math.round(value));
}

const MINUS = "−";

/** "+2.2 points", "−0.7 s": a difference always carries its sign. */
export function formatDifference(metric: CanaryMetric, value: number | null): string {
  if (value === null) return "no data";
  const sign = value > 0 ? "+" : value < 0 ? MINUS : "";
  const size = Math.abs(value);
  if (isShareMetric(metric)) return `${sign}${formatNumber(size * 100, 1)} points`;
  return `${sign}${metric === "latency" ? formatDurationMs(size) : formatNanoUsd(Math.round(size))}`;
}

export function approverWord(approver: CanaryApprover): string {
  if (approver === "nobody") return "nobody";
  return approver === "any_reviewer" ? "one of the owners" : `the ${ROLE_NAMES[approver].toLowerCase()}`;
}

interface Waiting {
  state: RolloutState;
  plan: CanaryPlan;
  stageIndex: number;
  verdict: CanaryVerdict | null;
  reason: string | null;
}

/** What has to happen before it goes on; null when it is over. */
export function waitsFor({ state, plan, stageIndex, verdict, reason }: Waiting): string | null {
  const stage = plan.stages[stageIndex];
  if (state === "planned") return "Somebody to start it";
  if (state === "paused") return "Somebody to resume it";
  if (state === "held") return `Somebody to look${reason === null ? "" : `: ${reason}`}`;
  if (state !== "running" || !stage) return null;
  if (verdict?.decision === "promote") return stage.approver === "nobody" ? "Its next stage" : `Promotion by ${approverWord(stage.approver)}`;
  if (verdict === null) return "The first outcomes";
  if (verdict.because.code === "too_few_tasks") return `${formatCount(stage.minimumTasks, "task")} of the candidate in this stage`;
  if (verdict.because.code === "recommends_otherwise") return "Recommendations that are what was done, or two owners who waive them";
  const open = verdict.metrics.filter((metric) => metric.verdict === "cannot_tell" && isGating(plan, metric.metric) && isCompared(plan, metric.metric, stageIndex));
  return open.length === 0 ? "More outcomes" : `More outcomes on ${listOf(open.map(({ metric }) => metricInSentence(metric)))}`;
}

export const isCompared = (plan: CanaryPlan, metric: CanaryMetric, stageIndex: number): boolean => {
  const stage = plan.stages[stageIndex]?.stage;
  return stage === undefined || isComparedIn(plan, metric, stage);
};

export const isGating = (plan: CanaryPlan, metric: CanaryMetric): boolean => plan.metrics.some((planned) => planned.metric === metric && planned.isGating);

export function listOf(items: readonly string[]): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}

const EVENT_WORDS: Readonly<Record<string, string>> = {
  planned: "planned it", plan_edited: "edited the plan", started: "started it", paused: "paused it", resumed: "resumed it", held: "held it", promoted: "promoted it to the next stage",
  waived: "waived the evidence of a stage, as the second person", waiver_given: "waived it, as the first of two", exposure: "changed the exposure", verdict: "judged it anew", completed: "completed it: the candidate is current", rolled_back: "rolled it back",
  aborted: "aborted it", superseded: "ended it: something newer took its place", skipped: "skipped the canary, as the second person",
};

export const eventWord = (kind: string): string => EVENT_WORDS[kind] ?? kind.replaceAll("_", " ");
