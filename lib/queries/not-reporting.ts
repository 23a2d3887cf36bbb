// Which agents were not heard of for longer than is usual for them? By the rule of the page Now, and from what it reads.

import { pool } from "../database/database.ts";
import { isNotReporting, LEAST_SILENCE_MS, type HealthFacts } from "../domain/fleet-health.ts";
import { fleetBaseline } from "./fleet-baseline.ts";

/** Their ids. */
export async function listNotReporting(now: Date): Promise<string[]> {
  const [{ rows }, baseline] = await Promise.all([
    pool().query<{ id: string; lastSeenAt: Date }>(`SELECT id, last_seen_at AS "lastSeenAt" FROM agent WHERE archived_at IS NULL AND last_seen_at < $1`, [new Date(now.getTime() - LEAST_SILENCE_MS)]),
    fleetBaseline(now),
  ]);
  return rows.filter(({ id, lastSeenAt }) => isNotReporting({ lastSeenAt, rhythm: baseline.get(id)?.rhythm ?? null }, now)).map(({ id }) => id);
}

export interface Silence {
  lastSeenAt: Date;
  rhythm: HealthFacts["rhythm"];
}

/** Of one agent; null where it reports, or never did. */
export async function findSilence({ id, lastSeenAt }: { id: string; lastSeenAt: Date | null }, now: Date): Promise<Silence | null> {
  if (lastSeenAt === null || lastSeenAt.getTime() >= now.getTime() - LEAST_SILENCE_MS) return null;
  const rhythm = (await fleetBaseline(now)).get(id)?.rhythm ?? null;
  return isNotReporting({ lastSeenAt, rhythm }, now) ? { lastSeenAt, rhythm } : null;
}
