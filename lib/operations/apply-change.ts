// What does an approved change do?

import { z } from "zod";
import type { Transaction } from "../database/database.ts";
import { AUTONOMY_STAGES } from "../domain/authority-level.ts";
import { digestOf } from "../domain/fingerprint.ts";
import { raiseFingerprint } from "../domain/raise-fingerprint.ts";
import { reviewPolicySchema } from "../domain/review-policy.ts";
import type { Actor } from "../domain/roles.ts";
import { Conflict } from "../errors.ts";
import { refreshAuthority } from "./refresh-authority.ts";
import type { LockedChange } from "./lock-change.ts";
import { makeCurrent } from "./make-current.ts";
import { planRollout } from "./plan-rollout.ts";
import type { PolicyTrials } from "./policy-trials.ts";
import { requireTierReleased } from "./require-tier-released.ts";
import { rebaseOpenChanges } from "./versions.ts";

export const stageProposalSchema = z.object({ stage: z.enum(AUTONOMY_STAGES), versionId: z.string() });
export const tierProposalSchema = z.object({ tier: z.union([z.literal(0), z.literal(1), z.literal(2)]), answers: z.record(z.string(), z.boolean()).default({}) });

/** Null: it is in effect. Else it reaches production by this rollout. */
interface Applied {
  rolloutId: string | null;
}

const IN_EFFECT: Applied = { rolloutId: null };

interface ApplyContext {
  tx: Transaction;
  trials: PolicyTrials;
  now: Date;
}

/** Runs in the transaction of the decision. A proposal that cannot be read throws, and so takes the decision back. `trials`: of the other open changes' policy texts. */
export async function applyChange({ tx, trials, now }: ApplyContext, change: LockedChange, decider: Actor): Promise<Applied> {
  if (change.kind === "version" && change.agentId && change.toVersionId) {
    // What is to be tried in stages changes nothing yet: the current version goes on.
    const rolloutId = await planRollout(tx, change, now);
    if (rolloutId !== null) return { rolloutId };
    await makeCurrent(tx, change.agentId, change.toVersionId, now);
    await closeFindingsOf(tx, change, now);
    await rebaseOpenChanges(tx, change.agentId, trials, now);
    return IN_EFFECT;
  }
  if (change.kind === "stage" && change.agentId) {
    const { stage } = stageProposalSchema.parse(change.proposal);
    await requireSameStanding(tx, { ...change, kind: "stage", agentId: change.agentId });
    await tx.agent.update({ where: { id: change.agentId }, data: { stage, stageSince: now } });
    return IN_EFFECT;
  }
  if (change.kind === "tier" && change.agentId) {
    const { tier } = tierProposalSchema.parse(change.proposal);
    const agent = await requireSameStanding(tx, { ...change, kind: "tier", agentId: change.agentId });
    await requireTierReleased(tx, agent, tier);
    await tx.agent.update({ where: { id: change.agentId }, data: { tier, tierSetAt: now, tierSetBy: decider.name } });
    return IN_EFFECT;
  }
  if (change.kind === "review_policy") {
    await adoptReviewPolicy(tx, change, now);
    return IN_EFFECT;
  }
  throw new Error(`a change of the kind ${change.kind} cannot be applied`);
}

/** Throws `Conflict` when what was approved is no longer one step from where the agent stands. */
async function requireSameStanding(tx: Transaction, raise: { kind: "stage" | "tier"; agentId: string; proposal: unknown; fingerprint: string }) {
  const agent = await tx.agent.findUniqueOrThrow({ where: { id: raise.agentId }, select: { stage: true, tier: true, currentVersionId: true } });
  if (raiseFingerprint(raise, agent) !== raise.fingerprint) throw new Conflict("The agent no longer stands where this was asked from. Withdraw it and propose it anew.");
  return agent;
}

/** A retroactive approval answers the finding that asked for it. */
async function closeFindingsOf(tx: Transaction, change: LockedChange, now: Date): Promise<void> {
  await tx.finding.updateMany({
    where: { changeId: change.id, state: "open" },
    data: { state: "closed", closedAt: now, closedBy: "system:holdpoint", resolution: "Reviewed afterwards and approved." },
  });
}

async function adoptReviewPolicy(tx: Transaction, change: LockedChange, now: Date): Promise<void> {
  const content = reviewPolicySchema.parse(change.proposal);
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('review policy'))`;
  const last = await tx.reviewPolicy.aggregate({ _max: { revision: true } });
  await tx.reviewPolicy.create({
    data: { revision: (last._max.revision ?? 0) + 1, content, digest: digestOf(content), effectiveAt: now, changeId: change.id },
  });
  // The policy says how far an open change and an unreviewed one cap authority.
  const affected = await tx.agent.findMany({ where: { OR: [{ changes: { some: { state: "open" } } }, { findings: { some: { state: "open" } } }] }, select: { id: true }, orderBy: { id: "asc" } });
  for (const agent of affected) await refreshAuthority(tx, agent.id, now);
}
