// Does live traffic show anything that nobody approved?

import { judgeObservedComponents } from "../operations/findings.ts";
import type { Sweep } from "./sweep.ts";

export const observedComponentSweep: Sweep = { name: "observed component", everyMs: 1_000, wakesOn: ["runs.moved"], run: judgeObservedComponents };
