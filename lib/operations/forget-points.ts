// Which enforcement points can go? Those of processes that ended long ago, and that no proof names.

import { pool } from "../database/database.ts";
import { AT_ONCE, cutoffOf } from "./cutoff-of.ts";

/**
 * A point that does not say of which process it is comes back as the same one, and what it confirmed is held against it: it stays. So does one that a
 * stop that is engaged counts, and one that was there for a drill. Of stops that were released the proof is stored with the stop.
 */
const FORGET = `DELETE FROM enforcement_point p WHERE p.id > $1 AND ($2::text IS NULL OR p.id <= $2) AND p.instance <> '' AND p.lease_until < $3 AND p.last_heard_at < $3
  AND NOT EXISTS (SELECT FROM stop s WHERE s.released_at IS NULL AND (s.engaged_at <= greatest(p.lease_until, p.last_heard_at) OR EXISTS (SELECT FROM stop_confirmation c WHERE c.stop_id = s.id AND c.point_id = p.id)))
  AND NOT EXISTS (SELECT FROM rehearsal r WHERE r.kind = 'drill' AND (r.started_at BETWEEN p.first_heard_at AND p.lease_until OR EXISTS (SELECT FROM rehearsal_answer w WHERE w.rehearsal_id = r.id AND w.point_id = p.id)))`;

/** By key, so that those which stay are passed once. Returns how many were forgotten. */
export async function forgetPoints(days: number, now: Date): Promise<number> {
  let forgotten = 0;
  for (let from: string | null = ""; from !== null;) {
    const { rows: [end] }: { rows: { id: string }[] } = await pool().query<{ id: string }>(`SELECT id FROM enforcement_point WHERE id > $1 ORDER BY id OFFSET ${AT_ONCE - 1} LIMIT 1`, [from]);
    forgotten += (await pool().query(FORGET, [from, end?.id ?? null, cutoffOf(days, now)])).rowCount ?? 0;
    from = end?.id ?? null;
  }
  return forgotten;
}
