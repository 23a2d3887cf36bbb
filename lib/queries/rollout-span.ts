// From when until when is there something to be drawn of a rollout?

import { pool } from "../database/database.ts";
import { LET_GO_ON } from "../domain/rollout-state.ts";

export interface RolloutSpan {
  from: Date;
  to: Date;
  /** It was held or paused, and ends with what came in of tasks that were under way then. */
  isAtRest: boolean;
}

/** From then on no task is given out until somebody lets it go on: drawn to now, a short trial would be a sliver beside days without data. */
const RESTS: readonly string[] = ["held", "paused"];
const TURNS: readonly string[] = [...RESTS, ...LET_GO_ON];

/** Null before the start. `events`: the newest first. While it runs it ends now, for that nothing comes in is news then. */
export async function readRolloutSpan({ id, startedAt, endedAt }: { id: string; startedAt: Date | null; endedAt: Date | null }, events: readonly { kind: string; at: Date }[], now: Date): Promise<RolloutSpan | null> {
  if (startedAt === null) return null;
  const until = endedAt ?? now;
  const last = events.find(({ kind }) => TURNS.includes(kind));
  if (last === undefined || !RESTS.includes(last.kind)) return { from: startedAt, to: until, isAtRest: false };
  const { rows } = await pool().query<{ seconds: number | null }>("SELECT max((slot + 1) * seconds)::int AS seconds FROM rollout_tally WHERE rollout_id = $1", [id]);
  const lastToldMs = startedAt.getTime() + (rows[0]?.seconds ?? 0) * 1_000;
  return { from: startedAt, to: new Date(Math.min(until.getTime(), Math.max(last.at.getTime(), lastToldMs))), isAtRest: true };
}
