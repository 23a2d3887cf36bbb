// What happens when a version becomes the one that runs?

import type { Transaction } from "../database/database.ts";
import { AUTONOMY_STAGES } from "../domain/authority-level.ts";
import { endOverrides } from "./end-overrides.ts";
import { endOpenRollouts } from "./end-rollouts.ts";
import { supersedeRaises } from "./supersede-raises.ts";

/**
 * The version is approved and current at the agent's stage; what was asked for the version before it no longer stands. Rollouts that are open end,
 * because what they compare with is no longer current. The caller holds the agent's row lock.
 */
export async function makeCurrent(tx: Transaction, agentId: string, versionId: string, now: Date): Promise<void> {
  await tx.agentVersion.update({ where: { id: versionId }, data: { approvedAt: now, rolledBackAt: null } });
  const agent = await tx.agent.update({ where: { id: agentId }, data: { currentVersionId: versionId }, select: { stage: true } });
  // A higher stage is asked for one fingerprint, and an exception to it made for one; for another one it must be asked again.
  await supersedeRaises(tx, { agentId, kind: "stage", reason: "another version became current" }, now);
  await endOverrides(tx, { agentId, source: "stage", level: AUTONOMY_STAGES.find((stage) => stage === agent.stage) ?? "shadow", reason: "Another version became current." }, now);
  await endOpenRollouts(tx, { agentId, reason: "Another version became current." }, now);
  // Whatever traffic showed is compared anew with what is approved now.
  await tx.observedComponent.updateMany({ where: { agentId }, data: { judgedAt: null } });
}
