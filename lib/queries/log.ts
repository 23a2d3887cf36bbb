// What is in the log, newest first, and does it still say what was appended?

import { pool } from "../database/database.ts";
import { findLogFault, type EntryFault } from "../domain/log-entry.ts";
import { leavesOutRoutine, ROUTINE_KINDS, type LogFilter } from "../domain/log-filter.ts";

export const ENTRIES_PER_PAGE = 50;

export interface LogRow {
  index: number;
  at: string;
  kind: string;
  actor: string;
  /** The person's or key's name as it is now; null when the actor has none. */
  actorName: string | null;
  subject: string;
  agentId: string | null;
  /** The canonical JSON that was appended, to the byte. */
  body: string;
  /** Hexadecimal. */
  hash: string;
}

export interface LogPage {
  rows: LogRow[];
  older: number | null;
  newer: number | null;
}

interface StoredEntry {
  index: number; at: Date; kind: string; actor: string; subject: string; agent_id: string | null; body: string; hash: Buffer; actor_name: string | null;
}

function logConditions(filter: LogFilter): { conditions: string[]; values: unknown[] } {
  const conditions: string[] = [];
  const values: unknown[] = [];
  const add = (value: unknown, condition: (place: string) => string): void => {
    values.push(value);
    conditions.push(condition(`$${values.length}`));
  };
  if (filter.kind?.endsWith(".")) add(filter.kind, (prefix) => `starts_with(kind, ${prefix})`);
  else if (filter.kind !== null) add(filter.kind, (kind) => `kind = ${kind}`);
  if (filter.actor !== null) add(filter.actor, (actor) => `actor = ${actor}`);
  if (filter.agent !== null) add(filter.agent, (agent) => `agent_id = ${agent}`);
  if (filter.subject !== null) add(filter.subject, (subject) => `subject = ${subject}`);
  if (filter.from !== null) add(filter.from, (from) => `at >= ${from}::timestamptz`);
  if (filter.to !== null) add(filter.to, (to) => `at < ${to}::timestamptz`);
  if (leavesOutRoutine(filter)) add(ROUTINE_KINDS, (prefix) => `NOT starts_with(kind, ${prefix})`);
  return { conditions, values };
}

const COLUMNS = `"index", at, kind, actor, subject, agent_id, body, hash`;

