// How does something get into the log? One function, called inside the transaction of whatever it records.

import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import type { Transaction } from "../database/database.ts";
import { leafHashOf } from "../domain/log-entry.ts";

/** Anything that canonical JSON can say. */
export type LogDetail = Record<string, unknown>;

export interface LogRecord {
  kind: string;
  /** `person:pe_…`, `key:key_…` or `system:…`. */
  actor: string;
  /** The id of the thing that changed. */
  subject: string;
  agentId?: string | null;
  at: Date;
  detail: LogDetail;
}

/**
 * Appends entries with contiguous indexes. The head row is locked until the transaction ends, so a rollback leaves no gap; call it
 * last in a transaction, to keep the lock short.
 */
export async function appendToLog(tx: Transaction, records: readonly LogRecord[]): Promise<void> {
  if (records.length === 0) return;
  const [head] = await tx.$queryRaw<{ next: bigint }[]>`
    UPDATE log_head SET next = next + ${records.length} WHERE id = 1 RETURNING next - ${records.length} AS next`;
  if (!head) throw new Error("the log has no head");
  const first = Number(head.next);
  const bodies = records.map((record, offset) => canonicalBody(first + offset, record));
  await tx.$executeRaw`INSERT INTO log_entry (index, at, kind, actor, subject, agent_id, body, hash)
    SELECT ${first}::bigint + place - 1, at, kind, actor, subject, agent_id, body, decode(hash, 'hex')
    FROM unnest(${records.map(({ at }) => at.toISOString())}::timestamptz[], ${records.map(({ kind }) => kind)}::text[], ${records.map(({ actor }) => actor)}::text[], ${records.map(({ subject }) => subject)}::text[],
      ${records.map(({ agentId }) => agentId ?? null)}::text[], ${bodies}::text[], ${bodies.map((body) => leafHashOf(body).toString("hex"))}::text[]) WITH ORDINALITY AS given(at, kind, actor, subject, agent_id, body, hash, place)`;
}

function canonicalBody(index: number, record: LogRecord): string {
  const body = canonicalize({
    index, at: record.at.toISOString(), kind: record.kind, actor: record.actor, subject: record.subject,
    agent: record.agentId ?? null, detail: JSON.parse(JSON.stringify(record.detail)) as unknown,
  });
  if (body === undefined) throw new Error("a log entry must be expressible as JSON");
  return body;
}

/** For details that must not be in the log in clear, because it forgets nothing: an e-mail address, or whatever somebody wrote to an agent or it to them. */
export const digestForLog = (text: string): string => createHash("sha256").update(text).digest("hex");
