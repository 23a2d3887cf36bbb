// Which keys would have to go, so that what a stop does not reach can act no longer?

import { databaseNow } from "../database/database-now.ts";
import { prisma } from "../database/database.ts";
import { loadMissingKeys } from "../database/missing-keys.ts";
import type { MissingKeys } from "../domain/missing-keys.ts";
import { findStop, type StopRow } from "./stops.ts";

export interface StopKeys extends MissingKeys {
  stop: Pick<StopRow, "id" | "name" | "agentId" | "releasedAt">;
}

/** Null when there is no such stop; none of a released one. */
export async function findStopKeys(stopId: string): Promise<StopKeys | null> {
  const stop = await findStop(stopId, 0);
  if (!stop) return null;
  const found = stop.releasedAt === null ? await loadMissingKeys(prisma(), stop, await databaseNow(prisma())) : { keys: [], keyless: [] };
  return { ...found, stop };
}
