// What is meant by these few letters? Whatever has a page of its own, by name or by an id that was pasted, or its beginning.

import { pool } from "../database/database.ts";
import { ACTION_STATE_WORDS, isActionState } from "../domain/action-state.ts";
import { effectSentence } from "../domain/effect-sentence.ts";
import { may, type Permission } from "../domain/permissions.ts";
import type { PersonActor } from "../domain/roles.ts";
import { stopName, type StopScope } from "../domain/stop-scope.ts";
import { paths } from "../paths.ts";
import { SETTINGS_PAGES } from "../settings-pages.ts";
import { amountOfRow, readInputs } from "./actions.ts";

export const FOUND_KINDS = ["page", "agent", "change", "rollout", "action", "undo", "run", "finding", "stop", "person"] as const;
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

/** Three letters behind the prefix leave one id in thirty thousand. */
const LEAST_OF_ID = 6;
const ID_START = /^[a-z]{2}_[0-9a-z_]{3,}$/;

/** Between these two every id that begins so, found by the index; of anything that is no beginning only the id itself. */
const range = (text: string): [string, string] => [text, ID_START.test(text) ? text + "z".repeat(32) : text];

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

/** What is found by the name of its agent too: $1 and $2 are the range of ids, $3 the beginning, $4 whether texts are looked through, $5 what they hold. */
const named = (text: string): unknown[] => [...range(text), text, text.length >= LEAST_FOR_TITLES, within(text)];
const HAS_ID = "BETWEEN $1 AND $2 AND starts_with";

const findChanges = (text: string) =>
  rowsOf(
    `SELECT id, title, coalesce(agent_id, 'the house') || ', ' || state AS detail FROM change WHERE id ${HAS_ID}(id, $3) OR ($4 AND title ILIKE $5)
     ORDER BY id = $3 DESC, state = 'open' DESC, proposed_at DESC`, named(text));

const findRollouts = (text: string) =>
  rowsOf(
    `SELECT r.id, c.title, r.agent_id || ', ' || replace(r.state, '_', ' ') AS detail FROM rollout r JOIN change c ON c.id = r.change_id
     WHERE r.id ${HAS_ID}(r.id, $3) OR ($4 AND (r.agent_id ILIKE $5 OR c.title ILIKE $5)) ORDER BY r.id = $3 DESC, r.ended_at IS NULL DESC, r.planned_at DESC`, named(text));

/** Only by id: of those of one agent there is no end, and they have a list. */
async function findActions(text: string): Promise<Row[]> {
  const { rows } = await pool().query<{ id: string; agent_id: string; tool: string; state: string; amount_minor: string | null; currency: string | null }>(
    `SELECT id, agent_id, tool, state, amount_minor, currency FROM action WHERE id ${HAS_ID}(id, $3) ORDER BY prepared_at DESC LIMIT ${EACH}`, [...range(text), text]);
  const inputs = await readInputs(rows.map(({ id }) => id));
  return rows.map(({ id, agent_id: agentId, tool, state, amount_minor: minor, currency }) => ({
    id, title: effectSentence({ tool, input: inputs.get(id) ?? null, amount: amountOfRow({ amountMinor: minor === null ? null : BigInt(minor), currency }) }),
    detail: `${agentId}, ${(isActionState(state) ? ACTION_STATE_WORDS[state] : state).toLowerCase()}`,
  }));
}

const findUndos = (text: string) =>
  rowsOf(
    `SELECT id, reason AS title, agent_id || ', ' || CASE state WHEN 'partial' THEN 'done in part' ELSE state END AS detail FROM undo WHERE id ${HAS_ID}(id, $3) ORDER BY started_at DESC`, [...range(text), text]);

/** By id, by conversation, or by the id of a business record, the latter two as a whole: they are pasted. */
const findRuns = (text: string) =>
  rowsOf(
    `SELECT id, coalesce(records->0->>'id', conversation_id) AS title, agent_id || coalesce(', ' || outcome, '') AS detail FROM (
       (SELECT * FROM run WHERE id ${HAS_ID}(id, $3) LIMIT ${EACH}) UNION SELECT * FROM run WHERE agent_id = ANY(ARRAY(SELECT id FROM agent)) AND conversation_id = $3
       UNION (SELECT * FROM run WHERE records @> jsonb_build_array(jsonb_build_object('id', $3::text)) ORDER BY started_at DESC LIMIT ${EACH})) found
     ORDER BY started_at DESC`, [...range(text), text]);

