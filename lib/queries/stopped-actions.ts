// What became of the actions that a stop met?

import { actionsInFlight } from "../database/actions-covered.ts";
import { prisma } from "../database/database.ts";
import type { ScopedStop } from "../domain/stop-scope.ts";

export interface StoppedActions {
  /** Ended by this stop before they began. */
  cancelled: number;
  /** Begun before it, and not heard of their end; the longest under way first. */
  underWay: { id: string; agentId: string; tool: string; startedAt: Date | null; heartbeatAt: Date | null }[];
  moreUnderWay: number;
}

const LISTED = 50;

export async function getStoppedActions(stop: ScopedStop & { id: string; releasedAt: Date | string | null }): Promise<StoppedActions> {
  const [cancelled, inFlight] = await Promise.all([
    prisma().action.count({ where: { stopId: stop.id, state: "stopped" } }), stop.releasedAt === null ? prisma().$transaction((tx) => actionsInFlight(tx, stop, LISTED)) : { actions: [], total: 0 },
  ]);
  return { cancelled, underWay: inFlight.actions, moreUnderWay: inFlight.total - inFlight.actions.length };
}
