// How did both versions do in each part of the work, so that an average hides no broken minority?

import { pool } from "../database/database.ts";
import { countSegments, readSegmentTallies } from "../database/segment-tallies.ts";
import { sizedSegments, type SizedSegment } from "../domain/segment-tally.ts";
import type { RolloutDetail } from "./rollout-detail.ts";

/** All that are kept apart, the largest first. As much is read, however many tasks there were. */
export async function readRolloutSegments({ id, plan, amountMarks: marks }: Pick<RolloutDetail, "id" | "plan" | "amountMarks">): Promise<SizedSegment[]> {
  const ask = async (sql: string, values: unknown[]): Promise<unknown> => (await pool().query(sql, values)).rows;
  // Of a rollout that was over before segments were kept every task is counted.
  return sizedSegments((await readSegmentTallies(ask, id)) ?? (await countSegments(ask, { rolloutId: id, plan, marks })), marks);
}
