// Which actions end by themselves? Those whose time is over, and those that a kill switch covers before they were begun.

import { actionsCovered, coveredByAnyStop } from "../database/actions-covered.ts";
import { prisma, type Transaction } from "../database/database.ts";
import type { ScopedStop } from "../domain/stop-scope.ts";
import { describeError, logger } from "../logger.ts";
import { cutRunsOfActions } from "./cut-runs.ts";
import { NOTHING_CHANGED, operation, type Context, type Evidence } from "./operation.ts";
import { systemActor } from "./people.ts";

/** At most so many in one transaction: whoever records something waits for its end. */
const AT_ONCE = 500;

interface Ended {
  id: string;
  agent_id: string;
  state: string;
  started_at: Date | null;
}

const outcomeOf = (evidence: Evidence[]) => {
  const [first, ...more] = evidence;
  return { result: evidence.length, evidence: first ? ([first, ...more] as const) : (NOTHING_CHANGED as typeof NOTHING_CHANGED) };
};

const UNHEARD = "Nothing was heard of its end; whether it happened is not known.";

const expireSome = operation({
  kind: "action.expired",
  needs: "action:sweep",
  run: async ({ tx, now }: Context) => {
    const due = await tx.$queryRaw<Ended[]>`SELECT id, agent_id, state, started_at FROM action WHERE state IN ('held', 'approved', 'started') AND expires_at <= ${now} ORDER BY id LIMIT ${AT_ONCE} FOR UPDATE SKIP LOCKED`;
    const [begun, waiting] = [due.filter(({ state }) => state === "started"), due.filter(({ state }) => state !== "started")];
    if (waiting.length > 0) await tx.action.updateMany({ where: { id: { in: waiting.map(({ id }) => id) } }, data: { state: "expired", endedAt: now } });
    if (begun.length > 0) await tx.action.updateMany({ where: { id: { in: begun.map(({ id }) => id) } }, data: { state: "expired", endedAt: now, error: UNHEARD } });
    return outcomeOf(due.map(({ id, agent_id: agentId, state }) => ({ subject: id, agentId, detail: { before: state, isEndKnown: state !== "started" } })));
  },
});

/** Nobody said no: expired is not rejected. Returns how many there were. */
export const expireActions = (now: Date): Promise<number> => untilDone(() => expireSome(systemActor, undefined, now));

interface Cancel {
  stop: (ScopedStop & { id: string }) | null;
}

const cancelSome = operation({
  kind: "action.stopped",
  needs: "action:sweep",
  run: async ({ tx, now }: Context, { stop }: Cancel) => {
    const covered = stop === null ? await coveredByAnyStop(tx, AT_ONCE) : await coveredBy(tx, stop);
    const locked = await lockWaiting(tx, covered.map(({ id }) => id));
    const evidence: Evidence[] = [];
    for (const [stopId, ofStop] of Map.groupBy(covered.filter(({ id }) => locked.has(id)), (action) => action.stopId)) {
      await tx.action.updateMany({ where: { id: { in: ofStop.map(({ id }) => id) } }, data: { state: "stopped", stopId, endedAt: now } });
      await cutRunsOfActions(tx, ofStop.map(({ id }) => id), stopId, now);
      evidence.push(...ofStop.map(({ id, agentId }) => ({ subject: id, agentId, detail: { before: locked.get(id), stopId } })));
    }
    return outcomeOf(evidence);
  },
});

/** None once it is released; a release waits for the end of this transaction. */
async function coveredBy(tx: Transaction, stop: ScopedStop & { id: string }): Promise<{ id: string; agentId: string; stopId: string }[]> {
  const engaged = await tx.$queryRaw<unknown[]>`SELECT 1 FROM stop WHERE id = ${stop.id} AND released_at IS NULL FOR SHARE`;
  if (engaged.length === 0) return [];
  return (await actionsCovered(tx, stop, ["held", "approved"], AT_ONCE)).map(({ id, agentId }) => ({ id, agentId, stopId: stop.id }));
}

/** In the order of ids; whoever is being decided in this moment is passed over, and asked about stops there. */
async function lockWaiting(tx: Transaction, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.$queryRaw<Ended[]>`SELECT id, agent_id, state, started_at FROM action WHERE id = ANY(${[...ids]}) AND state IN ('held', 'approved') ORDER BY id FOR UPDATE SKIP LOCKED`;
  return new Map(rows.map(({ id, state }) => [id, state]));
}

/** Never throws: the stop is stored, refuses every start, and the sweep makes up for what was cut short. */
export async function cancelCovered(stop: ScopedStop & { id: string }, now: Date): Promise<void> {
  try {
    await untilDone(() => cancelSome(systemActor, { stop }, now));
  } catch (error) {
    logger().warn({ stopId: stop.id, ...describeError(error) }, "actions that a stop covers are left to the sweep");
  }
}

export async function cancelStopped(now: Date): Promise<number> {
  if ((await prisma().stop.findFirst({ where: { releasedAt: null }, select: { id: true } })) === null) return 0;
  return untilDone(() => cancelSome(systemActor, { stop: null }, now));
}

async function untilDone(some: () => Promise<number>): Promise<number> {
  for (let sum = 0; ; ) {
    const ended = await some();
    sum += ended;
    if (ended < AT_ONCE) return sum;
  }
}
