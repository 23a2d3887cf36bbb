// What can be done about autonomy stage and control tier: propose a higher one for review, or lower it at once.

import { z } from "zod";
import type { Transaction } from "../database/database.ts";
import { reviewPolicyInForce } from "../database/review-policy-in-force.ts";
import { AUTONOMY_STAGES, CONTROL_TIERS, isBelow, stageAbove, type AutonomyStage, type ControlTier } from "../domain/authority-level.ts";
import { LEVEL_NAMES } from "../domain/authority-meaning.ts";
import { raiseFingerprint } from "../domain/raise-fingerprint.ts";
import type { Obligation } from "../domain/review-policy.ts";
import type { Actor } from "../domain/roles.ts";
import { Conflict, NotPossible } from "../errors.ts";
import { newId } from "../new-id.ts";
import { existingAgent } from "./agents.ts";
import { NOTHING_CHANGED, operation, type Context } from "./operation.ts";
import { refreshAuthority } from "./refresh-authority.ts";
import { requireTierReleased } from "./require-tier-released.ts";
import { supersedeRaises } from "./supersede-raises.ts";

const reason = z.string().trim().min(3, "Say why.").max(2_000);

export const stageSchema = z.object({ agentId: z.string().min(1), stage: z.enum(AUTONOMY_STAGES), reason });
export const tierSchema = z.object({
  agentId: z.string().min(1),
  tier: z.coerce.number().pipe(z.union(CONTROL_TIERS.map((tier) => z.literal(tier)) as [z.ZodLiteral<0>, z.ZodLiteral<1>, z.ZodLiteral<2>])),
  /** The decision guide's answers, by question. */
  answers: z.record(z.string(), z.boolean()).default({}),
  reason,
});

interface AgentProposal {
  kind: "stage" | "tier";
  agent: { id: string; stage: string; tier: number | null; currentVersionId: string | null };
  proposal: Record<string, unknown>;
  title: string;
  reason: string;
  rule: { id: string; title: string };
  obligations: Obligation[];
}

async function propose(tx: Transaction, actor: Actor, { kind, agent, proposal, title, reason, rule, obligations }: AgentProposal, now: Date) {
  const agentId = agent.id;
  const { policy, revision } = await reviewPolicyInForce(tx);
  const open = await tx.change.findFirst({ where: { agentId, kind, state: "open" }, select: { id: true } });
  if (open) throw new Conflict(`A proposal for another ${kind} is open already. Decide or withdraw it first.`);
  const id = newId("ch");
  const fingerprint = raiseFingerprint({ kind, agentId, proposal }, agent);
  await tx.change.create({
    data: {
      id, kind, agentId, proposal: proposal as never, fingerprint, title, class: "critical", facts: [], rules: [{ ...rule, facts: [] }],
      obligations: obligations as never, policyRevision: revision, authorIds: [actor.id], authorName: actor.name, reason, proposedAt: now,
      expiresAt: new Date(now.getTime() + policy.expiresAfterDays * 86_400_000),
    },
  });
  return { result: { changeId: id }, evidence: { kind: "change.proposed", subject: id, agentId, detail: { kind, proposal, fingerprint, reason } } };
}

/** Needs the technical owner and the business owner, neither of whom may be the one who asks. */
export const proposeStage = operation({
  kind: "change.proposed",
  needs: "stage:raise",
  agentOf: (_tx, input: { agentId: string }) => input.agentId,
  run: async ({ tx, actor, now }: Context, input: z.infer<typeof stageSchema>) => {
    const agent = await existingAgent(tx, input.agentId);
    if (!agent.currentVersionId) throw new NotPossible("A stage belongs to an approved version; this agent has none yet.");
    if (!isBelow(agent.stage as AutonomyStage, input.stage)) throw new NotPossible(`The agent stands at ${agent.stage} already; a lower stage needs no review.`);
    const next = stageAbove(agent.stage as AutonomyStage);
    if (input.stage !== next) throw new NotPossible(`Authority rises one stage at a time: after ${agent.stage} comes ${next}.`);
    return propose(tx, actor, {
      kind: "stage", agent, proposal: { stage: input.stage, versionId: agent.currentVersionId },
      title: `${agent.id}: raise the stage from ${LEVEL_NAMES[agent.stage as AutonomyStage].toLowerCase()} to ${LEVEL_NAMES[input.stage].toLowerCase()}`,
      reason: input.reason, rule: { id: "stage", title: "A higher stage needs the technical owner and the business owner." },
      obligations: [{ kind: "review", role: "technical_owner" }, { kind: "review", role: "business_owner" }],
    }, now);
  },
});

export const lowerStage = operation({
  kind: "stage.lowered",
  needs: "stage:lower",
  agentOf: (_tx, input: { agentId: string }) => input.agentId,
  run: async ({ tx, now }: Context, input: z.infer<typeof stageSchema>) => {
    const agent = await existingAgent(tx, input.agentId);
    if (agent.stage === input.stage) return { result: undefined, evidence: NOTHING_CHANGED };
    if (isBelow(agent.stage as AutonomyStage, input.stage)) throw new NotPossible("A higher stage needs a review.");
    await tx.agent.update({ where: { id: agent.id }, data: { stage: input.stage, stageSince: now } });
    await supersedeRaises(tx, { agentId: agent.id, kind: "stage", reason: "the stage was lowered" }, now);
    await refreshAuthority(tx, agent.id, now);
    return { result: undefined, evidence: { subject: agent.id, agentId: agent.id, detail: { before: agent.stage, after: input.stage, reason: input.reason } } };
  },
});

/** Needs the business owner, who may not be the one who asks; a deputy then decides. */
export const proposeTier = operation({
  kind: "change.proposed",
  needs: "tier:propose",
  agentOf: (_tx, input: { agentId: string }) => input.agentId,
  run: async ({ tx, actor, now }: Context, input: z.infer<typeof tierSchema>) => {
    const agent = await existingAgent(tx, input.agentId);
    if (agent.tier !== null && input.tier <= agent.tier) throw new NotPossible(`The agent is in tier ${agent.tier} already; a lower tier needs no review.`);
    return propose(tx, actor, {
      kind: "tier", agent, proposal: { tier: input.tier, answers: input.answers },
      title: agent.tier === null ? `${agent.id}: set the control tier to ${input.tier}` : `${agent.id}: raise the control tier from ${agent.tier} to ${input.tier}`,
      reason: input.reason, rule: { id: "tier", title: "The control tier needs the business owner." },
      obligations: [{ kind: "review", role: "business_owner" }],
    }, now);
  },
});

export const lowerTier = operation({
  kind: "tier.lowered",
  needs: "tier:lower",
  agentOf: (_tx, input: { agentId: string }) => input.agentId,
  run: async ({ tx, actor, now }: Context, input: { agentId: string; tier: ControlTier; reason: string }) => {
    const agent = await existingAgent(tx, input.agentId);
    if (agent.tier === input.tier) return { result: undefined, evidence: NOTHING_CHANGED };
    if (agent.tier === null || input.tier > agent.tier) throw new NotPossible("A higher tier needs a review.");
    await requireTierReleased(tx, agent, input.tier);
    await tx.agent.update({ where: { id: agent.id }, data: { tier: input.tier, tierSetAt: now, tierSetBy: actor.name } });
    await supersedeRaises(tx, { agentId: agent.id, kind: "tier", reason: "the tier was lowered" }, now);
    await refreshAuthority(tx, agent.id, now);
    return { result: undefined, evidence: { subject: agent.id, agentId: agent.id, detail: { before: agent.tier, after: input.tier, reason: input.reason } } };
  },
});
