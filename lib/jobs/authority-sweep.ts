// Whose authority moves by the clock alone? Overrides end without anybody doing anything.

import { refreshExpiredOverrides } from "../operations/refresh-authority.ts";
import type { Sweep } from "./sweep.ts";

export const authoritySweep: Sweep = { name: "authority", everyMs: 5_000, run: refreshExpiredOverrides };
