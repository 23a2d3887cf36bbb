// What does an agent usually move with a tool?

import { pool } from "../database/database.ts";
import type { WaitingAction } from "../domain/alike-actions.ts";

type Habit = Pick<WaitingAction, "agentId" | "tool" | "currency">;

const keyOf = ({ agentId, tool, currency }: Habit): string => JSON.stringify([agentId, tool, currency]);

/** The middle amount of the last 200 that were done, by agent, tool and currency; null where none was. */
export async function usualAmounts(actions: readonly Habit[]): Promise<(one: Habit) => number | null> {
  const asked = [...new Map(actions.map((action) => [keyOf(action), action])).values()];
  if (asked.length === 0) return () => null;
  const { rows } = await pool().query<{ agent_id: string; tool: string; currency: string | null; middle: number | null }>(
    `SELECT asked.agent_id, asked.tool, asked.currency, (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY amount_minor) FROM (
        SELECT amount_minor FROM action a WHERE a.agent_id = asked.agent_id AND a.tool = asked.tool AND a.currency IS NOT DISTINCT FROM asked.currency
          AND a.amount_minor IS NOT NULL AND NOT a.is_seeded AND a.state = 'committed' ORDER BY a.prepared_at DESC LIMIT 200) AS last) AS middle
     FROM unnest($1::text[], $2::text[], $3::text[]) AS asked(agent_id, tool, currency)`,
    [asked.map(({ agentId }) => agentId), asked.map(({ tool }) => tool), asked.map(({ currency }) => currency)],
  );
  const middles = new Map(rows.map((row) => [keyOf({ agentId: row.agent_id, tool: row.tool, currency: row.currency }), row.middle]));
  return (one) => middles.get(keyOf(one)) ?? null;
}
