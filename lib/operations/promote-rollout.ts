// How does a rollout leave a stage, or skip them all? On the judge's evidence and the word of the person the plan names, or by a waiver of two.

import type { Transaction } from "../database/database.ts";
import { stillPermitted } from "../database/still-permitted.ts";
import type { CanaryApprover, StagePlan } from "../domain/canary-plan.ts";
import { IS_AUTHOR } from "../domain/change-authors.ts";
import { rolesHeld } from "../domain/roles-held.ts";
import { OWNER_ROLES, ROLE_NAMES, type Actor, type PersonActor } from "../domain/roles.ts";
import { NotPermitted, NotPossible } from "../errors.ts";
import { newId } from "../new-id.ts";
import { advanceRollout, completeRollout } from "./advance-rollout.ts";
import { readStoredVerdict } from "./stored-verdict.ts";
import { agentOfRollout, isStoppedRollout, lockRollout, planOf, requireMove, requireRevision, standingOf, type LockedRollout, type RolloutStanding } from "./lock-rollout.ts";
import { operation, type Context } from "./operation.ts";
import { withPolicyTrials, type PolicyTrials } from "./policy-trials.ts";
import { requireReason, type RolloutDecision } from "./steer-rollout.ts";
import { readLateEscapes } from "./task-outcomes.ts";

/** Waivers of the whole rollout stand under this number. */
export const WHOLE_ROLLOUT = -1;
const WAIVERS_NEEDED = 2;

async function requirePerson({ tx, actor }: Context, rollout: LockedRollout): Promise<PersonActor> {
  if (actor.kind !== "person") throw new NotPermitted("Only a person decides about a rollout.");
  const change = await tx.change.findUniqueOrThrow({ where: { id: rollout.changeId }, select: { authorIds: true } });
  if (change.authorIds.includes(actor.id)) throw new NotPermitted(`${IS_AUTHOR}; somebody else decides about its rollout.`);
  // What is not under way has nothing to stop: another version may become current while the one before it is stopped.
  if (rollout.state !== "planned" && (await isStoppedRollout(tx, rollout))) throw new NotPossible("A kill switch is engaged; nothing is rolled out until it is released.");
  return actor;
}

/** What was told since the last verdict stands in no verdict yet, and of a rollout that is completed nobody would ask any more. What was not started is not judged. */
async function requireNoEscape(tx: Transaction, rollout: LockedRollout): Promise<void> {
  if (rollout.state === "planned" || !(await readLateEscapes(tx, rollout)).some(({ arm }) => arm === "candidate")) return;
  throw new NotPossible("The candidate did what must never be done, and that is not judged yet: it is rolled back in a moment.");
}

function requireApprover(person: PersonActor, agentId: string, approver: CanaryApprover): void {
  const held = rolesHeld(person, agentId);
  const isAsked = approver === "any_reviewer" || approver === "nobody" ? OWNER_ROLES.some((role) => held.includes(role)) : held.includes(approver);
  if (!isAsked) throw new NotPermitted(`This stage asks for the agent's ${approver === "any_reviewer" || approver === "nobody" ? "owner" : ROLE_NAMES[approver].toLowerCase()}.`);
}

export function stageOf(rollout: LockedRollout): StagePlan {
  const stage = planOf(rollout).stages[rollout.stageIndex];
  if (!stage) throw new Error("a rollout stands at a stage that its plan does not have");
  return stage;
}

/** What one person said about one stage; said again, it counts from now. */
async function noteApproval(tx: Transaction, rollout: LockedRollout, person: PersonActor, given: { kind: "promote" | "waive"; stageIndex: number; reason: string | null }, now: Date): Promise<void> {
  const said = { personName: person.name, roles: rolesHeld(person, rollout.agentId), reason: given.reason, at: now };
  const key = { rolloutId: rollout.id, stageIndex: given.stageIndex, kind: given.kind, personId: person.id };
  await tx.rolloutApproval.upsert({ where: { rolloutId_stageIndex_kind_personId: key }, create: { id: newId("rv"), ...key, ...said }, update: said });
}

interface Promotion {
  rolloutId: string;
  revision: number;
}

interface Tried {
  trials: PolicyTrials;
}