/** `older` is the index below which, `newer` the index above which the list goes on. */
export async function listLog(filter: LogFilter, position: { older?: number | null; newer?: number | null } = {}, limit = ENTRIES_PER_PAGE): Promise<LogPage> {
  const { conditions, values } = logConditions(filter);
  const isUpwards = position.newer !== undefined && position.newer !== null;
  const cursor = isUpwards ? position.newer : (position.older ?? null);
  if (cursor !== null) {
    values.push(cursor);
    conditions.push(`"index" ${isUpwards ? ">" : "<"} $${values.length}`);
  }
  const direction = isUpwards ? "ASC" : "DESC";
  const { rows } = await pool().query<StoredEntry>(
    `SELECT e.*, coalesce(p.name, k.name) AS actor_name FROM (
       SELECT ${COLUMNS} FROM log_entry ${conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`} ORDER BY "index" ${direction} LIMIT ${limit + 1}
     ) e LEFT JOIN person p ON e.actor = 'person:' || p.id LEFT JOIN api_key k ON e.actor = 'key:' || k.id ORDER BY e."index" ${direction}`,
    values,
  );
  const isMore = rows.length > limit;
  const shown = isUpwards ? rows.slice(0, limit).toReversed() : rows.slice(0, limit);
  const first = shown[0];
  const last = shown.at(-1);
  return {
    rows: shown.map(toRow),
    older: last && (isUpwards || isMore) ? last.index : null,
    newer: first && (isUpwards ? isMore : cursor !== null) ? first.index : null,
  };
}

const toRow = (row: StoredEntry): LogRow => ({
  index: row.index, at: row.at.toISOString(), kind: row.kind, actor: row.actor, actorName: row.actor_name, subject: row.subject, agentId: row.agent_id,
  body: row.body, hash: row.hash.toString("hex"),
});

/** Walks the index from one value to the next, so that a million entries with thirty kinds cost thirty steps. */
async function distinctValues(column: "kind" | "actor", limit: number): Promise<string[]> {
  const { rows } = await pool().query<{ value: string }>(
    `WITH RECURSIVE step AS (
       (SELECT ${column} AS value, 1 AS n FROM log_entry ORDER BY ${column} LIMIT 1)
       UNION ALL
       SELECT (SELECT e.${column} FROM log_entry e WHERE e.${column} > step.value ORDER BY e.${column} LIMIT 1), n + 1 FROM step WHERE step.value IS NOT NULL AND n < $1
     ) SELECT value FROM step WHERE value IS NOT NULL`,
    [limit],
  );
  return rows.map((row) => row.value);
}

/** For the filter: which kinds of entry there are, and who wrote any. */
export async function listLogChoices(): Promise<{ kinds: string[]; actors: { actor: string; name: string | null }[] }> {
  const [kinds, actors] = await Promise.all([distinctValues("kind", 200), distinctValues("actor", 200)]);
  const { rows } = await pool().query<{ actor: string; name: string }>(
    "SELECT 'person:' || id AS actor, name FROM person WHERE 'person:' || id = ANY($1) UNION ALL SELECT 'key:' || id, name FROM api_key WHERE 'key:' || id = ANY($1)",
    [actors],
  );
  const names = new Map(rows.map((row) => [row.actor, row.name]));
  return { kinds, actors: actors.map((actor) => ({ actor, name: names.get(actor) ?? null })) };
}

/** More than this is not read for one press of a button. */
export const MOST_VERIFIED = 10_000;

export interface LogVerification {
  /** The first and the last index that were asked for. */
  from: number;
  to: number;
  checked: number;
  /** `columns`: hash and index fit, but what the list shows beside the entry is not what the entry says. `missing`: entries at the end are not there. */
  fault: { index: number; fault: EntryFault | "columns" | "missing" } | null;
}

/** Reads the entries again and recomputes each hash. It proves nothing about entries outside of the range. */
export async function verifyLogRange(from: number, to: number): Promise<LogVerification> {
  const { rows } = await pool().query<StoredEntry>(`SELECT ${COLUMNS} FROM log_entry WHERE "index" BETWEEN $1 AND $2 ORDER BY "index" LIMIT ${MOST_VERIFIED}`, [from, to]);
  const range = { from, to: Math.min(to, from + MOST_VERIFIED - 1), checked: rows.length };
  const first = rows[0];
  const last = rows.at(-1);
  if (!first || !last) return { ...range, fault: { index: from, fault: "missing" } };
  if (first.index !== from) return { ...range, fault: { index: first.index, fault: "gap" } };
  const fault = findLogFault(rows) ?? findColumnFault(rows) ?? (last.index === range.to ? null : { index: last.index + 1, fault: "missing" as const });
  return { ...range, fault };
}

function findColumnFault(rows: readonly StoredEntry[]): { index: number; fault: "columns" } | null {
  const wrong = rows.find((row) => {
    const body = parsed(row.body);
    return body.index !== row.index || body.at !== row.at.toISOString() || body.kind !== row.kind || body.actor !== row.actor || body.subject !== row.subject || body.agent !== row.agent_id;
  });
  return wrong ? { index: wrong.index, fault: "columns" } : null;
}

function parsed(body: string): Record<string, unknown> {
  try {
    return JSON.parse(body) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** All entries that match, oldest first, a thousand at a time: the memory needed does not grow with the log. */
export async function* readLog(filter: LogFilter, batch = 1_000): AsyncGenerator<LogRow[]> {
  let after = -1;
  for (;;) {
    const { conditions, values } = logConditions({ ...filter, routine: "shown" });
    values.push(after);
    conditions.push(`"index" > $${values.length}`);
    const { rows } = await pool().query<StoredEntry>(
      `SELECT ${COLUMNS}, NULL AS actor_name FROM log_entry WHERE ${conditions.join(" AND ")} ORDER BY "index" LIMIT ${batch}`, values,
    );
    if (rows.length > 0) yield rows.map(toRow);
    const last = rows.at(-1);
    if (!last || rows.length < batch) return;
    after = last.index;
  }
}
