// What became of those that somebody still has before them and that wait no longer?

import { pool } from "../database/database.ts";
import { fateOfEntry, FATE_KINDS, STILL_OPEN, TIME_OVER, type ItemFate } from "../domain/item-fate.ts";
import { itemKey, kindOfKey, subjectOfKey, type KeyKind } from "../domain/item-key.ts";
import { may, type Permission } from "../domain/permissions.ts";
import type { PersonActor } from "../domain/roles.ts";

/** As for the item itself. */
const NEEDS: Readonly<Record<KeyKind, Permission>> = { action: "action:read", change: "change:read", spot_check: "change:read", rollout: "rollout:read", finding: "change:read" };

/** Does it wait, and until when might it? Of a rollout its last entry tells. `$2`: changes whose spot check is meant. */
const STANDINGS = `
  SELECT id AS key, state = 'held' AS waits, expires_at AS "expiresAt" FROM action WHERE id = ANY($1)
  UNION ALL SELECT id, state = 'open', NULL FROM change WHERE id = ANY($1)
  UNION ALL SELECT 'spot-' || id, spot_check_due AND spot_checked_at IS NULL, NULL FROM change WHERE id = ANY($2)
  UNION ALL SELECT id, state = 'open', NULL FROM finding WHERE id = ANY($1)
  UNION ALL SELECT id, false, NULL FROM rollout WHERE id = ANY($1)`;

/** What was approved and begun did not run out while it waited, whatever was not heard of it afterwards. */
const ENTRIES = `
  SELECT DISTINCT ON (e.subject, e.kind = 'change.spot_checked') e.subject, e.kind, e.at, p.name AS person FROM log_entry e LEFT JOIN person p ON e.actor = 'person:' || p.id
  WHERE e.subject = ANY($1) AND e.kind = ANY($2) AND NOT (e.kind = 'action.expired' AND EXISTS (SELECT FROM log_entry b WHERE b.subject = e.subject AND b.kind = 'action.started'))
  ORDER BY e.subject, e.kind = 'change.spot_checked', e."index" DESC`;

interface Standing { key: string; waits: boolean; expiresAt: Date | null }
interface Entry { subject: string; kind: string; at: Date; person: string | null }

/** By key; without those of which nothing is known, or nothing may be known by this person. */
export async function findFates(actor: PersonActor, keys: readonly string[], now: Date): Promise<Record<string, ItemFate>> {
  const asked = keys.filter((key) => itemKey.safeParse(key).success && may(actor, NEEDS[kindOfKey(key)]).ok);
  if (asked.length === 0) return {};
  const [standings, entries] = await Promise.all([
    pool().query<Standing>(STANDINGS, [asked, asked.filter((key) => kindOfKey(key) === "spot_check").map(subjectOfKey)]),
    pool().query<Entry>(ENTRIES, [asked.map(subjectOfKey), FATE_KINDS]),
  ]);
  return Object.fromEntries(standings.rows.flatMap((standing) => {
    const fate = fateOf(standing, entries.rows, now);
    return fate === null ? [] : [[standing.key, fate]];
  }));
}

function fateOf({ key, waits, expiresAt }: Standing, entries: readonly Entry[], now: Date): ItemFate | null {
  if (waits) return expiresAt !== null && expiresAt <= now ? { ...TIME_OVER, by: null, at: expiresAt.toISOString() } : { ...STILL_OPEN, by: null, at: null };
  const isSpotCheck = kindOfKey(key) === "spot_check";
  const entry = entries.find(({ subject, kind }) => subject === subjectOfKey(key) && (kind === "change.spot_checked") === isSpotCheck);
  const word = entry === undefined ? null : fateOfEntry(entry.kind);
  return entry === undefined || word === null ? null : { ...word, by: entry.person, at: entry.at.toISOString() };
}
