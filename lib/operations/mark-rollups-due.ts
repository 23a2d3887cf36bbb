// Which hours of an agent must be summed anew?

import type pg from "pg";
import type { MovedRun } from "./merge-runs.ts";

const HOUR_MS = 3_600_000;

/**
 * The last statement of its transaction: it waits while the sweep sums one of these hours, and the others that mark the same hour wait for it.
 * It must take the row also when it is there, or the sweep would delete it before what it stands for is visible.
 */
export async function markRollupsDue(client: pg.PoolClient, moved: Iterable<MovedRun>, now: Date): Promise<void> {
  const hours = new Map<string, { agentId: string; hour: Date }>();
  for (const { agentId, startUs } of moved) {
    const hour = Math.floor(startUs / 1_000 / HOUR_MS) * HOUR_MS;
    hours.set(`${agentId} ${hour}`, { agentId, hour: new Date(hour) });
  }
  if (hours.size === 0) return;
  const due = [...hours.values()];
  await client.query({
    name: "mark-rollups-due",
    text: `INSERT INTO rollup_due (agent_id, hour, due_at) SELECT agent_id, hour, $3 FROM unnest($1::text[], $2::timestamptz[]) AS given(agent_id, hour)
      ORDER BY agent_id, hour ON CONFLICT (agent_id, hour) DO UPDATE SET due_at = EXCLUDED.due_at`,
    values: [due.map(({ agentId }) => agentId), due.map(({ hour }) => hour), now],
  });
}
