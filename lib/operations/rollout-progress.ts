// How far is a rollout: tasks and outcomes per version, in its stage, at its step, and since somebody last let it go on?

import type { Transaction } from "../database/database.ts";
import type { StageCoverage } from "../domain/judge-canary.ts";
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
export async function readProgress(tx: Transaction, { id, stageIndex, exposureIndex }: LockedRollout, isShadow: boolean, since: Date): Promise<RolloutProgress> {
  const [counted] = isShadow
    ? await tx.$queryRaw<Counted[]>`
      SELECT count(*)::int AS current_tasks, count(r.outcome)::int AS current_known, count(*)::int AS candidate_tasks, count(s.id)::int AS candidate_known, 0 AS step
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
  const { current_tasks: tasks = 0, current_known: known = 0, candidate_tasks: candidateTasks = 0, candidate_known: candidateKnown = 0, step = 0 } = counted ?? {};
  return {
    coverage: { stageIndex, current: { tasks, known }, candidate: { tasks: candidateTasks, known: candidateKnown }, router }, tasksOfStep: step,
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

const LET_GO_ON = ["started", "resumed", "promoted", "waived"];

export interface Permits {
  /** When somebody last let it go on. */
  since: Date;
  /** For what it was held in this stage, and resumed nevertheless. */
  accepted: ReadonlySet<string>;
}

export async function readPermits(tx: Transaction, { id, stageIndex, startedAt, plannedAt }: LockedRollout): Promise<Permits> {
  const events = await tx.rolloutEvent.findMany({ where: { rolloutId: id, kind: { in: LET_GO_ON } }, orderBy: { id: "asc" }, select: { at: true, stageIndex: true, detail: true } });
  const accepted = events.flatMap((event) => (event.stageIndex === stageIndex ? ((event.detail as { accepted?: { code?: string } }).accepted?.code ?? []) : []));
  return { since: events.at(-1)?.at ?? startedAt ?? plannedAt, accepted: new Set(accepted) };
}
