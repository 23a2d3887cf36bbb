// How does a rollout begin? Its candidate counts as approved from here on, and the judge knows how the current version has done so far.

import { readTraffic } from "../database/rollout-traffic.ts";
import { beginJudging } from "../domain/judge-canary.ts";
import { estimateCanary } from "../domain/plan-canary.ts";
import { STARTS_ANYWAY, weakerSentence } from "../domain/weaker-plan.ts";
import { NotPossible } from "../errors.ts";
import { stateAsStored } from "./fold-outcomes.ts";
import { agentOfRollout, deadlineFrom, firstStepOf, isStoppedRollout, lockRollout, moveRollout, requireMove, requireRevision, standingOf } from "./lock-rollout.ts";
import { operation, type Context } from "./operation.ts";
import { requirePlan } from "./plan-rollout.ts";
import { requirePlanOfOther } from "./rollout-authors.ts";
import { readTaskHistory } from "./task-outcomes.ts";

export interface RolloutStart {
  rolloutId: string;
  revision: number;
  /** Instead of the one that stands. */
  plan?: unknown;
  /** Also when the planner says that it cannot conclude before its deadline; never by the change's author, as any plan that is weaker than the usual one. */
  startsAnyway?: boolean;
}

export const startRollout = operation({
  kind: "rollout.started",
  needs: "rollout:start",
  agentOf: agentOfRollout,
  run: async (context: Context, { rolloutId, revision, plan: given, startsAnyway = false }: RolloutStart) => {
    const { tx, actor, now } = context;
    const rollout = await lockRollout(tx, rolloutId);
    requireMove(rollout, "start");
    requireRevision(rollout, revision);
    if (await isStoppedRollout(tx, rollout)) throw new NotPossible("A kill switch is engaged; nothing is rolled out until it is released.");
    const plan = await requirePlan(tx, rollout, given ?? rollout.plan);
    const estimate = estimateCanary(plan, await readTraffic(rollout.agentId, rollout.currentId, now, plan.countedOutcomes), now);
    if (!estimate.canConclude && !startsAnyway) throw new NotPossible(`This rollout could not conclude. ${estimate.refusals.join(" ")}`);
    const weaker = await requirePlanOfOther(context, rollout, plan, estimate.canConclude ? [] : [STARTS_ANYWAY]);
    const history = await readTaskHistory(tx, { agentId: rollout.agentId, versionId: rollout.currentId, before: now, countedOutcomes: plan.countedOutcomes });
    const deadlineAt = deadlineFrom(plan, now);
    await tx.agentVersion.update({ where: { id: rollout.candidateId }, data: { approvedAt: now } });
    // What was seen of the candidate before it was approved is compared anew.
    await tx.observedComponent.updateMany({ where: { agentId: rollout.agentId }, data: { judgedAt: null } });
    const moved = await moveRollout(tx, rollout, {
      state: "running", plan, ...firstStepOf(plan, 0), startedAt: now, startedBy: actor.name, stepSince: now, deadlineAt, reason: null,
      judgeState: stateAsStored(beginJudging(plan, { values: history })),
    }, { kind: "started", by: actor.name, reason: weakerSentence(weaker), detail: { deadlineAt: deadlineAt.toISOString(), history: history.length, weaker } }, now);
    const { agentId, changeId, candidateId, currentId } = rollout;
    return { result: standingOf(moved), evidence: { subject: rolloutId, agentId, detail: { changeId, candidateId, currentId, plan, deadlineAt, history: history.length, canConclude: estimate.canConclude, weaker } } };
  },
});
