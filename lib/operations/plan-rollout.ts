// Does an approved version take effect at once, or in stages beside the current one?

import { randomBytes } from "node:crypto";
import type { Transaction } from "../database/database.ts";
import { readTraffic } from "../database/rollout-traffic.ts";
import { readUsualUse } from "../database/usual-use.ts";
import { AUTONOMY_STAGES, isBelow } from "../domain/authority-level.ts";
import { levelOfTier } from "../domain/authority.ts";
import { canaryPlanSchema, defaultCanaryPlan, ROLL_BACK_IRREVERSIBLE_AT, suitedToRates, type CanaryPlan } from "../domain/canary-plan.ts";
import { usualEscalation, withEscalationBand } from "../domain/escalation-band.ts";
import type { CanaryStart, Obligation } from "../domain/review-policy.ts";
import { usualTaskLimits } from "../domain/task-limits.ts";
import { weakerSentence } from "../domain/weaker-plan.ts";
import { BadInput, NotPossible } from "../errors.ts";
import { newId } from "../new-id.ts";
import { endOpenRollouts } from "./end-rollouts.ts";
import type { LockedChange } from "./lock-change.ts";
import { agentOfRollout, lockRollout, moveRollout, requireMove, requireRevision, standingOf, type LockedRollout } from "./lock-rollout.ts";
import { operation, type Context } from "./operation.ts";
import { requirePlanOfOther } from "./rollout-authors.ts";

/**
 * The rollout that the change asks for, planned in the transaction of its approval and started by a person; null when there is nothing to try it
 * against, or when it runs already and was reviewed afterwards. Whatever else was being rolled out for the agent is superseded.
 */
export async function planRollout(tx: Transaction, change: LockedChange, now: Date): Promise<string | null> {
  const { agentId, toVersionId } = change;
  if (agentId === null || toVersionId === null || change.isRetroactive) return null;
  const canary = canaryOf(change);
  const agent = await tx.agent.findUniqueOrThrow({ where: { id: agentId }, select: { currentVersionId: true, stage: true, tier: true } });
  if (!canary || agent.currentVersionId === null || agent.currentVersionId === toVersionId) return null;

  await endOpenRollouts(tx, { agentId, reason: `Another change was approved: ${change.title}` }, now);
  const { rates, escalationKnown } = await readTraffic(agentId, agent.currentVersionId, now);
  const plan = withEscalationBand(suitedToRates(defaultCanaryPlan(canary.from, actingAt(agent).actsAt ?? "shadow"), rates), usualEscalation({ rate: rates.escalation, known: escalationKnown }));
  const taskLimits = usualTaskLimits(await readUsualUse(tx, { agentId, versionId: agent.currentVersionId, now }));
  const isIrreversible = await hasIrreversibleTool(tx, toVersionId);
  const usual: CanaryPlan = { ...plan, ...actingAt(agent), taskLimits, rollBackAt: isIrreversible ? ROLL_BACK_IRREVERSIBLE_AT : plan.rollBackAt };
  const id = newId("ro");
  await tx.rollout.create({
    data: { id, agentId, changeId: change.id, candidateId: toVersionId, currentId: agent.currentVersionId, state: "planned", salt: randomBytes(32).toString("base64url"), plannedAt: now, plan: usual },
  });
  await tx.rolloutEvent.create({ data: { rolloutId: id, kind: "planned", stageIndex: 0, exposure: 0, by: "system:holdpoint", reason: null, detail: { changeId: change.id, plan: usual }, at: now } });
  return id;
}

const canaryOf = ({ obligations }: { obligations: unknown }): { from: CanaryStart } | undefined => (obligations as readonly Obligation[]).find((obligation) => obligation.kind === "canary");

async function hasIrreversibleTool(tx: Transaction, versionId: string): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ has: boolean }[]>`
    SELECT EXISTS (SELECT FROM agent_version v, jsonb_array_elements(v.components) r JOIN component c ON c.digest = r->>'digest'
      WHERE v.id = ${versionId} AND r->>'kind' = 'tool' AND c.content->>'effect' = 'irreversible') AS has`;
  return row?.has ?? true;
}

/** Whatever a plan may be edited to: it begins no later than the re-review policy asks. Throws `BadInput` or `NotPossible` with what is wrong. */
export async function requirePlan(tx: Transaction, { changeId, agentId }: Pick<LockedRollout, "changeId" | "agentId">, given: unknown): Promise<CanaryPlan> {
  const read = canaryPlanSchema.safeParse(given);
  if (!read.success) throw new BadInput(read.error.issues[0]?.message ?? "This plan cannot be read.");
  const change = await tx.change.findUniqueOrThrow({ where: { id: changeId }, select: { obligations: true } });
  if (canaryOf(change)?.from === "shadow" && read.data.stages[0]?.stage !== "shadow") throw new NotPossible("The re-review policy asks for a canary from shadow on: the first stage must be shadow.");
  const agent = await tx.agent.findUniqueOrThrow({ where: { id: agentId }, select: { stage: true, tier: true } });
  const { actsAt: _sent, ...plan } = read.data;
  return { ...plan, ...actingAt(agent) };
}

/** Writes of an agent that stands higher than its tier are held in both versions. A stage that is not known is none: then nothing is left out of the comparison. */
function actingAt({ stage: name, tier }: { stage: string; tier: number | null }): Pick<CanaryPlan, "actsAt"> {
  const stage = AUTONOMY_STAGES.find((known) => known === name);
  const most = levelOfTier(tier);
  return stage === undefined ? {} : { actsAt: isBelow(most, stage) ? most : stage };
}

export interface RolloutPlanEdit {
  rolloutId: string;
  /** Of the rollout that was on the page. */
  revision: number;
  plan: unknown;
}

export const editRolloutPlan = operation({
  kind: "rollout.plan_edited",
  needs: "rollout:plan",
  agentOf: agentOfRollout,
  run: async (context: Context, { rolloutId, revision, plan: given }: RolloutPlanEdit) => {
    const { tx, actor, now } = context;
    const rollout = await lockRollout(tx, rolloutId);
    requireMove(rollout, "edit_plan");
    requireRevision(rollout, revision);
    const plan = await requirePlan(tx, rollout, given);
    const weaker = await requirePlanOfOther(context, rollout, plan);
    const moved = await moveRollout(tx, rollout, { plan }, { kind: "plan_edited", by: actor.name, reason: weakerSentence(weaker), detail: { weaker } }, now);
    return { result: standingOf(moved), evidence: { subject: rolloutId, agentId: rollout.agentId, detail: { before: rollout.plan, after: plan, weaker } } };
  },
});
