// Does the stop path work, and since when is that known?

import { z } from "zod";
import { pool, prisma } from "../database/database.ts";

const EVERY_MS = 60_000;
const HOUR_MS = 3_600_000;

export interface StopPath {
  last: {
    id: string; at: Date; isProven: boolean; answered: number; expected: number; medianMs: number | null; p99Ms: number | null; worstMs: number | null;
    slowest: string | null;
    /** What failed; empty when nothing did. */
    sentence: string;
  } | null;
  /** Of the last hour, the oldest first. */
  hour: { at: Date; worstMs: number | null; isProven: boolean }[];
  livePoints: number;
  nextAt: Date | null;
  /** When the first agent came that is here; null without one. */
  since: Date | null;
}

/** As it travels to a page that asks again and again: moments are ISO texts. */
export async function getShownPath(now: Date) {
  const { last, hour, livePoints, nextAt, since } = await getStopPath(now);
  return {
    last: last && { ...last, at: last.at.toISOString() }, hour: hour.map((proof) => ({ ...proof, at: proof.at.toISOString() })), livePoints,
    nextAt: nextAt?.toISOString() ?? null, since: since?.toISOString() ?? null, readAt: now.toISOString(),
  };
}

export const rehearsalDetailSchema = z.object({ sentence: z.string().default(""), slowest: z.string().nullable().default(null) }).catch({ sentence: "", slowest: null });

export async function getStopPath(now: Date): Promise<StopPath> {
  const hourAgo = new Date(now.getTime() - HOUR_MS);
  const [ended, house] = await Promise.all([
    prisma().rehearsal.findMany({ where: { kind: "standing", endedAt: { not: null } }, orderBy: { startedAt: "desc" }, take: 60 }),
    pool().query<{ points: number; since: Date | null }>(
      `SELECT (SELECT count(*)::int FROM enforcement_point WHERE kind <> 'probe' AND lease_until > $1 AND fault IS NULL) AS points,
        (SELECT min(created_at) FROM agent WHERE archived_at IS NULL) AS since`, [now]),
  ]);
  const [last] = ended;
  return {
    last: last ? {
      id: last.id, at: last.endedAt ?? last.startedAt, isProven: last.isProven ?? false, answered: last.answered, expected: last.expected, medianMs: last.medianMs, p99Ms: last.p99Ms, worstMs: last.worstMs,
      ...rehearsalDetailSchema.parse(last.detail),
    } : null,
    hour: ended.filter((proof) => proof.startedAt > hourAgo).map((proof) => ({ at: proof.startedAt, worstMs: proof.worstMs, isProven: proof.isProven ?? false })).toReversed(),
    livePoints: house.rows[0]?.points ?? 0, since: house.rows[0]?.since ?? null,
    nextAt: last ? new Date(last.startedAt.getTime() + EVERY_MS) : null,
  };
}
