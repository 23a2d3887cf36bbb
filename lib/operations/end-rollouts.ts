// What happens to a rollout that is over before its end? Its candidate is no longer approved, and what it still does counts as unreviewed.

import type { Prisma } from "../../generated/prisma/client.ts";
import type { Transaction } from "../database/database.ts";
import { OPEN_ROLLOUT_STATES } from "../domain/rollout-state.ts";
import { appendToLog } from "./append-to-log.ts";
import { moveRollout, readRollout, type LockedRollout } from "./lock-rollout.ts";
import { notify } from "./operation.ts";

interface Ending {
  state: "superseded" | "aborted" | "rolled_back";
  reason: string;
  by: string;
  detail?: Prisma.InputJsonObject;
  undoId?: string | null;
}

/** The caller holds the locks of the agent and of the rollout. */
export async function endRollout(tx: Transaction, rollout: LockedRollout, { state, reason, by, detail = {}, undoId = null }: Ending, now: Date): Promise<LockedRollout> {
  const ended = await moveRollout(tx, rollout, { state, reason, endedAt: now, exposure: 0, undoId }, { kind: state, by, reason, detail: { exposureBefore: rollout.exposure, ...detail } }, now);
  await withdrawCandidate(tx, rollout);
  return ended;
}

/** Returns the ids of what ended; the caller holds the agent's row lock. */
export async function endOpenRollouts(tx: Transaction, { agentId, reason }: { agentId: string; reason: string }, now: Date): Promise<string[]> {
  const open = await tx.rollout.findMany({ where: { agentId, state: { in: [...OPEN_ROLLOUT_STATES] } }, select: { id: true }, orderBy: { id: "asc" } });
  const by = "system:holdpoint";
  for (const { id } of open) {
    await tx.$executeRaw`SELECT 1 FROM rollout WHERE id = ${id} FOR NO KEY UPDATE`;
    await endRollout(tx, await readRollout(tx, id), { state: "superseded", reason, by }, now);
    await appendToLog(tx, [{ kind: "rollout.superseded", actor: by, subject: id, agentId, at: now, detail: { reason } }]);
    await notify(tx, { kind: "rollout.superseded", subject: id, agentId });
  }
  return open.map(({ id }) => id);
}

/** Unless it is current by another way, for instance a rollback to it. */
async function withdrawCandidate(tx: Transaction, { agentId, candidateId }: LockedRollout): Promise<void> {
  const agent = await tx.agent.findUniqueOrThrow({ where: { id: agentId }, select: { currentVersionId: true } });
  if (agent.currentVersionId === candidateId) return;
  await tx.agentVersion.update({ where: { id: candidateId }, data: { approvedAt: null } });
  await tx.observedComponent.updateMany({ where: { agentId }, data: { judgedAt: null } });
}
