// What does an operation see of a change? The whole of it, locked, so that two decisions never pass each other.

import type { Transaction } from "../database/database.ts";
import { NotFound } from "../errors.ts";

/** Locks the agent first, then the change: the same order everywhere, so that nobody waits in a circle. */
export async function lockChange(tx: Transaction, changeId: string) {
  await tx.$executeRaw`SELECT 1 FROM agent WHERE id = (SELECT agent_id FROM change WHERE id = ${changeId}) FOR UPDATE`;
  await tx.$executeRaw`SELECT 1 FROM change WHERE id = ${changeId} FOR UPDATE`;
  const change = await tx.change.findUnique({ where: { id: changeId }, include: { reviews: true, suiteResults: true } });
  if (!change) throw new NotFound("There is no such change.");
  return change;
}

export type LockedChange = Awaited<ReturnType<typeof lockChange>>;
