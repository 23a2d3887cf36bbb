// Which decisions of the gate can go? Those that are old, and that nothing rests on any more.

import { pool } from "../database/database.ts";
import { LOOKED_THROUGH } from "../database/recent-calls.ts";
import { MOST_CALLS, NOT_REPLAYED } from "../database/replay-recorded-calls.ts";
import type { ActionState } from "../domain/action-state.ts";
import { OPEN_ROLLOUT_STATES } from "../domain/rollout-state.ts";
import { AT_ONCE, cutoffOf, MOST_AT_A_TIME } from "./cutoff-of.ts";

/** Somebody may still ask how it was decided: the agent that repeats its call, whoever approves it, whoever takes it back. */
export const OPEN_ACTION_STATES: readonly ActionState[] = ["held", "approved", "started", "compensating", "by_hand"];

/** What was refused and permitted in a task says how it went: while a rollout is open its judge may have to learn everything again. */
const AGENTS = `WITH RECURSIVE agents AS (
    (SELECT agent_id FROM gate_decision ORDER BY agent_id LIMIT 1)
    UNION ALL SELECT (SELECT d.agent_id FROM gate_decision d WHERE d.agent_id > agents.agent_id ORDER BY d.agent_id LIMIT 1) FROM agents WHERE agents.agent_id IS NOT NULL)
  SELECT agent_id AS id FROM agents WHERE agent_id IS NOT NULL AND NOT EXISTS (SELECT FROM rollout o WHERE o.agent_id = agents.agent_id AND o.state = ANY($1::text[])) ORDER BY 1`;

/** The newest on which another policy is tried stay however old they are, and those before its oldest open action from which one tells what is usual. Fewer: all stay. */
const NEEDED_SINCE = `SELECT least($2::timestamptz,
  coalesce((SELECT decided_at FROM gate_decision WHERE agent_id = $1 AND reason <> ALL($3::text[]) ORDER BY decided_at DESC OFFSET ${MOST_CALLS - 1} LIMIT 1), 'epoch'),
  coalesce((SELECT decided_at FROM gate_decision WHERE agent_id = $1 AND decided_at <= coalesce((SELECT min(prepared_at) FROM action WHERE agent_id = $1 AND state = ANY($4::text[])), $5::timestamptz)
    ORDER BY decided_at DESC OFFSET ${LOOKED_THROUGH - 1} LIMIT 1), 'epoch')) AS since`;

/** From where the batch before ended, so that what stays is passed once. */
const FORGET = `WITH old AS (
    SELECT d.ctid, d.decided_at FROM gate_decision d WHERE d.agent_id = $1 AND d.decided_at >= $2 AND d.decided_at < $3
      AND NOT EXISTS (SELECT FROM action a WHERE a.id = d.action_id AND a.state = ANY($4::text[])) ORDER BY d.decided_at LIMIT ${AT_ONCE}
  ), gone AS (DELETE FROM gate_decision WHERE ctid = ANY(ARRAY(SELECT ctid FROM old)))
  SELECT count(*)::int AS forgotten, max(decided_at) AS until FROM old`;

/** A call that is made again after so long is decided anew. Returns how many were forgotten; what is left of very many is forgotten the next time. */
export async function forgetDecisions(days: number, now: Date, most = MOST_AT_A_TIME): Promise<number> {
  const { rows: agents } = await pool().query<{ id: string }>(AGENTS, [OPEN_ROLLOUT_STATES]);
  let forgotten = 0;
  for (const { id } of agents) {
    const { rows: [needed] } = await pool().query<{ since: Date }>(NEEDED_SINCE, [id, cutoffOf(days, now), NOT_REPLAYED, OPEN_ACTION_STATES, now]);
    let from = new Date(0);
    for (let isMore = needed !== undefined; isMore && forgotten < most;) {
      const { rows: [batch] } = await pool().query<{ forgotten: number; until: Date | null }>(FORGET, [id, from, needed?.since, OPEN_ACTION_STATES]);
      forgotten += batch?.forgotten ?? 0;
      from = batch?.until ?? from;
      isMore = batch?.forgotten === AT_ONCE;
    }
  }
  return forgotten;
}
