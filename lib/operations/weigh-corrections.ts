// What became of outcomes after they were judged: are they corrected more often for one version, and does the candidate stand with them?

import canonicalize from "canonicalize";
import type { Transaction } from "../database/database.ts";
import { AMOUNT_METRICS, uncomparedStages, type CanaryMetric, type CanaryPlan } from "../domain/canary-plan.ts";
import { notShownAsCorrected } from "../domain/corrected-evidence.ts";
import { firstOfUnits, type Arm, type CanaryVerdict, type Correction, type JudgedTask, type JudgeState, type TaskValues } from "../domain/judge-canary.ts";
import type { LockedRollout } from "./lock-rollout.ts";
import type { StoredVerdict } from "./stored-verdict.ts";

interface CorrectedGroup {
  metric: CanaryMetric;
  /** Null: of an amount, which was judged as anything. */
  judged: number | null;
  arm: Arm;
  probability: number;
  firsts: number;
  standing: number;
}

/**
 * One for each metric of the plan and word that was judged, or amount, of the whole rollout, in which it can be compared. In shadow only the current version's run takes
 * effect, so only of that one somebody learns more. A task counts when it is first corrected and stays; of a customer or session only the first one,
 * for the others' arms are known with it.
 */
export async function readCorrections(tx: Transaction, { id }: Pick<LockedRollout, "id">, plan: CanaryPlan): Promise<Correction[]> {
  const left = uncomparedStages(plan);
  const groups = await tx.$queryRaw<CorrectedGroup[]>`
    SELECT said.key AS metric, CASE WHEN said.key <> ALL(${[...AMOUNT_METRICS]}::text[]) THEN (a.values->said.key)::int END AS judged, a.arm, a.probability, count(*) FILTER (WHERE said.value <> a.values->said.key)::int AS standing,
      count(*) FILTER (WHERE NOT EXISTS (SELECT FROM assignment e WHERE e.rollout_id = a.rollout_id AND e.unit = a.unit AND e.probability > 0 AND e.probability < 1 AND e.shadow_task_id IS NULL
        AND (e.assigned_at, e.task_id) < (a.assigned_at, a.task_id)))::int AS firsts
    FROM assignment a, jsonb_each(a.values->'corrected') said
    WHERE a.rollout_id = ${id} AND a.values ? 'corrected' AND said.key = ANY(${plan.metrics.map(({ metric }) => metric)}::text[]) AND a.probability > 0 AND a.probability < 1 AND a.shadow_task_id IS NULL AND NOT ${JSON.stringify(left)}::jsonb->said.key @> to_jsonb(a.stage_index)
    GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 4, 3`;
  if (groups.length === 0) return [];
  const counts = await tx.rolloutTaskCount.findMany({ where: { rolloutId: id }, select: { stageIndex: true, arm: true, known: true } });
  return [...Map.groupBy(groups, ({ metric, judged }) => `${metric} ${judged}`).values()].flatMap((same) => {
    const [first] = same;
    if (!first) return [];
    const { metric } = first;
    const isOf = (stageIndex: number): boolean => plan.stages[stageIndex]?.stage !== "shadow" && left[metric]?.includes(stageIndex) !== true;
    const armOf = (arm: Arm) => ({
      tasks: counts.reduce((sum, one) => sum + (one.arm === arm && isOf(one.stageIndex) ? one.known : 0), 0), late: same.reduce((sum, one) => sum + (one.arm === arm ? one.standing : 0), 0),
    });
    const ratios = [...Map.groupBy(same, ({ probability }) => probability)].map(([probability, arms]) => ({
      probability, candidate: arms.reduce((sum, { arm, firsts }) => sum + (arm === "candidate" ? firsts : 0), 0), tasks: arms.reduce((sum, { firsts }) => sum + firsts, 0),
    }));
    return [{ metric, current: armOf("current"), candidate: armOf("candidate"), groups: ratios }];
  });
}

type Decision = Pick<CanaryVerdict, "decision" | "because">;

interface Told {
  state: JudgeState;
  told: StoredVerdict;
  /** What was said last time; null where something was judged since. */
  before: StoredVerdict | null;
}

/** What would be promoted has to stand with the outcomes as they are now, too. Reads the stage's tasks, so only when something is new. */
export async function decideWithCorrections(tx: Transaction, rollout: Pick<LockedRollout, "id" | "stageIndex">, plan: CanaryPlan, { state, told, before }: Told): Promise<Decision> {
  const { decision, because, coverage: { corrected } } = told;
  if (decision !== "promote" || corrected.length === 0) return { decision, because };
  const isSame = before !== null && isWeighed(before) && canonicalize(before.coverage.corrected) === canonicalize(corrected);
  if (isSame) return { decision: before.decision, because: before.because };
  const metric = notShownAsCorrected(state, plan, { stageIndex: rollout.stageIndex, tasks: await tasksAsCorrected(tx, rollout, plan) });
  return metric === null ? { decision, because } : { decision: "wait", because: { code: "corrected_not_shown", metric } };
}

const isWeighed = ({ because: { code } }: Decision): boolean => code === "not_worse" || code === "corrected_not_shown";

async function tasksAsCorrected(tx: Transaction, { id, stageIndex }: Pick<LockedRollout, "id" | "stageIndex">, plan: CanaryPlan): Promise<JudgedTask[]> {
  const rows = await tx.$queryRaw<(Omit<JudgedTask, "hasEscapedViolation" | "isFirstOfUnit"> & { unit: string; corrected: TaskValues | null })[]>`
    SELECT unit, arm, probability, stage_index AS "stageIndex", values - 'corrected' - 'hasEscapedViolation' AS values, values->'corrected' AS corrected FROM assignment
    WHERE rollout_id = ${id} AND judged_at IS NOT NULL AND exclusion IS NULL AND shadow_task_id IS NULL AND (${plan.unit} <> 'task' OR stage_index = ${stageIndex}) ORDER BY judged_at, task_id`;
  const isFirst = firstOfUnits(plan);
  return rows.map(({ unit, corrected, values, ...task }) => ({ ...task, isFirstOfUnit: isFirst(unit), values: { ...values, ...corrected }, hasEscapedViolation: false }));
}
