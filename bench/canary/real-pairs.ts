// What does the judge say of recorded runs of two recipes on the same tasks?

import { logEvidenceAbove } from "../../lib/domain/beta-mixture.ts";
import type { CanaryMetric, CanaryPlan } from "../../lib/domain/canary-plan.ts";
import { beginJudging, type CanaryVerdict, judgePair, judgeTask, readVerdict, type TaskValues } from "../../lib/domain/judge-canary.ts";
import { printTable } from "../print-table.ts";
import type { RecordedRun } from "../recorded-runs.ts";
import { hasSharedData, readJsonLines } from "../shared-data.ts";
import { benchPlan } from "./judged-rollout.ts";
import { randomFrom } from "./random.ts";

interface Pair {
  current: TaskValues;
  candidate: TaskValues;
}

interface Attack {
  metadata: { success?: boolean; security?: boolean; suite_name?: string; user_task_id?: string; attack_type?: string | null };
}

const TAU2: readonly (readonly [name: string, folder: string, current: string, candidate: string])[] = [
  ["telecom, fine-tuned", "tau2-gpt41-vs-finetuned", "telecom.gpt-4.1", "telecom.gpt-4.1-ft-BzrYdMNm"],
  ["retail, fine-tuned", "tau2-gpt41-vs-finetuned", "retail.gpt-4.1", "retail.gpt-4.1-ft-BzrYdMNm"],
  ["airline, gpt-4o → gpt-5.4", "tau2-airline-models", "airline.azure-gpt-4o-2024-11-20", "airline.gpt-5.4"],
];

function valuesOf(run: RecordedRun): TaskValues {
  const own = run.messages.filter(({ role }) => role === "assistant").flatMap((message) => message.tool_calls ?? []);
  return {
    success: run.reward_info ? (run.reward_info.reward === 1 ? 1 : 0) : null, escalation: own.some(({ name }) => name === "transfer_to_human_agents") ? 1 : 0,
    action_errors: run.messages.some(({ role, error, requestor }) => role === "tool" && error === true && requestor !== "user") ? 1 : 0,
  };
}

function pairsOf(current: ReadonlyMap<string, TaskValues>, candidate: ReadonlyMap<string, TaskValues>): Pair[] {
  return [...current].flatMap(([task, values]) => {
    const other = candidate.get(task);
    return other ? [{ current: values, candidate: other }] : [];
  });
}

const recordedRuns = (file: string): Map<string, TaskValues> => new Map(readJsonLines<RecordedRun>(`${file}.runs.jsonl`).map((run) => [run.task_id, valuesOf(run)]));

/** Attacked runs only; `security` true means there that the attack succeeded. The first line describes the file. */
const attackedRuns = (model: string): Map<string, TaskValues> => new Map(readJsonLines<Attack>(`agentdojo-runs/${model}.jsonl`).flatMap(({ metadata }) =>
  metadata.attack_type ? [[`${metadata.suite_name} ${metadata.user_task_id}`, { violations: metadata.security ? 1 : 0, success: metadata.success ? 1 : 0 }] as const] : []));

const EXPOSURE = 0.5;
const ORDERS = 101;

/** Without history: what the current version usually does is learnt from the same runs. */
function planOf(metrics: readonly CanaryMetric[], isShadow: boolean): CanaryPlan {
  const plan = benchPlan(isShadow ? [] : [EXPOSURE], metrics);
  return { ...plan, stages: plan.stages.map((stage) => ({ ...stage, stage: isShadow ? "shadow" : "bounded" })) };
}

function verdictOfPairs(pairs: readonly Pair[], metrics: readonly CanaryMetric[]): CanaryVerdict {
  const plan = planOf(metrics, true);
  const state = beginJudging(plan, { values: [] });
  for (const pair of pairs) judgePair(state, { stageIndex: 0, ...pair, hasEscapedViolation: false });
  return readVerdict(state, plan, { current: { tasks: pairs.length, known: pairs.length }, candidate: { tasks: pairs.length, known: pairs.length } });
}

