// How does a statement that writes something else put entries into the log as well? It takes the head, gives each its index and hashes it, all at once.

import canonicalize from "canonicalize";
import type { LogRecord } from "./append-to-log.ts";

/** Around the index, which only the database knows: the members of canonical JSON come in the order of their names. */
export function bodyAround({ kind, actor, subject, agentId, at, detail }: LogRecord): { before: string; behind: string } {
  const before = canonicalize({ actor, agent: agentId ?? null, at: at.toISOString(), detail: JSON.parse(JSON.stringify(detail)) as unknown });
  const behind = canonicalize({ kind, subject });
  if (before === undefined || behind === undefined) throw new Error("a log entry must be expressible as JSON");
  return { before: `${before.slice(0, -1)},"index":`, behind: `,${behind.slice(1)}` };
}

/**
 * Parts of a WITH clause for eight parameters from `$first` on, those of `logParameters`. The head is locked from the statement to the end of the
 * transaction. `isHeadless` fails the statement when the log has no head.
 */
export function logStatement(first: number): { parts: string; isHeadless: string } {
  const at = (place: number) => `$${first + place}`;
  return {
    parts: `log_at AS (UPDATE log_head SET next = next + ${at(0)}::int WHERE id = 1 AND ${at(0)}::int > 0 RETURNING next - ${at(0)}::int AS first),
    logged AS (
      INSERT INTO log_entry (index, at, kind, actor, subject, agent_id, body, hash)
      SELECT index, at, kind, actor, subject, agent_id, body, sha256('\\x00'::bytea || convert_to(body, 'UTF8')) FROM (
        SELECT index, at, kind, actor, subject, agent_id, before || index || behind AS body FROM (
          SELECT log_at.first + place - 1 AS index, given.* FROM log_at,
            unnest(${at(1)}::timestamptz[], ${at(2)}::text[], ${at(3)}::text[], ${at(4)}::text[], ${at(5)}::text[], ${at(6)}::text[], ${at(7)}::text[]) WITH ORDINALITY AS given(at, kind, actor, subject, agent_id, before, behind, place)) placed) entry)`,
    isHeadless: `1 / (CASE WHEN ${at(0)}::int > 0 THEN (SELECT count(*) FROM log_at) ELSE 1 END)`,
  };
}

export function logParameters(records: readonly LogRecord[]): unknown[] {
  const bodies = records.map(bodyAround);
  return [
    records.length, records.map(({ at }) => at.toISOString()), records.map(({ kind }) => kind), records.map(({ actor }) => actor), records.map(({ subject }) => subject),
    records.map(({ agentId }) => agentId ?? null), bodies.map(({ before }) => before), bodies.map(({ behind }) => behind),
  ];
}
