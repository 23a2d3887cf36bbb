// Which enforcement points does a stop not reach, and by which keys do they act?

import type { MissingKey, MissingKeys, NamedPoint } from "../domain/missing-keys.ts";
import type { ProvedPoint } from "../domain/stop-proof.ts";
import type { Transaction } from "./database.ts";

type KeyRow = Omit<MissingKey, "points">;

/** Of those that a stop has not settled, the ones that may still act; `now` by PostgreSQL's clock. Keys with the most points first. */
export async function loadMissingKeys(client: Transaction, unsettled: readonly ProvedPoint[], now: Date): Promise<MissingKeys> {
  const missing = unsettled.filter(({ state }) => state === "missing").map(({ id }) => id);
  if (missing.length === 0) return { keys: [], keyless: [] };
  const points = await client.$queryRaw<(NamedPoint & { keyId: string | null })[]>`
    SELECT agent_id AS "agentId", name, key_id AS "keyId" FROM enforcement_point WHERE id = ANY(${missing}) ORDER BY agent_id, name`;
  const ids = [...new Set(points.flatMap(({ keyId }) => keyId ?? []))];
  const rows = await client.$queryRaw<KeyRow[]>`
    SELECT k.id, k.name, k.hint, k.revoked_at IS NOT NULL AS "isRevoked", coalesce(o.points, '[]') AS others FROM api_key k
      LEFT JOIN LATERAL (SELECT json_agg(json_build_object('agentId', p.agent_id, 'name', p.name) ORDER BY p.agent_id, p.name) AS points
        FROM enforcement_point p WHERE p.key_id = k.id AND p.kind <> 'probe' AND p.lease_until > ${now} AND NOT p.id = ANY(${missing})) o ON true
    WHERE k.id = ANY(${ids})`;
  const known = new Set(rows.map(({ id }) => id));
  const named = ({ agentId, name }: NamedPoint): NamedPoint => ({ agentId, name });
  return {
    keys: rows.map((key) => ({ ...key, points: points.filter(({ keyId }) => keyId === key.id).map(named) })).toSorted((a, b) => b.points.length - a.points.length || a.name.localeCompare(b.name)),
    keyless: points.filter(({ keyId }) => keyId === null || !known.has(keyId)).map(named),
  };
}
