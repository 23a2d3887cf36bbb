// What has this person put off that is still as it was?

import { pool } from "../database/database.ts";
import { SEEN_AS } from "../database/waiting-item.ts";

/** Until when, by item. */
export type Snoozes = ReadonlyMap<string, Date>;

const IN_FORCE = `SELECT z.item, z.until FROM item_snooze z WHERE z.person_id = $1 AND z.until > $2 AND z.seen_as = CASE
  WHEN z.item LIKE 'ac\\_%' THEN (SELECT ${SEEN_AS.action} FROM action a WHERE a.id = z.item)
  WHEN z.item LIKE 'ch\\_%' THEN (SELECT ${SEEN_AS.change} FROM change c WHERE c.id = z.item)
  WHEN z.item LIKE 'ro\\_%' THEN (SELECT ${SEEN_AS.rollout} FROM rollout o WHERE o.id = z.item)
  ELSE ${SEEN_AS.spot_check} END`;

/** Those that waited meanwhile for something else, or have something new, are back before their time. */
export async function readSnoozes(personId: string, now: Date): Promise<Snoozes> {
  const { rows } = await pool().query<{ item: string; until: Date }>(IN_FORCE, [personId, now]);
  return new Map(rows.map(({ item, until }) => [item, until]));
}
