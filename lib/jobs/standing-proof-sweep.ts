// Does the stop path work right now? Goes the whole way once a minute, with an agent of Holdpoint's own.

import { databaseNow } from "../database/database-now.ts";
import { onEverydayPool } from "../database/stop-pool.ts";
import { logger } from "../logger.ts";
import { exerciseStopPath, forgetOldRehearsals } from "../operations/rehearsals.ts";
import type { Sweep } from "./sweep.ts";

export const standingProofSweep: Sweep = {
  name: "standing-proof", everyMs: 60_000, isForStop: true,
  run: async (now) => {
    const fault = await exerciseStopPath(await databaseNow());
    if (fault !== null) logger().error({ fault }, "the stop path failed its proof");
    await onEverydayPool(() => forgetOldRehearsals(now));
  },
};
