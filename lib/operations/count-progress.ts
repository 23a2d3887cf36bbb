// What do the tasks of a rollout say about how far it is: all of them, or those that are new since they were counted last?

import { Prisma } from "../../generated/prisma/client.ts";
import type { Transaction } from "../database/database.ts";
import type { CanaryPlan } from "../domain/canary-plan.ts";
import type { PerArm } from "../domain/judge-state.ts";
import { excludedBy, type GivenOut, type LateGroup, type ProgressScope, type ProgressTally, PROGRESS_VERSION } from "../domain/progress-tally.ts";
import { EXCLUSIONS, type Exclusion } from "../domain/task-values.ts";

export interface AskedProgress {
  rolloutId: string;
  scope: ProgressScope;
  unit: CanaryPlan["unit"];
  now: Date;
}

type AgedGroup = LateGroup & { isDue: boolean };

const isByChance = (task: Prisma.Sql) => Prisma.sql`${task}.probability > 0 AND ${task}.probability < 1 AND ${task}.shadow_task_id IS NULL`;
const isCompared = (task: Prisma.Sql) => Prisma.sql`(${task}.exclusion IS NULL OR ${task}.exclusion = ANY(${[...EXCLUSIONS]}::text[]))`;
const isEarlier = (one: Prisma.Sql, other: Prisma.Sql) => Prisma.sql`(${one}.assigned_at, ${one}.task_id) < (${other}.assigned_at, ${other}.task_id)`;

/** Of rows that are called `a`, of the stage that the rollout is in. */
const isOfStage = ({ stageIndex, isShadow }: ProgressScope) => Prisma.sql`a.stage_index = ${stageIndex} AND (NOT ${isShadow}::boolean OR a.shadow_task_id IS NOT NULL)`;
const tasksOf = ({ isShadow }: ProgressScope) => Prisma.sql`json_build_array(count(*) FILTER (WHERE ${isShadow}::boolean OR arm = 'current'), count(*) FILTER (WHERE ${isShadow}::boolean OR arm = 'candidate'))`;
const ROUTER = Prisma.sql`json_build_object('probability', probability, 'candidate', count(*) FILTER (WHERE arm = 'candidate'), 'tasks', count(*)) AS one`;
/** From `aged`. Due are those whose time is up in this very moment: in it they may be judged yet. */
const LATE = Prisma.sql`(SELECT coalesce(json_agg(one), '[]') FROM (
  SELECT json_build_object('ageMs', age, 'probability', probability, 'isDue', is_due, 'tasks', count(*), 'candidate', count(*) FILTER (WHERE arm = 'candidate'),
    'late', count(*) FILTER (WHERE is_late), 'candidateLate', count(*) FILTER (WHERE is_late AND arm = 'candidate')) AS one FROM aged GROUP BY age, probability, is_due) late) AS late`;
const LOG_SIZE = Prisma.sql`(SELECT next::float8 FROM log_head WHERE id = 1) AS "logSize"`;
const aged = (rows: Prisma.Sql) => Prisma.sql`SELECT a.age, a.probability, a.arm, a.assigned_at = a.until_at AS is_due, a.judged_at IS NULL OR a.judged_at > a.assigned_at + a.age * interval '1 millisecond' AS is_late FROM (${rows}) a`;

const splitLate = (groups: readonly AgedGroup[]): { late: LateGroup[]; due: LateGroup[] } => {
  const of = (wanted: boolean): LateGroup[] => groups.flatMap(({ isDue, ...group }) => (isDue === wanted ? [group] : []));
  return { late: of(false), due: of(true) };
};

interface AllCounted {
  logSize: number;
  stage: { tasks: PerArm<number>; known: PerArm<number>; step: number };
  judged: { exclusion: Exclusion | null; tasks: number; since: number }[];
  router: ProgressTally["router"];
  late: AgedGroup[];
}

