// May the runs go on that a kill switch cut? Not by its release: somebody has to say so, as one who restarts a machine does after the emergency stop was disengaged (Directive 2006/42/EC, Annex I, 1.2.4.3).

import { NotFound, NotPossible } from "../errors.ts";
import { NOTHING_CHANGED, operation, type Context } from "./operation.ts";
import { agentOf, agentOfStop, scopeOf } from "./stops.ts";

/** From then on their calls are decided like any other; a call that was refused stays refused under its id. Throws `NotPossible` while the stop is engaged. */
export const restartRuns = operation({
  kind: "stop.restarted",
  needs: "stop:release",
  agentOf: agentOfStop,
  run: async ({ tx, actor, now }: Context, { stopId }: { stopId: string }) => {
    await tx.$executeRaw`SELECT 1 FROM stop WHERE id = ${stopId} FOR UPDATE`;
    const stop = await tx.stop.findUnique({ where: { id: stopId } });
    if (!stop) throw new NotFound("There is no such kill switch.");
    if (stop.releasedAt === null) throw new NotPossible("The kill switch is engaged. It has to be released before anything can go on.");
    if (stop.restartedAt !== null) return { result: undefined, evidence: NOTHING_CHANGED };
    const [{ runs } = { runs: 0 }] = await tx.$queryRaw<{ runs: number }[]>`SELECT count(*)::int AS runs FROM (SELECT DISTINCT agent_id, conversation_id FROM cut_run WHERE stop_id = ${stopId}) cut`;
    if (runs === 0) throw new NotPossible("This kill switch cut no run, so there is none to let go on.");
    await tx.stop.update({ where: { id: stopId }, data: { restartedBy: actor.name, restartedAt: now } });
    const scoped = scopeOf(stop);
    return { result: undefined, evidence: { subject: stopId, agentId: await agentOf(tx, scoped), detail: { ...scoped, runs } } };
  },
});
