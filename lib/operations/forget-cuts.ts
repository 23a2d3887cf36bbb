// Which runs need no longer be known as cut? Those that a stop cut long ago, and that nothing engaged covers any more.

import { pool } from "../database/database.ts";
import { AT_ONCE, cutoffOf, MOST_AT_A_TIME } from "./cutoff-of.ts";

const FORGET = `DELETE FROM cut_run WHERE ctid = ANY(ARRAY(SELECT c.ctid FROM cut_run c JOIN stop s ON s.id = c.stop_id AND s.released_at < $1 WHERE c.cut_at < $1 LIMIT ${AT_ONCE}))`;

/** As long as the decisions are kept by which it was cut. Returns how many were forgotten. */
export async function forgetCuts(days: number, now: Date): Promise<number> {
  let forgotten = 0;
  for (let gone = AT_ONCE; gone === AT_ONCE && forgotten < MOST_AT_A_TIME; forgotten += gone) gone = (await pool().query(FORGET, [cutoffOf(days, now)])).rowCount ?? 0;
  return forgotten;
}
