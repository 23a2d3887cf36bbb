// Does an approved version take effect at once, or in stages beside the current one?

import { randomBytes } from "node:crypto";
import type { Transaction } from "../database/database.ts";
import { AUTONOMY_STAGES } from "../domain/authority-level.ts";
import { defaultCanaryPlan, ROLL_BACK_IRREVERSIBLE_AT } from "../domain/canary-plan.ts";
import type { Obligation } from "../domain/review-policy.ts";
import { newId } from "../new-id.ts";
import { endOpenRollouts } from "./end-rollouts.ts";
import type { LockedChange } from "./lock-change.ts";

/**
 * The rollout that the change asks for, planned in the transaction of its approval and started by a person; null when there is nothing to try it
 * against, or when it runs already and was reviewed afterwards. Whatever else was being rolled out for the agent is superseded.
 */
export async function planRollout(tx: Transaction, change: LockedChange, now: Date): Promise<string | null> {
  const { agentId, toVersionId } = change;
  if (agentId === null || toVersionId === null || change.isRetroactive) return null;
  const canary = (change.obligations as unknown as Obligation[]).find((obligation) => obligation.kind === "canary");
  const agent = await tx.agent.findUniqueOrThrow({ where: { id: agentId }, select: { currentVersionId: true, stage: true } });
  if (!canary || agent.currentVersionId === null || agent.currentVersionId === toVersionId) return null;

  await endOpenRollouts(tx, { agentId, state: "superseded", reason: `Another change was approved: ${change.title}` }, now);
  const plan = defaultCanaryPlan(canary.from, AUTONOMY_STAGES.find((stage) => stage === agent.stage) ?? "shadow");
  const isIrreversible = await hasIrreversibleTool(tx, toVersionId);
  const id = newId("ro");
  await tx.rollout.create({
    data: {
      id, agentId, changeId: change.id, candidateId: toVersionId, currentId: agent.currentVersionId, state: "planned", salt: randomBytes(32).toString("base64url"), plannedAt: now,
      plan: { ...plan, rollBackAt: isIrreversible ? ROLL_BACK_IRREVERSIBLE_AT : plan.rollBackAt },
    },
  });
  await tx.rolloutEvent.create({ data: { rolloutId: id, kind: "planned", stageIndex: 0, exposure: 0, by: "system:holdpoint", reason: null, detail: { changeId: change.id }, at: now } });
  return id;
}

async function hasIrreversibleTool(tx: Transaction, versionId: string): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ has: boolean }[]>`
    SELECT EXISTS (SELECT FROM agent_version v, jsonb_array_elements(v.components) r JOIN component c ON c.digest = r->>'digest'
      WHERE v.id = ${versionId} AND r->>'kind' = 'tool' AND c.content->>'effect' = 'irreversible') AS has`;
  return row?.has ?? true;
}