/** Both runs of every task as if they were tasks of their own, in a drawn order: as a rollout at half exposure would have met them. */
function verdictOfLabels(pairs: readonly Pair[], metrics: readonly CanaryMetric[], seed: string): CanaryVerdict {
  const random = randomFrom(seed);
  const plan = planOf(metrics, false);
  const state = beginJudging(plan, { values: [] });
  const tasks = pairs.flatMap(({ current, candidate }) => [{ arm: "current" as const, values: current }, { arm: "candidate" as const, values: candidate }]);
  for (const { arm, values } of tasks.map((task) => ({ task, at: random.uniform() })).toSorted((a, b) => a.at - b.at).map(({ task }) => task)) {
    judgeTask(state, { isFirstOfUnit: true, arm, probability: EXPOSURE, stageIndex: 0, values, hasEscapedViolation: false });
  }
  return readVerdict(state, plan, { current: { tasks: pairs.length, known: pairs.length }, candidate: { tasks: pairs.length, known: pairs.length } });
}

const isBad = (metric: CanaryMetric, value: number | null | undefined): boolean => value === (metric === "success" ? 0 : 1);
const shown = (e: number): string => (e >= 1_000 ? e.toExponential(1) : e.toPrecision(3));
const words = (verdict: string): string => verdict.replaceAll("_", " ");

function sharesOf(said: readonly string[]): string {
  const counts = Map.groupBy(said, (word) => word);
  return [...counts].toSorted(([, a], [, b]) => b.length - a.length).map(([word, list]) => `${words(word)} ${Math.round((100 * list.length) / said.length)} %`).join(", ");
}

function rowsOf(name: string, pairs: readonly Pair[], metrics: readonly CanaryMetric[]): string[][] {
  const paired = verdictOfPairs(pairs, metrics);
  const orders = Array.from({ length: ORDERS }, (_, order) => verdictOfLabels(pairs, metrics, `${name} ${order}`));
  return metrics.map((metric, index) => {
    const broken = pairs.filter(({ current, candidate }) => !isBad(metric, current[metric]) && isBad(metric, candidate[metric])).length;
    const mended = pairs.filter(({ current, candidate }) => isBad(metric, current[metric]) && !isBad(metric, candidate[metric])).length;
    const ofArm = (arm: "current" | "candidate") => pairs.filter((pair) => pair[arm][metric] === 1).length;
    const ofPairs = paired.metrics[index];
    const ofOrders = orders.flatMap((verdict) => verdict.metrics[index] ?? []);
    const median = (of: (verdict: (typeof ofOrders)[number]) => number) => ofOrders.map(of).sort((a, b) => a - b)[Math.floor(ofOrders.length / 2)] ?? NaN;
    return [
      index === 0 ? name : "", metric, `${ofArm("current")} → ${ofArm("candidate")} of ${pairs.length}`, `${mended} / ${broken}`,
      shown(Math.exp(logEvidenceAbove(broken, broken + mended, 0.5))), shown(Math.exp(logEvidenceAbove(mended, broken + mended, 0.5))),
      words(ofPairs?.verdict ?? "unknown"), `${shown(median(({ eWorse }) => eWorse))} / ${shown(median(({ eBetter }) => eBetter))}`, sharesOf(ofOrders.map(({ verdict }) => verdict)),
      index === 0 ? `${words(paired.decision)}; ${sharesOf(orders.map(({ decision }) => decision))}` : "",
    ];
  });
}

export function realPairs(): void {
  if (!hasSharedData()) return;
  const rows = [["recorded pair", "metric", "of 1 (success: good)", "mended / broken", "E worse", "E better", "judged as pairs", "label bet: E worse / better", "judged by labels", "rollout: pairs; labels"]];
  for (const [name, folder, current, candidate] of TAU2) {
    rows.push(...rowsOf(name, pairsOf(recordedRuns(`${folder}/${current}`), recordedRuns(`${folder}/${candidate}`)), ["success", "escalation", "action_errors"]));
  }
  rows.push(...rowsOf("AgentDojo, sonnet 0620 → 1022", pairsOf(attackedRuns("claude-3-5-sonnet-20240620"), attackedRuns("claude-3-5-sonnet-20241022")), ["violations", "success"]));
  printTable(rows);
  console.log(`\nPairs: the closed form at w = ½ on tasks of which one recipe fails only. Labels: both runs of every task in drawn order, w = .5, ${ORDERS} orders, medians; no history.`);
}
