// What do the newest outcomes say about the versions that are being rolled out? Judged, and acted upon, in one transaction.

import canonicalize from "canonicalize";
import { prisma, type Transaction } from "../database/database.ts";
import { canaryPlanSchema } from "../domain/canary-plan.ts";
import { readVerdict } from "../domain/judge-canary.ts";
import { toldSelfTest, type SelfTestResult, type ToldSelfTest } from "../domain/judge-self-test.ts";
import { UNDER_WAY_STATES } from "../domain/rollout-state.ts";
import { judgeSelfTest } from "../judge-self-test.ts";
import { describeError, logger } from "../logger.ts";
import { AgentIsBusy, applyVerdict, BY_HOLDPOINT, hold, lockAgentAtOnce } from "./apply-verdict.ts";
import { takeChangedOutcomes } from "./changed-outcomes.ts";
import { endRollout } from "./end-rollouts.ts";
import { foldOutcomes, loadJudgeState, noteLateEscapes, stateAsStored } from "./fold-outcomes.ts";
import { keepProgress } from "./keep-progress.ts";
import { agentOfRollout, isStoppedRollout, readRollout, type LockedRollout } from "./lock-rollout.ts";
import { noteCorrectionsOfTasks } from "./note-corrections.ts";
import { NOTHING_CHANGED, notify, operation, type Context, type Evidence } from "./operation.ts";
import { systemActor } from "./people.ts";
import { withPolicyTrials, type PolicyTrials } from "./policy-trials.ts";
import { readPermits } from "./rollout-permits.ts";
import { heardOf } from "./silent-arm.ts";
import { StoppedMeanwhile } from "./stop-of-version.ts";
import { asStored, readStoredVerdict, type StoredVerdict } from "./stored-verdict.ts";
import { readLateEscapes, readNewOutcomes } from "./task-outcomes.ts";
import { decideWithCorrections, readCorrections } from "./weigh-corrections.ts";

const AT_ONCE = 2_000;

/** Null: it is over, or somebody else has it in this moment. */
async function takeRollout(tx: Transaction, rolloutId: string): Promise<LockedRollout | null> {
  const locked = await tx.$queryRaw<unknown[]>`SELECT 1 FROM rollout WHERE id = ${rolloutId} AND state = ANY(${[...UNDER_WAY_STATES]}::text[]) FOR NO KEY UPDATE SKIP LOCKED`;
  return locked.length === 0 ? null : readRollout(tx, rolloutId);
}

/** Result: how many outcomes were new. A process that dies here leaves everything as it was, and the next one judges the same. */
const judgeRollout = operation({
  kind: "rollout.judged",
  needs: "rollout:judge",
  agentOf: agentOfRollout,
  run: async (context: Context, { rolloutId, trials, selfTest }: { rolloutId: string; trials: PolicyTrials; selfTest: ToldSelfTest }) => {
    const { tx, now } = context;
    const rollout = await takeRollout(tx, rolloutId);
    if (!rollout) return { result: 0, evidence: NOTHING_CHANGED };
    if (await isStoppedRollout(tx, rollout)) return { result: 0, evidence: await endStopped(context, rollout) };
    const plan = canaryPlanSchema.safeParse(rollout.plan);
    if (!plan.success) return { result: 0, evidence: rollout.state === "running" ? await hold(context, rollout, { code: "plan_unreadable", verdict: null }) : NOTHING_CHANGED };

    const state = await loadJudgeState(tx, rollout, plan.data);
    const outcomes = await readNewOutcomes(tx, rollout, AT_ONCE, now);
    const tasks = await foldOutcomes(tx, { rollout, plan: plan.data, state, outcomes }, now);
    const corrected = await noteCorrectionsOfTasks(tx, rolloutId, await takeChangedOutcomes(tx, rolloutId));
    const counted = tasks.filter(({ exclusion }) => exclusion === null).length;
    const escapes = await readLateEscapes(tx, rollout);
    await noteLateEscapes(tx, rollout, state, escapes);
    const permits = await readPermits(tx, rollout);
    const progress = await keepProgress(tx, rollout, plan.data, { judged: tasks, since: permits.since, now });
    const before = readStoredVerdict(rollout);
    const coverage = { ...progress.coverage, corrected: await readCorrections(tx, rollout, plan.data) };
    const isNew = outcomes.length + escapes.length > 0;
    const heard = counted > 0 ? { lastOutcomeAt: now, ...heardOf(tasks, now) } : {};
    const told: StoredVerdict = { ...readVerdict(state, plan.data, coverage), stageIndex: rollout.stageIndex, coverage, excluded: progress.excluded, selfTest };
    const verdict: StoredVerdict = { ...told, ...(await decideWithCorrections(tx, rollout, plan.data, { state, told, before: isNew || corrected > 0 ? null : before })) };
    if (isNew || canonicalize(before) !== canonicalize(JSON.parse(JSON.stringify(verdict)))) {
      await tx.rollout.update({
        where: { id: rolloutId }, data: { verdict: asStored(verdict), verdictAt: now, ...(isNew ? { judgeState: stateAsStored(state) } : {}), ...heard },
      });
      await notify(tx, { kind: "rollout.judged", subject: rolloutId, agentId: rollout.agentId });
    }
    const evidence = await applyVerdict(context, { rollout: { ...rollout, ...heard }, plan: plan.data, verdict, progress, permits, before, trials, isJudgeTrusted: selfTest.passed });
    return { result: outcomes.length, evidence: evidence ?? NOTHING_CHANGED };
  },
});

async function endStopped(context: Context, rollout: LockedRollout): Promise<Evidence> {
  await lockAgentAtOnce(context, rollout.agentId);
  const reason = "A kill switch was engaged.";
  await endRollout(context.tx, rollout, { state: "aborted", reason, by: BY_HOLDPOINT }, context.now);
  return { kind: "rollout.aborted", subject: rollout.id, agentId: rollout.agentId, detail: { reason, before: rollout.state, stageIndex: rollout.stageIndex, exposure: rollout.exposure } };
}

/** One after the other; what goes wrong with one of them holds up none of the others. A judge that fails its test at the start of this process holds them all. */
export async function judgeRollouts(now: Date, tested: SelfTestResult = judgeSelfTest(now)): Promise<void> {
  const selfTest = toldSelfTest(tested);
  const underWay = await prisma().rollout.findMany({ where: { state: { in: [...UNDER_WAY_STATES] } }, select: { id: true }, orderBy: { id: "asc" } });
  for (const { id } of underWay) {
    try {
      while ((await withPolicyTrials((trials) => judgeRollout(systemActor, { rolloutId: id, trials, selfTest }, now))) === AT_ONCE);
    } catch (error) {
      if (!(error instanceof AgentIsBusy || error instanceof StoppedMeanwhile)) logger().error({ rollout: id, ...describeError(error) }, "a rollout could not be judged");
    }
  }
}
