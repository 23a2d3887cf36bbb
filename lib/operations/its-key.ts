// Does the key that prepared an action go on with it, or one that finishes what a revoked key left?

import { whyNotItsKey } from "../domain/action-key.ts";
import { Conflict } from "../errors.ts";
import type { LogDetail } from "./append-to-log.ts";
import type { StoredAction } from "./held-action.ts";
import { actorName, type Context } from "./operation.ts";

/** For the log, beside who did it: whose action it was, where that is another key. */
export const leftBy = (teller: string, preparedBy: string): LogDetail => (teller === preparedBy ? {} : { preparedBy });

/** Throws `Conflict`. People withdraw by their permission, whoever prepared it. Answers what the log says beside who did it. */
export async function requireItsKey({ tx, actor }: Pick<Context, "tx" | "actor">, { preparedBy }: Pick<StoredAction, "preparedBy">): Promise<LogDetail> {
  if (actor.kind !== "key") return {};
  const teller = actorName(actor);
  if (teller === preparedBy) return {};
  const key = await tx.apiKey.findUnique({ where: { id: preparedBy.replace(/^key:/, "") }, select: { revokedAt: true } });
  const whyNot = whyNotItsKey(teller, { preparedBy, isRevoked: key !== null && key.revokedAt !== null });
  if (whyNot !== null) throw new Conflict(whyNot);
  return leftBy(teller, preparedBy);
}
