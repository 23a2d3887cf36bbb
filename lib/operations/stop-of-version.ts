// Is a version stopped by itself? Its release takes two persons, and where another version became current without one the stop would cover nothing any more.

import type { Transaction } from "../database/database.ts";

/** The id of the engaged stop; null without one. Those of the agent, its tier and the fleet cover whatever is current. */
export async function stopOfVersion(tx: Transaction, versionId: string | null): Promise<string | null> {
  if (versionId === null) return null;
  const stop = await tx.stop.findFirst({ where: { scope: "version", target: versionId, releasedAt: null }, select: { id: true } });
  return stop?.id ?? null;
}
