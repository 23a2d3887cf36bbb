// Which enforcement points are there, which are open, and which have closed or are not believed?

import { pool } from "../database/database.ts";

/** `ended`: a person said so since it was last heard. */
export type PointStanding = "not_believed" | "closed" | "left" | "ended" | "live";

export interface PointRow {
  id: string;
  agentId: string;
  name: string;
  kind: "sdk" | "mcp_gateway";
  standing: PointStanding;
  /** Of the newest bundle that it proved to hold. */
  epoch: number | null;
  lastHeardAt: Date;
  leaseUntil: Date;
  /** As it was set up: without a lease it refuses what changes something, and goes on reading. */
  readsWithoutLease: boolean;
  /** What it said that cannot be true. */
  fault: string | null;
  /** Who said that its process has ended. */
  endedBy: string | null;
}

export interface PointList {
  page: number;
  live: number;
  closed: number;
  notBelieved: number;
  rows: PointRow[];
}

/** A point that has been silent for longer is left out: its process is gone. */
const SILENT_HOURS = 24;
export const POINTS_PER_PAGE = 50;

interface WhichPoints {
  /** Of this agent only. */
  agentId?: string | null;
  /** From 1. */
  page?: number;
}

/** Those that need attention first, without those that ended before another process took their name. A page past the last one is the first. */
export async function listPoints(now: Date, { agentId = null, page = 1 }: WhichPoints = {}): Promise<PointList> {
  const { rows } = await pool().query<PointRow & { total: Record<PointStanding, number> }>(
    `WITH point AS (
       SELECT id, agent_id AS "agentId", name, kind, epoch::float8 AS epoch, last_heard_at AS "lastHeardAt", lease_until AS "leaseUntil", reads_without_lease AS "readsWithoutLease", fault, ended_by AS "endedBy",
         CASE WHEN ended_at > last_heard_at AND lease_until <= $1 THEN 'ended' WHEN fault IS NOT NULL THEN 'not_believed' WHEN left_at >= last_heard_at THEN 'left' WHEN lease_until <= $1 THEN 'closed' ELSE 'live' END AS standing
       FROM enforcement_point p WHERE kind <> 'probe' AND last_heard_at > $2 AND ($3::text IS NULL OR agent_id = $3)
         AND NOT (fault IS NULL AND (lease_until <= $1 OR left_at >= last_heard_at)
           AND EXISTS (SELECT FROM enforcement_point n WHERE n.agent_id = p.agent_id AND n.name = p.name AND n.first_heard_at > p.last_heard_at)))
     SELECT point.*, (SELECT jsonb_object_agg(standing, n) FROM (SELECT standing, count(*) AS n FROM point GROUP BY standing) counted) AS total
     FROM point ORDER BY array_position(ARRAY['not_believed', 'closed', 'left', 'ended', 'live'], standing), "agentId", name, id LIMIT ${POINTS_PER_PAGE} OFFSET $4`,
    [now, new Date(now.getTime() - SILENT_HOURS * 3_600_000), agentId, (page - 1) * POINTS_PER_PAGE],
  );
  if (rows.length === 0 && page > 1) return listPoints(now, { agentId });
  const total: Partial<Record<PointStanding, number>> = rows[0]?.total ?? {};
  return {
    page, live: total.live ?? 0, closed: (total.closed ?? 0) + (total.left ?? 0) + (total.ended ?? 0), notBelieved: total.not_believed ?? 0,
    rows: rows.map(({ id, agentId: of, name, kind, standing, epoch, lastHeardAt, leaseUntil, readsWithoutLease, fault, endedBy }) => ({ id, agentId: of, name, kind, standing, epoch, lastHeardAt, leaseUntil, readsWithoutLease, fault, endedBy })),
  };
}
