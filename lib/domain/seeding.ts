// How often does Holdpoint make a request of its own, and how does the log promise one without telling which?

import { createHash } from "node:crypto";
import { z } from "zod";

export const SEEDING = { leastOneIn: 10, mostOneIn: 1_000 } as const;

export const seedingSchema = z.object({
  /** One in so many held actions; null: none at all. */
  oneIn: z.int().min(SEEDING.leastOneIn).max(SEEDING.mostOneIn).nullable(),
});
export type Seeding = z.infer<typeof seedingSchema>;

export const NO_SEEDING: Seeding = { oneIn: null };

/** After how many more real ones: between half and one and a half times as many, lest somebody count along. `random` as `Math.random`. */
export const seedDueAfter = (oneIn: number, random: () => number): number => Math.max(1, Math.round(oneIn * (0.5 + random())));

/**
 * What the log says before the request is made: SHA-256, in hexadecimal, of the action's id, a space and the salt. Without the salt it
 * tells nothing; with it anybody sees that this very action was meant as a test from the start.
 */
export const seedCommitment = (actionId: string, salt: string): string => createHash("sha256").update(`${actionId} ${salt}`).digest("hex");
