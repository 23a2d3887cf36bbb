// How does an agent go back to the version before? The approved one before it is current again, and what it did since can be taken back as well.

import { z } from "zod";
import { versionBefore } from "../database/version-before.ts";
import { NotPossible } from "../errors.ts";
import { existingAgent } from "./agents.ts";
import { personOf } from "./approve-action.ts";
import { makeCurrent } from "./make-current.ts";
import { operation, type Context, type Evidence } from "./operation.ts";
import { NOTHING_TRIED } from "./policy-trials.ts";
import { lockAgent, refreshAuthority } from "./refresh-authority.ts";
import { undoVersionWithin, type StartedUndo } from "./undo.ts";
import { rebaseOpenChanges } from "./versions.ts";

export const rollbackSchema = z.object({
  agentId: z.string().min(1).max(63),
  /** Of the version that was on the page: another one that became current meanwhile is not rolled back unseen. */
  fromVersionId: z.string().max(100).nullable().default(null),
  reason: z.string("Say why.").trim().min(1, "Say why.").max(1_000),
  /** Also take back what the version did since then; null: nothing. */
  undoSince: z.coerce.date().nullable().default(null),
});
export type Rollback = z.input<typeof rollbackSchema>;

export interface RolledBack {
  fromVersionId: string;
  versionId: string;
  versionNumber: number;
  undo: StartedUndo | null;
}

/**
 * What was approved once, to the last character, needs no new review; proposals that are open are compared with it anew. The stage is not
 * raised by it. Throws `NotPossible` when there is no approved version before.
 */
export const rollbackVersion = operation({
  kind: "version.rolled_back",
  needs: "stage:lower",
  agentOf: (_tx, { agentId }: Rollback) => agentId,
  run: async (context: Context, input: Rollback) => {
    const { tx, now } = context;
    const { agentId, fromVersionId, reason, undoSince } = rollbackSchema.parse(input);
    const person = personOf(context);
    await existingAgent(tx, agentId);
    const agent = await lockAgent(tx, agentId);
    const from = agent?.currentVersionId ?? null;
    if (from === null) throw new NotPossible("No version of this agent is current.");
    if (fromVersionId !== null && fromVersionId !== from) throw new NotPossible("Another version became current meanwhile. Look at it again.");
    const current = await tx.agentVersion.update({ where: { id: from }, data: { rolledBackAt: now }, select: { number: true } });
    const before = await versionBefore(tx, agentId, current);
    if (!before) throw new NotPossible("There is no approved version before the current one.");
    await makeCurrent(tx, agentId, before.id, now);
    // Going back waits for nothing: the proposals that are open may weigh too much, never too little.
    await rebaseOpenChanges(tx, agentId, NOTHING_TRIED, now);
    await refreshAuthority(tx, agentId, now);
    const undone = undoSince === null ? null : await undoVersionWithin(context, { agentId, versionId: from, since: undoSince, reason, by: person });
    const result: RolledBack = { fromVersionId: from, versionId: before.id, versionNumber: before.number, undo: undone?.result ?? null };
    const own: Evidence = { subject: before.id, agentId, detail: { from, number: before.number, fingerprint: before.fingerprint, reason, undoId: undone?.result.undoId ?? null } };
    return { result, evidence: undone === null ? own : ([own, undone.evidence] as const) };
  },
});
