// Who is meant by a name? Everybody who can sign in; two of the same name are told apart by their e-mail address.

import { pool } from "../database/database.ts";

const SUGGESTED = 20;

/** `label` is what names them alone: the name, or name and address where there are two. */
const NAMED = `named AS (SELECT id, name, email, CASE WHEN count(*) OVER (PARTITION BY lower(btrim(name))) > 1 THEN btrim(name) || ', ' || email ELSE btrim(name) END AS label FROM person WHERE disabled_at IS NULL)`;

/** Labels of the first twenty by name whose name or address holds this text; of all when it is empty. */
export async function suggestPeople(text: string): Promise<string[]> {
  const { rows } = await pool().query<{ label: string }>(`WITH ${NAMED} SELECT label FROM named WHERE strpos(lower(name), lower($1)) > 0 OR strpos(lower(email), lower($1)) > 0 ORDER BY lower(label), email LIMIT ${SUGGESTED}`, [text.trim()]);
  return rows.map(({ label }) => label);
}

/** As they are written where somebody is chosen; whoever cannot sign in any more is missing. */
export async function labelsOf(personIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { rows } = await pool().query<{ id: string; label: string }>(`WITH ${NAMED} SELECT id, label FROM named WHERE id = ANY($1)`, [personIds]);
  return new Map(rows.map(({ id, label }) => [id, label]));
}

/** By each text the ids of those it may mean: by label, name, address or both, whatever the case. */
export async function findNamed(texts: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const { rows } = await pool().query<{ text: string; ids: string[] }>(
    `WITH ${NAMED} SELECT asked.text, array_agg(DISTINCT id) AS ids FROM unnest($1::text[]) AS asked(text)
     JOIN named ON lower(btrim(asked.text)) IN (lower(label), lower(btrim(name)), lower(email), lower(btrim(name) || ', ' || email)) GROUP BY asked.text`, [texts]);
  return new Map(rows.map(({ text, ids }) => [text, ids]));
}
