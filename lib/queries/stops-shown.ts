// What can be said about a stop at this moment? Its row and its proof, as they travel to a page that asks again and again.

import { pool } from "../database/database.ts";
import type { ShownStop, StopMoment } from "../domain/stop-words.ts";
import { countCallsSince } from "./calls-since.ts";
import { countCutRuns } from "./cut-runs.ts";
import { findProofs, shownProof, type FoundProof } from "./stop-proof.ts";
import { findStop, type StopRow } from "./stops.ts";

type CoveringRow = StopRow & { agents: number };

const text = (at: Date | null): string | null => at?.toISOString() ?? null;

async function shownRow(stop: CoveringRow, found: FoundProof | undefined, now: Date, visible?: readonly string[]): Promise<ShownStop> {
  const [callsSince, cut] = await Promise.all([found?.agentIds ? countCallsSince(stop, found.agentIds, stop.releasedAt ?? now) : null, countCutRuns([stop.id])]);
  return {
    id: stop.id, scope: stop.scope, target: stop.target, name: stop.name, agentId: stop.agentId, reason: stop.reason, engagedBy: stop.engagedBy, engagedAt: stop.engagedAt.toISOString(),
    releasedBy: stop.releasedBy, releasedAt: text(stop.releasedAt), restartedBy: stop.restartedBy, restartedAt: text(stop.restartedAt), cutRuns: cut.get(stop.id) ?? 0, epoch: stop.epoch, agents: found?.agents ?? stop.agents, notProvenAt: text(stop.notProvenAt),
    release: stop.release && { ...stop.release, askedAt: stop.release.askedAt.toISOString() }, proof: found ? shownProof(found, callsSince, visible) : null, readAt: now.toISOString(),
  };
}

/** Two readings with the same pulse need no other page around them; the proof itself follows on its own. */
export const pulseOfShown = ({ reason, release, releasedAt, restartedAt, cutRuns, notProvenAt, proof }: ShownStop): string => [reason ?? "", release?.askedAt ?? "", releasedAt ?? "", restartedAt ?? "", cutRuns, notProvenAt ?? "", proof?.state ?? ""].join("\n");

/** In the order given. */
export async function withProofs(stops: readonly CoveringRow[], now: Date, visible?: readonly string[]): Promise<ShownStop[]> {
  const proofs = await findProofs(stops, now);
  return Promise.all(stops.map((stop) => shownRow(stop, proofs.get(stop.id), now, visible)));
}

/** Null when there is no such stop. `visible`: the agents whose points are named; without it, of all. */
export async function findShownStop(stopId: string, now: Date, visible?: readonly string[]): Promise<ShownStop | null> {
  const stop = await findStop(stopId, 0);
  return stop && ((await withProofs([stop], now, visible))[0] ?? null);
}

const MOMENTS = ["stop.proven", "stop.not_proven", "stop.contradicted"] as const;

/** When it was found to be proven or not, as the log has it, the oldest first: a stop can be proven, contradicted and proven again. */
export async function listStopMoments(stopId: string): Promise<StopMoment[]> {
  const { rows } = await pool().query<{ kind: (typeof MOMENTS)[number]; at: Date; elapsedMs: number | null }>(
    `SELECT kind, at, (body::jsonb->'detail'->>'elapsedMs')::int AS "elapsedMs" FROM log_entry WHERE subject = $1 AND kind = ANY($2) ORDER BY index LIMIT 100`, [stopId, MOMENTS]);
  return rows.map(({ kind, at, elapsedMs }) => ({ kind, at: at.toISOString(), elapsedMs }));
}
