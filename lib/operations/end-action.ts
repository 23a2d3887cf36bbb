// How did an action end? What the agent reports of it, or that it goes on. Reports that come at the same time share a transaction.

import type pg from "pg";
import { isDatabaseUnavailable } from "../database/is-database-unavailable.ts";
import { whyNotItsKey } from "../domain/action-key.ts";
import { canBecome, ACTION_STATE_WORDS, isActionState } from "../domain/action-state.ts";
import { reversibleUntilOf } from "../domain/action-window.ts";
import { inputDigest } from "../domain/input-digest.ts";
import { isDeepStrictEqualJson, isJsonObject, own } from "../domain/json-object.ts";
import type { Json } from "../domain/manifest.ts";
import { may } from "../domain/permissions.ts";
import type { Actor } from "../domain/roles.ts";
import { faultOfInput } from "../domain/storable-input.ts";
import { BadInput, Conflict, NotFound, NotPermitted, Unavailable, type Refusal } from "../errors.ts";
import { digestForLog, type LogRecord } from "./append-to-log.ts";
import { inGroups } from "./in-groups.ts";
import { inTwoTrips } from "./in-two-trips.ts";
import { leftBy } from "./its-key.ts";
import { logParameters, logStatement } from "./log-statement.ts";
import { actorName } from "./operation.ts";

export type ActionEnd =
  | { state: "committed"; actionId: string; result: Json; downstream: Json }
  | { state: "failed"; actionId: string; error: string };

export interface EndedAction {
  id: string;
  state: string;
  endedAt: Date;
  reversibleUntil: Date | null;
}

interface Ending {
  actor: Actor;
  end: ActionEnd;
  now: Date;
}

/** Longer answers of a tool are kept as their digest: an end that cannot be told would leave the action open. */
const MOST_KEPT_CHARACTERS = 50_000;
const MOST_ERROR_CHARACTERS = 4_000;

/** While one group is stored, what the next reports is read. */
const MOST_TOGETHER = 16;

const endInGroups = inGroups<Ending, EndedAction | Refusal>({ weigh: () => 1, atOnce: 1, worthwhile: 1, most: MOST_TOGETHER, gathersTurn: true, work: endTogether, isOfAll: (error) => isDatabaseUnavailable(error) });

/** The same report twice gets the same answer. Throws `Conflict` for another one, for an action that was not begun, and for another key than it was prepared with, unless that was revoked. */
export async function endAction(actor: Actor, end: ActionEnd, now = new Date()): Promise<EndedAction> {
  try {
    const ended = await endInGroups({ actor, end: kept(end), now });
    if (ended instanceof Error) throw ended;
    return ended;
  } catch (error) {
    if (isDatabaseUnavailable(error)) throw new Unavailable("The database cannot be reached. Tell it again in a moment; the same report is taken once.", { cause: error });
    throw error;
  }
}

function kept(end: ActionEnd): ActionEnd {
  if (end.state === "failed") return { ...end, error: end.error.slice(0, MOST_ERROR_CHARACTERS).toWellFormed() };
  return { ...end, result: keptJson(end.result), downstream: keptJson(end.downstream) };
}

function keptJson(value: Json): Json {
  if (value === null) return null;
  const text = JSON.stringify(value);
  if (text.length > MOST_KEPT_CHARACTERS) return { tooLongToKeep: true, characters: text.length, digest: inputDigest(value) };
  const fault = faultOfInput(value);
  if (fault !== null) throw new BadInput(fault);
  return value;
}

interface Row {
  id: string;
  agent_id: string;
  state: string;
  started_at: Date | null;
  ended_at: Date | null;
  result: unknown;
  downstream: unknown;
  error: string | null;
  compensation: unknown;
  reversible_until: Date | null;
  is_seeded: boolean;
  prepared_by: string;
  is_key_revoked: boolean;
}

const READ = `SELECT id, agent_id, state, started_at, ended_at, result, downstream, error, compensation, reversible_until, is_seeded, prepared_by,
    EXISTS (SELECT FROM api_key k WHERE starts_with(action.prepared_by, 'key:') AND k.id = substr(action.prepared_by, 5) AND k.revoked_at IS NOT NULL) AS is_key_revoked
  FROM action WHERE id = ANY($1::text[]) ORDER BY id FOR UPDATE`;

