// How was the last day of each agent? From the rollups, to the hour.

import { pool } from "../database/database.ts";
import type { Share } from "../domain/usual-range.ts";

const DAY_MS = 86_400_000;

export interface DayOfAgent {
  errors: Share;
  escalations: Share;
  runs: number;
  /** Of the runs whose cost is known. */
  costNanoUsd: number;
  costKnownRuns: number;
}

const DAY = `SELECT agent_id AS id, sum(runs)::int AS runs, sum(escalated)::int AS escalated, sum(action_errors)::float8 AS errors, sum(tool_calls)::float8 AS calls,
    sum(cost_nano_usd)::float8 AS cost, sum(cost_known_runs)::int AS known FROM rollup WHERE hour >= $1 GROUP BY agent_id`;

interface Summed {
  id: string;
  runs: number;
  escalated: number;
  errors: number;
  calls: number;
  cost: number;
  known: number;
}

/** Agents without a run are left out. */
export async function readFleetDay(now: Date): Promise<Map<string, DayOfAgent>> {
  const { rows } = await pool().query<Summed>(DAY, [new Date(now.getTime() - DAY_MS)]);
  return new Map(rows.map(({ id, runs, escalated, errors, calls, cost, known }) => [id, {
    errors: { events: Math.min(errors, calls), n: calls }, escalations: { events: escalated, n: runs }, runs, costNanoUsd: cost, costKnownRuns: known,
  }]));
}
