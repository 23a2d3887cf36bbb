// May a person say yes to an action, and what does that yes bind? Exactly these arguments, under this policy, of this version, once.

import { z } from "zod";
import type { Prisma } from "../../generated/prisma/client.ts";
import type { Transaction } from "../database/database.ts";
import { makersOf } from "../database/key-makers.ts";
import { approverAnswer } from "../domain/action-approver.ts";
import { after, DISPATCH_MS, HOLD_MS } from "../domain/action-window.ts";
import { fewestPersons, openAsks, readAsks, storedAsks, strictestAsks, type ApprovalAsk } from "../domain/approval-ask.ts";
import { inputDigest } from "../domain/input-digest.ts";
import type { Json } from "../domain/manifest.ts";
import { rolesHeld } from "../domain/roles-held.ts";
import type { PersonActor } from "../domain/roles.ts";
import { faultOfInput } from "../domain/storable-input.ts";
import { BadInput, Conflict, NotFound, NotPermitted, NotPossible } from "../errors.ts";
import { metrics } from "../metrics-registry.ts";
import { newId } from "../new-id.ts";
import { bundleNow } from "./bundle-now.ts";
import { armOf, decideWithin, lockSurroundings, type GateSurroundings } from "./decide-call.ts";
import { effectiveCompensation } from "./effective-compensation.ts";
import { lockAction, stopAnswer, type StoredAction } from "./held-action.ts";
import { operation, type Context, type Evidence } from "./operation.ts";
import { standingApprovers } from "./standing-approvals.ts";
import { agentOfAction, callOfAction } from "./start-action.ts";

export const approvalReason = z.string().trim().max(1_000).nullable().default(null);
export const boundDigest = z.string().regex(/^sha256:[0-9a-f]{64}$/, "This is no digest of arguments.");

export const actionApprovalSchema = z.object({
  actionId: z.string().min(1).max(100),
  /** Of the arguments that were read. */
  inputDigest: boundDigest,
  editedInput: z.custom<Json>((input) => faultOfInput(input) === null, "These arguments cannot be kept as they are.").optional(),
  reason: approvalReason,
});
export type ActionApproval = z.input<typeof actionApprovalSchema>;

export interface ActionDecision {
  state: string;
  inputDigest: string;
  approvals: number;
  approvalsNeeded: number;
  /** Until then the approval can be taken back; null while other approvals are missing. */
  dispatchAt: Date | null;
}

export function personOf(context: Context): PersonActor {
  if (context.actor.kind !== "person") throw new NotPermitted("Only a person decides about actions.");
  return context.actor;
}

/** What Holdpoint asked itself is counted nowhere. */
export function countWait({ afterCommit, now }: Context, { isSeeded, preparedAt }: StoredAction, decision: "approved" | "rejected"): void {
  if (!isSeeded) afterCommit(() => metrics().approvalSeconds.observe({ decision }, Math.max(0, now.getTime() - preparedAt.getTime()) / 1_000));
}

/** The counters are locked before the action, as everywhere, so that an edit is decided on what is counted. */
export async function lockWithSurroundings(tx: Transaction, agentId: string, actions: readonly StoredAction[], now: Date): Promise<GateSurroundings> {
  return lockSurroundings(tx, await bundleNow(tx, agentId, now), actions.map(callOfAction), now);
}

export const approveAction = operation({
  kind: "action.approved",
  needs: "action:approve",
  agentOf: agentOfAction,
  run: async (context: Context, input: ActionApproval) => {
    const { tx, now } = context;
    const { actionId, inputDigest: seen, editedInput, reason: why } = actionApprovalSchema.parse(input);
    const before = await tx.action.findUnique({ where: { id: actionId } });
    if (!before) throw new NotFound("There is no such action.");
    const around = await lockWithSurroundings(tx, before.agentId, [before], now);
    const action = await lockAction(tx, actionId);
    if (!action) throw new NotFound("There is no such action.");
    requireSeen(action, seen);
    const isEdit = editedInput !== undefined && inputDigest(editedInput) !== action.inputDigest;
    const edited = isEdit ? await edit(context, action, editedInput, around) : action;
    const { decision, evidence } = await approveWithin(context, edited, around, why);
    const edits: Evidence[] = isEdit ? [{ kind: "action.edited", subject: actionId, agentId: action.agentId, detail: { before: action.inputDigest, inputDigest: edited.inputDigest, policies: edited.policies } }] : [];
    return { result: decision, evidence: [evidence, ...edits] as const };
  },
});

export function requireSeen(action: StoredAction, seen: string): void {
  if (action.inputDigest !== seen) throw new Conflict("The arguments are others by now. Read them again.");
}

/** A fresh decision: the policy may refuse what a person wrote as it refuses what an agent asks. What was approved before was something else. */
async function edit({ tx, now }: Context, action: StoredAction, input: Json, around: GateSurroundings): Promise<StoredAction> {
  if (action.origin !== "prepare") throw new NotPossible("This agent asked the gate only and would not hear of other arguments. Reject it with a reason instead.");
  if (action.state !== "held") throw new Conflict("It is decided already.");
  if (Array.isArray(input) || typeof input !== "object" || input === null) throw new BadInput("Arguments are an object with names.");
  const call = { ...callOfAction(action), input };
  const asked = decideWithin(call, around, now);
  const granted = decideWithin({ ...call, approval: { granted: true } }, around, now);
  const refusal = [asked, granted].find(({ answer }) => answer.decision === "deny");
  if (refusal) throw new NotPossible(`The gate refuses these arguments: ${refusal.answer.sentence}`);
  const compensation = effectiveCompensation(null, call, armOf(call, around).rules);
  await tx.actionReview.updateMany({ where: { actionId: action.id, voidedAt: null }, data: { voidedAt: now } });
  const isHeld = asked.answer.decision === "hold";
  return tx.action.update({
    where: { id: action.id },
    data: {
      input, inputDigest: inputDigest(input), askedInput: (action.askedInput ?? action.input) as Prisma.InputJsonValue, amountMinor: asked.amount?.minor ?? null, currency: asked.amount?.currency ?? null,
      policies: [...asked.answer.policies], policyDigest: asked.policyDigest, versionId: asked.versionId, epoch: BigInt(asked.answer.epoch ?? 0), facts: JSON.parse(JSON.stringify(asked.facts)) as Prisma.InputJsonValue,
      ...(isHeld ? { ...storedAsks(asked.asks), reason: asked.answer.reason, sentence: asked.answer.sentence } : {}),
      // A hook of the agent's own speaks of arguments that no longer hold.
      ...(compensation === null ? {} : { compensation }),
    },
  });
}

