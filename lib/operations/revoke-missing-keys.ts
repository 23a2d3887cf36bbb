// How does whoever stopped something take the keys from the points that do not obey?

import { databaseNow } from "../database/database-now.ts";
import { loadMissingKeys } from "../database/missing-keys.ts";
import { loadUnsettled } from "../database/unsettled-points.ts";
import { NotFound, NotPossible } from "../errors.ts";
import { operation, type Context, type Evidence } from "./operation.ts";
import { agentOfStop, scopeOf } from "./stops.ts";

interface Revocation {
  stopId: string;
  /** As they were shown; of another key nothing is taken. */
  keyIds: readonly string[];
}

/**
 * Whoever may engage the stop may do it, administrator of keys or not: it takes rights away and gives none. Only keys with which a point can still act
 * that the stop has not reached; another stop, or one that is proven, revokes nothing. A point without its key closes when its lease ends.
 * Throws `NotPossible` when there is nothing left to revoke.
 */
export const revokeMissingKeys = operation({
  kind: "key.revoked",
  needs: "stop:cut_off",
  agentOf: agentOfStop,
  run: async ({ tx, now }: Context, { stopId, keyIds }: Revocation) => {
    const stop = await tx.stop.findUnique({ where: { id: stopId } });
    if (!stop) throw new NotFound("There is no such kill switch.");
    if (stop.releasedAt !== null) throw new NotPossible("The kill switch is released. Nothing was revoked.");
    const at = await databaseNow(tx);
    const { keys } = await loadMissingKeys(tx, await loadUnsettled(tx, { ...stop, ...scopeOf(stop) }, at), at);
    const [first, ...rest] = keys.filter(({ id, isRevoked }) => keyIds.includes(id) && !isRevoked);
    if (!first) throw new NotPossible("No point that may still act uses these keys any more. Nothing was revoked.");
    const revoked = [first, ...rest];
    await tx.apiKey.updateMany({ where: { id: { in: revoked.map(({ id }) => id) }, revokedAt: null }, data: { revokedAt: now } });
    const told = ({ id, name, points, others }: typeof first): Evidence => {
      const agents = [...new Set(points.map(({ agentId }) => agentId))];
      return { subject: id, agentId: agents.length === 1 ? (agents[0] ?? null) : null, detail: { name, stop: stopId, agents, points: points.length, otherPoints: others.length } };
    };
    return { result: { revoked: revoked.length }, evidence: [told(first), ...rest.map(told)] };
  },
});
