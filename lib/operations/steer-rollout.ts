// What do people do with a rollout on its way? They pause it, resume what is paused or held, or abort it.

import { z } from "zod";
import { BadInput, NotPossible } from "../errors.ts";
import { endRollout } from "./end-rollouts.ts";
import { agentOfRollout, isStoppedRollout, laterDeadline, lockRollout, moveRollout, planOf, requireMove, requireRevision, standingOf, type LockedRollout } from "./lock-rollout.ts";
import { operation, type Context } from "./operation.ts";
import { requireResumedByOther } from "./rollout-authors.ts";

export const rolloutReasonSchema = z.string("Say why.").trim().min(3, "Say why.").max(1_000);

export function requireReason(reason: string): string {
  const read = rolloutReasonSchema.safeParse(reason);
  if (!read.success) throw new BadInput(read.error.issues[0]?.message ?? "Say why.");
  return read.data;
}

export interface RolloutDecision {
  rolloutId: string;
  /** Of the rollout that was on the page. */
  revision: number;
  reason: string;
}

/** Tasks that were given to the candidate stay with it; new ones are the current version's. */
export const pauseRollout = operation({
  kind: "rollout.paused",
  needs: "rollout:pause",
  agentOf: agentOfRollout,
  run: async ({ tx, actor, now }: Context, { rolloutId, revision, reason: given }: RolloutDecision) => {
    const reason = requireReason(given);
    const rollout = await lockRollout(tx, rolloutId);
    requireMove(rollout, "pause");
    requireRevision(rollout, revision);
    const moved = await moveRollout(tx, rollout, { state: "paused", reason, exposure: 0 }, { kind: "paused", by: actor.name, reason }, now);
    return { result: standingOf(moved), evidence: { subject: rolloutId, agentId: rollout.agentId, detail: { reason, stageIndex: rollout.stageIndex, exposure: rollout.exposure } } };
  },
});

/** At the step where it stood. Whoever resumes what is held, never the change's author, has seen why: for that reason the judge does not hold it again in this stage. */
export const resumeRollout = operation({
  kind: "rollout.resumed",
  needs: "rollout:start",
  agentOf: agentOfRollout,
  run: async (context: Context, { rolloutId, revision, reason: given }: RolloutDecision) => {
    const { tx, actor, now } = context;
    const reason = requireReason(given);
    const rollout = await lockRollout(tx, rolloutId);
    requireMove(rollout, "resume");
    requireRevision(rollout, revision);
    await requireResumedByOther(context, rollout);
    if (await isStoppedRollout(tx, rollout)) throw new NotPossible("A kill switch is engaged; nothing is rolled out until it is released.");
    const held = rollout.state === "held" ? await tx.rolloutEvent.findFirst({ where: { rolloutId, kind: "held" }, orderBy: { id: "desc" }, select: { detail: true } }) : null;
    const moved = await moveRollout(tx, rollout, {
      state: "running", reason: null, stepSince: now, exposure: exposureAt(rollout), ...laterDeadline(rollout, now),
    }, { kind: "resumed", by: actor.name, reason, detail: { from: rollout.state, ...(held ? { accepted: held.detail } : {}) } }, now);
    return { result: standingOf(moved), evidence: { subject: rolloutId, agentId: rollout.agentId, detail: { reason, from: rollout.state, because: rollout.reason, deadlineAt: moved.deadlineAt } } };
  },
});

const exposureAt = (rollout: LockedRollout): number => planOf(rollout).stages[rollout.stageIndex]?.exposures[rollout.exposureIndex] ?? 0;

/** Never refused for an outdated page: it is the safe way. The current version was and stays current. */
export const abortRollout = operation({
  kind: "rollout.aborted",
  needs: "rollout:abort",
  agentOf: agentOfRollout,
  run: async ({ tx, actor, now }: Context, { rolloutId, reason: given }: Omit<RolloutDecision, "revision">) => {
    const reason = requireReason(given);
    const rollout = await lockRollout(tx, rolloutId);
    requireMove(rollout, "abort");
    const ended = await endRollout(tx, rollout, { state: "aborted", reason, by: actor.name }, now);
    return { result: standingOf(ended), evidence: { subject: rolloutId, agentId: rollout.agentId, detail: { reason, before: rollout.state, stageIndex: rollout.stageIndex, exposure: rollout.exposure } } };
  },
});
