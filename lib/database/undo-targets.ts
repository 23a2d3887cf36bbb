// Which actions does a reversal reach?

import type { Prisma } from "../../generated/prisma/client.ts";

export interface UndoScope {
  agentId: string;
  scope: "action" | "run" | "version";
  /** Of an action or version its id, of a run its conversation. */
  target: string;
  /** Only what was asked for since then; null: all. */
  since: Date | null;
}

/** What is done, and what was begun and never reported: that one cannot be taken back, and whoever takes back the rest has to know of it. */
const DONE_OR_BEGUN: Prisma.ActionWhereInput = { OR: [{ state: { in: ["committed", "started"] } }, { state: "expired", startedAt: { not: null } }] };

export const undoTargets = ({ agentId, scope, target, since }: UndoScope): Prisma.ActionWhereInput => ({
  agentId, ...(scope === "action" ? { id: target } : { ...DONE_OR_BEGUN, ...(scope === "run" ? { conversationId: target } : { versionId: target }) }), ...(since ? { preparedAt: { gte: since } } : {}),
});
