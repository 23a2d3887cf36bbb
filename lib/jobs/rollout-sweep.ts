// What do new outcomes, the clock and kill switches mean for what is being rolled out?

import { judgeRollouts } from "../operations/judge-rollouts.ts";
import type { Sweep } from "./sweep.ts";

export const rolloutSweep: Sweep = { name: "rollouts", everyMs: 2_000, wakesOn: ["runs.moved", "run.", "stop.engaged", "rollout.started", "rollout.resumed"], run: judgeRollouts };