const findFindings = (text: string) =>
  rowsOf(
    `SELECT id, sentence AS title, agent_id || ', ' || state AS detail FROM finding WHERE id ${HAS_ID}(id, $3) OR ($4 AND agent_id ILIKE $5)
     ORDER BY id = $3 DESC, state = 'open' DESC, opened_at DESC`, named(text));

/** Of an agent: those of it, of one of its tools or of one of its versions. */
async function findStops(text: string): Promise<Row[]> {
  const { rows } = await pool().query<{ id: string; scope: StopScope; target: string; is_over: boolean; agent_id: string | null; number: number | null }>(
    `SELECT s.id, s.scope, s.target, s.released_at IS NOT NULL AS is_over, v.agent_id, v.number FROM stop s LEFT JOIN agent_version v ON s.scope = 'version' AND v.id = s.target
     WHERE s.id ${HAS_ID}(s.id, $3) OR ($4 AND (s.scope IN ('agent', 'tool') AND s.target ILIKE $5 OR v.agent_id ILIKE $5)) ORDER BY s.id = $3 DESC, s.released_at IS NULL DESC, s.engaged_at DESC LIMIT ${EACH}`, named(text));
  return rows.map(({ id, scope, target, is_over: isOver, agent_id: agentId, number }) => ({
    id, title: `Stop of ${stopName({ scope, target }, agentId === null || number === null ? null : { agentId, number })}`, detail: isOver ? "released" : "engaged",
  }));
}

const findPeople = (text: string) =>
  rowsOf("SELECT id, name AS title, email AS detail FROM person WHERE disabled_at IS NULL AND (name ILIKE $1 OR email ILIKE $1 OR id = $2) ORDER BY name", [within(text), text]);

/** Their overview is a page of the rail, which the box offers by itself. */
function findPages(text: string, actor: PersonActor): Row[] {
  const pages = SETTINGS_PAGES.filter(({ href, label, needs }) => href !== paths.settings() && label.toLowerCase().includes(text.toLowerCase()) && (needs === null || may(actor, needs).ok));
  return pages.map(({ href, label }) => ({ id: href, title: label, detail: null }));
}

interface Kind {
  needs: Permission | null;
  find: (text: string, actor: PersonActor) => Row[] | Promise<Row[]>;
  href: (id: string) => string;
  /** Shorter texts find nothing of it. */
  least?: number;
}

const KINDS: Readonly<Record<FoundKind, Kind>> = {
  page: { needs: null, find: findPages, href: (href) => href, least: LEAST_FOR_TITLES },
  agent: { needs: "agent:read", find: findAgents, href: paths.agent },
  change: { needs: "change:read", find: findChanges, href: (id) => paths.change(id) },
  rollout: { needs: "rollout:read", find: findRollouts, href: (id) => paths.rollout(id) },
  action: { needs: "action:read", find: findActions, href: paths.action, least: LEAST_OF_ID },
  undo: { needs: "action:read", find: findUndos, href: paths.undo, least: LEAST_OF_ID },
  run: { needs: "run:read", find: findRuns, href: (id) => paths.run(id), least: 3 },
  finding: { needs: "change:read", find: findFindings, href: paths.finding },
  // A stop is read by whoever sees agents, as on its page.
  stop: { needs: "agent:read", find: findStops, href: paths.stopOf },
  person: { needs: "settings:read", find: findPeople, href: (id) => paths.settingsPeople({ q: id }) },
};

/** At most eight of a kind, those of a kind together, agents before what is theirs. Only what the person may see. */
export async function search(text: string, actor: PersonActor): Promise<Found[]> {
  const wanted = text.trim();
  if (wanted === "") return [];
  const found = await Promise.all(FOUND_KINDS.map(async (kind) => {
    const { needs, find, href, least = 1 } = KINDS[kind];
    if (wanted.length < least || (needs !== null && !may(actor, needs).ok)) return [];
    return (await find(wanted, actor)).map((row) => ({ kind, ...row, href: href(row.id) }));
  }));
  return found.flat();
}
