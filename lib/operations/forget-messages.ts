// Which messages beside spans can go? Those that are old, and not of a task in which an action is open.

import { pool } from "../database/database.ts";
import { OPEN_ACTION_STATES } from "./forget-decisions.ts";
import { AT_ONCE, cutoffOf, MOST_AT_A_TIME } from "./cutoff-of.ts";

/** In the order in which they came in, which needs no index of its own. */
const FORGET = `WITH next AS (SELECT id, agent_id, trace_id, at FROM span_message WHERE id > $1 ORDER BY id LIMIT ${AT_ONCE}),
  old AS (
    SELECT id FROM next m WHERE at < $2 AND NOT EXISTS (
      SELECT FROM trace t JOIN run r ON r.id = t.run_id JOIN action a ON a.agent_id = r.agent_id AND a.conversation_id = r.conversation_id AND a.state = ANY($3::text[]) WHERE t.agent_id = m.agent_id AND t.trace_id = m.trace_id)
  ), gone AS (DELETE FROM span_message WHERE id = ANY(ARRAY(SELECT id FROM old)))
  SELECT count(*)::int AS looked, (SELECT count(*)::int FROM old) AS forgotten, (count(*) FILTER (WHERE at < $2))::int AS old, max(id) AS until FROM next`;

/** Behind a batch in which none is old there is none either, but for what was imported late: that goes when those before it are old. Returns how many were forgotten. */
export async function forgetMessages(days: number, now: Date, most = MOST_AT_A_TIME): Promise<number> {
  let forgotten = 0;
  let from = 0;
  while (forgotten < most) {
    const { rows: [batch] } = await pool().query<{ looked: number; forgotten: number; old: number; until: number | null }>(FORGET, [from, cutoffOf(days, now), OPEN_ACTION_STATES]);
    forgotten += batch?.forgotten ?? 0;
    from = batch?.until ?? from;
    if (batch === undefined || batch.looked < AT_ONCE || batch.old === 0) break;
  }
  return forgotten;
}
