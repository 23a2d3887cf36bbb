// Which proposals did nobody decide in time?

import { expireChanges } from "../operations/changes.ts";
import type { Sweep } from "./sweep.ts";

export const changeExpirySweep: Sweep = { name: "change expiry", everyMs: 30_000, run: expireChanges };
