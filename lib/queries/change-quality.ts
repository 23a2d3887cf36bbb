// How well were changes reviewed before they did anything, in the fleet or at one agent? Four statements, whatever the number of runs.

import { pool } from "../database/database.ts";
import { changeQuality, shownWeeks, WEEK_MS, type QualityWeek, type WeekOfChanges, type WeekOfReviews, type WeekOfRuns } from "../domain/change-quality.ts";

/** Approving a version again moves `approved_at`, so the first decision counts. */
const APPROVALS = `
  SELECT v.id, least(v.approved_at, c.at) AS at FROM agent_version v
  LEFT JOIN (SELECT to_version_id, min(decided_at) AS at FROM change WHERE kind = 'version' AND state = 'approved' GROUP BY 1) c ON c.to_version_id = v.id
  WHERE v.approved_at IS NOT NULL AND ($2::text IS NULL OR v.agent_id = $2)`;

const weekOf = (at: string): string => `date_trunc('week', ${at}, 'UTC')`;

// Weeks are found by their beginnings, $3: to cut them out of each date by itself takes many times as long.
const RUNS = `
  WITH approval AS MATERIALIZED (${APPROVALS}),
  weekly AS (
    SELECT width_bucket(r.hour, $3::timestamptz[]) AS week, sum(r.runs)::bigint AS runs,
           coalesce(sum(r.runs - r.unreviewed) FILTER (WHERE a.at < r.hour + interval '1 hour'), 0)::bigint AS reviewed,
           coalesce(sum(r.consequential_calls) FILTER (WHERE a.at IS NULL OR a.at >= r.hour + interval '1 hour'), 0)::bigint AS calls
    FROM rollup r LEFT JOIN approval a ON a.id = r.version_id WHERE r.hour >= $1 AND r.hour < $4 AND r.stage <> 'shadow' AND ($2::text IS NULL OR r.agent_id = $2) GROUP BY 1
  ),
  flagged AS (
    SELECT width_bucket(r.started_at, $3::timestamptz[]) AS week, sum(r.consequential_calls)::bigint AS calls
    FROM run r JOIN approval a ON a.id = r.version_id AND a.at < date_trunc('hour', r.started_at, 'UTC') + interval '1 hour'
    WHERE r.is_unreviewed AND r.started_at >= $1 AND r.started_at < $4 AND r.stage <> 'shadow' AND ($2::text IS NULL OR r.agent_id = $2) GROUP BY 1
  )
  SELECT ($3::timestamptz[])[w.week] AS week, w.runs, w.reviewed, (w.calls + coalesce(f.calls, 0))::bigint AS calls FROM weekly w LEFT JOIN flagged f USING (week)`;

const CHANGES = `
  SELECT ${weekOf("proposed_at")} AS week, count(*) AS live, count(*) FILTER (WHERE state = 'approved' AND first_seen_live_at IS NULL AND NOT is_retroactive) AS first
  FROM change WHERE kind = 'version' AND proposed_at >= $1 AND ($2::text IS NULL OR agent_id = $2) AND (state = 'approved' OR first_seen_live_at IS NOT NULL OR is_retroactive) GROUP BY 1`;

const REVIEWS = `
  SELECT ${weekOf("decided_at")} AS week, count(*) AS reviews, percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM decided_at - proposed_at)::float8) AS seconds
  FROM change c WHERE kind = 'version' AND decided_at >= $1 AND state IN ('approved', 'rejected') AND ($2::text IS NULL OR agent_id = $2)
    AND EXISTS (SELECT 1 FROM review r WHERE r.change_id = c.id) GROUP BY 1`;

interface SummedWeek {
  week: Date;
  runs: number;
  reviewed: number;
  calls: number;
}

async function sumWeeks(agentId: string | null, weeks: readonly Date[]): Promise<WeekOfRuns[]> {
  const end = new Date((weeks.at(-1)?.getTime() ?? 0) + WEEK_MS);
  const { rows } = await pool().query<SummedWeek>(RUNS, [weeks[0], agentId, weeks, end]);
  return rows.map((row) => ({ week: row.week, runs: row.runs, reviewedRuns: row.reviewed, unreviewedCalls: row.calls }));
}

/** Weeks that are long over hardly move any more: for the fleet they are summed again in the background, at most every ten minutes. */
const REMEMBERED_MS = 600_000;
const STILL_MOVING = 2;

interface Remembered {
  first: number;
  at: number;
  sums: Promise<WeekOfRuns[]>;
}

const remembered = new WeakMap<object, Remembered>();

async function oldWeeksOfFleet(weeks: readonly Date[], now: Date): Promise<WeekOfRuns[]> {
  const first = weeks[0]?.getTime() ?? 0;
  const key = pool();
  const before = remembered.get(key);
  if (before?.first === first && now.getTime() - before.at < REMEMBERED_MS) return before.sums;
  const sums = sumWeeks(null, weeks);
  remembered.set(key, { first, at: now.getTime(), sums });
  sums.catch(() => remembered.delete(key));
  return before?.first === first ? before.sums : sums;
}

async function weeksOfRuns(agentId: string | null, weeks: readonly Date[], now: Date): Promise<WeekOfRuns[]> {
  if (agentId !== null) return sumWeeks(agentId, weeks);
  const parts = await Promise.all([oldWeeksOfFleet(weeks.slice(0, -STILL_MOVING), now), sumWeeks(null, weeks.slice(-STILL_MOVING))]);
  return parts.flat();
}

/** `agentId` null: the whole fleet. */
export async function getChangeQuality(agentId: string | null, now: Date): Promise<QualityWeek[]> {
  const weeks = shownWeeks(now);
  const values = [weeks[0], agentId];
  const [runs, changes, reviews] = await Promise.all([
    weeksOfRuns(agentId, weeks, now),
    pool().query<{ week: Date; live: number; first: number }>(CHANGES, values),
    pool().query<{ week: Date; reviews: number; seconds: number }>(REVIEWS, values),
  ]);
  return changeQuality({
    runs,
    changes: changes.rows.map((row): WeekOfChanges => ({ week: row.week, live: row.live, reviewedFirst: row.first })),
    reviews: reviews.rows.map((row): WeekOfReviews => ({ week: row.week, reviews: row.reviews, medianMs: row.seconds * 1_000 })),
  }, now);
}
