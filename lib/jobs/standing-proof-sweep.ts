// Does the stop path work right now? Goes the whole way once a minute, with an agent of Holdpoint's own.

import { logger } from "../logger.ts";
import { exerciseStopPath, forgetOldRehearsals } from "../operations/rehearsals.ts";
import type { Sweep } from "./sweep.ts";

export const standingProofSweep: Sweep = {
  name: "standing-proof", everyMs: 60_000,
  run: async (now) => {
    const fault = await exerciseStopPath(now);
    if (fault !== null) logger().error({ fault }, "the stop path failed its proof");
    await forgetOldRehearsals(now);
  },
};