const promoteTried = operation({
  kind: "rollout.promoted",
  needs: "rollout:promote",
  agentOf: agentOfRollout,
  run: async (context: Context, { rolloutId, revision, trials }: Promotion & Tried) => {
    const { tx, now } = context;
    const rollout = await lockRollout(tx, rolloutId);
    requireMove(rollout, "promote");
    requireRevision(rollout, revision);
    const person = await requirePerson(context, rollout);
    await requireNoEscape(tx, rollout);
    const stage = stageOf(rollout);
    const verdict = readStoredVerdict(rollout);
    if (verdict?.selfTest?.passed === false) throw new NotPossible("The judge failed its self-test, so what it says is no evidence; two owners can waive it.");
    if (verdict?.decision !== "promote") throw new NotPossible("The evidence for a promotion is not there yet.");
    requireApprover(person, rollout.agentId, stage.approver);
    await noteApproval(tx, rollout, person, { kind: "promote", stageIndex: rollout.stageIndex, reason: null }, now);
    const moved = await advanceRollout(tx, rollout, { event: { kind: kindOfAdvance(rollout), by: person.name, detail: { from: stage.stage, decision: verdict.decision } }, trials }, now);
    return { result: standingOf(moved), evidence: { kind: `rollout.${kindOfAdvance(rollout)}`, subject: rolloutId, agentId: rollout.agentId, detail: { from: stage.stage, verdict, to: moved.state } } };
  },
});

/** Possible while the judge says so, of this very stage. */
export const promoteRollout = (actor: Actor, promotion: Promotion, now = new Date()) =>
  withPolicyTrials((trials) => promoteTried(actor, { ...promotion, trials }, now));

export const kindOfAdvance = (rollout: LockedRollout): "promoted" | "completed" => (rollout.stageIndex + 1 < planOf(rollout).stages.length ? "promoted" : "completed");

export interface WaivedRollout extends RolloutStanding {
  /** Of other persons, before it takes effect. */
  waiversMissing: number;
}

const waiveTried = operation({
  kind: "rollout.waived",
  needs: "rollout:waive",
  agentOf: agentOfRollout,
  run: async (context: Context, { rolloutId, revision, reason: given, trials }: RolloutDecision & Tried) => {
    const { tx, now } = context;
    const reason = requireReason(given);
    const rollout = await lockRollout(tx, rolloutId);
    const isSkip = rollout.state === "planned";
    requireMove(rollout, isSkip ? "skip" : "waive");
    requireRevision(rollout, revision);
    const person = await requirePerson(context, rollout);
    await requireNoEscape(tx, rollout);
    const stageIndex = isSkip ? WHOLE_ROLLOUT : rollout.stageIndex;
    const earlier = await waiversOf(tx, rollout, stageIndex, now);
    if (earlier.has(person.id)) throw new NotPossible("You have waived it already; a second person has to.");
    await noteApproval(tx, rollout, person, { kind: "waive", stageIndex, reason }, now);
    const waivers = new Set([...earlier, person.id]);
    const missing = WAIVERS_NEEDED - waivers.size;
    const detail = { reason, stageIndex, waivers: [...waivers], waiversMissing: Math.max(0, missing) };
    if (missing > 0) {
      await tx.rolloutEvent.create({ data: { rolloutId, kind: "waiver_given", stageIndex: rollout.stageIndex, exposure: rollout.exposure, by: person.name, reason, at: now } });
      const result: WaivedRollout = { ...standingOf(rollout), waiversMissing: missing };
      return { result, evidence: { kind: "rollout.waiver_given", subject: rolloutId, agentId: rollout.agentId, detail } };
    }
    const advance = { event: { kind: isSkip ? "skipped" : "waived", by: person.name, reason }, trials };
    const moved = isSkip ? await completeRollout(tx, rollout, advance, now) : await advanceRollout(tx, rollout, advance, now);
    const result: WaivedRollout = { ...standingOf(moved), waiversMissing: 0 };
    return { result, evidence: { kind: isSkip ? "rollout.skipped" : "rollout.waived", subject: rolloutId, agentId: rollout.agentId, detail: { ...detail, to: moved.state } } };
  },
});

/**
 * Two different owners, neither of them the author, each with a reason: the stage ends without its evidence. Of a rollout that was not started, the
 * whole of it is skipped and the candidate is current. A waiver does not outlive a hold that came after it.
 */
export const waiveRollout = (actor: Actor, decision: RolloutDecision, now = new Date()) =>
  withPolicyTrials((trials) => waiveTried(actor, { ...decision, trials }, now));

async function waiversOf(tx: Transaction, { id: rolloutId, agentId }: LockedRollout, stageIndex: number, now: Date): Promise<Set<string>> {
  const lastHold = await tx.rolloutEvent.findFirst({ where: { rolloutId, kind: "held" }, orderBy: { id: "desc" }, select: { at: true } });
  const waivers = await tx.rolloutApproval.findMany({ where: { rolloutId, stageIndex, kind: "waive", ...(lastHold ? { at: { gte: lastHold.at } } : {}) }, select: { personId: true } });
  const standing = await stillPermitted(tx, waivers.map(({ personId }) => personId), "rollout:waive", agentId, now);
  return new Set(standing.map(({ actor }) => actor.id));
}
