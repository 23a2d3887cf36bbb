// Which counters does no limit ask for any more?

import { forgetUsage } from "../operations/forget-usage.ts";
import type { Sweep } from "./sweep.ts";

const HOUR_MS = 3_600_000;

export const usageSweep: Sweep = { name: "usage", everyMs: HOUR_MS, run: forgetUsage };
