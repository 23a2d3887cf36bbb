// What does a task of a version use, but for the few that use most?

import type { UsualUse } from "../domain/task-limits.ts";
import type { Transaction } from "./database.ts";

/** The newest of the last 14 days; more say nothing new. */
const MOST_TASKS = 5_000;

export async function readUsualUse(tx: Transaction, { agentId, versionId, now }: { agentId: string; versionId: string; now: Date }): Promise<UsualUse> {
  const [row] = await tx.$queryRaw<UsualUse[]>`
    SELECT percentile_disc(0.97) WITHIN GROUP (ORDER BY tool_calls) AS calls, (percentile_disc(0.97) WITHIN GROUP (ORDER BY cost_nano_usd) FILTER (WHERE unknown_cost_calls = 0))::float8 AS "costNanoUsd"
    FROM (SELECT tool_calls, cost_nano_usd, unknown_cost_calls FROM run WHERE agent_id = ${agentId} AND version_id = ${versionId} AND started_at >= ${now}::timestamptz - interval '14 days'
      ORDER BY started_at DESC LIMIT ${MOST_TASKS}) newest`;
  return row ?? { calls: null, costNanoUsd: null };
}
