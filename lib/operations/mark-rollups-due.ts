// Which hours of an agent must be summed anew?

import pg from "pg";
import type { MovedRun } from "./merge-runs.ts";

const HOUR_MS = 3_600_000;

/**
 * The last statement of its transaction, since the others that mark the same hour wait for it; null when there is nothing to mark. It must
 * write the row also when it is there: the sweep may have claimed it already, and would take it away before what it stands for is visible.
 */
export function markRollupsDue(moved: Iterable<MovedRun>, now: Date): string | null {
  const hours = new Set<string>();
  for (const { agentId, startUs } of moved) {
    const hour = new Date(Math.floor(startUs / 1_000 / HOUR_MS) * HOUR_MS);
    hours.add(`(${pg.escapeLiteral(agentId)}, '${hour.toISOString()}'::timestamptz, '${now.toISOString()}'::timestamptz)`);
  }
  if (hours.size === 0) return null;
  // In one order everywhere, or two that mark the same two hours would wait for each other.
  return `INSERT INTO rollup_due (agent_id, hour, due_at) VALUES ${[...hours].sort().join(", ")} ON CONFLICT (agent_id, hour) DO UPDATE SET due_at = EXCLUDED.due_at`;
}
