// What is meant by these few letters? Agents, changes, runs, findings, stops and people, by name or by an id that was pasted.

import { pool } from "../database/database.ts";
import { may } from "../domain/permissions.ts";
import type { PersonActor } from "../domain/roles.ts";
import { paths } from "../paths.ts";

export const FOUND_KINDS = ["agent", "change", "run", "finding", "stop", "person"] as const;
export type FoundKind = (typeof FOUND_KINDS)[number];

export interface Found {
  kind: FoundKind;
  id: string;
  title: string;
  detail: string | null;
  href: string;
}

const EACH = 8;
/** Fewer letters than these are not looked for in the middle of long texts. */
const LEAST_FOR_TITLES = 2;

/** `%` and `_` are letters like others here. */
const within = (text: string): string => `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;

interface Row {
  id: string;
  title: string;
  detail: string | null;
}

async function rowsOf(sql: string, values: unknown[]): Promise<Row[]> {
  return (await pool().query<Row>(`${sql} LIMIT ${EACH}`, values)).rows;
}

const findAgents = (text: string) =>
  rowsOf(
    `SELECT id, id AS title, card->>'team' AS detail FROM agent WHERE archived_at IS NULL AND (id ILIKE $1 OR card->>'team' ILIKE $1)
     ORDER BY id = $2 DESC, starts_with(lower(id), lower($2)) DESC, id`, [within(text), text]);

const findChanges = (text: string) =>
  rowsOf(
    `SELECT id, title, coalesce(agent_id, 'the house') || ', ' || state AS detail FROM change WHERE id = $2 OR ($3 AND title ILIKE $1)
     ORDER BY id = $2 DESC, state = 'open' DESC, proposed_at DESC`, [within(text), text, text.length >= LEAST_FOR_TITLES]);

/** By id, by conversation, or by the id of a business record, each as a whole: they are pasted. */
const findRuns = (text: string) =>
  rowsOf(
    `SELECT id, coalesce(records->0->>'id', conversation_id) AS title, agent_id || coalesce(', ' || outcome, '') AS detail FROM (
       SELECT * FROM run WHERE id = $1 UNION SELECT * FROM run WHERE agent_id = ANY(ARRAY(SELECT id FROM agent)) AND conversation_id = $1
       UNION (SELECT * FROM run WHERE records @> jsonb_build_array(jsonb_build_object('id', $1::text)) ORDER BY started_at DESC LIMIT ${EACH})) found
     ORDER BY started_at DESC`, [text]);

const findFindings = (text: string) => rowsOf("SELECT id, sentence AS title, agent_id || ', ' || state AS detail FROM finding WHERE id = $1", [text]);
const findStops = (text: string) => rowsOf("SELECT id, scope || coalesce(' ' || nullif(target, ''), '') AS title, CASE WHEN released_at IS NULL THEN 'engaged' ELSE 'released' END AS detail FROM stop WHERE id = $1", [text]);
const findPeople = (text: string) =>
  rowsOf("SELECT id, name AS title, email AS detail FROM person WHERE disabled_at IS NULL AND (name ILIKE $1 OR email ILIKE $1 OR id = $2) ORDER BY name", [within(text), text]);

const HREF: Readonly<Record<FoundKind, (id: string) => string>> = {
  agent: (id) => paths.agent(id), change: (id) => paths.change(id), run: (id) => paths.run(id), finding: (id) => paths.finding(id), stop: (id) => paths.stopOf(id), person: () => paths.settingsPeople(),
};

/** At most fifty, those of a kind together, agents first. Only what the person may see. */
export async function search(text: string, actor: PersonActor): Promise<Found[]> {
  const wanted = text.trim();
  if (wanted === "") return [];
  const none: Promise<Row[]> = Promise.resolve([]);
  const [agents, changes, runs, findings, stops, people] = await Promise.all([
    may(actor, "agent:read").ok ? findAgents(wanted) : none, may(actor, "change:read").ok ? findChanges(wanted) : none, may(actor, "run:read").ok && wanted.length > 2 ? findRuns(wanted) : none,
    // A stop is read by whoever sees agents, as on its page.
    may(actor, "change:read").ok ? findFindings(wanted) : none, may(actor, "agent:read").ok ? findStops(wanted) : none, may(actor, "settings:read").ok ? findPeople(wanted) : none,
  ]);
  const found = { agent: agents, change: changes, run: runs, finding: findings, stop: stops, person: people };
  return FOUND_KINDS.flatMap((kind) => found[kind].map((row) => ({ kind, ...row, href: HREF[kind](row.id) })));
}
