// How far is a rollout: tasks and outcomes per version, in its stage, at its step, and since somebody last let it go on? Kept from one judgement to the next.

import type { Transaction } from "../database/database.ts";
import { type CanaryPlan, isHeldBack } from "../domain/canary-plan.ts";
import type { StageCoverage } from "../domain/judge-canary.ts";
import type { PerArm } from "../domain/judge-state.ts";
import { type CountedTask, excludedOf, latenessAt, type LateGroup, type ProgressScope, type ProgressTally, readTally, withGivenOut, withJudged } from "../domain/progress-tally.ts";
import { type AskedProgress, countAllProgress, countNewProgress } from "./count-progress.ts";
import type { LockedRollout } from "./lock-rollout.ts";

export interface RolloutProgress {
  coverage: Required<Omit<StageCoverage, "corrected">>;
  /** Of the candidate, judged, at the exposure of now. */
  tasksOfStep: number;
  excluded: Record<string, number>;
  crossedSince: number;
  judgedSince: number;
}

type JudgedRollout = Pick<LockedRollout, "id" | "stageIndex" | "exposureIndex">;

interface SinceLast {
  /** In this transaction, stored already. */
  judged: readonly CountedTask[];
  /** When somebody last let it go on. */
  since: Date;
  now: Date;
}

/** By whoever holds the rollout's lock. Reads what is new; every task only when the rollout moved, or when what is kept does not agree with what was judged. */
export async function keepProgress(tx: Transaction, rollout: JudgedRollout, plan: CanaryPlan, { judged, since, now }: SinceLast): Promise<RolloutProgress> {
  const asked: AskedProgress = { rolloutId: rollout.id, scope: scopeOf(rollout, plan, since), unit: plan.unit, now };
  // First, for a task that is given out and done meanwhile must not be known before it is one.
  const pairs = asked.scope.isShadow ? await countOpenPairs(tx, rollout, plan) : NONE;
  const { tally, due } = await addNews(tx, asked, judged) ?? await countAnew(tx, asked);
  const [currentTasks, candidateTasks] = tally.tasks;
  return {
    coverage: {
      stageIndex: rollout.stageIndex, current: { tasks: currentTasks, known: tally.known[0] + pairs[0] }, candidate: { tasks: candidateTasks, known: tally.known[1] + pairs[1] },
      router: tally.router, late: latenessAt(tally, due),
    },
    tasksOfStep: tally.step, excluded: excludedOf(tally), crossedSince: tally.crossedSince, judgedSince: tally.judgedSince,
  };
}

const HOUR_MS = 3_600_000;
const NONE: PerArm<number> = [0, 0];

/**
 * Late is looked at after an hour, for outcomes that come at once, and after as long as a rollout may be without any, for those that take their time.
 * Where the candidate's writes wait for people an hour says nothing of it; by the other age whoever was asked has answered, or the call has expired.
 */
function scopeOf({ stageIndex, exposureIndex }: JudgedRollout, plan: CanaryPlan, since: Date): ProgressScope {
  const stage = plan.stages[stageIndex]?.stage;
  const isShadow = stage === "shadow";
  const ages = stage === undefined || isShadow ? [] : [...new Set([...(isHeldBack(plan, stage) ? [] : [HOUR_MS]), plan.noDataHours * HOUR_MS])];
  return { stageIndex, exposureIndex, isShadow, sinceMs: since.getTime(), ages };
}

interface Kept { tally: ProgressTally; due: readonly LateGroup[] }

/** So many entries of others are read past before the place in the log is kept, though nothing was new. */
const MOST_BEHIND = 1_000;

/** Null: nothing is kept that it could be added to. */
async function addNews(tx: Transaction, asked: AskedProgress, judged: readonly CountedTask[]): Promise<Kept | null> {
  const stored = await tx.rolloutProgress.findUnique({ where: { rolloutId: asked.rolloutId } });
  const before = readTally(stored?.tally, asked.scope, asked.now);
  if (before === null) return null;
  const news = await countNewProgress(tx, asked, before);
  if (news.isDisplaced) return null;
  const tally = withJudged(withGivenOut(before, news, asked.now), judged, asked.now);
  if (!(await agrees(tx, asked, tally))) return null;
  if (news.rows + judged.length > 0 || news.logSize - before.logSize >= MOST_BEHIND) await store(tx, asked, tally);
  return { tally, due: news.due };
}

async function countAnew(tx: Transaction, asked: AskedProgress): Promise<Kept> {
  const counted = await countAllProgress(tx, asked);
  await store(tx, asked, counted.tally);
  return counted;
}

async function store(tx: Transaction, { rolloutId }: AskedProgress, tally: ProgressTally): Promise<void> {
  await tx.rolloutProgress.upsert({ where: { rolloutId }, create: { rolloutId, tally }, update: { tally } });
}

/** Whoever judges, also a process of an earlier version, keeps the counts of what was judged beside it. */
async function agrees(tx: Transaction, { rolloutId, scope }: AskedProgress, { known, excluded }: ProgressTally): Promise<boolean> {
  const [sums] = await tx.$queryRaw<{ current: number; candidate: number; early: number; crossed: number; moved_unit: number }[]>`
    SELECT coalesce(sum(known) FILTER (WHERE stage_index = ${scope.stageIndex} AND arm = 'current'), 0)::int AS current, coalesce(sum(known) FILTER (WHERE stage_index = ${scope.stageIndex} AND arm = 'candidate'), 0)::int AS candidate,
      coalesce(sum(early), 0)::int AS early, coalesce(sum(crossed), 0)::int AS crossed, coalesce(sum(moved_unit), 0)::int AS moved_unit FROM rollout_task_count WHERE rollout_id = ${rolloutId}`;
  return sums !== undefined && sums.current === known[0] && sums.candidate === known[1] && sums.early === excluded.early && sums.crossed === excluded.crossed && sums.moved_unit === excluded.moved_unit;
}

/** Of shadow tasks that are not judged yet: of the current version those with an outcome that counts, of the candidate those that have come in. */
async function countOpenPairs(tx: Transaction, { id, stageIndex }: JudgedRollout, { countedOutcomes = "any" }: CanaryPlan): Promise<PerArm<number>> {
  const [pairs] = await tx.$queryRaw<{ current: number; candidate: number }[]>`
    SELECT (count(r.outcome) FILTER (WHERE ${countedOutcomes} = 'any' OR r.outcome_source = 'reported'))::int AS current, count(s.id)::int AS candidate
    FROM assignment a LEFT JOIN run r ON r.agent_id = a.agent_id AND r.conversation_id = a.task_id LEFT JOIN run s ON s.agent_id = a.agent_id AND s.conversation_id = a.shadow_task_id
    WHERE a.rollout_id = ${id} AND a.judged_at IS NULL AND a.stage_index = ${stageIndex} AND a.exclusion IS NULL AND a.shadow_task_id IS NOT NULL`;
  return pairs ? [pairs.current, pairs.candidate] : NONE;
}