/** In one statement, so that nothing comes in between the size of the log and the counts. Reads every task. */
export async function countAllProgress(tx: Transaction, { rolloutId, scope, unit, now }: AskedProgress): Promise<{ tally: ProgressTally; due: LateGroup[] }> {
  const { stageIndex, exposureIndex, isShadow, sinceMs, ages } = scope;
  const [row] = await tx.$queryRaw<AllCounted[]>`
    WITH placed AS (
      SELECT a.*, row_number() OVER (PARTITION BY CASE WHEN ${unit} = 'task' THEN task_id ELSE unit END ORDER BY assigned_at, task_id) AS place
      FROM assignment a WHERE rollout_id = ${rolloutId} AND stage_index = ${stageIndex} AND ${isByChance(Prisma.sql`a`)} AND ${isCompared(Prisma.sql`a`)}
    ), aged AS (${aged(Prisma.sql`
      SELECT placed.*, age, until_at FROM placed, unnest(${ages}::float8[]) AS age, LATERAL (SELECT ${now}::timestamptz - age * interval '1 millisecond' AS until_at) term WHERE place = 1 AND assigned_at <= until_at`)}
    )
    SELECT ${LOG_SIZE}, ${LATE},
      (SELECT json_build_object('tasks', ${tasksOf(scope)}, 'step', count(judged_at) FILTER (WHERE NOT ${isShadow}::boolean AND arm = 'candidate' AND exposure_index = ${exposureIndex}),
          'known', json_build_array(count(judged_at) FILTER (WHERE ${isShadow}::boolean OR arm = 'current'), count(judged_at) FILTER (WHERE ${isShadow}::boolean OR arm = 'candidate')))
        FROM assignment a WHERE rollout_id = ${rolloutId} AND ${isOfStage(scope)} AND exclusion IS NULL) AS stage,
      (SELECT coalesce(json_agg(one), '[]') FROM (
        SELECT json_build_object('exclusion', exclusion, 'tasks', count(*), 'since', count(*) FILTER (WHERE judged_at >= ${new Date(sinceMs)}::timestamptz)) AS one
        FROM assignment a WHERE rollout_id = ${rolloutId} AND judged_at IS NOT NULL AND ${isCompared(Prisma.sql`a`)} GROUP BY exclusion) each) AS judged,
      (SELECT coalesce(json_agg(one), '[]') FROM (
        SELECT ${ROUTER} FROM (SELECT DISTINCT ON (unit) probability, arm FROM assignment a WHERE rollout_id = ${rolloutId} AND ${isByChance(Prisma.sql`a`)} ORDER BY unit, assigned_at, task_id) drawn GROUP BY probability ORDER BY probability) each) AS router`;
  if (!row) throw new Error("the tasks of a rollout could not be counted");
  const { late, due } = splitLate(row.late);
  const tally: ProgressTally = {
    version: PROGRESS_VERSION, ...scope, logSize: row.logSize, agedUntilMs: now.getTime(), ...row.stage,
    excluded: excludedBy((exclusion) => row.judged.find((one) => one.exclusion === exclusion)?.tasks ?? 0),
    judgedSince: row.judged.reduce((sum, { since }) => sum + since, 0), crossedSince: row.judged.find(({ exclusion }) => exclusion === "crossed")?.since ?? 0,
    router: row.router, late,
  };
  return { tally, due };
}

export interface NewlyGivenOut extends GivenOut {
  due: LateGroup[];
  /** How many rows were looked at. */
  rows: number;
  /** A customer or session turned out to have begun earlier than with the task that was counted as its first. */
  isDisplaced: boolean;
}

/**
 * What was given out since the log had that size, and whose time is up since then. The log is in the order of commits, so that nothing is missed that
 * was given out long ago by its own time and committed only now. Again one statement.
 */
export async function countNewProgress(tx: Transaction, { rolloutId, scope, unit, now }: AskedProgress, { logSize, agedUntilMs }: Pick<ProgressTally, "logSize" | "agedUntilMs">): Promise<NewlyGivenOut> {
  const { stageIndex, ages } = scope;
  const [a, e] = [Prisma.sql`a`, Prisma.sql`e`];
  const isFirst = (among: Prisma.Sql) => Prisma.sql`(${unit} = 'task' OR NOT EXISTS (
    SELECT FROM assignment e WHERE e.rollout_id = ${rolloutId} AND e.unit = a.unit AND ${isByChance(e)} AND ${among} AND ${isEarlier(e, a)}))`;
  const ofItsStage = Prisma.sql`e.stage_index = a.stage_index`;
  const [row] = await tx.$queryRaw<(Omit<NewlyGivenOut, "late" | "due"> & { late: AgedGroup[] })[]>`
    WITH given AS MATERIALIZED (
      SELECT a.* FROM log_entry l JOIN assignment a ON a.rollout_id = l.subject AND a.task_id = l.body::jsonb #>> '{detail,task}'
      WHERE l.kind = 'task.assigned' AND l.index >= ${logSize}::bigint AND l.subject = ${rolloutId}
    ), looked AS MATERIALIZED (
      SELECT a.*, age, until_at FROM unnest(${ages}::float8[]) AS age,
        LATERAL (SELECT ${now}::timestamptz - age * interval '1 millisecond' AS until_at, ${new Date(agedUntilMs)}::timestamptz - age * interval '1 millisecond' AS since_at) term,
        LATERAL (
          SELECT * FROM assignment a WHERE a.rollout_id = ${rolloutId} AND a.stage_index = ${stageIndex} AND ${isByChance(a)} AND a.assigned_at >= since_at AND a.assigned_at <= until_at
          UNION ALL
          SELECT * FROM given a WHERE a.stage_index = ${stageIndex} AND ${isByChance(a)} AND a.assigned_at < since_at) a
    ), aged AS (${aged(Prisma.sql`SELECT * FROM looked a WHERE ${isCompared(a)} AND ${isFirst(ofItsStage)}`)})
    SELECT ${LOG_SIZE}, ${LATE}, ((SELECT count(*) FROM given) + (SELECT count(*) FROM looked))::int AS rows,
      (SELECT ${tasksOf(scope)} FROM given a WHERE ${isOfStage(scope)} AND ${isCompared(a)}) AS tasks,
      (SELECT coalesce(json_agg(one), '[]') FROM (SELECT ${ROUTER} FROM given a WHERE ${isByChance(a)} AND ${isFirst(Prisma.sql`true`)} GROUP BY probability) each) AS router,
      ${unit} <> 'task' AND EXISTS (
        SELECT FROM given a JOIN assignment e ON e.rollout_id = ${rolloutId} AND e.unit = a.unit AND ${isByChance(e)} AND ${isEarlier(a, e)}
        WHERE ${isByChance(a)} AND ${isFirst(ofItsStage)} AND NOT EXISTS (SELECT FROM given g WHERE g.task_id = e.task_id)) AS "isDisplaced"`;
  if (!row) throw new Error("the new tasks of a rollout could not be counted");
  return { ...row, ...splitLate(row.late) };
}
