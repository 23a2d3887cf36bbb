// What follows from a verdict? The effect on the rollout, in the transaction in which it was judged.

import type { CanaryPlan } from "../domain/canary-plan.ts";
import type { Arm } from "../domain/judge-canary.ts";
import { clockHold } from "../domain/rollout-state.ts";
import { NotPossible } from "../errors.ts";
import { advanceRollout } from "./advance-rollout.ts";
import { endRollout } from "./end-rollouts.ts";
import type { RolloutProgress } from "./keep-progress.ts";
import { moveRollout, noteRolloutEvent, type LockedRollout } from "./lock-rollout.ts";
import type { Context, Evidence } from "./operation.ts";
import type { PolicyTrials } from "./policy-trials.ts";
import { kindOfAdvance, stageOf } from "./promote-rollout.ts";
import { holdKeys, type Permits } from "./rollout-permits.ts";
import { findSilentArm } from "./silent-arm.ts";
import { requireUnstopped } from "./stop-of-version.ts";
import type { StoredVerdict } from "./stored-verdict.ts";
import { undoVersionWithin } from "./undo.ts";

export const BY_HOLDPOINT = "system:holdpoint";

/** Another operation has the agent's row: what was judged is not kept, and is judged again in a moment. */
export class AgentIsBusy extends Error {
  override name = "AgentIsBusy";
}

/** The rollout is locked already, and everybody else locks the agent first: so this never waits. */
export async function lockAgentAtOnce({ tx }: Context, agentId: string): Promise<void> {
  const locked = await tx.$queryRaw<unknown[]>`SELECT 1 FROM agent WHERE id = ${agentId} FOR NO KEY UPDATE SKIP LOCKED`;
  if (locked.length === 0) throw new AgentIsBusy();
}

interface Judgement {
  rollout: LockedRollout;
  plan: CanaryPlan;
  verdict: StoredVerdict;
  progress: RolloutProgress;
  permits: Permits;
  /** What it said before, of the same stage. */
  before: StoredVerdict | null;
  trials: PolicyTrials;
  /** Whether the judge of this process found what was seeded at its start. */
  isJudgeTrusted: boolean;
}

/** Null: nothing follows that is worth an entry in the log. */
export async function applyVerdict(context: Context, judgement: Judgement): Promise<Evidence | readonly [Evidence, ...Evidence[]] | null> {
  const { rollout, plan, verdict, isJudgeTrusted } = judgement;
  await noteVerdict(context, judgement);
  // What took effect is counted, not judged.
  if (verdict.decision === "roll_back" && (isJudgeTrusted || verdict.because.code === "escaped_violation")) return rollBack(context, judgement);
  if (rollout.state !== "running") return null;
  const silent = await findSilentArm(context.tx, rollout, { since: judgement.permits.since, noDataHours: plan.noDataHours }, context.now);
  const code = holdCode(judgement, silent, context.now);
  if (code !== null) return hold(context, rollout, { code, verdict });
  if (verdict.decision === "hold") return null;
  if (verdict.decision === "promote" && stageOf(rollout).approver === "nobody") return promote(context, judgement);
  return (await raiseExposure(context, judgement, plan)) ?? newlyPromotable(judgement);
}

/**
 * Outcomes that have not come in yet keep a rollout where it is; whatever else the judge holds for stops it until somebody has looked. What the
 * clock and the router say is never looked away from: it counts from the last resumption, so what comes up again is new.
 */
function holdCode({ rollout, plan, verdict, progress, permits, isJudgeTrusted }: Judgement, silent: Arm | null, now: Date): string | null {
  if (!isJudgeTrusted) return "judge_failed";
  const { decision, because, named } = verdict;
  if (decision === "hold" && because.code !== "coverage_low" && !holdKeys({ ...because, named }).every((key) => permits.accepted.has(key))) return because.code;
  return clockHold({
    since: permits.since, lastOutcomeAt: rollout.lastOutcomeAt, deadlineAt: rollout.deadlineAt, noDataHours: plan.noDataHours, crossed: progress.crossedSince, judged: progress.judgedSince, silent,
  }, now);
}

async function noteVerdict({ tx, now }: Context, { rollout, verdict, before }: Judgement): Promise<void> {
  if (before?.decision === verdict.decision && before.because.code === verdict.because.code) return;
  const { decision, because, eWorse, named } = verdict;
  await noteRolloutEvent(tx, rollout, { kind: "verdict", by: BY_HOLDPOINT, detail: { decision, because: { ...because }, eWorse, named } }, now);
}

