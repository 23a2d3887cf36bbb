// What becomes of an exception when what it excused is something else by now?

import type { Transaction } from "../database/database.ts";
import { AUTHORITY_LEVELS, isBelow, type AuthorityLevel } from "../domain/authority-level.ts";
import type { ConstraintSource } from "../domain/authority.ts";
import { appendToLog } from "./append-to-log.ts";
import { actorName, notify } from "./operation.ts";
import { systemActor } from "./people.ts";

interface Excused {
  agentId: string;
  source: ConstraintSource;
  /** What the constraint itself says now: an exception that lowers it still does. */
  level: AuthorityLevel;
  reason: string;
}

/** Nobody agreed to what is there now, so nothing raises it any more. The caller holds the agent's row lock and computes the authority anew. */
export async function endOverrides(tx: Transaction, { agentId, source, level, reason }: Excused, now: Date): Promise<void> {
  const raising = { in: AUTHORITY_LEVELS.filter((name) => isBelow(level, name)) };
  const ended = await tx.override.updateManyAndReturn({
    where: { agentId, source, level: raising, revokedAt: null, expiresAt: { gt: now } }, data: { revokedAt: now, revokedBy: systemActor.name }, select: { id: true },
  });
  const events = ended.map(({ id }) => ({ kind: "override.revoked", subject: id, agentId }));
  await notify(tx, ...events);
  await appendToLog(tx, events.map((event) => ({ ...event, actor: actorName(systemActor), at: now, detail: { source, reason } })));
}
