// Whose stored authority has to move without anybody doing anything? Overrides end by the clock, and a stop or a release may have been cut short.

import { refreshExpiredOverrides } from "../operations/refresh-authority.ts";
import { refreshStopped } from "../operations/refresh-stopped.ts";
import type { Sweep } from "./sweep.ts";

export const authoritySweep: Sweep = {
  name: "authority", everyMs: 5_000, wakesOn: ["stop.released"],
  run: async (now) => {
    await refreshStopped(now);
    await refreshExpiredOverrides(now);
  },
};
