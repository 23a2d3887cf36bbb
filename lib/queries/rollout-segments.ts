// How did both versions do in each part of the work, so that an average hides no broken minority?

import { pool } from "../database/database.ts";
import { countSegments, readSegmentTallies } from "../database/segment-tallies.ts";
import { largestSegments, type SizedSegment } from "../domain/segment-tally.ts";

/** Rates only; the largest segment first. As much is read, however many tasks there were. */
export async function readRolloutSegments(rolloutId: string): Promise<SizedSegment[]> {
  const ask = async (sql: string, values: unknown[]): Promise<unknown> => (await pool().query(sql, values)).rows;
  // Of a rollout that was over before segments were kept every task is counted.
  return largestSegments((await readSegmentTallies(ask, rolloutId)) ?? (await countSegments(ask, rolloutId)));
}
