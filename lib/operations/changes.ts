// What can be done about a change: approve, reject, withdraw, record what suites found, check a sample of what passed by itself.

import { z } from "zod";
import { asChangeForReview } from "../database/change-for-review.ts";
import { prisma, type Transaction } from "../database/database.ts";
import { IS_AUTHOR } from "../domain/change-authors.ts";
import { approvalAnswer, reviewStatus } from "../domain/review-status.ts";
import { SUITES } from "../domain/review-policy.ts";
import type { Permission } from "../domain/permissions.ts";
import { rolesHeld } from "../domain/roles-held.ts";
import type { Actor } from "../domain/roles.ts";
import { Conflict, NotPermitted, NotPossible } from "../errors.ts";
import { describeError, logger } from "../logger.ts";
import { newId } from "../new-id.ts";
import { applyChange } from "./apply-change.ts";
import { lockChange, type LockedChange } from "./lock-change.ts";
import { NOTHING_CHANGED, operation, type Context } from "./operation.ts";
import { systemActor } from "./people.ts";
import { withPolicyTrials, type PolicyTrials } from "./policy-trials.ts";
import { refreshAuthority } from "./refresh-authority.ts";

const agentOfChange = async (tx: Transaction, { changeId }: { changeId: string }): Promise<string | null> =>
  (await tx.change.findUnique({ where: { id: changeId }, select: { agentId: true } }))?.agentId ?? null;

/** The re-review policy belongs to the house, everything else to one agent. */
const needsFor = (ofAgent: Permission, ofHouse: Permission) => async (tx: Transaction, { changeId }: { changeId: string }): Promise<Permission> => {
  const change = await tx.change.findUnique({ where: { id: changeId }, select: { kind: true } });
  return change?.kind === "review_policy" ? ofHouse : ofAgent;
};

/** An approval from a page that shows an older proposal must never count for a newer one. */
function requireSeen(change: LockedChange, fingerprint: string): void {
  if (change.fingerprint !== fingerprint) {
    throw new Conflict("The proposal was edited after this page was loaded. Nothing was decided; look at what changed first.");
  }
}

function requireOpen(change: LockedChange): void {
  if (change.state !== "open") {
    throw new Conflict(`This change was ${change.state}${change.decidedBy ? ` by ${change.decidedBy.replace(/^system:.*/, "Holdpoint")}` : ""} already.`);
  }
}

async function recordReview(tx: Transaction, change: LockedChange, actor: Actor, decision: "approve" | "reject", comment: string | null, now: Date) {
  const id = newId("rv");
  const roles = rolesHeld(actor, change.agentId);
  await tx.review.create({
    data: { id, changeId: change.id, personId: actor.id, personName: actor.name, roles, decision, comment, fingerprint: change.fingerprint, at: now },
  });
}

async function finish(tx: Transaction, change: LockedChange, decision: { state: string; decidedBy: string; decidedReason: string | null }, now: Date) {
  await tx.change.update({ where: { id: change.id }, data: { ...decision, decidedAt: now } });
}

export const approvalSchema = z.object({
  changeId: z.string().min(1),
  /** Exactly what the reviewer saw. */
  fingerprint: z.string().min(1),
  comment: z.string().trim().max(4_000).nullable().default(null),
});

interface Tried {
  trials: PolicyTrials;
}

const approveTried = operation({
  kind: "change.approved",
  needs: needsFor("change:approve", "review_policy:approve"),
  agentOf: agentOfChange,
  run: async ({ tx, actor, now }: Context, { trials, ...input }: z.infer<typeof approvalSchema> & Tried) => {
    const change = await lockChange(tx, input.changeId);
    requireOpen(change);
    requireSeen(change, input.fingerprint);
    const answer = approvalAnswer({ personId: actor.id, roles: rolesHeld(actor, change.agentId) }, asChangeForReview(change), now);
    if (!answer.ok) throw new NotPermitted(answer.reason);

    await recordReview(tx, change, actor, "approve", input.comment, now);
    const status = reviewStatus(asChangeForReview(await lockChange(tx, change.id)), now);
    const isDecided = status.state === "approvable";
    if (isDecided) {
      await finish(tx, change, { state: "approved", decidedBy: actor.name, decidedReason: input.comment }, now);
    }
    const applied = isDecided ? await applyChange({ tx, trials, now }, change, actor) : null;
    if (change.agentId) await refreshAuthority(tx, change.agentId, now);
    const rolloutId = applied?.rolloutId ?? null;
    const detail = { fingerprint: change.fingerprint, kind: change.kind, comment: input.comment, inEffect: isDecided && rolloutId === null, rolloutId };
    return {
      result: { state: isDecided ? "approved" : "open", blockers: status.blockers, rolloutId },
      evidence: { kind: isDecided ? "change.approved" : "change.approval_given", subject: change.id, agentId: change.agentId, detail },
    };
  },
});

/** One approval; the last one that was needed applies the change in the same transaction. */
export const approveChange = (actor: Actor, input: z.infer<typeof approvalSchema>, now = new Date()) =>
  withPolicyTrials((trials) => approveTried(actor, { ...input, trials }, now));

export const rejectionSchema = z.object({
  changeId: z.string().min(1),
  fingerprint: z.string().min(1),
  reason: z.string().trim().min(3, "Say why: the author reads it.").max(4_000),
});

