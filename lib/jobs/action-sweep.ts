// Which actions end because nobody decided, because nothing was heard of them, or because a stop covers them?

import { cancelStopped, expireActions } from "../operations/cancel-actions.ts";
import type { Sweep } from "./sweep.ts";

export const actionSweep: Sweep = {
  name: "actions", everyMs: 2_000, isUrgent: true, wakesOn: ["stop."],
  run: async (now) => {
    await cancelStopped(now);
    await expireActions(now);
  },
};
