// To which version does an agent go back from the one that is current? Asked by the preview and by the rollback itself.

import { OPEN_ROLLOUT_STATES } from "../domain/rollout-state.ts";
import type { Transaction } from "./database.ts";

/**
 * The approved one with the next lower number, so that going back twice never leads forward. Neither what was left by a rollback, until it is
 * reviewed again, nor what is still being tried in stages. Null: there is none.
 */
export async function versionBefore(client: Transaction, agentId: string, current: { number: number }) {
  const tried = await client.rollout.findMany({ where: { agentId, state: { in: [...OPEN_ROLLOUT_STATES] } }, select: { candidateId: true } });
  return client.agentVersion.findFirst({
    where: { agentId, approvedAt: { not: null }, rolledBackAt: null, number: { lt: current.number }, id: { notIn: tried.map(({ candidateId }) => candidateId) } },
    orderBy: { number: "desc" }, select: { id: true, number: true, label: true, fingerprint: true },
  });
}