export const rejectChange = operation({
  kind: "change.rejected",
  needs: needsFor("change:reject", "review_policy:approve"),
  agentOf: agentOfChange,
  run: async ({ tx, actor, now }: Context, input: z.infer<typeof rejectionSchema>) => {
    const change = await lockChange(tx, input.changeId);
    requireOpen(change);
    requireSeen(change, input.fingerprint);
    if (change.authorIds.includes(actor.id)) throw new NotPossible(`${IS_AUTHOR}; withdraw it instead.`);
    await recordReview(tx, change, actor, "reject", input.reason, now);
    await finish(tx, change, { state: "rejected", decidedBy: actor.name, decidedReason: input.reason }, now);
    if (change.agentId) await refreshAuthority(tx, change.agentId, now);
    return { result: undefined, evidence: { subject: change.id, agentId: change.agentId, detail: { fingerprint: change.fingerprint, reason: input.reason } } };
  },
});

/** By the author, or by anybody who may propose changes of this agent. */
export const withdrawChange = operation({
  kind: "change.withdrawn",
  needs: needsFor("change:withdraw", "review_policy:propose"),
  agentOf: agentOfChange,
  run: async ({ tx, actor, now }: Context, input: { changeId: string; reason: string | null }) => {
    const change = await lockChange(tx, input.changeId);
    requireOpen(change);
    await finish(tx, change, { state: "withdrawn", decidedBy: actor.name, decidedReason: input.reason }, now);
    if (change.agentId) await refreshAuthority(tx, change.agentId, now);
    return { result: undefined, evidence: { subject: change.id, agentId: change.agentId, detail: { reason: input.reason } } };
  },
});

export const suiteResultSchema = z.object({
  changeId: z.string().min(1),
  suite: z.enum(SUITES),
  fingerprint: z.string().min(1),
  passed: z.int().min(0),
  failed: z.int().min(0),
  /** Cases for which the suite could not tell; they block like failures. */
  undecided: z.int().min(0).default(0),
  url: z.url({ protocol: /^https?$/ }).max(2_000).nullable().default(null),
});

const recordTried = operation({
  kind: "change.suite_recorded",
  needs: "change:record_suite",
  agentOf: agentOfChange,
  run: async ({ tx, actor, now }: Context, { trials, ...input }: z.infer<typeof suiteResultSchema> & Tried) => {
    const change = await lockChange(tx, input.changeId);
    requireOpen(change);
    requireSeen(change, input.fingerprint);
    await tx.suiteResult.create({ data: { id: newId("sr"), ...input, recordedBy: actor.name, at: now } });
    // The last missing piece may have been this result: every approval is there already, so the change takes effect.
    const status = reviewStatus(asChangeForReview(await lockChange(tx, change.id)), now);
    if (status.state === "approvable") {
      await finish(tx, change, { state: "approved", decidedBy: "system:holdpoint", decidedReason: "the last obligation was met" }, now);
      await applyChange({ tx, trials, now }, change, systemActor);
    }
    if (change.agentId) await refreshAuthority(tx, change.agentId, now);
    const { changeId: _subject, ...detail } = input;
    return { result: { state: status.state === "approvable" ? "approved" : "open" }, evidence: { subject: change.id, agentId: change.agentId, detail } };
  },
});

export const recordSuiteResult = (actor: Actor, input: z.infer<typeof suiteResultSchema>, now = new Date()) =>
  withPolicyTrials((trials) => recordTried(actor, { ...input, trials }, now));

export const recordSpotCheck = operation({
  kind: "change.spot_checked",
  needs: "spot_check:record",
  agentOf: agentOfChange,
  run: async ({ tx, actor, now }: Context, input: { changeId: string; isGood: boolean; comment: string | null }) => {
    const change = await lockChange(tx, input.changeId);
    if (!change.spotCheckDue) throw new NotPossible("This change is not in the sample.");
    if (change.spotCheckedAt) throw new Conflict("Somebody has checked this change already.");
    if (change.authorIds.includes(actor.id)) throw new NotPermitted(`${IS_AUTHOR}; somebody else checks it.`);
    await tx.change.update({ where: { id: change.id }, data: { spotCheckedBy: actor.name, spotCheckedAt: now } });
    return { result: undefined, evidence: { subject: change.id, agentId: change.agentId, detail: { isGood: input.isGood, comment: input.comment } } };
  },
});

const expireChange = operation({
  kind: "change.expired",
  needs: "change:expire",
  agentOf: agentOfChange,
  run: async ({ tx, now }: Context, input: { changeId: string }) => {
    const change = await lockChange(tx, input.changeId);
    if (change.state !== "open" || change.expiresAt > now) return { result: undefined, evidence: NOTHING_CHANGED };
    await finish(tx, change, { state: "expired", decidedBy: systemActor.name, decidedReason: "nobody decided in time" }, now);
    if (change.agentId) await refreshAuthority(tx, change.agentId, now);
    return { result: undefined, evidence: { subject: change.id, agentId: change.agentId, detail: { expiredAt: change.expiresAt } } };
  },
});

/** Expired is not rejected: nobody said no. */
export async function expireChanges(now: Date): Promise<number> {
  const due = await prisma().change.findMany({ where: { state: "open", expiresAt: { lte: now } }, select: { id: true }, take: 200 });
  for (const { id } of due) await expireChange(systemActor, { changeId: id }, now).catch((error: unknown) => logger().error({ change: id, ...describeError(error) }, "a change could not be ended"));
  return due.length;
}

