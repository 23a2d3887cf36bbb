// How far is a rollout: tasks and outcomes per version, in its stage, at its step, and since somebody last let it go on?

import type { Transaction } from "../database/database.ts";
import { type CanaryMetric, type CanaryPlan, isHeldBack } from "../domain/canary-plan.ts";
import type { CanaryVerdict, Lateness, StageCoverage } from "../domain/judge-canary.ts";
import type { RatioGroup } from "../domain/sample-ratio.ts";
import { EXCLUSIONS } from "../domain/task-values.ts";
import type { LockedRollout } from "./lock-rollout.ts";

export interface RolloutProgress {
  coverage: Required<StageCoverage>;
  /** Of the candidate, judged, at the exposure of now. */
  tasksOfStep: number;
  excluded: Record<string, number>;
  crossedSince: number;
  judgedSince: number;
}

interface Counted {
  current_tasks: number;
  current_known: number;
  candidate_tasks: number;
  candidate_known: number;
  step: number;
}

/** In shadow one task is of both versions: the current one's has an outcome, the candidate's only has to come in. */
export async function readProgress(tx: Transaction, rollout: LockedRollout, plan: CanaryPlan, { since, now }: { since: Date; now: Date }): Promise<RolloutProgress> {
  const { id, stageIndex, exposureIndex } = rollout;
  const stage = plan.stages[stageIndex]?.stage;
  const isShadow = stage === "shadow";
  const [counted] = isShadow
    ? await tx.$queryRaw<Counted[]>`
      SELECT count(*)::int AS current_tasks, (count(r.outcome) FILTER (WHERE ${plan.countedOutcomes ?? "any"} = 'any' OR r.outcome_source = 'reported'))::int AS current_known, count(*)::int AS candidate_tasks, count(s.id)::int AS candidate_known, 0 AS step
      FROM assignment a LEFT JOIN run r ON r.agent_id = a.agent_id AND r.conversation_id = a.task_id LEFT JOIN run s ON s.agent_id = a.agent_id AND s.conversation_id = a.shadow_task_id
      WHERE a.rollout_id = ${id} AND a.stage_index = ${stageIndex} AND a.exclusion IS NULL AND a.shadow_task_id IS NOT NULL`
    : await tx.$queryRaw<Counted[]>`
      SELECT count(*) FILTER (WHERE arm = 'current')::int AS current_tasks, count(judged_at) FILTER (WHERE arm = 'current')::int AS current_known,
        count(*) FILTER (WHERE arm = 'candidate')::int AS candidate_tasks, count(judged_at) FILTER (WHERE arm = 'candidate')::int AS candidate_known,
        count(judged_at) FILTER (WHERE arm = 'candidate' AND exposure_index = ${exposureIndex})::int AS step
      FROM assignment WHERE rollout_id = ${id} AND stage_index = ${stageIndex} AND exclusion IS NULL`;
  const rows = await tx.$queryRaw<{ exclusion: string | null; tasks: number; since: number }[]>`
    SELECT exclusion, count(*)::int AS tasks, count(*) FILTER (WHERE judged_at >= ${since}::timestamptz)::int AS since FROM assignment
    WHERE rollout_id = ${id} AND judged_at IS NOT NULL AND (exclusion IS NULL OR exclusion = ANY(${[...EXCLUSIONS]}::text[])) GROUP BY exclusion`;
  const router = await readRouter(tx, id);
  const late = stage === undefined || isShadow || isHeldBack(plan, stage) ? [] : await readLateness(tx, rollout, plan, now);
  const { current_tasks: tasks = 0, current_known: known = 0, candidate_tasks: candidateTasks = 0, candidate_known: candidateKnown = 0, step = 0 } = counted ?? {};
  return {
    coverage: { stageIndex, current: { tasks, known }, candidate: { tasks: candidateTasks, known: candidateKnown }, router, late }, tasksOfStep: step,
    excluded: Object.fromEntries(rows.flatMap(({ exclusion, tasks: excluded }) => (exclusion === null ? [] : [[exclusion, excluded]]))),
    crossedSince: rows.find(({ exclusion }) => exclusion === "crossed")?.since ?? 0,
    judgedSince: rows.reduce((sum, row) => sum + row.since, 0),
  };
}

