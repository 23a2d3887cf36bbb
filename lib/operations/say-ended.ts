// What becomes of a point that did not obey a stop, and whose process somebody ended?

import { databaseNow } from "../database/database-now.ts";
import { loadUnsettled } from "../database/unsettled-points.ts";
import { LEAST_HOW, whyNotEnded } from "../domain/ended-point.ts";
import { NotFound, NotPossible } from "../errors.ts";
import { operation, type Context, type Evidence } from "./operation.ts";
import { agentOfStop, scopeOf } from "./stops.ts";

interface Word {
  stopId: string;
  pointIds: readonly string[];
  /** How whoever says it knows. */
  how: string;
}

/**
 * A person's word, with a name under it, that these processes have ended. It counts for points that the stop has not settled and that are silent, and only
 * as long as none of them is heard again; the proof tells it as what it is. All of them or none: `NotPossible` names the first that was heard just now.
 */
export const sayEnded = operation({
  kind: "point.ended",
  needs: "point:end",
  agentOf: agentOfStop,
  run: async ({ tx, actor }: Context, { stopId, pointIds, how }: Word) => {
    const stop = await tx.stop.findUnique({ where: { id: stopId } });
    if (!stop) throw new NotFound("There is no such kill switch.");
    if (stop.releasedAt !== null) throw new NotPossible("The kill switch is released. Nothing was noted.");
    const words = how.trim();
    if (words.length < LEAST_HOW) throw new NotPossible("Say how you know.");
    const now = await databaseNow(tx);
    const [first, ...rest] = (await loadUnsettled(tx, { ...stop, ...scopeOf(stop) }, now)).filter(({ id }) => pointIds.includes(id));
    if (!first) throw new NotPossible("The stop waits for none of these points any more. Nothing was noted.");
    const points = [first, ...rest];
    const fault = points.map((point) => whyNotEnded(point, now)).find((why) => why !== null);
    if (fault) throw new NotPossible(fault);
    await tx.enforcementPoint.updateMany({ where: { id: { in: points.map(({ id }) => id) } }, data: { endedAt: now, endedBy: actor.name, endedHow: words } });
    const told = ({ id, agentId, name, state, lastHeardAt }: typeof first): Evidence =>
      ({ subject: id, agentId, detail: { stop: stopId, point: name, was: state, lastHeardAt: lastHeardAt.toISOString(), how: words } });
    return { result: { points: points.length }, evidence: [told(first), ...rest.map(told)] };
  },
});
