// Which steps of reversals are due?

import { runUndoSteps } from "../operations/undo-steps.ts";
import type { Sweep } from "./sweep.ts";

export const undoSweep: Sweep = {
  name: "undo", everyMs: 1_000, wakesOn: ["undo.started", "undo.approved", "undo.done_by_hand"],
  run: async () => {
    while ((await runUndoSteps(new Date())) > 0);
  },
};
