// May an agent leave its tier? Not while that is stopped: its release takes two persons, and another tier would need one.

import type { Transaction } from "../database/database.ts";
import { tierOf } from "../domain/stop-scope.ts";
import { NotPossible } from "../errors.ts";

export async function requireTierReleased(tx: Transaction, agent: { tier: number | null }, to: number): Promise<void> {
  const target = tierOf(agent);
  if (target === String(to)) return;
  const stop = await tx.stop.findFirst({ where: { scope: "tier", target, releasedAt: null }, select: { id: true } });
  if (stop) throw new NotPossible(`The kill switch of tier ${target} is engaged: the agent stays in that tier until it is released.`);
}
