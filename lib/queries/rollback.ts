// What would going back to the version before mean, and what of what was done since could be taken back?

import { prisma } from "../database/database.ts";
import { versionBefore } from "../database/version-before.ts";
import { previewUndo } from "./undos.ts";

export interface RollbackPreview {
  from: { id: string; number: number };
  to: { id: string; number: number; label: string | null; fingerprint: string };
  /** The first thing that the current version did and that still stands; null: nothing. */
  since: Date | null;
  undo: Awaited<ReturnType<typeof previewUndo>>;
}

/** Null: no version is current, or none was approved before it. */
export async function getRollbackPreview(agentId: string, now: Date): Promise<RollbackPreview | null> {
  const agent = await prisma().agent.findUnique({ where: { id: agentId }, select: { currentVersion: { select: { id: true, number: true } } } });
  const from = agent?.currentVersion ?? null;
  if (from === null) return null;
  const to = await versionBefore(prisma(), agentId, from);
  if (!to) return null;
  const first = await prisma().action.findFirst({ where: { agentId, versionId: from.id, state: "committed" }, orderBy: { preparedAt: "asc" }, select: { preparedAt: true } });
  return { from, to, since: first?.preparedAt ?? null, undo: await previewUndo({ agentId, scope: "version", target: from.id, since: null }, now) };
}
