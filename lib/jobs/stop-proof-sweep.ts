// Which stops wait for their proof, or have lost it, and which drills wait for their end? Looks often as long as one is young, and now and then afterwards.

import { setTimeout as pause } from "node:timers/promises";
import { databaseNow } from "../database/database-now.ts";
import { prisma } from "../database/database.ts";
import { proveStops, recheckProven } from "../operations/prove-stops.ts";
import { endDrills } from "../operations/rehearsals.ts";
import type { Sweep } from "./sweep.ts";

const BETWEEN_LOOKS_MS = 100;
/** Longer than a stop or a drill is young; then the sweep comes back in its rhythm. */
const LONGEST_MS = 15_000;

export const stopProofSweep: Sweep = {
  name: "stop-proof", everyMs: 1_000, isUrgent: true, isForStop: true, wakesOn: ["stop.", "rehearsal.", "points."],
  run: async () => {
    const startedMs = performance.now();
    const look = async (now: Date): Promise<number> => (await proveStops(now)) + (await endDrills(now));
    while ((await look(await databaseNow(prisma()))) > 0 && performance.now() - startedMs < LONGEST_MS) await pause(BETWEEN_LOOKS_MS);
    await recheckProven(await databaseNow(prisma()));
  },
};