/** Beside the permission: the policy's approvers, never whoever asks, no stop, no change of rules since it was asked. */
async function requireApprover({ tx, now }: Context, person: PersonActor, { asks, ...action }: Omit<StoredAction, "asks"> & { asks: readonly ApprovalAsk[] }, around: GateSurroundings): Promise<void> {
  const [known, reviews] = [await tx.person.findUnique({ where: { id: person.id }, select: { email: true } }), await tx.actionReview.findMany({ where: { actionId: action.id, voidedAt: null } })];
  if (!known) throw new NotPermitted("Only a person decides about actions.");
  const answer = approverAnswer({ id: person.id, email: known.email, roles: rolesHeld(person, action.agentId) }, { ...action, asks, reviews, keyMakerIds: (await makersOf(tx, [action.preparedBy])).get(action.preparedBy) ?? [] }, now);
  if (!answer.ok) throw new NotPossible(answer.reason);
  const stop = stopAnswer(action.tool, armOf(action, around));
  if (stop !== null) throw new NotPossible(stop.sentence);
  if (action.versionId !== (armOf(action, around).bundle.version?.id ?? null)) throw new NotPossible("Another version of the agent is current by now, so this call is no longer that of the agent that runs.");
}

export async function approveWithin(context: Context, action: StoredAction, around: GateSurroundings, why: string | null): Promise<{ decision: ActionDecision; evidence: Evidence }> {
  const { tx, now } = context;
  const person = personOf(context);
  // What the policy asks by now beside what it asked then: a limit may have been reached since, and nothing asked before is forgiven.
  const asks = strictestAsks([...readAsks(action.asks), ...decideWithin(callOfAction(action), around, now).asks]);
  await requireApprover(context, person, { ...action, asks }, around);
  const { policyDigest, inputDigest: bound, agentId } = action;
  const epoch = BigInt(around.bundle.epoch);
  await tx.actionReview.create({ data: { id: newId("ax"), actionId: action.id, personId: person.id, personName: person.name, verdict: "approve", reason: why, inputDigest: bound, policyDigest, epoch, at: now } });
  const given = await standingApprovers(tx, action, now);
  const [approvals, missing] = [given.length, fewestPersons(openAsks(asks, given))];
  const approvalsNeeded = Math.max(fewestPersons(asks), approvals + missing);
  const isEnough = missing === 0;
  const dispatchAt = isEnough && !action.isSeeded ? after(now, DISPATCH_MS) : null;
  // Whose request it is stands there only at the end: a second person may still have to read it.
  const detail = { inputDigest: bound, policyDigest, epoch: Number(epoch), approvals, approvalsNeeded, dispatchAt, reason: why, ...(isEnough ? { isSeeded: action.isSeeded } : {}) };
  // What Holdpoint itself asked to see whether people read is never carried out, whatever the answer.
  const state = action.isSeeded && isEnough ? "withdrawn" : isEnough ? "approved" : "held";
  if (isEnough) {
    const ends = action.isSeeded ? { endedAt: now } : { dispatchAt, expiresAt: after(now, HOLD_MS) };
    await tx.action.update({ where: { id: action.id }, data: { state, decidedAt: now, ...ends } });
    countWait(context, action, "approved");
  } else await tx.action.update({ where: { id: action.id }, data: { ...storedAsks(asks), approvalsNeeded } });
  return { decision: { state, inputDigest: bound, approvals, approvalsNeeded, dispatchAt }, evidence: { kind: isEnough ? "action.approved" : "action.approval_given", subject: action.id, agentId, detail } };
}

/** Until the agent can have been told. Whoever approved may, and so may everybody else who may decide: taking back is the safe way. */
export const takeBackApproval = operation({
  kind: "action.approval_taken_back",
  needs: "action:approve",
  agentOf: agentOfAction,
  run: async (context: Context, { actionId }: { actionId: string }) => {
    const { tx, now } = context;
    const person = personOf(context);
    const action = await lockAction(tx, actionId);
    if (!action) throw new NotFound("There is no such action.");
    if (action.state !== "approved") throw new Conflict("There is no approval to take back.");
    if (action.dispatchAt === null || action.dispatchAt <= now) throw new NotPossible("The agent may have been told already.");
    await tx.actionReview.updateMany({ where: { actionId, voidedAt: null, verdict: "approve" }, data: { voidedAt: now } });
    const { inputDigest: bound, policyDigest, epoch } = action;
    await tx.actionReview.create({ data: { id: newId("ax"), actionId, personId: person.id, personName: person.name, verdict: "undo", inputDigest: bound, policyDigest, epoch, at: now } });
    await tx.action.update({ where: { id: actionId }, data: { state: "held", decidedAt: null, dispatchAt: null, expiresAt: after(now, HOLD_MS) } });
    return { result: undefined, evidence: { subject: actionId, agentId: action.agentId, detail: { inputDigest: bound } } };
  },
});
