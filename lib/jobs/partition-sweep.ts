// Is there a partition for the spans of this month and the next? Made ahead, so that midnight on the first is like any other.

import { ensureSpanPartitions } from "../operations/span-partitions.ts";
import type { Sweep } from "./sweep.ts";

const HOUR_MS = 3_600_000;

export async function makeComingPartitions(now: Date): Promise<void> {
  const next = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1);
  await ensureSpanPartitions([now.getTime() * 1_000, next * 1_000]);
}

export const partitionSweep: Sweep = { name: "partition", everyMs: HOUR_MS, run: makeComingPartitions };
