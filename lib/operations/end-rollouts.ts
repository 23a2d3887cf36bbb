// What happens to a rollout that is over before its end? Its candidate is no longer approved, and what it still does counts as unreviewed.

import type { Transaction } from "../database/database.ts";

export const OPEN_ROLLOUT_STATES = ["planned", "running", "paused", "held"] as const;

interface Ending {
  agentId: string;
  /** The rollout of this version goes on. */
  exceptCandidateId?: string;
  state: "superseded" | "aborted" | "rolled_back";
  reason: string;
  by?: string;
}

/** Returns the ids of what ended; the caller holds the agent's row lock. */
export async function endOpenRollouts(tx: Transaction, { agentId, exceptCandidateId, state, reason, by = "system:holdpoint" }: Ending, now: Date): Promise<string[]> {
  const open = await tx.rollout.findMany({
    where: { agentId, state: { in: [...OPEN_ROLLOUT_STATES] }, ...(exceptCandidateId === undefined ? {} : { candidateId: { not: exceptCandidateId } }) },
    select: { id: true, candidateId: true, stageIndex: true, exposure: true },
  });
  for (const { id, candidateId, stageIndex, exposure } of open) {
    await tx.rollout.update({ where: { id }, data: { state, reason, endedAt: now, exposure: 0, revision: { increment: 1 } } });
    await tx.rolloutEvent.create({ data: { rolloutId: id, kind: state, stageIndex, exposure: 0, by, reason, detail: { exposureBefore: exposure }, at: now } });
    await withdrawCandidate(tx, { agentId, candidateId });
  }
  return open.map(({ id }) => id);
}

/** Unless it is current by another way, for instance a rollback to it. */
async function withdrawCandidate(tx: Transaction, { agentId, candidateId }: { agentId: string; candidateId: string }): Promise<void> {
  const agent = await tx.agent.findUniqueOrThrow({ where: { id: agentId }, select: { currentVersionId: true } });
  if (agent.currentVersionId === candidateId) return;
  await tx.agentVersion.update({ where: { id: candidateId }, data: { approvedAt: null } });
  await tx.observedComponent.updateMany({ where: { agentId }, data: { judgedAt: null } });
}
