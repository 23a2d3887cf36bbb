// What did people note on items of the inbox?

import { pool, prisma } from "../database/database.ts";
import { findWaitingItem } from "../database/waiting-item.ts";
import type { InboxItem, ItemTriage } from "../domain/inbox-item.ts";
import { itemKey, subjectOfKey } from "../domain/item-key.ts";
import { may } from "../domain/permissions.ts";
import type { PersonActor } from "../domain/roles.ts";
import { readSnoozes } from "./snoozes.ts";

type NamedItem = Pick<InboxItem, "key" | "agentId">;

interface TriageRow { item: string; personId: string; name: string; since: Date }

const READ = `SELECT i.item, i.person_id AS "personId", p.name, i.since FROM item_assignee i JOIN person p ON p.id = i.person_id WHERE i.item = ANY($1)`;

const COUNT = "SELECT subject, count(*)::int AS n FROM item_comment WHERE subject = ANY($1) GROUP BY subject";

function whyNot(actor: PersonActor, agentId: string | null): string | null {
  const answer = may(actor, agentId === null ? "review_policy:triage" : "item:triage", agentId);
  return answer.ok ? null : answer.reason;
}

/** Of these and no other items. */
export async function readTriage(actor: PersonActor, keys: readonly string[], now: Date): Promise<(item: NamedItem) => ItemTriage> {
  const [{ rows }, { rows: counted }, snoozes] = await Promise.all([
    pool().query<TriageRow>(READ, [keys]), pool().query<{ subject: string; n: number }>(COUNT, [keys.map(subjectOfKey)]), readSnoozes(actor.id, now),
  ]);
  const comments = new Map(counted.map(({ subject, n }) => [subject, n]));
  const byKey = new Map(rows.map(({ item, since, ...row }) => [item, { ...row, since: since.toISOString(), isYou: row.personId === actor.id }]));
  return ({ key, agentId }) => ({ assignee: byKey.get(key) ?? null, snoozedUntil: snoozes.get(key)?.toISOString() ?? null, comments: comments.get(subjectOfKey(key)) ?? 0, cannot: whyNot(actor, agentId) });
}

export interface ItemNotes extends ItemTriage {
  /** What waits no longer is nobody's. */
  waits: boolean;
  isCritical: boolean;
  expiresAt: string | null;
}

/** For an item's own page. Null when there is no such thing. */
export async function findItemNotes(actor: PersonActor, key: string, now: Date): Promise<ItemNotes | null> {
  const item = itemKey.safeParse(key).success ? await findWaitingItem(prisma(), key, now) : null;
  if (!item) return null;
  const { agentId, waits, isCritical, expiresAt } = item;
  return { ...(await readTriage(actor, [key], now))({ key, agentId }), waits, isCritical, expiresAt: expiresAt?.toISOString() ?? null };
}
