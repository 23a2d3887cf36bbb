// Which keys would have to go, so that what a stop does not reach can act no longer?

import { databaseNow } from "../database/database-now.ts";
import { prisma } from "../database/database.ts";
import { loadMissingKeys } from "../database/missing-keys.ts";
import { loadUnsettled } from "../database/unsettled-points.ts";
import { whyNotEnded } from "../domain/ended-point.ts";
import type { MissingKeys } from "../domain/missing-keys.ts";
import { findStop, type StopRow } from "./stops.ts";

export interface StopKeys extends MissingKeys {
  stop: Pick<StopRow, "id" | "name" | "agentId" | "releasedAt">;
  /** Of which somebody could say that they have ended. */
  unsettled: UnsettledPoint[];
}

export interface UnsettledPoint {
  id: string;
  agentId: string;
  name: string;
  lastHeardAt: Date;
  /** Why nobody can say so now; null where it would count. */
  cannot: string | null;
}

/** Null when there is no such stop; none of a released one. */
export async function findStopKeys(stopId: string): Promise<StopKeys | null> {
  const stop = await findStop(stopId, 0);
  if (!stop) return null;
  if (stop.releasedAt !== null) return { keys: [], keyless: [], unsettled: [], stop };
  const now = await databaseNow(prisma());
  const unsettled = await loadUnsettled(prisma(), stop, now);
  const found = await loadMissingKeys(prisma(), unsettled, now);
  return { ...found, stop, unsettled: unsettled.map((point) => ({ id: point.id, agentId: point.agentId, name: point.name, lastHeardAt: point.lastHeardAt, cannot: whyNotEnded(point, now) })) };
}
