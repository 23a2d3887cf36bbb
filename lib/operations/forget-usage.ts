// Which counters of calls and sums can go? Those of days, minutes and runs that nobody has added to for long.

import { pool } from "../database/database.ts";

/** Longer than any window, so that what a page or a person looks back on is there. */
const KEPT_DAYS = 40;
const DAY_MS = 86_400_000;
/** A gate that counts meanwhile waits for a row at most this long. */
const AT_ONCE = 5_000;

const FORGET = `DELETE FROM usage_counter WHERE ctid = ANY(ARRAY(SELECT ctid FROM usage_counter WHERE counted_at < $1 ORDER BY counted_at LIMIT ${AT_ONCE}))`;

/**
 * A run has no end of its own; one that asked for nothing for so long is over. That an agent which goes on with it is counted anew lifts no limit that it
 * could not lift by naming another run. Returns how many were forgotten.
 */
export async function forgetUsage(now: Date): Promise<number> {
  const before = new Date(now.getTime() - KEPT_DAYS * DAY_MS);
  let forgotten = 0;
  for (;;) {
    const { rowCount } = await pool().query(FORGET, [before]);
    forgotten += rowCount ?? 0;
    if ((rowCount ?? 0) < AT_ONCE) return forgotten;
  }
}
