// What was kept for as many days as the environment says, and is needed by nothing any more?

import { env } from "../env.ts";
import { forgetCuts } from "../operations/forget-cuts.ts";
import { forgetDecisions } from "../operations/forget-decisions.ts";
import { forgetMessages } from "../operations/forget-messages.ts";
import { forgetPoints } from "../operations/forget-points.ts";
import type { Sweep } from "./sweep.ts";

const HOUR_MS = 3_600_000;

export async function forgetWhatIsOld(now: Date, { decisions, messages, points } = env().keptDays): Promise<void> {
  await forgetDecisions(decisions, now);
  await forgetCuts(decisions, now);
  await forgetMessages(messages, now);
  await forgetPoints(points, now);
}

export const retentionSweep: Sweep = { name: "retention", everyMs: HOUR_MS, run: (now) => forgetWhatIsOld(now) };
