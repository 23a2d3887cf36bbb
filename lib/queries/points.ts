// Which enforcement points are there, what do they apply, and may they still decide?

import { prisma } from "../database/database.ts";
import { PROBE_AGENT_ID } from "../domain/bundle.ts";

/** `open`: it holds a lease. `closed`: its lease ran out, and it refuses everything, or all but reading where it was set up so. `left`: it said goodbye. `fault`: it said what cannot be true. */
export type PointStanding = "open" | "closed" | "left" | "fault";

export interface PointRow {
  id: string;
  agentId: string;
  name: string;
  kind: string;
  standing: PointStanding;
  /** Of the newest bundle that it proved to hold; null until it did. */
  epoch: number | null;
  lastHeardAt: Date;
  leaseUntil: Date;
  readsWithoutLease: boolean;
  fault: string | null;
}

/** Whoever has been silent for longer is not told any more. */
const HEARD_WITHIN_MS = 24 * 3_600_000;

/** Those heard in the last day, by agent and name, without those that ended before another process took their name; Holdpoint's own probes are none of them. */
export async function listPoints(now: Date): Promise<PointRow[]> {
  const rows = await prisma().enforcementPoint.findMany({
    where: { agentId: { not: PROBE_AGENT_ID }, lastHeardAt: { gt: new Date(now.getTime() - HEARD_WITHIN_MS) } }, orderBy: [{ agentId: "asc" }, { name: "asc" }],
  });
  const isOver = ({ agentId, name, lastHeardAt, leaseUntil, leftAt, fault }: (typeof rows)[number]): boolean => fault === null && (leaseUntil <= now || leftAt !== null)
    && rows.some((other) => other.agentId === agentId && other.name === name && other.firstHeardAt > lastHeardAt);
  return rows.filter((row) => !isOver(row)).map(({ id, agentId, name, kind, epoch, lastHeardAt, leaseUntil, leftAt, readsWithoutLease, fault }) => ({
    id, agentId, name, kind, epoch: epoch === null ? null : Number(epoch), lastHeardAt, leaseUntil, readsWithoutLease, fault,
    standing: fault !== null ? "fault" : leftAt !== null && leftAt >= lastHeardAt ? "left" : leaseUntil > now ? "open" : "closed",
  }));
}
