// What that somebody put off is back?

import { forgetSnoozes } from "../operations/snooze-item.ts";
import type { Sweep } from "./sweep.ts";

const EVERY_MS = 10_000;

export const snoozeSweep: Sweep = { name: "snoozes", everyMs: EVERY_MS, run: forgetSnoozes };
