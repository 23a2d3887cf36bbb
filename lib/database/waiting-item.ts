// What does an item of the inbox stand for, and does it still wait?

import { Prisma } from "../../generated/prisma/client.ts";
import { kindOfKey, subjectOfKey, type KeyKind } from "../domain/item-key.ts";
import { OPEN_ROLLOUT_STATES } from "../domain/rollout-state.ts";
import type { Transaction } from "./database.ts";

export interface WaitingItem {
  /** Null: it is the house's. */
  agentId: string | null;
  waits: boolean;
}

const FIND: Record<KeyKind, (id: string, now: Date) => Prisma.Sql> = {
  action: (id, now) => Prisma.sql`SELECT a.agent_id AS "agentId", a.state = 'held' AND a.expires_at > ${now} AS waits FROM action a WHERE a.id = ${id}`,
  change: (id) => Prisma.sql`SELECT c.agent_id AS "agentId", c.state = 'open' AS waits FROM change c WHERE c.id = ${id}`,
  spot_check: (id) => Prisma.sql`SELECT c.agent_id AS "agentId", c.spot_check_due AND c.spot_checked_at IS NULL AS waits FROM change c WHERE c.id = ${id}`,
  rollout: (id) => Prisma.sql`SELECT o.agent_id AS "agentId", o.state = ANY(${[...OPEN_ROLLOUT_STATES]}) AS waits FROM rollout o WHERE o.id = ${id}`,
  finding: (id) => Prisma.sql`SELECT f.agent_id AS "agentId", f.state = 'open' AS waits FROM finding f WHERE f.id = ${id}`,
};

/** Null when there is no such thing. */
export async function findWaitingItem(client: Pick<Transaction, "$queryRaw">, key: string, now: Date): Promise<WaitingItem | null> {
  const [row] = await client.$queryRaw<WaitingItem[]>(FIND[kindOfKey(key)](subjectOfKey(key), now));
  return row ?? null;
}
