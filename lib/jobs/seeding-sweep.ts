// Is it time for a request that ought to be refused, and which of them was decided?

import { makeOneOfThem } from "../operations/make-seeded-request.ts";
import { systemActor } from "../operations/people.ts";
import { revealSeededRequests } from "../operations/reveal-seeded-requests.ts";
import { commitToSeed, countHeld } from "../operations/seeding.ts";
import type { Sweep } from "./sweep.ts";

export async function sweepSeeding(now: Date, random: () => number = Math.random): Promise<void> {
  await revealSeededRequests(now);
  await commitToSeed(systemActor, { random }, now);
  const due = await countHeld(systemActor, undefined, now);
  if (due !== null) await makeOneOfThem(systemActor, due, random, now);
}

export const seedingSweep: Sweep = {
  name: "seeding", everyMs: 15_000, wakesOn: ["seeding.set", "action.approved", "action.rejected", "action.expired", "action.stopped", "action.withdrawn"],
  run: (now) => sweepSeeding(now),
};
