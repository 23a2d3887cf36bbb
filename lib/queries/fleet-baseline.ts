// What is usual for each agent: its rhythm of the last week, and its figures of the 28 days before the last one? Kept for ten minutes.

import { pool } from "../database/database.ts";
import type { HealthFacts } from "../domain/fleet-health.ts";
import type { Share } from "../domain/usual-range.ts";

const DAY = 86_400_000;
const REMEMBERED_MS = 600_000;
/** Older than this it is not shown even once more. */
const TOO_OLD_MS = 3_600_000;

export interface AgentBaseline {
  rhythm: HealthFacts["rhythm"];
  errors: Share;
  escalations: Share;
  /** Nano-USD per task whose cost is known, one value per day, the oldest first. */
  costs: number[];
}

export type FleetBaseline = ReadonlyMap<string, AgentBaseline>;

// One row per agent, its days in an array: a row per agent and day takes longer to send than to sum.
const FIGURES = `
  WITH days AS (
    SELECT agent_id, width_bucket(hour, $1::timestamptz[]) AS day, sum(runs) AS runs, sum(escalated) AS escalated, sum(tool_calls) AS calls, sum(action_errors) AS errors,
           sum(cost_nano_usd)::float8 / nullif(sum(cost_known_runs), 0) AS cost
    FROM rollup WHERE hour >= $2 AND hour < $3 GROUP BY 1, 2
  )
  SELECT agent_id, sum(runs)::int8 AS runs, sum(escalated)::int8 AS escalated, sum(calls)::int8 AS calls, sum(errors)::int8 AS errors,
         coalesce(array_agg(cost ORDER BY day) FILTER (WHERE cost IS NOT NULL), '{}') AS costs
  FROM days GROUP BY 1`;

const RHYTHM = `
  SELECT agent_id, extract(epoch FROM avg(pause))::float8 * 1000 AS gap, extract(epoch FROM max(pause))::float8 * 1000 AS longest
  FROM (SELECT agent_id, started_at - lag(started_at) OVER (PARTITION BY agent_id ORDER BY started_at) AS pause FROM run WHERE started_at > $1 AND started_at <= $2) paused
  WHERE pause IS NOT NULL GROUP BY 1`;

async function readBaseline(now: Date): Promise<FleetBaseline> {
  const until = new Date(now.getTime() - DAY);
  const starts = Array.from({ length: 28 }, (_, index) => new Date(until.getTime() - (28 - index) * DAY));
  const [figures, rhythms] = await Promise.all([
    pool().query<{ agent_id: string; runs: number; escalated: number; calls: number; errors: number; costs: number[] }>(FIGURES, [starts, starts[0], until]),
    pool().query<{ agent_id: string; gap: number; longest: number }>(RHYTHM, [new Date(now.getTime() - 7 * DAY), now]),
  ]);
  const rhythmOf = new Map(rhythms.rows.map((row) => [row.agent_id, { gapMs: row.gap, longestPauseMs: row.longest }]));
  const figuresOf = new Map(figures.rows.map((row) => [row.agent_id, row]));
  return new Map([...new Set([...rhythmOf.keys(), ...figuresOf.keys()])].map((id) => {
    const row = figuresOf.get(id);
    return [id, {
      rhythm: rhythmOf.get(id) ?? null, errors: { events: row?.errors ?? 0, n: row?.calls ?? 0 }, escalations: { events: row?.escalated ?? 0, n: row?.runs ?? 0 }, costs: row?.costs ?? [],
    }];
  }));
}

interface Remembered {
  at: number;
  baseline: Promise<FleetBaseline>;
}

const remembered = new WeakMap<object, Remembered>();

/** While a newer one is read, the last is given once more. */
export async function fleetBaseline(now: Date): Promise<FleetBaseline> {
  const key = pool();
  const before = remembered.get(key);
  const age = before ? Math.abs(now.getTime() - before.at) : Infinity;
  if (before && age < REMEMBERED_MS) return before.baseline;
  const baseline = readBaseline(now);
  remembered.set(key, { at: now.getTime(), baseline });
  // What could not be read is asked for again the next time.
  baseline.catch(() => {
    if (remembered.get(key)?.baseline === baseline) remembered.delete(key);
  });
  return before && age < TOO_OLD_MS ? before.baseline : baseline;
}
