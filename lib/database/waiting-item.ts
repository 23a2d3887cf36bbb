// What does an item of the inbox stand for, does it still wait, and is it still as it was?

import { Prisma } from "../../generated/prisma/client.ts";
import { kindOfKey, subjectOfKey, type KeyKind } from "../domain/item-key.ts";
import { OPEN_ROLLOUT_STATES } from "../domain/rollout-state.ts";
import type { Transaction } from "./database.ts";

export interface WaitingItem {
  /** Null: it is the house's. */
  agentId: string | null;
  waits: boolean;
  isCritical: boolean;
  expiresAt: Date | null;
  seenAs: string;
}

/** In SQL: another text as soon as somebody who looked at it should look again. The tables are called as the inbox calls them. */
export const SEEN_AS: Record<KeyKind, string> = {
  action: "concat_ws(' ', a.input_digest, a.answer IS NULL, (SELECT count(*) FROM action_review r WHERE r.action_id = a.id))",
  change: "concat_ws(' ', c.revision, c.fingerprint, c.class, (SELECT count(*) FROM review r WHERE r.change_id = c.id AND r.voided_at IS NULL), (SELECT count(*) FROM suite_result s WHERE s.change_id = c.id))",
  spot_check: "'due'",
  rollout: "concat_ws(' ', o.state, o.revision, o.stage_index)",
  finding: "f.state",
};

const found = (kind: KeyKind, { agent, waits, isCritical = "false", expiresAt = "NULL::timestamptz", of }: { agent: string; waits: Prisma.Sql; isCritical?: string; expiresAt?: string; of: Prisma.Sql }): Prisma.Sql =>
  Prisma.sql`SELECT ${Prisma.raw(`${agent} AS "agentId", ${isCritical} AS "isCritical", ${expiresAt} AS "expiresAt", ${SEEN_AS[kind]} AS "seenAs"`)}, ${waits} AS waits FROM ${of}`;

const FIND: Record<KeyKind, (id: string, now: Date) => Prisma.Sql> = {
  action: (id, now) => found("action", { agent: "a.agent_id", waits: Prisma.sql`a.state = 'held' AND a.expires_at > ${now}`, expiresAt: "a.expires_at", of: Prisma.sql`action a WHERE a.id = ${id}` }),
  change: (id) => found("change", { agent: "c.agent_id", waits: Prisma.sql`c.state = 'open'`, isCritical: "c.class NOT IN ('harmless', 'material')", expiresAt: "c.expires_at", of: Prisma.sql`change c WHERE c.id = ${id}` }),
  spot_check: (id) => found("spot_check", { agent: "c.agent_id", waits: Prisma.sql`c.spot_check_due AND c.spot_checked_at IS NULL`, of: Prisma.sql`change c WHERE c.id = ${id}` }),
  rollout: (id) => found("rollout", { agent: "o.agent_id", waits: Prisma.sql`o.state = ANY(${[...OPEN_ROLLOUT_STATES]})`, of: Prisma.sql`rollout o WHERE o.id = ${id}` }),
  finding: (id) => found("finding", { agent: "f.agent_id", waits: Prisma.sql`f.state = 'open'`, isCritical: "true", of: Prisma.sql`finding f WHERE f.id = ${id}` }),
};

/** Null when there is no such thing. */
export async function findWaitingItem(client: Pick<Transaction, "$queryRaw">, key: string, now: Date): Promise<WaitingItem | null> {
  const [row] = await client.$queryRaw<WaitingItem[]>(FIND[kindOfKey(key)](subjectOfKey(key), now));
  return row ?? null;
}
