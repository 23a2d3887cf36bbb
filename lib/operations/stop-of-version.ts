// Is a version stopped by itself? Its release takes two persons, and where another version became current without one the stop would cover nothing any more.

import type { Transaction } from "../database/database.ts";
import { nextEpoch } from "./next-epoch.ts";

/** The id of the engaged stop; null without one. Those of the agent, its tier and the fleet cover whatever is current. */
export async function stopOfVersion(tx: Transaction, versionId: string | null): Promise<string | null> {
  if (versionId === null) return null;
  const stop = await tx.stop.findFirst({ where: { scope: "version", target: versionId, releasedAt: null }, select: { id: true } });
  return stop?.id ?? null;
}

/** A stop was stored while another version was about to become current without a person: nothing of that is kept, and it is asked again. */
export class StoppedMeanwhile extends Error {
  override name = "StoppedMeanwhile";
}

/**
 * For the end of what replaces this version without a person. A stop is stored under the log's head, so that either it is seen here, or whoever
 * engages it sees that another version is current.
 */
export async function requireUnstopped(tx: Transaction, versionId: string | null): Promise<void> {
  await nextEpoch(tx);
  if ((await stopOfVersion(tx, versionId)) !== null) throw new StoppedMeanwhile();
}