/** Whether its task was done or not; of a customer or a session the first. */
async function readRouter(tx: Transaction, rolloutId: string): Promise<RatioGroup[]> {
  return tx.$queryRaw<RatioGroup[]>`
    SELECT probability, count(*) FILTER (WHERE arm = 'candidate')::int AS candidate, count(*)::int AS tasks
    FROM (SELECT DISTINCT ON (unit) probability, arm FROM assignment WHERE rollout_id = ${rolloutId} AND probability > 0 AND probability < 1 AND shadow_task_id IS NULL ORDER BY unit, assigned_at, task_id) AS drawn
    GROUP BY probability ORDER BY probability`;
}

const HOUR_MS = 3_600_000;

interface LateGroup extends RatioGroup {
  ageMs: number;
  candidateLate: number;
  late: number;
}

/** After an hour, for outcomes that come at once, and after as long as a rollout may be without any, for those that take their time. */
async function readLateness(tx: Transaction, { id, stageIndex }: LockedRollout, { unit, noDataHours }: CanaryPlan, now: Date): Promise<Lateness[]> {
  const ages = [...new Set([HOUR_MS, noDataHours * HOUR_MS])];
  const rows = await tx.$queryRaw<LateGroup[]>`
    WITH drawn AS (
      SELECT arm, probability, assigned_at, judged_at, row_number() OVER (PARTITION BY CASE WHEN ${unit} = 'task' THEN task_id ELSE unit END ORDER BY assigned_at, task_id) AS place
      FROM assignment WHERE rollout_id = ${id} AND stage_index = ${stageIndex} AND probability > 0 AND probability < 1 AND shadow_task_id IS NULL AND (exclusion IS NULL OR exclusion = ANY(${[...EXCLUSIONS]}::text[])))
    SELECT age AS "ageMs", probability, count(*)::int AS tasks, count(*) FILTER (WHERE arm = 'candidate')::int AS candidate,
      count(*) FILTER (WHERE is_late)::int AS late, count(*) FILTER (WHERE is_late AND arm = 'candidate')::int AS "candidateLate"
    FROM drawn, unnest(${ages}::float8[]) AS age, LATERAL (SELECT assigned_at + age * interval '1 millisecond' AS until) AS term, LATERAL (SELECT judged_at IS NULL OR judged_at > until AS is_late) AS seen
    WHERE place = 1 AND until <= ${now}::timestamptz GROUP BY age, probability ORDER BY age, probability`;
  return ages.map((ageMs) => latenessOf(rows.filter((row) => row.ageMs === ageMs)));
}

function latenessOf(rows: readonly LateGroup[]): Lateness {
  const sum = (of: (row: LateGroup) => number): number => rows.reduce((total, row) => total + of(row), 0);
  return {
    current: { tasks: sum(({ tasks, candidate }) => tasks - candidate), late: sum(({ late, candidateLate }) => late - candidateLate) },
    candidate: { tasks: sum(({ candidate }) => candidate), late: sum(({ candidateLate }) => candidateLate) },
    groups: rows.map(({ probability, late, candidateLate }) => ({ probability, candidate: candidateLate, tasks: late })),
  };
}

const LET_GO_ON = ["started", "resumed", "promoted", "waived"];

export interface Permits {
  /** When somebody last let it go on. */
  since: Date;
  /** For what the judge held it in this stage, as `holdKeys` names it, and somebody resumed it nevertheless. */
  accepted: ReadonlySet<string>;
}

type HeldFor = Pick<CanaryVerdict["because"], "metric"> & { code: string; named?: readonly CanaryMetric[] };

/** Whoever looked at one metric has looked at no other: "worse" is each metric's own. */
export const holdKeys = ({ code, metric, named = [] }: HeldFor): string[] =>
  (code === "worse" && named.length > 0 ? named : [metric ?? ""]).map((of) => `${code} ${of}`.trimEnd());

export async function readPermits(tx: Transaction, { id, stageIndex, startedAt, plannedAt }: LockedRollout): Promise<Permits> {
  const events = await tx.rolloutEvent.findMany({ where: { rolloutId: id, kind: { in: LET_GO_ON } }, orderBy: { id: "asc" }, select: { at: true, stageIndex: true, detail: true } });
  const accepted = events.flatMap((event) => {
    const heldFor = event.stageIndex === stageIndex ? (event.detail as { accepted?: HeldFor }).accepted : undefined;
    return heldFor === undefined ? [] : holdKeys(heldFor);
  });
  return { since: events.at(-1)?.at ?? startedAt ?? plannedAt, accepted: new Set(accepted) };
}