const HOLD_SENTENCES: Readonly<Record<string, string>> = {
  worse: "The candidate does worse.", sample_ratio: "The versions do not get the tasks that they should get.", coverage_differs: "Outcomes come in more rarely for one of the versions.",
  corrections_differ: "Outcomes were corrected more often for one of the versions.", metric_missing: "A metric that decides is missing for one of the versions.", deadline: "Its deadline has passed.", no_data: "No outcome has come in for too long.",
  candidate_silent: "No outcome of the candidate has come in for too long.", current_silent: "No outcome of the current version has come in for too long.",
  judge_failed: "The judge did not find what was seeded for it to find, so nothing that it says counts.",
  crossed: "Too many tasks ran with another version than the one that they were given to.", plan_unreadable: "Its plan cannot be read by this version of Holdpoint.",
};

export async function hold({ tx, now }: Context, rollout: LockedRollout, { code, verdict }: { code: string; verdict: StoredVerdict | null }): Promise<Evidence> {
  const reason = HOLD_SENTENCES[code] ?? "The judge holds it.";
  const metric = verdict?.because.code === code ? verdict.because.metric : undefined;
  const named = code === "worse" ? verdict?.named ?? [] : [];
  const detail = { code, ...(metric ? { metric } : {}), ...(named.length > 0 ? { named } : {}), exposureBefore: rollout.exposure };
  await moveRollout(tx, rollout, { state: "held", reason, exposure: 0 }, { kind: "held", by: BY_HOLDPOINT, reason, detail }, now);
  return { kind: "rollout.held", subject: rollout.id, agentId: rollout.agentId, detail: { ...detail, reason, stageIndex: rollout.stageIndex, verdict } };
}

/** The current version is current still: nothing but the candidate's tasks moves. */
async function rollBack(context: Context, { rollout, plan, verdict }: Judgement): Promise<readonly [Evidence, ...Evidence[]]> {
  const { tx, now } = context;
  await lockAgentAtOnce(context, rollout.agentId);
  const reason = verdict.because.code === "escaped_violation" ? "The candidate did what must never be done." : "The candidate does worse.";
  const undo = plan.onRollBack === "compensate" ? await compensate(context, rollout, reason) : null;
  const undoId = undo?.result?.undoId ?? null;
  const detail = { code: verdict.because.code, ...(verdict.because.metric ? { metric: verdict.because.metric } : {}), undoId, ...(undo?.fault ? { undoFault: undo.fault } : {}) };
  await endRollout(tx, rollout, { state: "rolled_back", reason, by: BY_HOLDPOINT, undoId, detail }, now);
  const own: Evidence = { kind: "rollout.rolled_back", subject: rollout.id, agentId: rollout.agentId, detail: { ...detail, reason, stageIndex: rollout.stageIndex, exposure: rollout.exposure, verdict } };
  return undo?.evidence ? [own, undo.evidence] : [own];
}

/** What cannot be taken back at once must not keep the candidate running. */
async function compensate(context: Context, { agentId, candidateId, startedAt, plannedAt }: LockedRollout, reason: string) {
  try {
    const undone = await undoVersionWithin(context, { agentId, versionId: candidateId, since: startedAt ?? plannedAt, reason, by: { id: BY_HOLDPOINT, name: "Holdpoint", owns: {} } });
    return { result: undone?.result ?? null, evidence: undone?.evidence ?? null, fault: null };
  } catch (error) {
    if (!(error instanceof NotPossible)) throw error;
    return { result: null, evidence: null, fault: error.message };
  }
}

async function promote(context: Context, { rollout, verdict, trials }: Judgement): Promise<Evidence> {
  const kind = kindOfAdvance(rollout);
  if (kind === "completed") await lockAgentAtOnce(context, rollout.agentId);
  const from = stageOf(rollout).stage;
  await advanceRollout(context.tx, rollout, { event: { kind, by: BY_HOLDPOINT, detail: { from, decision: verdict.decision } }, trials }, context.now);
  if (kind === "completed") await requireUnstopped(context.tx, rollout.currentId);
  return { kind: `rollout.${kind}`, subject: rollout.id, agentId: rollout.agentId, detail: { from, verdict } };
}

async function raiseExposure({ tx, now }: Context, { rollout, progress }: Judgement, plan: CanaryPlan): Promise<Evidence | null> {
  const stage = plan.stages[rollout.stageIndex];
  const exposure = stage?.exposures[rollout.exposureIndex + 1];
  if (!stage || exposure === undefined || progress.tasksOfStep < stage.minimumTasks) return null;
  const detail = { from: rollout.exposure, to: exposure, tasks: progress.tasksOfStep };
  await moveRollout(tx, rollout, { exposureIndex: rollout.exposureIndex + 1, exposure, stepSince: now }, { kind: "exposure", by: BY_HOLDPOINT, detail }, now);
  return { kind: "rollout.exposure_raised", subject: rollout.id, agentId: rollout.agentId, detail: { ...detail, stage: stage.stage } };
}

function newlyPromotable({ rollout, verdict, before }: Judgement): Evidence | null {
  if (verdict.decision !== "promote" || before?.decision === "promote") return null;
  return { kind: "rollout.promotable", subject: rollout.id, agentId: rollout.agentId, detail: { stageIndex: rollout.stageIndex, verdict } };
}