async function endTogether(all: readonly Ending[]): Promise<(EndedAction | Refusal)[]> {
  return inTwoTrips<Row, (EndedAction | Refusal)[]>({
    locks: [],
    read: { name: "end-actions-read", text: READ, values: [all.map(({ end }) => end.actionId)] },
    decide: (rows) => {
      const byId = new Map(rows.map((row) => [row.id, row]));
      const changed: Row[] = [];
      const entries: LogRecord[] = [];
      const result = all.map((one) => endOne(one, byId, changed, entries));
      return { write: changed.length > 0 ? writeOf(changed, entries) : null, result };
    },
  });
}

function endOne({ actor, end, now }: Ending, byId: Map<string, Row>, changed: Row[], entries: LogRecord[]): EndedAction | Refusal {
  const row = byId.get(end.actionId);
  if (!row || row.is_seeded) return new NotFound("There is no such action.");
  const permission = may(actor, "action:prepare", row.agent_id);
  if (!permission.ok) return new NotPermitted(permission.reason);
  const whyNot = whyNotItsKey(actorName(actor), { preparedBy: row.prepared_by, isRevoked: row.is_key_revoked });
  if (whyNot !== null) return new Conflict(whyNot);
  if (isSameEnd(row, end)) return answerOf(row, now);
  if (!isActionState(row.state) || row.started_at === null || !canBecome(row.state, end.state)) {
    return new Conflict(`It cannot end this way: ${isActionState(row.state) ? ACTION_STATE_WORDS[row.state].toLowerCase() : "its state is not known"}.`);
  }
  const wasUnheard = row.state === "expired";
  row.state = end.state;
  row.ended_at = now;
  if (end.state === "failed") row.error = end.error;
  else {
    row.result = end.result;
    row.downstream = end.downstream;
    row.error = null;
    row.reversible_until = reversibleUntilOf({ given: row.reversible_until, withinHours: hoursOf(row.compensation) }, now);
  }
  changed.push(row);
  const told = end.state === "failed" ? { errorSha256: digestForLog(end.error) } : { resultDigest: inputDigest(end.result), downstreamDigest: inputDigest(end.downstream), reversibleUntil: row.reversible_until };
  entries.push({ kind: `action.${end.state}`, actor: actorName(actor), subject: row.id, agentId: row.agent_id, at: now, detail: { ...told, wasUnheard, ...leftBy(actorName(actor), row.prepared_by) } });
  return answerOf(row, now);
}

const answerOf = ({ id, state, ended_at, reversible_until }: Row, now: Date): EndedAction => ({ id, state, endedAt: ended_at ?? now, reversibleUntil: reversible_until });

function hoursOf(compensation: unknown): number | null {
  const hours = isJsonObject(compensation) ? own(compensation, "withinHours") : null;
  return typeof hours === "number" && hours > 0 ? hours : null;
}

/** What was undone since was still committed in the same way. */
const AFTER_COMMIT = new Set(["committed", "compensating", "compensated", "by_hand"]);

function isSameEnd(row: Row, end: ActionEnd): boolean {
  if (end.state === "failed") return row.state === "failed" && row.error === end.error;
  return AFTER_COMMIT.has(row.state) && isDeepStrictEqualJson(row.result ?? null, end.result) && isDeepStrictEqualJson(row.downstream ?? null, end.downstream);
}

const textOf = (value: unknown): string | null => (value === null || value === undefined ? null : JSON.stringify(value));

const LOG_FROM = 9;
const { parts: LOG, isHeadless: IS_HEADLESS } = logStatement(LOG_FROM);
const WRITE = `WITH ended AS (
    UPDATE action SET state = given.state, ended_at = given.ended_at, result = given.result, downstream = given.downstream, error = given.error, reversible_until = given.reversible_until
    FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::jsonb[], $5::jsonb[], $6::text[], $7::timestamptz[]) AS given(id, state, ended_at, result, downstream, error, reversible_until) WHERE action.id = given.id),
  ${LOG}
  SELECT ${IS_HEADLESS}, pg_notify('holdpoint', $8)`;

function writeOf(rows: readonly Row[], entries: readonly LogRecord[]): pg.QueryConfig {
  return {
    name: "end-actions-write", text: WRITE,
    values: [
      rows.map(({ id }) => id), rows.map(({ state }) => state), rows.map(({ ended_at }) => ended_at?.toISOString() ?? null), rows.map(({ result }) => textOf(result)), rows.map(({ downstream }) => textOf(downstream)),
      rows.map(({ error }) => error), rows.map((row) => row.reversible_until?.toISOString() ?? null), JSON.stringify({ kind: "actions.ended", subject: "", agentId: null }), ...logParameters(entries),
    ],
  };
}
