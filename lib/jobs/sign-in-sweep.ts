// Which failed sign-ins count no more?

import { forgetSignInFailures } from "../operations/sign-in.ts";
import type { Sweep } from "./sweep.ts";

const HOUR_MS = 3_600_000;

export const signInSweep: Sweep = { name: "sign-ins", everyMs: HOUR_MS, run: forgetSignInFailures };
